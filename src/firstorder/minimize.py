"""The loop that every run of the book goes through: step, gradient, record."""
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import methods
from .problems import Problem

BOUND = 1e100  # a recorded number above this counts as divergence; its square is still finite


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What a run did, step by step.  Row 0 is the start; row k is the point after k steps.

    problem      the `Problem`
    method       its name in `METHODS`
    hyper        its checked hyper-parameters
    stored       points the method stores, shape (K+1, d); the gradients were taken there
    x            positions (what theorems speak of), shape (K+1, d); equal to `stored` but for Nesterov
    f            f at the positions `x`, shape (K+1,)
    grad_norm    Euclidean norm of the noise-free gradient at `stored`, shape (K+1,)
    state        the method's State, each field of shape (K+1, d)
    diverged_at  None, or the number of the first step whose result was refused: something in it was NaN,
                 infinite or above `BOUND` in absolute value.  The arrays end one row earlier, so that
                 every number in them is finite, and K = diverged_at − 1.
    """

    problem: Problem
    method: str
    hyper: Any
    stored: np.ndarray
    x: np.ndarray
    f: np.ndarray
    grad_norm: np.ndarray
    state: Any
    diverged_at: int | None

    @property
    def distance(self):
        """Euclidean distance of the positions from the minimiser, shape (K+1,)."""
        return np.linalg.norm(self.x - self.problem.minimiser, axis=1)

    @property
    def gap(self):
        """f(x_k) − f_min, shape (K+1,)."""
        return self.f - self.problem.f_min

    def iterations_to(self, tol, of="distance"):
        """The first k with quantity <= tol, or None if no recorded point got there.

        tol  > 0, in the units of the quantity
        of   "distance" [x], "gap" [f] or "grad_norm" [f/x]

        First hit: the quantity may rise above tol again later, as it does with momentum or noise.
        """
        quantity = getattr(self, methods.one_of("of", of, ("distance", "gap", "grad_norm")))
        tol = methods.real("tol", tol, f"iterations_to needs tol in {methods.POSITIVE}")
        if tol not in methods.POSITIVE:
            raise ValueError(f"tol={tol} is outside {methods.POSITIVE} for iterations_to")
        hits = np.flatnonzero(quantity <= tol)
        return int(hits[0]) if hits.size else None


def _array(name, value, shape):
    """`value` as a float array of this shape, all entries finite, or one sentence."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} has entries of type {array.dtype}, not real numbers; it needs shape {shape}")
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; it needs shape {shape}")
    array = array.astype(float)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}{list(where)}={array[where]} is not finite; {name} needs finite numbers")
    return array


def _noise(noise, steps, dim):
    """The first `steps` rows of the recorded noise, checked; zeros if there is none."""
    if noise is None:
        return np.zeros((steps, dim))
    rows = np.shape(noise)[0] if np.ndim(noise) else 0
    if rows < steps:
        raise ValueError(f"noise has shape {np.shape(noise)}; it needs shape (n, {dim}) with n >= {steps}")
    return _array("noise", noise, (rows, dim))[:steps]


def _within_bound(values):
    """Whether every number is finite and at most `BOUND` in absolute value."""
    return all((np.abs(value) <= BOUND).all() for value in values)  # False for NaN as well


def minimize(problem, method, *, x0=None, steps=100, noise=None, unchecked=False, **hyper):
    """Run a method on a problem and record everything.

    problem    a `Problem`
    method     a name in `METHODS`
    x0         start, shape (d,); the problem's own start if None
    steps      number of steps, an integer >= 1
    noise      None, or gradient noise to add, shape (n, d) with n >= steps: row k goes into step k + 1
    unchecked  True admits finite hyper-parameters outside their admissible set
    hyper      hyper-parameters by name

    Returns a `Trajectory`.  Divergence is an outcome (`diverged_at`), not an error.
    Raises ValueError or TypeError with one sentence for a bad name, value or shape.

    >>> from firstorder.problems import quadratic
    >>> run = minimize(quadratic([1.0, 10.0]), "heavy_ball", steps=60, lr=0.1, beta=0.5)
    >>> run.x.shape, run.diverged_at, run.iterations_to(1e-3)
    ((61, 2), None, 19)
    >>> minimize(quadratic([1.0]), "gradient_descent", steps=200, lr=3.0).diverged_at
    167
    """
    if not isinstance(problem, Problem):
        kind = type(problem).__name__
        raise TypeError(f"problem={problem!r} is a {kind}, not a Problem of firstorder.problems")
    steps = methods.integer("steps", steps, low=1)
    h = methods.hyper(method, unchecked=unchecked, **hyper)
    h = type(h)(*map(float, h))  # a Fraction would turn the arrays into arrays of objects
    x = _array("x0", problem.x0 if x0 is None else x0, (problem.dim,))
    xi = _noise(noise, steps, problem.dim)
    row = methods.method(method)

    y, state, record, diverged_at = x, methods.start(method, x), [], None
    with np.errstate(over="ignore", invalid="ignore"):  # reported as `diverged_at`
        for k in range(steps + 1):
            if k > 0:
                y, state = row.step(y, g + xi[k - 1], state, float(k), h)
            g = problem.grad(y)
            x = row.position(y, state, h)
            values = (y, x, problem.f(x), np.linalg.norm(g), *state)
            if not _within_bound(values):
                diverged_at = k
                break
            record.append(values)
    if diverged_at == 0:
        raise ValueError(f"x0={y.tolist()} makes x, f or ‖∇f‖ exceed {BOUND:g}; it needs to be smaller")
    stored, x, f, grad_norm, *fields = (np.array(column) for column in zip(*record))
    return Trajectory(problem, method, h, stored, x, f, grad_norm, row.State(*fields), diverged_at)
