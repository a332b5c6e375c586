"""Test problems that know their own answers: f, gradient, Hessian, minimiser, μ and L.

Every f, grad and hessian takes a point of shape (d,) or any stack of points of shape (..., d), so that the
same function serves a loop (one point) and a contour plot (a grid of points).
"""
import math
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from . import formulas, methods
from .methods import NONNEGATIVE, POSITIVE, Interval, integer, real

CORRELATION = Interval(-1, 1, low_open=True, high_open=True)


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


def rosenbrock_gradient(x, y):
    """The gradient of `rosenbrock` as a function of the coordinates, as `firstorder.sweeps` compiles it.

    ∇f(x, y) = (−2(1 − x) − 400 x (y − x²), 200 (y − x²))

    >>> rosenbrock_gradient(0.0, 1.0)
    (-2.0, 200.0)
    """
    bend = y - x * x
    return -2 * (1 - x) - 400 * x * bend, 200 * bend


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
        return np.stack(rosenbrock_gradient(*np.moveaxis(np.asarray(point), -1, 0)), axis=-1)

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


def ackley(dim):
    """Ackley's function: a cone under a regular pattern of bumps, with a local minimum near every lattice point.

    f(x) = 20 (1 − exp(−r/5)) + e − exp(1/d Σ cos 2πxᵢ),    r = √(1/d Σ xᵢ²)
    ∇f(x)ᵢ = (4 exp(−r/5) xᵢ/r + 2π exp(1/d Σ cos 2πxᵢ) sin 2πxᵢ)/d

    dim  d, an integer >= 1

    Starts at (3.3, …, 3.3); the minimiser is 0, where f = 0 exactly.  At 0 the cone has its tip: f has no
    gradient there, and one-sided slopes ±4/√d along every direction.  `grad` returns 0, the subgradient that
    says "stay"; `hessian` raises ValueError for a stack that contains 0.  μ and L are None: curvatures are
    negative in places and, for d > 1, grow like 1/r near 0.
    Raises ValueError or TypeError for a dim that is not an integer >= 1.

    Source: proposed by D. H. Ackley (1987), "A connectionist machine for genetic hillclimbing"; this form,
    with 20, 1/5 and 2π, is T. Bäck's (1996), "Evolutionary algorithms in theory and practice", page 142.

    >>> p = ackley(2)
    >>> float(p.f(p.minimiser)), p.grad(p.minimiser), float(p.f(np.ones(2)).round(4))
    (0.0, array([0., 0.]), 3.6254)
    """
    d = integer("dim", dim, low=1)

    def bumps(x):
        return np.exp(np.cos(2 * np.pi * x).mean(-1))[..., np.newaxis]

    def f(point):
        x = np.asarray(point)
        r = np.sqrt((x * x).mean(-1))
        # expm1 and a sine squared keep all digits near 0, where the terms as printed cancel
        return -20 * np.expm1(-r / 5) - np.e * np.expm1(-2 * (np.sin(np.pi * x) ** 2).mean(-1))

    def grad(point):
        x = np.asarray(point)
        r = np.sqrt((x * x).mean(-1, keepdims=True))
        cone = np.exp(-r / 5) * x / np.where(r == 0, 1, r)
        return (4 * cone + 2 * np.pi * bumps(x) * np.sin(2 * np.pi * x)) / d

    def hessian(point):
        x = np.asarray(point, dtype=float)
        r = np.sqrt((x * x).mean(-1))[..., np.newaxis, np.newaxis]
        if (r == 0).any():
            raise ValueError("Ackley's function has no Hessian at x = 0, the tip of its cone")
        outer = lambda u: u[..., :, np.newaxis] * u[..., np.newaxis, :]
        along = outer(x) / (d * r * r)  # the projection on the direction of x
        cone = 4 * np.exp(-r / 5) / d * ((np.eye(d) - along) / r - along / 5)
        wave = 2 * np.pi / d * np.sin(2 * np.pi * x)
        diagonal = 4 * np.pi**2 / d * np.cos(2 * np.pi * x)[..., np.newaxis] * np.eye(d)
        return cone + bumps(x)[..., np.newaxis] * (diagonal - outer(wave))

    return Problem(
        name="Ackley", f=f, grad=grad, hessian=hessian,
        x0=_constant(np.full(d, 3.3)), minimiser=_constant(np.zeros(d)), f_min=0.0, mu=None, L=None, dim=d,
    )


def saddle_gradient(x, y):
    """The gradient of `saddle` as a function of the coordinates, as `firstorder.sweeps` compiles it.

    ∇f(x, y) = (x, y³ − y)

    >>> saddle_gradient(1.0, 2.0)
    (1.0, 6.0)
    """
    return x, y * (y * y - 1)


def saddle():
    """A strict saddle at the origin between two minima: where descent slows down and noise helps it leave.

    f(x, y) = x²/2 − y²/2 + y⁴/4,    ∇f = (x, y³ − y),    Hessian diag(1, 3y² − 1)

    Minimisers (0, 1) and (0, −1), where f = −1/4; the record names the first.  At the saddle (0, 0) f = 0
    and the curvatures are 1 and −1.  Starts at (1, 10⁻³): on the line y = 0 itself every method of the book
    runs into the saddle.  μ and L are None: the curvature is −1 at the saddle and grows without bound.

    >>> p = saddle()
    >>> float(p.f(p.minimiser)), p.grad(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 2.0]]))[:, 1]
    (-0.25, array([-0.,  0.,  6.]))
    """

    def f(point):
        x, y = np.moveaxis(np.asarray(point), -1, 0)
        return x * x / 2 + y * y * (y * y - 2) / 4

    def grad(point):
        return np.stack(saddle_gradient(*np.moveaxis(np.asarray(point), -1, 0)), axis=-1)

    def hessian(point):
        x, y = np.moveaxis(np.asarray(point), -1, 0)
        zero = np.zeros_like(y)
        rows = [[np.ones_like(y), zero], [zero, 3 * y * y - 1]]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

    return Problem(
        name="saddle", f=f, grad=grad, hessian=hessian,
        x0=_constant([1.0, 1e-3]), minimiser=_constant([0.0, 1.0]), f_min=-0.25, mu=None, L=None, dim=2,
    )


@dataclass(frozen=True, eq=False)
class OnlineProblem:
    """A stream of linear losses f_t(x) = g_t x of one variable on an interval.

    name       how figures and error messages call it
    gradient   t = 1, 2, … -> g_t [f/x]
    low, high  ends of the interval [x]
    minimiser  the fixed point that loses least in the long run [x]
    """

    name: str
    gradient: Callable
    low: float
    high: float
    minimiser: float

    def __repr__(self):
        return f"OnlineProblem({self.name}, [{self.low:g}, {self.high:g}], minimiser={self.minimiser:g})"


def reddi_kale_kumar(C=4.0):
    """Rare large gradients against frequent small ones: the stream on which Adam can walk the wrong way.

    f_t(x) = C x if t mod 3 = 1,  −x otherwise,    x in [−1, 1],    C > 2

    C  the large gradient [f/x]

    The gradients sum to C − 2 > 0 over three steps, so x* = −1.  Adam with β₁ = 0, β₂ = 1/(1 + C²) and step
    α/√t drifts to +1, the worst point: each C is divided by a root that holds it, each −1 by one that
    has nearly forgotten it.  Raises ValueError or TypeError for a C that is not a number above 2.

    Source: S. J. Reddi, S. Kale and S. Kumar (2018), "On the convergence of Adam and beyond", section 3 and
    Theorem 1.

    >>> p = reddi_kale_kumar(4.0)
    >>> [p.gradient(t) for t in range(1, 7)], p.minimiser
    ([4.0, -1.0, -1.0, 4.0, -1.0, -1.0], -1.0)
    """
    above = Interval(2, np.inf, low_open=True, high_open=True)
    C = float(real("C", C, f"the stream needs C in {above} (its large gradient, f/x)"))
    if C not in above:
        raise ValueError(f"C={C} is outside {above} (the large gradient of the stream, f/x)")
    return OnlineProblem(f"Reddi–Kale–Kumar (C = {C:g})", lambda t: C if t % 3 == 1 else -1.0, -1.0, 1.0, -1.0)


@dataclass(frozen=True, eq=False)
class OnlineRun:
    """What a method did on a stream of losses.

    problem   the `OnlineProblem`
    method    its name in `METHODS`
    hyper     its checked hyper-parameters
    x         points played, shape (n+1,): x[t−1] meets the loss f_t, x[n] is where the run ends
    gradient  g_1 … g_n, shape (n,)
    regret    R_1 … R_n, shape (n,): R_T = Σ_{t≤T} f_t(x_t) − min over the interval of Σ_{t≤T} f_t(x) [f]
    """

    problem: OnlineProblem
    method: str
    hyper: Any
    x: np.ndarray
    gradient: np.ndarray
    regret: np.ndarray


def online(method, problem, *, x0=0.0, steps=1000, fade=True, **hyper):
    """Run a method of the book on a stream of losses, projected on the interval after every step.

    x_{t+1} = min(high, max(low, step of x_t with g_t)),    α_t = α/√t if `fade`, else α

    method   a name in `METHODS`
    problem  an `OnlineProblem`
    x0       start, a number in the interval [x]
    steps    number of losses n, an integer >= 1
    fade     whether the step size falls like 1/√t, as regret bounds want it
    hyper    hyper-parameters by name

    The projection changes the stored point alone, not v, m or s; in one dimension it does not matter in
    which norm one projects.  Nesterov plays its stored point, the look-ahead.  Returns an `OnlineRun`.
    Raises ValueError or TypeError with one sentence for a bad name or value.

    >>> short = dict(beta1=0.0, beta2=1 / 17, eps=0.0)
    >>> run = online("adam", reddi_kale_kumar(4.0), steps=3000, lr=0.5, **short)
    >>> run.x[-1].round(2), (run.regret[-1] / 3000).round(2)  # near the worst point; the regret grows like t
    (np.float64(1.0), np.float64(1.34))
    """
    if not isinstance(problem, OnlineProblem):
        kind = type(problem).__name__
        raise TypeError(f"problem={problem!r} is a {kind}, not an OnlineProblem of firstorder.problems")
    if not isinstance(fade, bool):
        raise TypeError(f"fade={fade!r} is a {type(fade).__name__}, not True or False")
    inside = Interval(problem.low, problem.high)
    x = float(real("x0", x0, f"{problem.name} needs x0 in {inside}"))
    if x not in inside:
        raise ValueError(f"x0={x} is outside {inside} for {problem.name}")
    h = methods.hyper(method, **hyper)
    h = type(h)(*map(float, h))
    n, row = integer("steps", steps, low=1), methods.method(method)
    g = np.array([problem.gradient(t) for t in range(1, n + 1)], dtype=float)
    played, state = [x], methods.start(method, x)
    for t in range(1, n + 1):
        now = h._replace(lr=h.lr / np.sqrt(t)) if fade else h
        x, state = row.step(x, float(g[t - 1]), state, float(t), now)
        x = min(problem.high, max(problem.low, float(x)))
        played.append(x)
    played, total = np.array(played), np.cumsum(g)
    best = np.minimum(total * problem.low, total * problem.high)  # a linear loss is least at an end
    return OnlineRun(problem, method, h, played, g, np.cumsum(g * played[:-1]) - best)


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


def ar1_noise(rho, sigma, steps, shape, seed):
    """Gradient noise with a memory: an autoregression of order one, stationary from the first draw on.

    ξ₁ ~ N(0, σ²),    ξ_{k+1} = ρ ξ_k + √(1 − ρ²) σ w_k,    w_k ~ N(0, 1) independent
    E ξ_k ξ_{k+h} = σ² ρ^|h|

    rho    ρ in (−1, 1), correlation of successive draws, dimensionless; 0 gives `gaussian_noise` to the bit
    sigma  σ >= 0, standard deviation of every draw [f/x], whatever ρ is
    steps, shape, seed  as for `gaussian_noise`; coordinates are independent

    Returns an array (steps, *shape).  A longer record with the same seed starts with the shorter one, and
    records of different ρ are made from the same w.  Raises as `gaussian_noise`, and for ρ outside (−1, 1).

    Source: M. B. Priestley (1981), "Spectral analysis and time series", section 3.5, for the process and its
    autocovariance.

    >>> bool((ar1_noise(0.0, 0.5, 3, 2, seed=1) == gaussian_noise(0.5, 3, 2, seed=1)).all())
    True
    """
    rho = float(real("rho", rho, f"noise needs rho in {CORRELATION} (correlation of successive draws)"))
    if rho not in CORRELATION:
        raise ValueError(f"rho={rho} is outside {CORRELATION} (correlation of successive draws, dimensionless)")
    return _autoregress(gaussian_noise(sigma, steps, shape, seed), rho)


def _autoregress(xi, rho):
    """White noise -> `ar1_noise` of the same variance, in place."""
    fresh = math.sqrt((1 - rho) * (1 + rho))
    for k in range(1, len(xi)):
        xi[k] = rho * xi[k - 1] + fresh * xi[k]
    return xi


def stream_noise(rho, steps, draw=1):
    """Gradient noise of variance 1 that any language can repeat: figures that run in a browser show these numbers.

    s ← 48271 s mod (2³¹ − 1),    w = √3 (2s/(2³¹ − 1) − 1),    ξ₁ = w₁,    ξ_{k+1} = ρ ξ_k + √(1 − ρ²) w_{k+1}
    E ξ_k ξ_{k+h} = ρ^|h|

    rho    ρ in (−1, 1), correlation of successive numbers, dimensionless
    steps  n, how many numbers
    draw   1, 2, …: which stretch of n states of the one stream that starts at s = 1

    w is uniform, not normal, and the generator a small one: for pictures, not for Monte Carlo (`ar1_noise`).
    Returns an array (n,).  Raises ValueError or TypeError for values outside these sets.

    Source: S. K. Park and K. W. Miller (1988), "Random number generators: good ones are hard to find", for the
    modulus; the multiplier is that of S. K. Park, K. W. Miller and P. K. Stockmeyer (1993), as in C++'s
    `minstd_rand`.

    >>> stream_noise(0.0, 3, draw=2).round(3)
    array([ 1.357,  1.621, -1.075])
    """
    rho = float(real("rho", rho, f"noise needs rho in {CORRELATION} (correlation of successive draws)"))
    if rho not in CORRELATION:
        raise ValueError(f"rho={rho} is outside {CORRELATION} (correlation of successive draws, dimensionless)")
    n, skip, s = integer("steps", steps, low=1), integer("draw", draw, low=1) - 1, 1
    for _ in range(skip * n):
        s = formulas.lehmer(s)
    xi = []
    for _ in range(n):
        s = formulas.lehmer(s)
        w = formulas.uniform(s)
        xi.append(formulas.ar1(xi[-1], w, rho) if xi else w)
    return np.array(xi)
