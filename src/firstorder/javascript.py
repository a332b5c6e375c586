"""The steps and closed forms of the book, printed as JavaScript for the figures that run in a browser.

The text that `library` returns is not written by hand: each step and each formula is run on SymPy symbols and
printed, so a figure runs the same equation as the page around it. It is a classic script that defines one object:

    firstorder.methods[NAME] = {title, hyper, state, step, position, matrix,
                                limit, variance, memoryGain, memoryVariance}
    firstorder.formulas = {polyak, cutoff, biasFirst, biasSecond, lehmer, uniform, ar1}
    firstorder.spectralRadius(matrix)

    hyper, state                       names, in the order in which the arrays below hold the values
    step(x, g, state, t, hyper)        -> [x, state], for one coordinate; t = 1, 2, …
    position(stored, state, hyper)     -> the point x that theorems speak of
    matrix(lam, hyper)                 -> rows of the iteration matrix for g = lam · stored point, or null
                                       for a method that is not linear
    limit(beta)                        -> upper limit of α λ for stability
    variance(lam, hyper, rho)          -> stationary variance of the position under noise of variance 1 and
                                       correlation rho from step to step
    memoryGain(omega, hyper), memoryVariance(hyper, rho)
                                       -> of the first field of the state, fed with the gradient alone

The last four are null where `firstorder.formulas` has no formula.  Numbers differ from Python's by rounding
only: SymPy orders sums and products its own way.
"""
import json
from types import SimpleNamespace

import sympy
from sympy.codegen.cfunctions import expm1
from sympy.printing.jscode import JavascriptCodePrinter

from . import formulas, symbolic
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


# the elementary functions that `firstorder.formulas` calls, for symbols
_SYMPY = SimpleNamespace(sqrt=sympy.sqrt, sin=sympy.sin, asin=sympy.asin, log=sympy.log, expm1=expm1)
_RHO = sympy.Symbol("rho", real=True)
_OMEGA = sympy.Symbol("omega", real=True)
_FORMULAS = {  # name -> (function, its arguments)
    "polyak": (lambda mu, L: formulas.polyak(mu, L, _SYMPY), "mu L"),
    "cutoff": (lambda beta: formulas.cutoff(beta, _SYMPY), "beta"),
    "biasFirst": (lambda beta1, t: formulas.bias_first(beta1, t, _SYMPY), "beta1 t"),
    "biasSecond": (lambda beta2, t: formulas.bias_second(beta2, t, _SYMPY), "beta2 t"),
    "lehmer": (formulas.lehmer, "s"),
    "uniform": (lambda s: formulas.uniform(s, _SYMPY), "s"),
    "ar1": (lambda xi, w, rho: formulas.ar1(xi, w, rho, _SYMPY), "xi w rho"),
}


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

    def _print_expm1(self, expr):
        return f"Math.expm1({self._print(expr.args[0])})"

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


def _indented(members):
    return ",\n".join("\n".join(f"    {line}" for line in member) for member in members)


def _matrix(name, unpack):
    try:
        matrix = symbolic.iteration_matrix_symbolic(name)
    except ValueError:  # the method is not linear, and has no such matrix
        return ["matrix: null"]
    entries = list(matrix.subs(symbolic.LAM, sympy.Symbol("lam")))
    return _function("matrix", "lam, hyper", _body(entries, unpack, lambda *e: f"[{', '.join(e)}]"))


def _formula(name):
    formula, arguments = _FORMULAS[name]
    result = formula(*(sympy.Symbol(key, integer=True, nonnegative=True) if key == "s" else sympy.Symbol(key)
                       for key in arguments.split()))
    results = result if isinstance(result, tuple) else (result,)
    wrap = (lambda *e: f"[{', '.join(e)}]") if isinstance(result, tuple) else (lambda e: e)
    return _function(name, ", ".join(arguments.split()), _body(results, (), wrap))


def _closed_forms(name, unpack):
    """The members limit, variance, memoryGain and memoryVariance."""
    found = dict.fromkeys(("limit", "variance", "memoryGain", "memoryVariance"))
    one = lambda e: e
    if name in formulas.LIMITS:
        beta, lam = sympy.Symbol("beta"), sympy.Symbol("lam")
        found["limit"] = "beta", [formulas.LIMITS[name](beta)]
        hyper = symbolic.trace(name).hyper
        found["variance"] = "lam, hyper, rho", [
            formulas.VARIANCES[name](lam, *hyper, False) * formulas.CORRELATION_FACTORS[name](lam, *hyper, _RHO)]
        if memory := symbolic.memory(name):
            factor, weight = memory
            gain = sympy.Abs(weight) * formulas.one_pole_gain(factor, _OMEGA, _SYMPY)
            found["memoryGain"] = "omega, hyper", [gain]
            found["memoryVariance"] = "hyper, rho", [weight**2 * formulas.one_pole_variance(factor, _RHO)]
    return [_function(key, args[0], _body(args[1], unpack, one)) if args else [f"{key}: null"]
            for key, args in found.items()]


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
        *_closed_forms(name, unpack),
    ]
    return f"  methods[{json.dumps(name)}] = {{\n{_indented(members)}\n  }};\n"


def library(names=None):
    """JavaScript text with the steps called `names` (default: every method of the table) and all formulas.

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
        "// Generated from firstorder.steps and firstorder.formulas by firstorder.javascript; do not edit.\n"
        "(function () {\n"
        "  'use strict';\n"
        "  var methods = {};\n\n"
        f"{_SPECTRAL_RADIUS}\n"
        f"{''.join(map(_method, METHODS if names is None else names))}\n"
        f"  var formulas = {{\n{_indented(map(_formula, _FORMULAS))}\n  }};\n\n"
        "  globalThis.firstorder = {methods: methods, formulas: formulas, spectralRadius: spectralRadius};\n"
        "})();\n"
    )
