"""Worst cases found by a semidefinite program: the book's own steps, run on symbolic points.

PEPit (B. Goujaud et al., 2024) records a method as it runs on points that stand for vectors of any
dimension, and asks: among *all* functions of a class, how bad can the last point be?  The answer is
exact up to the accuracy of the solver, so the book labels it *certified*, with that accuracy.
"""
import warnings
from typing import NamedTuple

from . import methods
from .theory import is_linear

INITIAL = ("distance", "gap", "energy")
MEASURE = ("distance", "gap", "grad_norm")


class WorstCase(NamedTuple):
    """Outcome of `worst_case`.

    value     the largest measure after `steps` steps, divided by the initial quantity: the dual value,
              an upper bound for every function of the class up to the solver's accuracy
    residual  |dual − primal| / |dual|: how far the bound is from the worst function that was found
    """

    value: float
    residual: float


def worst_case(method, *, steps, L, mu=0.0, initial="distance", measure="gap", **hyper):
    """The worst that a method can do on L-smooth, μ-strongly convex functions of any dimension.

    method   name of a linear method in `METHODS`, or a function (x0, gradient, steps) -> the last x,
             for a method of varying settings; gradient is a function of a point
    steps    number of steps N >= 1; the program has about N² unknowns: up to 12 takes about a second
    L, mu    smoothness and strong convexity [f/x²], 0 <= mu < L
    initial  what is 1 at the start: "distance" ‖x₀ − x*‖² [x²], "gap" f(x₀) − f* [f], or
             "energy" f(x₀) − f* + (μ/2)‖x₀ − x*‖² [f]
    measure  what is as large as possible at the end: "distance" ‖x_N − x*‖², "gap" f(x_N) − f*,
             or "grad_norm" ‖∇f(x_N)‖²
    hyper    hyper-parameters by name, if `method` is a name

    Returns a `WorstCase`.  Raises ValueError or TypeError with one sentence for a bad name or value, and
    ArithmeticError if the two bounds differ by more than a thousandth.

    Source: B. Goujaud et al. (2024), PEPit; the interpolation conditions are those of A. B. Taylor,
    J. M. Hendrickx and F. Glineur (2017).

    >>> w = worst_case("gradient_descent", steps=4, L=1.0, lr=1.0)
    >>> round(w.value, 6), round(1 / (2 * (2 * 4 + 1)), 6), w.residual < 1e-6
    (0.055556, 0.055556, True)
    """
    steps = methods.integer("steps", steps, low=1)
    L = methods.real("L", L, f"worst_case needs L in {methods.POSITIVE}")
    mu = methods.real("mu", mu, "worst_case needs mu in [0, L)")
    if not 0 <= mu < L:
        raise ValueError(f"mu={mu} is outside [0, L) with L={L} for worst_case")
    methods.one_of("initial", initial, INITIAL)
    methods.one_of("measure", measure, MEASURE)
    run = method if callable(method) else _runner(method, hyper)

    from PEPit import PEP
    from PEPit.functions import SmoothStronglyConvexFunction

    found = []
    for side in ("dual", "primal"):
        problem = PEP()
        f = problem.declare_function(SmoothStronglyConvexFunction, mu=float(mu), L=float(L))
        best = f.stationary_point()
        x0 = problem.set_initial_point()
        at_start = {"distance": (x0 - best) ** 2, "gap": f(x0) - f(best)}
        at_start["energy"] = at_start["gap"] + mu / 2 * at_start["distance"]
        problem.set_initial_condition(at_start[initial] <= 1)
        x = run(x0, f.gradient, steps)
        problem.set_performance_metric(
            (x - best) ** 2 if measure == "distance" else f(x) - f(best) if measure == "gap" else f.gradient(x) ** 2)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Solution may be inaccurate")  # the residual below says how accurate it is
            found.append(problem.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0, return_primal_or_dual=side))
    dual, primal = map(float, found)
    residual = abs(dual - primal) / abs(dual)
    if not residual < 1e-3:
        raise ArithmeticError(f"the solver's bounds {dual:g} and {primal:g} are too far apart")
    return WorstCase(dual, residual)


def _runner(name, values):
    """The book's step as a function (x0, gradient, steps) -> the last position."""
    row = methods.method(name)
    if not is_linear(name):
        raise ValueError(f"method={name!r} divides by its own state; worst_case needs a method that is linear in the gradients")
    h = methods.hyper(name, **values)

    def run(x0, gradient, steps):
        stored, state = x0, methods.start(name, x0)
        for k in range(steps):
            stored, state = row.step(stored, gradient(stored), state, k + 1.0, h)
        return row.position(stored, state, h)

    return run
