"""The algebra of a step, obtained by running it on SymPy symbols.

Nothing is typed in a second time: if a coefficient in `firstorder.steps` changes, every expression here
changes with it.
"""
from typing import Any, NamedTuple

import sympy

from .methods import method

LAM = sympy.Symbol("lambda", positive=True)  # curvature λ
Z = sympy.Symbol("z")  # eigenvalue
NONNEGATIVE_FIELDS = ("G", "s", "s_max", "w")  # sums and averages of squares, and a sum of weights


class Trace(NamedTuple):
    """A step as symbols and expressions.

    x, g, t    symbols: stored point, gradient, step number
    state      the method's State, filled with symbols
    hyper      the method's Hyper, filled with symbols
    new_x      expression of the stored point after the step
    new_state  the State of expressions after the step
    """

    x: Any
    g: Any
    t: Any
    state: Any
    hyper: Any
    new_x: Any
    new_state: Any


def trace(name):
    """Run the step of a method once on symbols.

    name  a key of `METHODS`

    x, g and first moments are real symbols; hyper-parameters, t and the fields in `NONNEGATIVE_FIELDS` are
    nonnegative, which their admissible sets and the squares guarantee.  Raises ValueError for an unknown
    name.

    >>> trace("heavy_ball").new_x
    beta*v - g*lr + x
    """
    row = method(name)
    x, g = sympy.symbols("x g", real=True)
    t = sympy.Symbol("t", positive=True)
    fields = row.State._fields
    state = row.State(*(
        sympy.Symbol(key, real=True, nonnegative=key in NONNEGATIVE_FIELDS or None) for key in fields
    ))
    hyper = row.Hyper(*(sympy.Symbol(key, nonnegative=True) for key in row.parameters))
    new_x, new_state = row.step(x, g, state, t, hyper)
    return Trace(x, g, t, state, hyper, new_x, new_state)


def iteration_matrix_symbolic(name):
    """M(λ) with (stored point, state)ₖ₊₁ = M (stored point, state)ₖ on f = ½ λ x², as SymPy matrix.

    The Jacobian of the traced step after g = λ · stored point.  Raises ValueError for a method whose
    Jacobian still depends on the point, the state or t: it is not linear and has no such matrix.

    >>> iteration_matrix_symbolic("heavy_ball")
    Matrix([
    [-lambda*lr + 1, beta],
    [    -lambda*lr, beta]])
    """
    step = trace(name)
    before = [step.x, *step.state]
    after = sympy.Matrix([step.new_x, *step.new_state]).subs(step.g, LAM * step.x)
    matrix = after.jacobian(before).applyfunc(sympy.expand)
    depends = sorted(str(s) for s in matrix.free_symbols & {*before, step.t})
    if depends:
        raise ValueError(
            f"{name} has no iteration matrix: its step is not linear in (x, state, g),"
            f" the Jacobian depends on {', '.join(depends)}"
        )
    return matrix


def characteristic_polynomial(name):
    """det(z I − M(λ)), expanded and collected in z; its roots are the factors per step of the modes.

    >>> characteristic_polynomial("heavy_ball")
    beta + z**2 + z*(-beta + lambda*lr - 1)
    """
    matrix = iteration_matrix_symbolic(name)
    return sympy.collect(sympy.expand((Z * sympy.eye(matrix.rows) - matrix).det()), Z)


def kick_symbolic(name):
    """What a gradient of 1 does to (stored point, state) at rest in 0: the vector b, as SymPy matrix.

    Raises ValueError for a method whose step is not linear in g at rest.

    >>> kick_symbolic("nesterov").T
    Matrix([[-beta*lr - lr, -lr]])
    """
    step = trace(name)
    after = sympy.Matrix([step.new_x, *step.new_state]).diff(step.g).applyfunc(sympy.expand)
    depends = sorted(str(s) for s in after.free_symbols & {step.x, step.g, step.t, *step.state})
    if depends:
        raise ValueError(f"{name} is not linear in its gradient: the derivative depends on {', '.join(depends)}")
    return after


def memory(name):
    """(f, w) such that the first field of the state obeys s ← f s + w g, or None for a method without state.

    >>> memory("heavy_ball_ema")
    (beta, 1 - beta)
    """
    matrix, kick = iteration_matrix_symbolic(name).subs(LAM, 0), kick_symbolic(name)
    if matrix.rows == 1:
        return None
    if matrix.rows > 2 or matrix[1, 0] != 0:
        raise ValueError(f"the memory of {name} is not one number that only its gradient feeds")
    return matrix[1, 1], kick[1]
