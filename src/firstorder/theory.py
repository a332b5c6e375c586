"""What theory predicts for a method on a quadratic, derived from the step itself where that is possible.

A quadratic falls apart into one-dimensional problems f(x) = ½ λ x².  On each of them a method whose step
is linear in (stored point, state, gradient) multiplies the vector z = (stored point, state) by a matrix
M(λ), and the eigenvalues of M decide stability and speed.  λ is a curvature [f/x²], μ and L are the
smallest and the largest one, κ = L/μ.

`hyper` arguments are the NamedTuples that `firstorder.hyper` returns.  Where a docstring says so, λ and
the hyper-parameters may also be arrays that broadcast, as for a map over (α, β).
"""
import math
from typing import Any, NamedTuple

import numpy as np

from . import methods
from .methods import METHODS, NONNEGATIVE, POSITIVE, UNIT, Interval, real

ROUNDING = 8 * np.finfo(float).eps  # error granted to the entries of a 2×2 matrix, see `spectral_radius`


def _reals(name, value, wanted, admissible=None):
    """`value` as a float array (0-d for a number), finite and admissible, or one sentence."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":  # a Fraction is welcome, a bool or a string is not
        array = np.asarray(real(name, value, wanted))
    array = array.astype(float)
    bad = ~np.isfinite(array)
    if bad.any():
        raise ValueError(f"{name}={array[bad][0]} is not finite; {wanted}")
    if admissible is not None:
        outside = np.array([x not in admissible for x in array.flat]).reshape(array.shape)
        if outside.any():
            raise ValueError(f"{name}={array[outside][0]} is outside {admissible}; {wanted}")
    return array


def _checked(name, lam, hyper):
    """The row of the table, λ as a float array, and the hyper-parameters as float arrays."""
    row = methods.method(name)
    if not is_linear(name):
        linear = ", ".join(key for key in METHODS if is_linear(key))
        raise ValueError(
            f"{name} has no iteration matrix: its step is not linear in (x, state, g); those of {linear} are"
        )
    if not isinstance(hyper, row.Hyper):
        raise TypeError(
            f"hyper={hyper!r} is a {type(hyper).__name__}, not a {row.Hyper.__name__};"
            f" make it with firstorder.hyper({name!r}, ...)"
        )
    lam = _reals("lam", lam, f"{name} needs a finite curvature λ (f/x²)")
    return row, lam, row.Hyper(*(
        _reals(key, value, f"{name} needs a finite {key} ({row.parameters[key].meaning})")
        for key, value in hyper._asdict().items()
    ))


def _unit_images(row, lam, hyper, t=1.0):
    """The step applied to each unit vector of (stored point, state) with g = λ · stored point."""
    n = 1 + len(row.State._fields)
    images = []
    for i in range(n):
        z = [float(i == j) for j in range(n)]
        stored, state = row.step(z[0], lam * z[0], row.State(*z[1:]), t, hyper)
        images.append((stored, *state))
    return images


def is_linear(name):
    """Whether a method's step is one linear map of (stored point, state) at every t, when g = λ · point.

    Decided by running it: with the default hyper-parameters the image of (1, 2, …) must be the same
    combination of the images of the unit vectors, at t = 1 and at t = 2.

    >>> [name for name in METHODS if not is_linear(name)]
    ['adagrad', 'rmsprop', 'adam', 'adamw', 'amsgrad', 'nadam']
    """
    row = methods.method(name)
    h = row.Hyper(*(p.default for p in row.parameters.values()))
    images = np.array(_unit_images(row, 1.0, h))
    weights = np.arange(1.0, len(images) + 1)
    for t in (1.0, 2.0):
        stored, state = row.step(weights[0], weights[0], row.State(*weights[1:]), t, h)
        if not np.allclose((stored, *state), weights @ images, rtol=1e-12, atol=0):
            return False
    return True


def iteration_matrix(name, lam, hyper):
    """The matrix M with (stored point, state)ₖ₊₁ = M (stored point, state)ₖ on f = ½ λ x², read off the step.

    name   a method whose step is linear (see `is_linear`)
    lam    λ, curvature [f/x²]; a number or an array
    hyper  its hyper-parameters, numbers or arrays; all broadcast together

    Column i is the step applied to the i-th unit vector.  Returns an array (..., n, n), n = 1 + number of
    state fields.  Raises ValueError for a method without such a matrix, and for NaN or inf.

    >>> iteration_matrix("heavy_ball", 2.0, methods.hyper("heavy_ball", lr=0.25, beta=0.5))
    array([[ 0.5,  0.5],
           [-0.5,  0.5]])
    """
    row, lam, h = _checked(name, lam, hyper)
    images = _unit_images(row, lam, h)
    entries = np.broadcast_arrays(*(entry for image in images for entry in image), lam, *h)
    n = len(images)
    columns = np.stack(entries[: n * n], axis=-1).reshape(*entries[0].shape, n, n)
    return np.swapaxes(columns, -1, -2)


def spectral_radius(name, lam, hyper):
    """Factor by which the slowest component shrinks per step: the largest |eigenvalue| of M(λ).

    For M = [[a, b], [c, d]] with D = ((a − d)/2)² + bc:

    ρ = |a + d|/2 + √D if D > 0,    ρ = √(ad − bc) if D < 0,    ρ = |a + d|/2 if D = 0

    Arguments as for `iteration_matrix`; returns a float or an array.  The formula is used instead of an
    eigenvalue routine because M is defective (D = 0) at the best parameters, where ρ grows with the root
    of a perturbation: the last bit of an entry would move ρ by 10⁻⁸.  D counts as 0 when rounding errors in
    the entries could make it 0: 8 × 2⁻⁵² relative to b and c, and relative to max(1, |a|), max(1, |d|) on the
    diagonal, whose entries are differences from 1.  The result is exact for a matrix that near.

    At Polyak's parameters for μ = 1, L = 100 the answer is (√κ − 1)/(√κ + 1) = 9/11:

    >>> h = methods.hyper("heavy_ball", lr=4 / 121, beta=(9 / 11) ** 2)
    >>> abs(spectral_radius("heavy_ball", np.array([1.0, 100.0]), h) - 9 / 11).max() < 1e-15
    np.True_
    """
    matrix = iteration_matrix(name, lam, hyper)
    if matrix.shape[-1] == 1:
        return np.abs(matrix[..., 0, 0])[()]
    a, b, c, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 1, 1]
    half_trace, half_gap = (a + d) / 2, (a - d) / 2
    discriminant = half_gap * half_gap + b * c
    diagonal = np.maximum(1, np.abs(a)) + np.maximum(1, np.abs(d))
    slack = ROUNDING * (np.abs(half_gap) * diagonal + 2 * np.abs(b * c))
    radius = np.abs(half_trace) + np.sqrt(np.where(discriminant > slack, discriminant, 0))
    oscillates = discriminant < -slack
    return np.where(oscillates, np.sqrt(np.where(oscillates, a * d - b * c, 0)), radius)[()]


def stability_limit(name, beta=0.0):
    """The limit in: the method converges on f = ½ λ x², λ > 0, if and only if 0 < α λ < limit.

    GD 2,    HB 2 (1 + β),    EMA 2 (1 + β)/(1 − β) (for η λ),    NAG 2 (1 + β)/(1 + 2β)

    name  a method whose step is linear
    beta  β in [0, 1), dimensionless; a number or an array; not used by gradient descent

    At the limit M has the eigenvalue −1.  Raises ValueError for another method or for β outside [0, 1).

    >>> [float(stability_limit(name, 0.5)) for name in ("gradient_descent", "heavy_ball", "nesterov")]
    [2.0, 3.0, 1.5]
    """
    limit = LIMITS[methods.one_of("method", name, LIMITS)]
    return limit(_reals("beta", beta, "a stability limit needs β in [0, 1)", UNIT))[()]


# upper limit of α λ as a function of β, for numbers, arrays and symbols
LIMITS = {
    "gradient_descent": lambda beta: 2 + 0 * beta,
    "heavy_ball": lambda beta: 2 * (1 + beta),
    "heavy_ball_ema": lambda beta: 2 * (1 + beta) / (1 - beta),
    "nesterov": lambda beta: 2 * (1 + beta) / (1 + 2 * beta),
}


class Tuning(NamedTuple):
    """Parameters for curvatures in [μ, L], and the rate they buy.

    method  name in `METHODS`
    hyper   its hyper-parameters
    rate    the largest spectral radius over λ in [μ, L]: the factor by which a quadratic's error shrinks
            per step in the long run
    """

    method: str
    hyper: Any
    rate: float


def _bounds(mu, L):
    """μ and L as floats with 0 < μ <= L, or one sentence."""
    for key, value in (("mu", mu), ("L", L)):
        if real(key, value, "it is a curvature (f/x²)") not in POSITIVE:
            raise ValueError(f"{key}={value} is outside {POSITIVE} (curvature, f/x²)")
    mu, L = float(mu), float(L)
    if mu > L:
        raise ValueError(f"mu={mu} is above L={L}; μ is the smaller curvature")
    return mu, L


def descent_optimal(mu, L):
    """Gradient descent, best step for all quadratics with curvatures in [μ, L].

    α = 2/(L + μ),    rate (κ − 1)/(κ + 1)

    Source: L. Lessard, B. Recht and A. Packard (2016), Proposition 1.

    >>> descent_optimal(1.0, 3.0)
    Tuning(method='gradient_descent', hyper=GradientDescentHyper(lr=0.5), rate=0.5)
    """
    mu, L = _bounds(mu, L)
    return Tuning("gradient_descent", methods.hyper("gradient_descent", lr=2 / (L + mu)), (L - mu) / (L + mu))


def polyak(mu, L):
    """Heavy ball, best α and β for all quadratics with curvatures in [μ, L].

    α = 4/(√L + √μ)²,    β = ((√κ − 1)/(√κ + 1))²,    rate √β

    Both ends of [μ, L] have a double eigenvalue: M is defective there.

    Source: B. T. Polyak (1964), "Some methods of speeding up the convergence of iteration methods".

    >>> polyak(1.0, 9.0)
    Tuning(method='heavy_ball', hyper=HeavyBallHyper(lr=0.25, beta=0.25), rate=0.5)
    """
    mu, L = _bounds(mu, L)
    root_sum = math.sqrt(L) + math.sqrt(mu)
    rate = (L - mu) / root_sum**2  # = (√κ − 1)/(√κ + 1) without the cancellation in √κ − 1
    return Tuning("heavy_ball", methods.hyper("heavy_ball", lr=4 / root_sum**2, beta=rate**2), rate)


def heavy_ball_standard(mu, L):
    """Heavy ball at the step α = 1/L, with the best β for that step.

    α = 1/L,    β = (1 − 1/√κ)²,    rate 1 − 1/√κ

    The rate of Nesterov's standard parameters, on quadratics.  A smaller β leaves the mode λ = μ
    overdamped, a larger one makes every mode slower, since |eigenvalue| = √β once they are complex.

    >>> heavy_ball_standard(1.0, 4.0)
    Tuning(method='heavy_ball', hyper=HeavyBallHyper(lr=0.25, beta=0.25), rate=0.5)
    """
    mu, L = _bounds(mu, L)
    rate = (L - mu) / (L + math.sqrt(L * mu))  # = 1 − 1/√κ
    return Tuning("heavy_ball", methods.hyper("heavy_ball", lr=1 / L, beta=rate**2), rate)


def nesterov_standard(mu, L):
    """Nesterov with the parameters proved for strongly convex functions; the rate is that on quadratics.

    α = 1/L,    β = (√κ − 1)/(√κ + 1),    rate 1 − 1/√κ

    For functions that are μ-strongly convex with L-Lipschitz gradient the textbook bound is weaker: the
    gap f − f_min is below a constant times (1 − 1/√κ)ᵏ, so the distance below one times √(1 − 1/√κ)ᵏ.

    Source: Yu. Nesterov (2004), "Introductory lectures on convex optimization", scheme (2.2.11); the rate on
    quadratics: L. Lessard, B. Recht and A. Packard (2016), Proposition 1.

    >>> nesterov_standard(1.0, 4.0).rate
    0.5
    """
    mu, L = _bounds(mu, L)
    beta = (L - mu) / (math.sqrt(L) + math.sqrt(mu)) ** 2
    rate = (L - mu) / (L + math.sqrt(L * mu))
    return Tuning("nesterov", methods.hyper("nesterov", lr=1 / L, beta=beta), rate)


def nesterov_optimal(mu, L):
    """Nesterov, best α and β for all quadratics with curvatures in [μ, L].

    α = 4/(3L + μ),    β = (√(3κ + 1) − 2)/(√(3κ + 1) + 2),    rate 1 − 2/√(3κ + 1)

    Source: L. Lessard, B. Recht and A. Packard (2016), "Analysis and design of optimization algorithms via
    integral quadratic constraints", Proposition 1.

    >>> nesterov_optimal(1.0, 5.0)
    Tuning(method='nesterov', hyper=NesterovHyper(lr=0.25, beta=0.3333333333333333), rate=0.5)
    """
    mu, L = _bounds(mu, L)
    root = math.sqrt(3 * L + mu)
    excess = 3 * (L - mu) / (root + 2 * math.sqrt(mu))  # = √(3L + μ) − 2√μ without cancellation
    beta = excess / (root + 2 * math.sqrt(mu))
    return Tuning("nesterov", methods.hyper("nesterov", lr=4 / (3 * L + mu), beta=beta), excess / root)


class StationaryCovariance(NamedTuple):
    """Second moments of a method on f = ½ λ x² under white gradient noise, after the start is forgotten.

    covariance  Σ of (stored point, state), shape (n, n)
    position    variance of the position x [x²], the point theorems speak of
    residual    max |Σ − M Σ Mᵀ − σ² b bᵀ| / σ², in the units of the entries: how well Σ solves its equation
    """

    covariance: np.ndarray
    position: float
    residual: float


def _stable(name, lam, hyper):
    """Raise one sentence unless the method converges without noise."""
    radius = np.asarray(spectral_radius(name, lam, hyper))
    if (radius >= 1).any():
        raise ValueError(
            f"{name} is unstable at lam={lam}, {hyper}: spectral radius {radius.max():.6g} is not below 1,"
            " so no stationary variance exists"
        )


def stationary_covariance(name, lam, hyper, sigma):
    """Σ = M Σ Mᵀ + σ² b bᵀ: the stationary covariance, by SciPy's discrete Lyapunov solver.

    The gradient is g = λ · stored point + ξ, with ξ white of variance σ².  M is `iteration_matrix`, b the
    image of a unit gradient at rest; both are read off the step.

    name, lam, hyper  as for `iteration_matrix`, numbers only
    sigma             σ >= 0, standard deviation of the gradient noise [f/x]

    Returns a `StationaryCovariance`, its residual with it.  Raises ValueError if the method is unstable.

    >>> h = methods.hyper("gradient_descent", lr=0.5)
    >>> float(stationary_covariance("gradient_descent", 1.0, h, sigma=1.0).position)  # α/(λ(2 − αλ)) = 1/3
    0.3333333333333333
    """
    from scipy.linalg import solve_discrete_lyapunov

    row, lam, h = _checked(name, lam, hyper)
    sigma = float(_reals("sigma", sigma, "noise needs a standard deviation σ (f/x)", NONNEGATIVE))
    _stable(name, lam, h)
    matrix = iteration_matrix(name, lam, h)
    if matrix.ndim != 2:
        raise ValueError(f"lam or hyper has shape {matrix.shape[:-2]}; stationary_covariance takes numbers")
    zero = row.State(*(0.0 for _ in row.State._fields))
    stored, state = row.step(0.0, 1.0, zero, 1.0, h)
    kick = np.array([stored, *state])
    unit = solve_discrete_lyapunov(matrix, np.outer(kick, kick))
    residual = float(np.abs(unit - matrix @ unit @ matrix.T - np.outer(kick, kick)).max())
    basis = np.eye(len(kick))
    readout = np.array([row.position(z[0], row.State(*z[1:]), h) for z in basis])
    return StationaryCovariance(sigma**2 * unit, float(sigma**2 * (readout @ unit @ readout)), residual)


def stationary_variance(name, lam, hyper, sigma, point="position"):
    """The stationary variance of the position or of the stored point, in closed form.

    GD   Var(x) = ασ² / (λ (2 − αλ))
    HB   Var(x) = ασ² (1 + β) / (λ (1 − β)(2(1 + β) − αλ));  EMA: the same with α = (1 − β) η
    NAG  Var(x) = ασ² (1 + β − αβλ) / (λ (1 − β + αβλ)(2(1 + β) − αλ(1 + 2β)))
         Var(y) = ασ² (1 + β + αβλ + 2αβ²λ) / (λ (1 − β + αβλ)(2(1 + β) − αλ(1 + 2β)))

    name, lam, hyper  as for `iteration_matrix`; numbers or arrays
    sigma             σ >= 0, standard deviation of the white gradient noise [f/x]; a number or an array
    point             "position" x, or "stored": the look-ahead y for Nesterov, the same point otherwise

    Returns a float or an array [x²].  Raises ValueError where the method is unstable.

    The same noise, step and momentum leave heavy ball with almost twice the variance of Nesterov:

    >>> for name in ("heavy_ball", "nesterov"):
    ...     h = methods.hyper(name, lr=0.1, beta=0.9)
    ...     print(name, round(float(stationary_variance(name, 1.0, h, sigma=1.0)), 4))
    heavy_ball 0.5135
    nesterov 0.2706
    """
    row, lam, h = _checked(name, lam, hyper)
    sigma = _reals("sigma", sigma, "noise needs a standard deviation σ (f/x)", NONNEGATIVE)
    formula = VARIANCES[methods.one_of("method", name, VARIANCES)]
    stored = methods.one_of("point", point, ("position", "stored")) == "stored"
    _stable(name, lam, h)
    return (sigma**2 * formula(lam, *h, stored))[()]


def _heavy_ball_variance(lam, lr, beta, stored):
    return lr * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - lr * lam))


def _nesterov_variance(lam, lr, beta, stored):
    pull = lr * beta * lam
    numerator = 1 + beta + pull * (1 + 2 * beta) if stored else 1 + beta - pull
    return lr * numerator / (lam * (1 - beta + pull) * (2 * (1 + beta) - lr * lam * (1 + 2 * beta)))


# (λ, hyper-parameters in their order, stored?) -> variance / σ², for numbers, arrays and symbols
VARIANCES = {
    "gradient_descent": lambda lam, lr, stored: lr / (lam * (2 - lr * lam)),
    "heavy_ball": _heavy_ball_variance,
    "heavy_ball_ema": lambda lam, lr, beta, stored: _heavy_ball_variance(lam, (1 - beta) * lr, beta, stored),
    "nesterov": _nesterov_variance,
}


def _log(beta):
    """log β as an array, −∞ at 0.  Accurate near 1, where the subtraction 1 − β is exact."""
    with np.errstate(divide="ignore"):
        return np.log(beta)


def bias_correction_ratio(beta1, beta2, t):
    """How far Adam's step without bias correction is off, for a gradient that stays the same.

    (m/√s) / (m̂/√ŝ) = (1 − β₁ᵗ) / √(1 − β₂ᵗ)

    beta1, beta2  β₁ and β₂ in [0, 1), dimensionless
    t             step number, an integer >= 1, or an array of them

    Above 1 the uncorrected step is too long, below 1 too short; it tends to 1.  Computed with expm1, so
    that β within 10⁻¹⁵ of 1 costs no digits.  Raises ValueError or TypeError for values outside these sets.

    >>> round(float(bias_correction_ratio(0.9, 0.999, 1)), 4)  # (1 − 0.9)/√(1 − 0.999)
    3.1623
    """
    beta1 = _reals("beta1", beta1, "an averaging factor is in [0, 1)", UNIT)
    beta2 = _reals("beta2", beta2, "an averaging factor is in [0, 1)", UNIT)
    t = _reals("t", t, "t is a step number 1, 2, …", Interval(1, math.inf, high_open=True))
    if (t != np.floor(t)).any():
        raise ValueError(f"t={t[t != np.floor(t)][0]} is not an integer; t is a step number 1, 2, …")
    return (-np.expm1(t * _log(beta1)) / np.sqrt(-np.expm1(t * _log(beta2))))[()]


class Peak(NamedTuple):
    """Where `bias_correction_ratio` is largest over t = 1, 2, …

    t      the step, or inf if no step brings the ratio above its limit 1
    ratio  the largest value, or that limit
    """

    t: float
    ratio: float


def bias_correction_peak(beta1, beta2):
    """The largest `bias_correction_ratio` over all steps t >= 1, and where it occurs.

    With a = −log β₁, b = −log β₂ the logarithm of the ratio has the slope h(a, t) − h(b, t)/2, where
    h(a, t) = a/(eᵃᵗ − 1).  If β₁ < β₂, the quotient q = h(a, t)/h(b, t) falls from 1 to 0, so the slope
    changes sign once, at q = ½, and the best integer is a neighbour of that t.  If β₁ >= β₂, then q >= 1
    and the ratio rises to 1.  Raises as `bias_correction_ratio`.

    >>> peak = bias_correction_peak(0.9, 0.999)
    >>> peak.t, round(peak.ratio, 4)
    (12, 6.5685)
    """
    ratio = lambda t: float(bias_correction_ratio(beta1, beta2, t))
    ratio(1)  # checks β₁ and β₂
    if beta1 >= beta2:
        return Peak(math.inf, 1.0)
    if beta1 == 0:
        return Peak(1, ratio(1))
    from scipy.optimize import brentq

    a, b = -float(_log(beta1)), -float(_log(beta2))
    q = lambda t: a / b * math.exp((b - a) * t) * math.expm1(-b * t) / math.expm1(-a * t)
    end = 1 / a
    while q(end) > 0.5:
        end *= 2
    before = math.floor(brentq(lambda t: q(t) - 0.5, 1e-3 / a, end))  # q(10⁻³/a) > 0.99
    best = max((max(before, 1), before + 1), key=ratio)
    return Peak(best, ratio(best))
