"""Nesterov's method with a momentum that changes from step to step.

`minimize` keeps its settings fixed.  Here the book's own step runs with β_k = beta(k), on whatever can be
added and scaled: numbers, fractions, arrays, and the symbolic points of `firstorder.pep`.
"""
from typing import NamedTuple

from . import methods, steps


class Run(NamedTuple):
    """What `nesterov` did.

    x  positions x_0 … x_n
    v  velocities v_0 … v_n: v_0 = 0, then v_k = x_k − x_{k−1}
    y  look-ahead points y_0 … y_{n−1}, where the gradients were taken
    """

    x: list
    v: list
    y: list


def convex(k):
    """β_k = (k − 1)/(k + 2), the schedule for convex functions.  β_0 multiplies v_0 = 0.

    >>> from fractions import Fraction
    >>> convex(4), convex(Fraction(4))
    (0.5, Fraction(1, 2))
    """
    return (k - 1) / (k + 2)


def nesterov(x0, gradient, n, *, lr, beta):
    """Nesterov's method (NAG) from rest with momentum beta(k) in step k = 0, 1, …

    y_k = x_k + β_k v_k,    v_{k+1} = β_k v_k − α ∇f(y_k),    x_{k+1} = x_k + v_{k+1}

    x0        start
    gradient  function of a point
    n         number of steps, an integer >= 0
    lr        step size α [x²/f]
    beta      function of the step number k = 0, 1, …

    Returns a `Run`.  The step looks ahead with the β it was given; the next step needs another one.  So the
    position is read off the stored point, and the next look-ahead starts from it.

    >>> run = nesterov(1.0, lambda x: x, 3, lr=0.5, beta=convex)
    >>> run.x
    [1.0, 0.5, 0.25, 0.09375]
    """
    n = methods.integer("n", n, low=0)
    x, v = x0, x0 * 0
    run = Run([x], [v], [])
    for k in range(n):
        hyper = steps.NesterovHyper(lr=lr, beta=beta(k))
        y = x + hyper.beta * v
        stored, state = steps.nesterov(y, gradient(y), steps.NesterovState(v), k + 1.0, hyper)
        x, v = methods.position("nesterov", stored, state, hyper), state.v
        run.x.append(x)
        run.v.append(v)
        run.y.append(y)
    return run
