"""Test problems that know their own answers: f, gradient, Hessian, minimiser, μ and L.

Every f, grad and hessian takes a point of shape (d,) or any stack of points of shape (..., d), so that the
same function serves a loop (one point) and a contour plot (a grid of points).
"""
from dataclasses import dataclass
from typing import Callable

import numpy as np

from .methods import NONNEGATIVE, POSITIVE, integer, real


@dataclass(frozen=True, eq=False)
class Problem:
    """A function to minimise, and what is known about it.

    name       how figures and error messages call it
    f          (..., d) -> (...), units of f
    grad       (..., d) -> (..., d), units of f per unit of x
    hessian    (..., d) -> (..., d, d), units of f per unit of x²
    x0         where a run starts unless told otherwise, shape (d,)
    minimiser  the point of least f, shape (d,)
    f_min      f there
    mu, L      smallest and largest curvature over all points [f/x²]; None where f has no such bound
    dim        d, the number of coordinates
    """

    name: str
    f: Callable
    grad: Callable
    hessian: Callable
    x0: np.ndarray
    minimiser: np.ndarray
    f_min: float
    mu: float | None
    L: float | None
    dim: int

    def __repr__(self):
        return f"Problem({self.name}, dim={self.dim}, mu={self.mu}, L={self.L})"


def _constant(values):
    """A read-only float array: the answers of a problem are not for overwriting."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


def _curvatures(eigenvalues):
    """`eigenvalues` as a 1-D array of positive numbers, or one sentence that says which is wrong."""
    array = np.asarray(eigenvalues)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"eigenvalues has shape {array.shape}; it needs shape (d,) with d >= 1")
    wanted = f"eigenvalues need numbers in {POSITIVE} (curvature, f/x²)"
    checked = [real(f"eigenvalues[{i}]", value, wanted) for i, value in enumerate(array.tolist())]
    for i, value in enumerate(checked):
        if value not in POSITIVE:
            raise ValueError(f"eigenvalues[{i}]={value} is outside {POSITIVE} (curvature, f/x²)")
    return _constant(checked)


def quadratic(eigenvalues):
    """Diagonal quadratic: every coordinate is its own one-dimensional problem.

    f(x) = ½ Σ λᵢ xᵢ²,    ∇f(x) = (λ₁x₁, …, λ_d x_d)

    eigenvalues  λ₁ … λ_d, positive [f/x²]

    Starts at (1, …, 1); the minimiser is 0, μ = min λᵢ, L = max λᵢ.
    Raises ValueError or TypeError for a shape other than (d,) and for values that are not positive.

    >>> p = quadratic([1.0, 100.0])
    >>> p.f(np.array([2.0, 1.0])), p.grad(np.array([2.0, 1.0])), p.mu, p.L
    (np.float64(52.0), array([  2., 100.]), 1.0, 100.0)
    """
    lam = _curvatures(eigenvalues)
    d = len(lam)
    return Problem(
        name="quadratic",
        f=lambda x: (lam * np.asarray(x) ** 2).sum(-1) / 2,
        grad=lambda x: lam * np.asarray(x),
        hessian=lambda x: np.broadcast_to(np.diag(lam), (*np.shape(x)[:-1], d, d)),
        x0=_constant(np.ones(d)), minimiser=_constant(np.zeros(d)), f_min=0.0,
        mu=float(lam.min()), L=float(lam.max()), dim=d,
    )


def rotated_quadratic(eigenvalues, seed):
    """The same quadratic in turned coordinates: what a method that looks at coordinates cannot see.

    f(x) = ½ xᵀ Q diag(λ) Qᵀ x,    ∇f(x) = Q diag(λ) Qᵀ x

    eigenvalues  λ₁ … λ_d, positive [f/x²]
    seed         integer >= 0 that fixes the orthogonal matrix Q

    Q comes from the QR factors of a Gaussian matrix, with the signs of the diagonal of R moved into Q, so
    that every rotation is equally likely.  The gradient is computed from the factors, and μ and L are the
    extreme λ, exactly.  Starts at Q (1, …, 1), the image of the start of `quadratic`.
    Raises as `quadratic`, and for a seed that is not an integer >= 0.

    Source: F. Mezzadri (2007), "How to generate random matrices from the classical compact groups".

    >>> p = rotated_quadratic([1.0, 100.0], seed=0)
    >>> p.mu, p.L, np.linalg.eigvalsh(p.hessian(p.x0)).round(9)
    (1.0, 100.0, array([  1., 100.]))
    """
    lam = _curvatures(eigenvalues)
    d = len(lam)
    gaussian = np.random.default_rng(integer("seed", seed, low=0)).standard_normal((d, d))
    q, r = np.linalg.qr(gaussian)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    matrix = (q * lam) @ q.T
    matrix = (matrix + matrix.T) / 2  # symmetric to the last bit
    return Problem(
        name=f"rotated quadratic (seed {int(seed)})",
        f=lambda x: (lam * (np.asarray(x) @ q) ** 2).sum(-1) / 2,
        grad=lambda x: (lam * (np.asarray(x) @ q)) @ q.T,
        hessian=lambda x: np.broadcast_to(matrix, (*np.shape(x)[:-1], d, d)),
        x0=_constant(q.sum(1)), minimiser=_constant(np.zeros(d)), f_min=0.0,
        mu=float(lam.min()), L=float(lam.max()), dim=d,
    )


def rosenbrock():
    """Rosenbrock's valley: a curved floor that is easy to find and slow to follow.

    f(x, y) = (1 − x)² + 100 (y − x²)²

    Starts at (−1.2, 1), as in the paper; the minimiser is (1, 1), where f = 0.

    μ and L are None: the Hessian is not positive definite everywhere (at (0, 1) it has the eigenvalue
    −398), and its entry 1200 x² − 400 y + 2 grows without bound, so no global μ > 0 and no L exist.

    Source: H. H. Rosenbrock (1960), "An automatic method for finding the greatest or least value of a
    function".

    >>> p = rosenbrock()
    >>> float(p.f(p.x0)), p.grad(p.minimiser)
    (24.199999999999996, array([-0.,  0.]))
    """

    def f(point):
        x, y = np.moveaxis(np.asarray(point), -1, 0)
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def grad(point):
        x, y = np.moveaxis(np.asarray(point), -1, 0)
        bend = y - x * x
        return np.stack([-2 * (1 - x) - 400 * x * bend, 200 * bend], axis=-1)

    def hessian(point):
        x, y = np.moveaxis(np.asarray(point), -1, 0)
        cross = -400 * x
        rows = [[1200 * x * x - 400 * y + 2, cross], [cross, np.full_like(cross, 200)]]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

    return Problem(
        name="Rosenbrock", f=f, grad=grad, hessian=hessian,
        x0=_constant([-1.2, 1.0]), minimiser=_constant([1.0, 1.0]), f_min=0.0, mu=None, L=None, dim=2,
    )


def piecewise_quadratic():
    """A smooth, strongly convex function of one variable on which a well-tuned heavy ball runs in circles.

    f′(x) = 25x for x < 1,  x + 24 for 1 <= x < 2,  25x − 24 for x >= 2

    μ = 1, L = 25, minimiser 0.  With Polyak's parameters for this μ and L (α = 1/9, β = 4/9) the heavy ball
    started at 3.3 settles on a cycle of three points and never comes near 0: a rate proved for quadratics
    does not carry over to this class.  The gradient is continuous; the Hessian jumps at 1 and 2, where
    `hessian` returns its value on the right.  f has f(0) = 0.

    Source: L. Lessard, B. Recht and A. Packard (2016), "Analysis and design of optimization algorithms via
    integral quadratic constraints", section 4.6, gradient (4.11), and appendix B (as in arXiv 1408.3595v7).

    >>> p = piecewise_quadratic()
    >>> p.grad(np.array([[0.5], [1.0], [2.0], [3.0]])).ravel()
    array([12.5, 25. , 26. , 51. ])
    """

    def pieces(x, inner, middle, outer):
        return np.where(x < 1, inner, np.where(x < 2, middle, outer))

    def f(point):
        x = np.asarray(point)[..., 0]
        return pieces(x, 12.5 * x * x, x * x / 2 + 24 * x - 12, 12.5 * x * x - 24 * x + 36)

    def grad(point):
        x = np.asarray(point)
        return pieces(x, 25 * x, x + 24, 25 * x - 24)

    def hessian(point):
        return pieces(np.asarray(point), 25.0, 1.0, 25.0)[..., np.newaxis]

    return Problem(
        name="piecewise quadratic", f=f, grad=grad, hessian=hessian,
        x0=_constant([3.3]), minimiser=_constant([0.0]), f_min=0.0, mu=1.0, L=25.0, dim=1,
    )


def gaussian_noise(sigma, steps, shape, seed):
    """Gradient noise, drawn once and kept: the same numbers for every method and every step size.

    ξ₁, …, ξ_n independent, each coordinate N(0, σ²);    the method sees ∇f(x_k) + ξ_k₊₁

    sigma  σ >= 0, standard deviation of a coordinate [f/x]
    steps  n, number of gradients
    shape  shape of the parameter, d or a tuple
    seed   integer >= 0

    Returns an array (n, *shape).  A longer record with the same seed starts with the shorter one, and σ
    only scales it, so runs can be compared pair by pair (common random numbers).

    >>> gaussian_noise(0.5, steps=3, shape=2, seed=1).shape
    (3, 2)
    """
    sigma = real("sigma", sigma, f"noise needs sigma in {NONNEGATIVE} (standard deviation, f/x)")
    if sigma not in NONNEGATIVE:
        raise ValueError(f"sigma={sigma} is outside {NONNEGATIVE} (standard deviation of the noise, f/x)")
    sizes = shape if isinstance(shape, tuple) else (shape,)
    sizes = tuple(integer("shape", n, low=1) for n in sizes)
    rng = np.random.default_rng(integer("seed", seed, low=0))
    return float(sigma) * rng.standard_normal((integer("steps", steps, low=1), *sizes))
