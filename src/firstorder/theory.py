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

from . import formulas, methods
from .formulas import CORRELATION_FACTORS, LIMITS, VARIANCES
from .methods import METHODS, NONNEGATIVE, POSITIVE, UNIT, Interval, real
from .problems import CORRELATION

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
    lr, beta, rate = formulas.polyak(mu, L, math)
    return Tuning("heavy_ball", methods.hyper("heavy_ball", lr=lr, beta=beta), rate)


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
    """Second moments of a method on f = ½ λ x² under stationary gradient noise, after the start is forgotten.

    covariance  Σ of (stored point, state), shape (n, n)
    position    variance of the position x [x²], the point theorems speak of
    residual    max |Σ − A Σ Aᵀ − Q| / σ² of the equation solved, which has the noise as last coordinate
    """

    covariance: np.ndarray
    position: float
    residual: float


def _stable(name, lam, hyper, missing="no stationary variance"):
    """Raise one sentence unless the method converges without noise."""
    radius = np.asarray(spectral_radius(name, lam, hyper))
    if (radius >= 1).any():
        raise ValueError(
            f"{name} is unstable at lam={lam}, {hyper}: spectral radius {radius.max():.6g} is not below 1,"
            f" so {missing} exists"
        )


def _kick(row, h):
    """What a gradient of 1 does to (stored point, state) at rest in 0: the vector b."""
    stored, state = row.step(0.0, 1.0, row.State(*(0.0 for _ in row.State._fields)), 1.0, h)
    return np.array([stored, *state])


def _readout(row, h):
    """The vector c with position = c · (stored point, state)."""
    return np.array([row.position(z[0], row.State(*z[1:]), h) for z in np.eye(1 + len(row.State._fields))])


def _one_matrix(caller, name, lam, h):
    """The iteration matrix, for numbers only."""
    matrix = iteration_matrix(name, lam, h)
    if matrix.ndim != 2:
        raise ValueError(f"lam or hyper has shape {matrix.shape[:-2]}; {caller} takes numbers")
    return matrix


def stationary_covariance(name, lam, hyper, sigma, rho=0.0):
    """Σ = A Σ Aᵀ + Q: the stationary covariance, by SciPy's discrete Lyapunov solver.

    z_k = M z_{k−1} + b ξ_k,    ξ_{k+1} = ρ ξ_k + √(1 − ρ²) σ w_k,    A = [[M, b], [0, ρ]]

    The gradient is g = λ · stored point + ξ, with ξ of variance σ² and correlation ρ from step to step: ρ = 0
    is white noise, otherwise see `firstorder.problems.ar1_noise`.  M is `iteration_matrix`, b the image of
    a unit gradient at rest; both are read off the step.  The equation is that of (z_k, ξ_{k+1}), with
    Q = diag(0, …, 0, (1 − ρ²)σ²).

    name, lam, hyper  as for `iteration_matrix`, numbers only
    sigma             σ >= 0, standard deviation of the gradient noise [f/x]
    rho               ρ in (−1, 1), correlation of successive draws, dimensionless

    Returns a `StationaryCovariance`, its residual with it.  Raises ValueError if the method is unstable.

    >>> h = methods.hyper("gradient_descent", lr=0.5)
    >>> for rho in (0.0, 0.5):  # α (1 + ρ(1 − αλ))/(λ (2 − αλ)(1 − ρ(1 − αλ))) = 1/3 and 5/9
    ...     print(round(float(stationary_covariance("gradient_descent", 1.0, h, 1.0, rho).position), 12))
    0.333333333333
    0.555555555556
    """
    from scipy.linalg import solve_discrete_lyapunov

    row, lam, h = _checked(name, lam, hyper)
    sigma = float(_reals("sigma", sigma, "noise needs a standard deviation σ (f/x)", NONNEGATIVE))
    rho = float(_reals("rho", rho, "noise needs a correlation ρ of successive draws", CORRELATION))
    _stable(name, lam, hyper)
    matrix = _one_matrix("stationary_covariance", name, lam, h)
    n = len(matrix)
    augmented, source = np.zeros((2, n + 1, n + 1))
    augmented[:n, :n], augmented[:n, n], augmented[n, n] = matrix, _kick(row, h), rho
    source[n, n] = (1 - rho) * (1 + rho)
    unit = solve_discrete_lyapunov(augmented, source)
    residual = float(np.abs(unit - augmented @ unit @ augmented.T - source).max())
    unit, readout = unit[:n, :n], _readout(row, h)
    return StationaryCovariance(sigma**2 * unit, float(sigma**2 * (readout @ unit @ readout)), residual)


def frequency_response(name, omega, hyper, lam=None, point="position"):
    """What a method makes of a gradient that oscillates: amplitude and phase at each frequency.

    H(ω) = c (I − e^{−iω} M)⁻¹ b:    an input e^{iωk} at step k ends as the output H(ω) e^{iωk}

    name   a method whose step is linear
    omega  ω, angular frequency [rad per step]; a number or an array; π is a sign change every step
    hyper  its hyper-parameters, numbers only
    lam    None: from gradient to memory, the momentum filter.  The output is the velocity v, or the average m
           of the EMA form; where the point is does not matter.
           λ > 0: from gradient noise to the point on f = ½ λ x² [x per f/x], the loop closed by λ
    point  with λ: "position" x, or "stored", the look-ahead y for Nesterov

    M is `iteration_matrix`, b the image of a unit gradient at rest, c picks the output; all are read off the
    step.  Two values to know: heavy ball has H = −α/(1 − β e^{−iω}) and the EMA form
    (1 − β)/(1 − β e^{−iω}).  Both damp fast oscillations against slow ones by (1 + β)/(1 − β); only the EMA
    form has |H(0)| = 1.  Returns a complex number or array.  Raises ValueError for a method without memory
    (λ = None) and for an unstable one, whose output grows instead.

    Source: A. V. Oppenheim and R. W. Schafer (2010), "Discrete-time signal processing", third edition, for
    the frequency response of a linear system.

    >>> h = methods.hyper("heavy_ball_ema", lr=0.1, beta=0.9)
    >>> abs(frequency_response("heavy_ball_ema", np.array([0.0, np.pi]), h)).round(4)
    array([1.    , 0.0526])
    """
    row, at, h = _checked(name, 0.0 if lam is None else lam, hyper)
    omega = _reals("omega", omega, "a frequency response needs an angular frequency ω (rad per step)")
    stored = methods.one_of("point", point, ("position", "stored")) == "stored"
    matrix, kick = _one_matrix("frequency_response", name, at, h), _kick(row, h)
    if lam is None:  # the memory never reads the point when the gradient is given from outside
        if not row.State._fields:
            raise ValueError(f"{name} has no memory to filter gradients with; give lam for noise -> position")
        matrix, kick, output = matrix[1:, 1:], kick[1:], np.eye(len(kick) - 1)[0]
        if np.abs(np.linalg.eigvals(matrix)).max() >= 1:
            raise ValueError(f"{name} is unstable at {hyper}: its memory does not fade, so it has no response")
    else:
        _stable(name, lam, hyper, "no frequency response")
        output = np.eye(len(kick))[0] if stored else _readout(row, h)
    system = np.eye(len(kick)) - np.exp(-1j * omega)[..., np.newaxis, np.newaxis] * matrix
    images = np.linalg.solve(system, np.broadcast_to(kick[:, np.newaxis], (*omega.shape, len(kick), 1)))
    return (images[..., 0] @ output)[()]


def half_life(beta):
    """Steps after which a gradient weighs half as much in an exponential moving average.

    k_{1/2} = log ½ / log β,    so that β^k = ½

    beta  β in [0, 1), averaging factor, dimensionless; a number or an array

    Returns a real number of steps, 0 for β = 0.  Raises ValueError or TypeError for β outside [0, 1).

    >>> round(float(half_life(0.9)), 2)
    6.58
    """
    beta = _reals("beta", beta, "an averaging factor is in [0, 1)", UNIT)
    return (math.log(0.5) / _log(beta))[()]


def time_constant(beta):
    """Steps after which a gradient weighs 1/e times as much in an exponential moving average.

    τ = −1/log β,    so that β^τ = 1/e;    τ < 1/(1 − β) − ½

    beta  β in [0, 1), averaging factor, dimensionless; a number or an array

    The sum of the weights over their first one, 1/(1 − β), is often called a window; it is longer than τ, by
    just over half a step when β is near 1.  Returns a real number of steps, 0 for β = 0.  Raises as `half_life`.

    >>> round(float(time_constant(0.9)), 2)
    9.49
    """
    beta = _reals("beta", beta, "an averaging factor is in [0, 1)", UNIT)
    return (-1 / _log(beta))[()]


NO_CUTOFF = 3 - 2 * math.sqrt(2)  # below this β even ω = π keeps more than half the power


def cutoff_frequency(beta):
    """The −3 dB cut-off of an exponential moving average: the frequency where half of the power is left.

    |H(ω)|² = (1 − β)²/(1 − 2β cos ω + β²) = ½,    cos ω = 1 − (1 − β)²/(2β),    sin(ω/2) = (1 − β)/(2√β)

    beta  β in [0, 1), averaging factor, dimensionless; a number

    Returns ω in (0, π] [rad per step], or None if β < 3 − 2√2 ≈ 0.1716: there even the fastest oscillation
    keeps more than half of its power.  Computed from the last form, which does not cancel near β = 1, where
    ω ≈ 1 − β.  Raises as `half_life`, and for an array.

    Source: the definition of the EMA form; the same formula with 1 − β as smoothing factor is worked out at
    dsp.stackexchange.com/questions/40462, "Exponential moving average cut-off frequency".

    >>> round(cutoff_frequency(0.9), 4), cutoff_frequency(0.1)
    (0.1055, None)
    """
    beta = _reals("beta", beta, "an averaging factor is in [0, 1)", UNIT)
    if beta.ndim:
        raise ValueError(f"beta has shape {beta.shape}; cutoff_frequency takes a number")
    if beta < NO_CUTOFF:
        return None
    return 2 * math.asin(min(1.0, formulas.half_power_sine(float(beta), math)))


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


def correlation_factor(name, lam, hyper, rho):
    """Stationary variance of the position under noise with a memory, over that under white noise as strong.

    GD   (1 + ρ(1 − a))/(1 − ρ(1 − a)),    a = αλ
    all  ((1 + ρ)(1 − qρ) − aρ(1 − q)/(1 + q)) / ((1 − ρ)(1 − qρ) + aρ)

    with q = 0 for gradient descent, β for heavy ball, β and a = (1 − β) η λ for the EMA form, β(1 − αλ) for
    Nesterov: each position obeys x⁺ = (1 + q − a) x − q x⁻ − α ξ.

    name, lam, hyper  as for `iteration_matrix`; numbers or arrays
    rho               ρ in (−1, 1), correlation of successive draws, dimensionless; a number or an array

    The variance itself is this factor times `stationary_variance`; `stationary_covariance` solves for it
    without a closed form.  Returns a float or an array.  Raises ValueError where the method is unstable.

    >>> h = methods.hyper("heavy_ball", lr=0.01, beta=0.9)
    >>> [round(float(correlation_factor("heavy_ball", 1.0, h, rho)), 3) for rho in (-0.5, 0.0, 0.5)]
    [0.334, 1.0, 2.945]
    """
    row, lam, h = _checked(name, lam, hyper)
    rho = _reals("rho", rho, "noise needs a correlation ρ of successive draws", CORRELATION)
    _stable(name, lam, h)
    return CORRELATION_FACTORS[methods.one_of("method", name, CORRELATION_FACTORS)](lam, *h, rho)[()]


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
    with np.errstate(divide="ignore"):  # log 0
        return formulas.bias_ratio(beta1, beta2, t)[()]


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


def _step_number(t):
    """t as a float >= 1 that is an integer or infinite, or one sentence."""
    if isinstance(t, float) and t == math.inf:
        return t
    return float(methods.integer("t", t, low=1))


def _geometric(q, t):
    """1 + q + … + q^(t−1) for q >= 0, also for t = ∞."""
    if q >= 1 and t == math.inf:
        return math.inf
    if q in (0, 1):
        return 1.0 if q == 0 else t
    return math.expm1(t * math.log(q)) / math.expm1(math.log(q))


def step_bound(beta1, beta2, t, corrected=True):
    """The longest step t that Adam can take with ε = 0, in units of α: the best bound there is.

    |m̂_t|/√ŝ_t <= √(Σ w_j²/u_j),    w_j = (1 − β₁)β₁^(t−j)/(1 − β₁ᵗ),    u_j = (1 − β₂)β₂^(t−j)/(1 − β₂ᵗ)

    beta1, beta2  β₁ and β₂ in [0, 1), dimensionless
    t             step number, an integer >= 1, or math.inf for the limit
    corrected     False for m_t/√s_t without the corrections 1 − β₁ᵗ and 1 − β₂ᵗ: the largest `m/√s`

    By Cauchy–Schwarz (Σ w_j g_j)² = (Σ (w_j/√u_j) √u_j g_j)² <= Σ w_j²/u_j · Σ u_j g_j²; equality holds
    exactly for gradients proportional to w_j/u_j (`longest_step_gradients`).  The sum is geometric with ratio
    β₁²/β₂, so the limit t → ∞ is finite exactly if β₁² < β₂, and then equals
    (1 − β₁)/√((1 − β₂)(1 − β₁²/β₂)) for either value of `corrected`.  For β₂ = 0 < β₁ and t >= 2 the bound is
    infinite.  Any ε > 0 makes the step shorter.  Returns a float.

    D. P. Kingma and J. Ba (2015), section 2.1, give (1 − β₁)/√(1 − β₂) if that is above 1, otherwise 1, as an
    upper bound.  It is the step after a long silence; growing gradients exceed it (3.16 against 7.27).

    >>> [round(step_bound(0.9, 0.999, t), 2) for t in (1, 10, 100, math.inf)]
    [1.0, 1.04, 2.24, 7.27]
    >>> round(step_bound(0.9, 0.999, 1, corrected=False), 2)  # (1 − 0.9)/√(1 − 0.999)
    3.16
    """
    b1, b2 = (float(_reals(key, value, "an averaging factor is in [0, 1)", UNIT))
              for key, value in (("beta1", beta1), ("beta2", beta2)))
    t = _step_number(t)
    if not isinstance(corrected, bool):
        raise TypeError(f"corrected={corrected!r} is a {type(corrected).__name__}, not True or False")
    if b2 == 0:
        total = 1.0 if b1 == 0 else (1 - b1) ** 2 if t == 1 else math.inf
    else:
        total = (1 - b1) ** 2 / (1 - b2) * _geometric(b1 * b1 / b2, t)
    if corrected and t < math.inf:
        total /= float(bias_correction_ratio(b1, b2, t)) ** 2
    return math.sqrt(total)


def longest_step_gradients(beta1, beta2, t):
    """The gradients after which step t of Adam with ε = 0 is as long as `step_bound` says.

    g_j = (β₁/β₂)^(t−j),    j = 1, …, t

    beta1  β₁ in [0, 1), dimensionless
    beta2  β₂ in [0, 1), dimensionless; > 0 unless t = 1 or β₁ = 0
    t      step number, an integer >= 1

    Any multiple does as well.  For the defaults 0.9 and 0.999 the gradients grow by 11 % a step: the step is
    longest when gradients have been growing.  Returns an array of shape (t,), the last entry is 1.  Raises
    ValueError for β₂ = 0 where the bound is infinite and no history attains it.

    >>> longest_step_gradients(0.25, 0.5, 4)
    array([0.125, 0.25 , 0.5  , 1.   ])
    """
    b1, b2 = (float(_reals(key, value, "an averaging factor is in [0, 1)", UNIT))
              for key, value in (("beta1", beta1), ("beta2", beta2)))
    t = methods.integer("t", t, low=1)
    if b2 == 0 and b1 > 0 and t > 1:
        raise ValueError(f"beta2=0 with beta1={b1}, t={t}: the bound is infinite, no gradients attain it")
    return (b1 / b2 if b1 else 0.0) ** np.arange(t - 1, -1, -1.0)
