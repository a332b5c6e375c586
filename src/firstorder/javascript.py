"""The steps of the book, printed as JavaScript for the figures that run in a browser.

The text that `library` returns is not written by hand: each step is traced by SymPy and printed, so a
figure runs the same equation as the page around it. It is a classic script that defines one object:

    firstorder.methods[NAME] = {title, hyper, state, step, position, matrix}
    firstorder.spectralRadius(matrix)

    hyper, state                       names, in the order in which the arrays below hold the values
    step(x, g, state, t, hyper)        -> [x, state], for one coordinate; t = 1, 2, …
    position(stored, state, hyper)     -> the point x that theorems speak of
    matrix(lam, hyper)                 -> rows of the iteration matrix for g = lam · stored point, or null
                                       for a method that is not linear

Numbers differ from the Python step by rounding only: SymPy orders sums and products its own way.
"""
import json

import sympy
from sympy.printing.jscode import JavascriptCodePrinter

from . import symbolic
from .methods import METHODS, method

_SPECTRAL_RADIUS = """\
  // Largest modulus of the eigenvalues of a 1×1 or 2×2 matrix, given as its rows in one array.
  function spectralRadius(matrix) {
    if (matrix.length === 1) { return Math.abs(matrix[0]); }
    if (matrix.length !== 4) {
      throw new RangeError('spectralRadius takes 1 or 4 entries, not ' + matrix.length);
    }
    var a = matrix[0], b = matrix[1], c = matrix[2], d = matrix[3];
    var middle = (a + d) / 2, gap = (a - d) / 2;
    var discriminant = gap * gap + b * c;
    // Rounding in the entries can move the discriminant of a double eigenvalue off 0 by this much.
    var diagonal = Math.max(1, Math.abs(a)) + Math.max(1, Math.abs(d));
    var slack = 8 * Number.EPSILON * (Math.abs(gap) * diagonal + 2 * Math.abs(b * c));
    if (discriminant > slack) { return Math.abs(middle) + Math.sqrt(discriminant); }
    if (discriminant < -slack) { return Math.sqrt(a * d - b * c); }  // a complex pair: |z|² = determinant
    return Math.abs(middle);
  }
"""


class _Printer(JavascriptCodePrinter):
    """SymPy's JavaScript with all digits, ternaries on one line, and squares as products."""

    def _print_Float(self, expr):
        return repr(float(expr))  # SymPy would print 15 digits; this reads back as the same number

    def _print_Piecewise(self, expr):
        *cases, (last, condition) = expr.args
        if condition != True:  # noqa: E712  (a SymPy truth value)
            raise ValueError(f"a choice without an 'otherwise' cannot be printed: {expr}")
        head = "".join(f"({self._print(c)}) ? ({self._print(e)}) : " for e, c in cases)
        return f"({head}({self._print(last)}))"

    def _print_Pow(self, expr):
        if expr.exp == 2 and expr.base.is_Symbol:
            return f"({self._print(expr.base)}*{self._print(expr.base)})"
        return super()._print_Pow(expr)


def _print(expr):
    return _Printer().doprint(sympy.sympify(expr))


def _body(expressions, unpack, wrap):
    """Lines of a function: unpack arrays, name what occurs twice, return `wrap` filled with the results."""
    used = set().union(*(sympy.sympify(e).free_symbols for e in expressions))
    lines = [f"var {s} = {source};" for s, source in unpack if s in used]
    names = {s.name for s in used}
    fresh = (s for s in sympy.numbered_symbols("c", real=True) if s.name not in names)
    common, results = sympy.cse(expressions, symbols=fresh, order="none")
    lines += [f"var {s} = {_print(e)};" for s, e in common]
    return [*lines, f"return {wrap(*map(_print, results))};"]


def _function(name, arguments, body):
    return [f"{name}: function ({arguments}) {{", *(f"  {line}" for line in body), "}"]


def _matrix(name, unpack):
    try:
        matrix = symbolic.iteration_matrix_symbolic(name)
    except ValueError:  # the method is not linear, and has no such matrix
        return ["matrix: null"]
    entries = list(matrix.subs(symbolic.LAM, sympy.Symbol("lam")))
    return _function("matrix", "lam, hyper", _body(entries, unpack, lambda *e: f"[{', '.join(e)}]"))


def _method(name):
    row, step = method(name), symbolic.trace(name)
    arrays = (("state", step.state), ("hyper", step.hyper))
    unpack = [(symbol, f"{array}[{i}]") for array, symbols in arrays for i, symbol in enumerate(symbols)]
    stepped = _body(
        [step.new_x, *step.new_state], unpack, lambda x, *state: f"[{x}, [{', '.join(state)}]]"
    )
    point = row.position(step.x, step.state, step.hyper)
    members = [
        [f"title: {json.dumps(row.title, ensure_ascii=False)}"],
        [f"hyper: {json.dumps(row.Hyper._fields)}"],
        [f"state: {json.dumps(row.State._fields)}"],
        _function("step", "x, g, state, t, hyper", stepped),
        _function("position", "x, state, hyper", _body([point], unpack, lambda x: x)),
        _matrix(name, unpack),
    ]
    text = ",\n".join("\n".join(f"    {line}" for line in member) for member in members)
    return f"  methods[{json.dumps(name)}] = {{\n{text}\n  }};\n"


def library(names=None):
    """JavaScript text with the steps called `names` (default: every method of the table).

    Raises ValueError for an unknown name.  The same names give the same text, byte for byte.

    >>> print(library(["heavy_ball"]).split("step: ")[1].split("position")[0].rstrip(" ,\\n"))
    function (x, g, state, t, hyper) {
          var v = state[0];
          var lr = hyper[0];
          var beta = hyper[1];
          var c0 = beta*v - g*lr;
          return [c0 + x, [c0]];
        }
    """
    return (
        "// Generated from firstorder.steps by firstorder.javascript; do not edit.\n"
        "(function () {\n"
        "  'use strict';\n"
        "  var methods = {};\n\n"
        f"{_SPECTRAL_RADIUS}\n"
        f"{''.join(map(_method, METHODS if names is None else names))}\n"
        "  globalThis.firstorder = {methods: methods, spectralRadius: spectralRadius};\n"
        "})();\n"
    )
