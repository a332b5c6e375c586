"""Theory against theory derived another way: from the traced step, exact arithmetic, simulation."""
import itertools
import math
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from scipy.stats import chi2

from firstorder import METHODS, hyper, start, steps, symbolic, theory
from firstorder.minimize import minimize
from firstorder.problems import ar1_noise, quadratic

LINEAR = ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"]
MOMENTUM = LINEAR[1:]
KAPPAS = np.concatenate([1 + np.geomspace(1e-6, 1, 200), np.geomspace(2, 1e12, 400)])


def hyper_of(name, lr, beta):
    """The method's Hyper, unchecked so that arrays pass; gradient descent has no β."""
    return METHODS[name].Hyper(*(lr, beta)[: len(METHODS[name].parameters)])


def test_the_linear_methods_are_found():
    assert [name for name in METHODS if theory.is_linear(name)] == LINEAR


# ---- the matrix ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINEAR)
def test_numeric_and_symbolic_matrix_are_the_same(name):
    tr = symbolic.trace(name)
    compiled = sympy.lambdify([symbolic.LAM, *tr.hyper], symbolic.iteration_matrix_symbolic(name))
    for lam, lr, beta in np.random.default_rng(0).uniform(0.01, 1, (20, 3)):
        h = hyper_of(name, lr, beta)
        matrix = theory.iteration_matrix(name, lam, h)
        np.testing.assert_allclose(matrix, compiled(lam, *h), rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", LINEAR)
def test_the_matrix_drives_the_run(name):
    h = hyper_of(name, 0.3, 0.6)
    run = minimize(quadratic([2.0]), name, steps=30, **h._asdict())
    z = np.array([1.0, *(0.0 for _ in METHODS[name].State._fields)])
    for k in range(31):
        recorded = [run.stored[k, 0], *(field[k, 0] for field in run.state)]
        np.testing.assert_allclose(recorded, z, rtol=0, atol=1e-14)
        z = theory.iteration_matrix(name, 2.0, h) @ z


def test_matrices_broadcast_over_grids():
    lr, beta = np.linspace(0.1, 3, 5)[:, None], np.linspace(0, 0.9, 4)
    stack = theory.iteration_matrix("nesterov", 1.5, steps.NesterovHyper(lr, beta))
    radii = theory.spectral_radius("nesterov", 1.5, steps.NesterovHyper(lr, beta))
    assert stack.shape == (5, 4, 2, 2) and radii.shape == (5, 4)
    for i, j in np.ndindex(5, 4):
        h = steps.NesterovHyper(float(lr[i, 0]), float(beta[j]))
        np.testing.assert_array_equal(stack[i, j], theory.iteration_matrix("nesterov", 1.5, h))
        assert radii[i, j] == theory.spectral_radius("nesterov", 1.5, h)
    column = theory.iteration_matrix("gradient_descent", [1.0, 2.0, 3.0], hyper("gradient_descent", lr=0.25))
    assert column.shape == (3, 1, 1) and column.ravel().tolist() == [0.75, 0.5, 0.25]


@pytest.mark.parametrize("name, polynomial", [
    ("gradient_descent", "z - (1 - lr*lam)"),
    ("heavy_ball", "z**2 - (1 + beta - lr*lam)*z + beta"),
    ("heavy_ball_ema", "z**2 - (1 + beta - (1 - beta)*lr*lam)*z + beta"),
    ("nesterov", "z**2 - (1 + beta)*(1 - lr*lam)*z + beta*(1 - lr*lam)"),
])
def test_characteristic_polynomials_of_the_textbooks(name, polynomial):
    tr = symbolic.trace(name)
    names = {"z": symbolic.Z, "lam": symbolic.LAM, **{str(s): s for s in tr.hyper}}
    printed = sympy.sympify(polynomial, locals=names)
    assert sympy.expand(symbolic.characteristic_polynomial(name) - printed) == 0


@pytest.mark.parametrize("make", [
    symbolic.iteration_matrix_symbolic, symbolic.characteristic_polynomial, theory.is_linear,
    lambda name: theory.iteration_matrix(name, 1.0, hyper("heavy_ball")),
])
def test_unknown_methods_are_named(make):
    with pytest.raises(ValueError, match="^method='heavy_bal' is not one of .*; did you mean heavy_ball\\?$"):
        make("heavy_bal")


def test_adam_has_no_matrix_and_both_modules_say_why():
    with pytest.raises(ValueError, match="^adam has no iteration matrix: .* depends on m, s, t, x$"):
        symbolic.iteration_matrix_symbolic("adam")
    with pytest.raises(ValueError, match="^adam has no iteration matrix: its step is not linear in"):
        theory.spectral_radius("adam", 1.0, hyper("adam"))


# ---- spectral radius -------------------------------------------------------------------------------


def exact_radius(name, lam, lr, beta):
    """The largest |eigenvalue| from exact rational entries, to 50 digits."""
    row, lam, h = METHODS[name], Fraction(lam), hyper_of(name, Fraction(lr), Fraction(beta))
    columns = []
    for unit in np.eye(1 + len(row.State._fields), dtype=int).tolist():
        z = [Fraction(entry) for entry in unit]
        stored, state = row.step(z[0], lam * z[0], row.State(*z[1:]), 1.0, h)
        columns.append((stored, *state))
    if len(columns) == 1:
        return float(abs(columns[0][0]))
    (a, c), (b, d) = columns
    discriminant = ((a - d) / 2) ** 2 + b * c
    with mpmath.workdps(50):
        root = mpmath.sqrt(mpmath.mpf(abs(discriminant).numerator) / discriminant.denominator)
        half = mpmath.mpf(abs(a + d).numerator) / (2 * (a + d).denominator)
        return float(half + root if discriminant > 0 else mpmath.hypot(half, root))


@pytest.mark.parametrize("name", LINEAR)
def test_radius_against_exact_arithmetic(name):
    rng = np.random.default_rng(1)
    for lam, lr, beta in zip(rng.uniform(0.1, 2, 400), rng.uniform(0.01, 3, 400), rng.uniform(0, 1, 400)):
        radius = theory.spectral_radius(name, lam, hyper_of(name, lr, beta))
        assert radius == pytest.approx(exact_radius(name, lam, lr, beta), abs=1e-13)


@pytest.mark.parametrize("name", MOMENTUM)
def test_radius_beside_a_defective_point(name):
    """At a relative distance of 10⁻¹² the radius is 10⁻⁶ away, and known to 10⁻⁹: D is not called 0."""
    tuning = theory.nesterov_optimal(1.0, 40.0) if name == "nesterov" else theory.polyak(1.0, 40.0)
    beta = tuning.hyper.beta
    lr = tuning.hyper.lr / ((1 - beta) if name == "heavy_ball_ema" else 1)
    for change in (1 - 1e-12, 1 + 1e-12):
        radius = theory.spectral_radius(name, 1.0, hyper_of(name, lr * change, beta))
        assert radius == pytest.approx(exact_radius(name, 1.0, lr * change, beta), abs=1e-9)
    overdamped = theory.spectral_radius(name, 1.0, hyper_of(name, lr * (1 - 1e-12), beta))
    assert overdamped > tuning.rate + 1e-7


@pytest.mark.parametrize("name", ["heavy_ball", "heavy_ball_ema"])
def test_radius_at_polyaks_optimum_to_full_precision(name):
    for kappa in KAPPAS:
        root = math.sqrt(kappa)
        rate = (root - 1) / (root + 1)
        lr = 4 / (root + 1) ** 2 / ((1 - rate**2) if name == "heavy_ball_ema" else 1)
        radii = theory.spectral_radius(name, np.array([1.0, kappa]), hyper_of(name, lr, rate**2))
        assert np.abs(radii - rate).max() <= 2e-15


def test_an_eigenvalue_routine_loses_half_the_digits_there():
    errors = []
    for kappa in (2.0, 10.0, 100.0, 1000.0):
        tuning = theory.polyak(1.0, kappa)
        matrices = theory.iteration_matrix("heavy_ball", [1.0, kappa], tuning.hyper)
        errors.append(np.abs(np.abs(np.linalg.eigvals(matrices)).max(-1) - tuning.rate).max())
    assert max(errors) > 1e-9


def test_radius_at_the_other_defective_points():
    # Nesterov at α λ = 1: both eigenvalues are 0, the matrix is not
    h = hyper("nesterov", lr=1.0, beta=0.9)
    assert theory.spectral_radius("nesterov", 1.0, h) == 0
    assert theory.iteration_matrix("nesterov", 1.0, h).any()
    # and where the oscillation begins: (1 − β)² = (1 + β)² α λ, eigenvalue (1 + β)(1 − α λ)/2
    for beta in np.linspace(0.05, 0.99, 50):
        lr = ((1 - beta) / (1 + beta)) ** 2
        radius = theory.spectral_radius("nesterov", 1.0, hyper("nesterov", lr=lr, beta=beta))
        assert radius == pytest.approx((1 + beta) * (1 - lr) / 2, abs=2e-15)


@pytest.mark.parametrize("name", MOMENTUM)
def test_radius_is_continuous_across_the_defective_point(name):
    """Near D = 0 the radius moves like a square root, not like a jump."""
    h = hyper_of(name, 0.05 if name != "heavy_ball_ema" else 0.5, 0.9)
    lam = np.linspace(1e-4, 0.2, 20_001)
    jumps = np.abs(np.diff(theory.spectral_radius(name, lam, h)))
    assert jumps.max() < 2 * math.sqrt(0.5 * (lam[1] - lam[0]))


def test_radius_warns_of_nothing_on_a_whole_map():
    lr, beta = np.geomspace(1e-6, 10, 200), np.linspace(0, 1.2, 100)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in MOMENTUM:
            radius = theory.spectral_radius(name, 1.0, hyper_of(name, lr, beta))
            assert np.isfinite(radius).all() and (radius >= 0).all()


# ---- stability -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINEAR)
def test_minus_one_is_an_eigenvalue_at_the_limit(name):
    tr = symbolic.trace(name)
    beta = sympy.Symbol("beta", nonnegative=True)
    limit = theory.LIMITS[name](beta)
    at_limit = symbolic.characteristic_polynomial(name).subs(tr.hyper.lr, limit / symbolic.LAM)
    assert sympy.simplify(at_limit.subs(symbolic.Z, -1)) == 0


@pytest.mark.parametrize("name", LINEAR)
def test_stable_if_and_only_if_below_the_limit(name):
    """On a grid of (β, αλ/limit) that has no point on the limit itself, and at 10⁻⁶ on either side."""
    beta = np.linspace(0, 0.99, 100)[:, None]
    ratio = np.concatenate([np.linspace(-0.11, 1.99, 100), [1 - 1e-6, 1 + 1e-6]])
    limit = theory.stability_limit(name, beta)
    for lam in (1.0, 7.0):
        radius = theory.spectral_radius(name, lam, hyper_of(name, ratio * limit / lam, beta))
        np.testing.assert_array_equal(radius < 1, np.broadcast_to((ratio > 0) & (ratio < 1), radius.shape))


def test_limits_by_hand():
    assert theory.stability_limit("gradient_descent") == theory.stability_limit("gradient_descent", 0.7) == 2
    assert theory.stability_limit("heavy_ball", 0.5) == 3
    assert theory.stability_limit("heavy_ball_ema", 0.5) == 6
    assert theory.stability_limit("nesterov", 0.5) == 1.5
    for name in LINEAR:
        assert theory.stability_limit(name, 0) == 2
    assert theory.stability_limit("heavy_ball", np.array([0.0, 0.5])).tolist() == [2, 3]


# ---- best parameters -------------------------------------------------------------------------------

TUNINGS = [
    theory.descent_optimal, theory.polyak, theory.heavy_ball_standard, theory.nesterov_standard,
    theory.nesterov_optimal,
]


def worst_radius(name, h, mu, L, n=2001):
    return theory.spectral_radius(name, np.concatenate([[mu, L], np.geomspace(mu, L, n)]), h).max()


@pytest.mark.parametrize("tuning", TUNINGS)
def test_the_rate_is_the_worst_radius_over_the_interval(tuning):
    for mu, kappa in itertools.product((1.0, 1e-3), (1.0, 1.0001, 3.0, 100.0, 1e4, 1e8)):
        t = tuning(mu, mu * kappa)
        assert worst_radius(t.method, t.hyper, mu, mu * kappa) == pytest.approx(t.rate, abs=5e-15)


@pytest.mark.parametrize("tuning, rate", [
    (theory.descent_optimal, lambda k: (k - 1) / (k + 1)),
    (theory.polyak, lambda k: (math.sqrt(k) - 1) / (math.sqrt(k) + 1)),
    (theory.heavy_ball_standard, lambda k: 1 - 1 / math.sqrt(k)),
    (theory.nesterov_standard, lambda k: 1 - 1 / math.sqrt(k)),
    (theory.nesterov_optimal, lambda k: 1 - 2 / math.sqrt(3 * k + 1)),
])
def test_rates_and_parameters_as_printed(tuning, rate):
    for kappa in (1.0, 4.0, 100.0, 1e6):
        assert tuning(0.5, 0.5 * kappa).rate == pytest.approx(rate(kappa), abs=1e-14)


def test_parameters_by_hand():
    """κ = 9: √κ = 3.  κ = 5: √(3κ + 1) = 4."""
    assert theory.polyak(1.0, 9.0).hyper == (0.25, 0.25)
    assert theory.descent_optimal(1.0, 9.0).hyper == (0.2,)
    assert theory.nesterov_standard(1.0, 9.0).hyper == (1 / 9, 0.5)
    assert theory.heavy_ball_standard(1.0, 9.0).hyper == pytest.approx((1 / 9, 4 / 9))
    assert theory.nesterov_optimal(1.0, 5.0).hyper == pytest.approx((1 / 4, 1 / 3))


@pytest.mark.parametrize("tuning, free", [
    (theory.descent_optimal, ("lr",)),
    (theory.polyak, ("lr", "beta")),
    (theory.nesterov_optimal, ("lr", "beta")),
    (theory.heavy_ball_standard, ("beta",)),
    (theory.nesterov_standard, ("beta",)),
])
def test_no_other_parameters_do_better(tuning, free):
    """2000 random changes of the free parameters, by factors 1 ± 10⁻⁸ to 1 ± 1; the others stay."""
    mu, L = 1.0, 50.0
    t = tuning(mu, L)
    rng = np.random.default_rng(2)
    change = {key: 1 + rng.choice([-1, 1], 2000) * 10 ** rng.uniform(-8, 0, 2000) for key in free}
    values = {key: value * change.get(key, np.ones(2000)) for key, value in t.hyper._asdict().items()}
    lam = np.geomspace(mu, L, 101)[:, None]
    radii = theory.spectral_radius(t.method, lam, type(t.hyper)(**values)).max(0)
    assert radii.min() >= t.rate - 1e-14


@pytest.mark.parametrize("tuning", TUNINGS)
def test_a_long_run_shrinks_at_the_rate(tuning):
    """‖z_k‖ is about ρᵏ, times k where the matrix is defective: 60 steps give the rate to 2 %."""
    t = tuning(1.0, 30.0)
    run = minimize(quadratic([1.0, 5.0, 30.0]), t.method, steps=120, **t.hyper._asdict())
    sizes = np.linalg.norm(np.hstack([run.stored, *run.state]), axis=1)
    measured = (sizes[120] / sizes[60]) ** (1 / 60)
    assert measured == pytest.approx(t.rate, rel=0.02)


# ---- noise -----------------------------------------------------------------------------------------


def derived_variances(name):
    """Var(position) and Var(stored point) from the traced step: Σ = M Σ Mᵀ + σ² b bᵀ, solved symbolically."""
    tr, sigma = symbolic.trace(name), sympy.Symbol("sigma", positive=True)
    matrix = symbolic.iteration_matrix_symbolic(name)
    at_rest = {symbol: 0 for symbol in (tr.x, *tr.state)} | {tr.g: 1}
    kick = sympy.Matrix([tr.new_x, *tr.new_state]).subs(at_rest)
    n = matrix.rows
    cov = sympy.Matrix(n, n, lambda i, j: sympy.Symbol(f"S{min(i, j)}{max(i, j)}"))
    equations = cov - matrix * cov * matrix.T - sigma**2 * kick * kick.T
    cov = cov.subs(sympy.solve(list(equations), list(cov.free_symbols), dict=True)[0])
    position = METHODS[name].position(tr.x, tr.state, tr.hyper)
    readout = sympy.Matrix([position.diff(symbol) for symbol in (tr.x, *tr.state)])
    return tr, sigma, sympy.factor((readout.T * cov * readout)[0]), sympy.factor(cov[0, 0])


@pytest.mark.parametrize("name", LINEAR)
def test_closed_variances_are_what_the_step_implies(name):
    tr, sigma, position, stored = derived_variances(name)
    formula = theory.VARIANCES[name]
    assert sympy.simplify(position - sigma**2 * formula(symbolic.LAM, *tr.hyper, False)) == 0
    assert sympy.simplify(stored - sigma**2 * formula(symbolic.LAM, *tr.hyper, True)) == 0


@pytest.mark.parametrize("name", LINEAR)
def test_closed_form_against_lyapunov_with_residual(name):
    rng = np.random.default_rng(3)
    for lam, ratio, beta in rng.uniform((0.1, 0.02, 0), (10, 0.98, 0.98), (50, 3)):
        h = hyper_of(name, ratio * theory.stability_limit(name, beta) / lam, beta)
        solved = theory.stationary_covariance(name, lam, h, sigma=0.3)
        scale = np.abs(solved.covariance).max() / 0.3**2
        assert solved.residual <= 1e-12 * scale
        assert solved.position == pytest.approx(theory.stationary_variance(name, lam, h, 0.3), rel=1e-8)
        stored = theory.stationary_variance(name, lam, h, 0.3, point="stored")
        assert solved.covariance[0, 0] == pytest.approx(stored, rel=1e-8)


@pytest.mark.parametrize("name", LINEAR)
def test_variances_against_independent_replicas(name):
    """20 000 replicas, stopped when the start is forgotten (ρᵏ = e⁻²⁰): Σ x²/Var is χ² with n degrees."""
    n, lam, sigma, h = 20_000, 1.0, 0.5, hyper_of(name, 0.3, 0.6)
    steps_needed = math.ceil(20 / -math.log(theory.spectral_radius(name, lam, h)))
    rng = np.random.default_rng(4)
    stored = np.zeros(n)
    state = start(name, stored)
    for k in range(steps_needed):
        gradient = lam * stored + sigma * rng.standard_normal(n)
        stored, state = METHODS[name].step(stored, gradient, state, k + 1.0, h)
    position = METHODS[name].position(stored, state, h)
    for sample, point in ((position, "position"), (stored, "stored")):
        statistic = (sample**2).sum() / theory.stationary_variance(name, lam, h, sigma, point)
        assert chi2.ppf(1e-4, n) < statistic < chi2.ppf(1 - 1e-4, n)


def test_the_replicas_can_tell_the_two_points_of_nesterov_apart():
    h, n = hyper_of("nesterov", 0.3, 0.6), 20_000
    variance = lambda point: theory.stationary_variance("nesterov", 1.0, h, 0.5, point)
    assert variance("stored") / variance("position") > chi2.ppf(1 - 1e-4, n) / chi2.ppf(1e-4, n)


def test_variances_broadcast_and_scale():
    lr = np.array([0.1, 0.2])
    pair = theory.stationary_variance("heavy_ball", 1.0, steps.HeavyBallHyper(lr, 0.9), [1.0, 2.0])
    for i in range(2):
        single = theory.stationary_variance("heavy_ball", 1.0, hyper("heavy_ball", lr=lr[i]), i + 1.0)
        assert pair[i] == pytest.approx(single, rel=1e-15)
    h = hyper("heavy_ball", lr=0.1)
    assert theory.stationary_variance("heavy_ball", 1.0, h, 0) == 0
    assert not theory.stationary_covariance("heavy_ball", 1.0, h, 0).covariance.any()


@pytest.mark.parametrize("variance", [theory.stationary_covariance, theory.stationary_variance])
@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("factor", [1.0, 1.5, -0.1])
def test_an_unstable_method_has_no_stationary_variance(variance, name, factor):
    h = hyper_of(name, factor * theory.stability_limit(name, 0.5), 0.5)
    with pytest.raises(ValueError, match=f"^{name} is unstable at lam=1.0, .*: spectral radius .* exists$"):
        variance(name, 1.0, h, 1.0)


# ---- bias correction -------------------------------------------------------------------------------


def exact_ratio(beta1, beta2, t):
    with mpmath.workdps(60):
        return float((1 - mpmath.mpf(beta1) ** t) / mpmath.sqrt(1 - mpmath.mpf(beta2) ** t))


def test_bias_correction_ratio_to_full_precision():
    near_one = [1 - 2.0**-k for k in (3, 10, 20, 30, 40, 50, 53)]
    for beta1, beta2 in itertools.product([0.0, 0.1, 0.9, *near_one], [0.0, 0.5, 0.999, *near_one]):
        t = np.array([1, 2, 3, 10, 1000, 10**6])
        exact = [exact_ratio(beta1, beta2, int(k)) for k in t]
        np.testing.assert_allclose(theory.bias_correction_ratio(beta1, beta2, t), exact, rtol=1e-13)


def test_the_formula_as_printed_would_lose_the_digits():
    beta, t = 1 - 1e-9, np.arange(1.0, 50.0)
    exact = np.array([exact_ratio(beta, 0.999, int(k)) for k in t])
    as_printed = (1 - beta**t) / np.sqrt(1 - 0.999**t)
    assert np.abs(as_printed / exact - 1).max() > 1e-9
    assert np.abs(theory.bias_correction_ratio(beta, 0.999, t) / exact - 1).max() < 1e-14


def test_the_ratio_is_that_of_the_step_itself():
    """Run Adam's step under a constant gradient: m and s are its own, so m/√s is the uncorrected step."""
    h = hyper("adam", lr=0.01, beta1=0.9, beta2=0.999, eps=0)
    x, state = 0.0, start("adam", 0.0)
    for k in range(1, 200):
        before = x
        x, state = METHODS["adam"].step(x, 3.0, state, float(k), h)
        uncorrected, corrected = h.lr * state.m / math.sqrt(state.s), before - x
        assert uncorrected / corrected == pytest.approx(theory.bias_correction_ratio(0.9, 0.999, k), rel=1e-9)


@pytest.mark.parametrize("beta1, beta2", [
    (0.9, 0.999), (0.9, 0.99), (0.5, 0.6), (0.1, 0.2), (0.0, 0.5), (0.99, 0.999), (0.98, 0.99), (0.3, 0.99),
])
def test_the_peak_is_the_largest_of_all_ratios(beta1, beta2):
    ratios = theory.bias_correction_ratio(beta1, beta2, np.arange(1, 50_001))
    peak = theory.bias_correction_peak(beta1, beta2)
    assert peak == (1 + ratios.argmax(), ratios.max()) and type(peak.t) is int


@pytest.mark.parametrize("beta1, beta2", [(0.9, 0.9), (0.99, 0.9), (0.5, 0.0), (0.0, 0.0)])
def test_without_a_peak_the_ratio_stays_at_or_below_its_limit(beta1, beta2):
    ratios = theory.bias_correction_ratio(beta1, beta2, np.arange(1, 5001))
    assert ratios.max() <= 1 + 1e-15 and (np.diff(ratios) >= -1e-15).all()
    assert theory.bias_correction_peak(beta1, beta2) == (math.inf, 1.0)


# ---- noise with a memory ---------------------------------------------------------------------------

RHOS = [-0.9, -0.4, 0.0, 0.5, 0.95]


def spectral_variance(name, lam, h, sigma, rho, point, n=2**15):
    """1/2π ∫ |H(ω)|² S(ω) dω over a period; the trapezoidal rule converges geometrically."""
    omega = np.arange(n) * 2 * np.pi / n
    density = sigma**2 * (1 - rho**2) / np.abs(1 - rho * np.exp(-1j * omega)) ** 2
    return (np.abs(theory.frequency_response(name, omega, h, lam=lam, point=point)) ** 2 * density).mean()


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("rho", RHOS)
def test_lyapunov_against_the_integral_of_the_spectrum(name, rho):
    for lam, ratio, beta in np.random.default_rng(5).uniform((0.1, 0.1, 0), (10, 0.95, 0.9), (6, 3)):
        h = hyper_of(name, ratio * theory.stability_limit(name, beta) / lam, beta)
        solved = theory.stationary_covariance(name, lam, h, 0.3, rho)
        for value, point in ((solved.position, "position"), (solved.covariance[0, 0], "stored")):
            assert spectral_variance(name, lam, h, 0.3, rho, point) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("name", LINEAR)
def test_persistent_noise_against_independent_replicas(name):
    """20 000 replicas under `ar1_noise` until the start is forgotten, for two ρ."""
    n, h = 20_000, hyper_of(name, 0.3, 0.6)
    slowest = max(0.7, theory.spectral_radius(name, 1.0, h))
    for rho in (-0.7, 0.7):
        noise = ar1_noise(rho, 0.5, math.ceil(20 / -math.log(slowest)), n, seed=6)
        stored = np.zeros(n)
        state = start(name, stored)
        for k, xi in enumerate(noise, 1):
            stored, state = METHODS[name].step(stored, stored + xi, state, float(k), h)
        solved = theory.stationary_covariance(name, 1.0, h, 0.5, rho)
        position = METHODS[name].position(stored, state, h)
        for sample, variance in ((position, solved.position), (stored, solved.covariance[0, 0])):
            assert chi2.ppf(1e-4, n) < (sample**2).sum() / variance < chi2.ppf(1 - 1e-4, n)


def test_persistent_noise_under_descent_in_closed_form():
    """Solved symbolically: α σ² (1 + ρ(1 − αλ))/(λ (2 − αλ)(1 − ρ(1 − αλ)))."""
    a, lam, rho, p, q = sympy.symbols("alpha lambda rho p q")
    A, cov = sympy.Matrix([[1 - a * lam, -a], [0, rho]]), sympy.Matrix([[p, q], [q, 1]])
    equations = cov - A * cov * A.T - sympy.diag(0, 1 - rho**2)
    found = sympy.solve(list(equations), [p, q], dict=True)[0][p]
    kept = 1 - a * lam
    assert sympy.simplify(found - a * (1 + rho * kept) / (lam * (2 - a * lam) * (1 - rho * kept))) == 0
    for r in RHOS:
        value = theory.stationary_covariance("gradient_descent", 2.0, hyper("gradient_descent", lr=0.3), 1.0, r)
        assert value.position == pytest.approx(float(found.subs({a: 0.3, lam: 2, rho: r})), rel=1e-12)


# ---- frequency response ----------------------------------------------------------------------------

OMEGA = np.array([0.0, 0.1, 1.0, 2.5, np.pi])


def symbolic_response(name, closed, point):
    """c (I − M/z)⁻¹ b from the traced step, as a function of z."""
    tr, z = symbolic.trace(name), symbolic.Z
    before = [tr.x, *tr.state]
    after = sympy.Matrix([tr.new_x, *tr.new_state])
    kick = after.jacobian([tr.g])
    matrix = symbolic.iteration_matrix_symbolic(name) if closed else after.jacobian(before)
    out = {"memory": tr.state[0] if tr.state else 0, "stored": tr.x,
           "position": METHODS[name].position(tr.x, tr.state, tr.hyper)}[point]
    readout = sympy.Matrix([[sympy.diff(out, symbol) for symbol in before]])
    return tr, sympy.factor((readout * (sympy.eye(len(before)) - matrix / z).inv() * kick)[0])


@pytest.mark.parametrize("name, printed", [
    ("heavy_ball", "-lr/(1 - beta/z)"), ("heavy_ball_ema", "(1 - beta)/(1 - beta/z)"),
    ("nesterov", "-lr/(1 - beta/z)"),
])
def test_the_momentum_filter(name, printed):
    tr, response = symbolic_response(name, closed=False, point="memory")
    names = {"z": symbolic.Z, **{str(s): s for s in tr.hyper}}
    assert sympy.simplify(response - sympy.sympify(printed, locals=names)) == 0
    h = hyper_of(name, 0.2, 0.9)
    numeric = sympy.lambdify([symbolic.Z, *tr.hyper], response)(np.exp(1j * OMEGA), *h)
    np.testing.assert_allclose(theory.frequency_response(name, OMEGA, h), numeric, rtol=1e-12)


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("point", ["position", "stored"])
def test_the_response_to_noise_is_that_of_the_traced_step(name, point):
    tr, response = symbolic_response(name, closed=True, point=point)
    h = hyper_of(name, 0.2, 0.7)
    numeric = sympy.lambdify([symbolic.Z, symbolic.LAM, *tr.hyper], response)(np.exp(1j * OMEGA), 1.5, *h)
    np.testing.assert_allclose(theory.frequency_response(name, OMEGA, h, lam=1.5, point=point), numeric, rtol=1e-11)


def test_the_response_of_heavy_ball_as_printed():
    z, h = np.exp(1j * OMEGA), hyper("heavy_ball", lr=0.2, beta=0.7)
    printed = -0.2 / (1 - (1.7 - 0.2 * 1.5) / z + 0.7 / z**2)
    np.testing.assert_allclose(theory.frequency_response("heavy_ball", OMEGA, h, lam=1.5), printed, rtol=1e-12)
    assert theory.frequency_response("heavy_ball", 0.0, h, lam=1.5) == pytest.approx(-1 / 1.5)  # constant pull


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("omega", [0.1, 1.0, 3.0])
def test_a_run_under_an_oscillating_gradient_has_that_amplitude_and_phase(name, omega):
    """Complex input e^{iωk}: after the transient the point is H e^{iωk}, and in the open loop so is the memory."""
    h, row, lam = hyper_of(name, 0.3, 0.6), METHODS[name], 1.3
    z, state = 0j, row.State(*(0j for _ in row.State._fields))
    memory = state
    for k in range(1, 400):
        drive = np.exp(1j * omega * k)
        z, state = row.step(z, lam * z + drive, state, float(k), h)
        _, memory = row.step(0j, drive, memory, float(k), h)
    assert row.position(z, state, h) / drive == pytest.approx(
        theory.frequency_response(name, omega, h, lam=lam), rel=1e-9)
    if memory:
        assert memory[0] / drive == pytest.approx(theory.frequency_response(name, omega, h), rel=1e-9)


def test_the_ratio_of_fast_to_slow():
    for name in ("heavy_ball", "heavy_ball_ema"):
        slow, fast = np.abs(theory.frequency_response(name, np.array([0.0, np.pi]), hyper_of(name, 0.1, 0.9)))
        assert slow / fast == pytest.approx(19)


# ---- memory of an average --------------------------------------------------------------------------


def test_half_life_and_time_constant_against_exact_powers():
    for beta in (1e-9, 0.5, 0.9, 0.999, 1 - 1e-12):
        with mpmath.workdps(40):
            assert theory.half_life(beta) == pytest.approx(float(mpmath.log(0.5) / mpmath.log(beta)), rel=1e-14)
            assert theory.time_constant(beta) == pytest.approx(float(-1 / mpmath.log(beta)), rel=1e-14)
    assert theory.half_life(0.5) == 1 and theory.half_life(0.0) == theory.time_constant(0.0) == 0
    beta = np.array([0.3, 0.9, 0.999])
    np.testing.assert_allclose(beta ** theory.half_life(beta), 0.5, rtol=1e-13)
    np.testing.assert_allclose(beta ** theory.time_constant(beta), 1 / math.e, rtol=1e-13)
    window = 1 / (1 - beta)
    gap = window - 0.5 - theory.time_constant(beta)
    assert (gap > 0).all() and gap[-1] == pytest.approx(0.001 / 12, rel=0.01)


def test_half_of_the_power_is_left_at_the_cutoff():
    for beta in (0.1716, 0.2, 0.5, 0.9, 0.999, 1 - 1e-9):
        omega = theory.cutoff_frequency(beta)
        with mpmath.workdps(40):
            b, w = mpmath.mpf(beta), mpmath.mpf(omega)
            assert float((1 - b) ** 2 / (1 - 2 * b * mpmath.cos(w) + b * b)) == pytest.approx(0.5, rel=1e-12)
        if beta < 0.99:
            h = hyper("heavy_ball_ema", lr=0.1, beta=beta)
            assert abs(theory.frequency_response("heavy_ball_ema", omega, h)) ** 2 == pytest.approx(0.5, rel=1e-12)
            assert math.cos(omega) == pytest.approx(1 - (1 - beta) ** 2 / (2 * beta), abs=1e-14)
    assert theory.cutoff_frequency(1 - 1e-9) == pytest.approx(1e-9, rel=1e-6)


def test_a_short_average_has_no_cutoff():
    edge = 3 - 2 * math.sqrt(2)
    assert theory.cutoff_frequency(edge) == pytest.approx(math.pi, abs=1e-6)
    for beta in (0.0, 0.1, edge - 1e-9):
        assert theory.cutoff_frequency(beta) is None
        h = hyper("heavy_ball_ema", lr=0.1, beta=beta)
        assert abs(theory.frequency_response("heavy_ball_ema", np.pi, h)) ** 2 > 0.5


# ---- the longest step of Adam ----------------------------------------------------------------------

AVERAGES = [(0.9, 0.999), (0.9, 0.9), (0.5, 0.6), (0.0, 0.9), (0.9, 0.5), (0.0, 0.0), (0.9, 0.81), (0.3, 0.09)]


def adam_quotients(beta1, beta2, gradients):
    """m̂/√ŝ and m/√s after the last gradient, by running the step with α = 1."""
    h = hyper("adam", lr=1.0, beta1=beta1, beta2=beta2, eps=0.0)
    state, before = start("adam", 0.0), 0.0
    for k, g in enumerate(gradients, 1):
        x, state = METHODS["adam"].step(0.0, float(g), state, float(k), h)
    return -x, state.m / math.sqrt(state.s)


@pytest.mark.parametrize("beta1, beta2", AVERAGES)
@pytest.mark.parametrize("t", [1, 2, 3, 10, 60])
def test_the_bound_is_attained_and_never_exceeded(beta1, beta2, t):
    bounds = [theory.step_bound(beta1, beta2, t, corrected) for corrected in (True, False)]
    longest = adam_quotients(beta1, beta2, theory.longest_step_gradients(beta1, beta2, t))
    assert longest == pytest.approx(bounds, rel=1e-9)
    rng = np.random.default_rng(t)
    for scale in (0.01, 1.0):  # around the worst history, and far from it
        for _ in range(40):
            history = theory.longest_step_gradients(beta1, beta2, t) * (1 + scale * rng.standard_normal(t))
            for value, bound in zip(adam_quotients(beta1, beta2, history), bounds):
                assert abs(value) <= bound * (1 + 1e-9)
    for value, bound in zip(adam_quotients(beta1, beta2, rng.standard_normal(t)), bounds):
        assert abs(value) <= bound * (1 + 1e-9)


@pytest.mark.parametrize("beta1, beta2", AVERAGES[:5])
def test_the_bound_against_the_sum_of_its_weights(beta1, beta2):
    for t in (1, 7, 300):
        with mpmath.workdps(50):
            b1, b2 = mpmath.mpf(beta1), mpmath.mpf(beta2)
            w = [(1 - b1) * b1**k / (1 - b1**t) for k in range(t)]
            u = [(1 - b2) * b2**k / (1 - b2**t) for k in range(t)]
            exact = mpmath.sqrt(sum(a * a / b for a, b in zip(w, u)))
            raw = exact * (1 - b1**t) / mpmath.sqrt(1 - b2**t)
            assert theory.step_bound(beta1, beta2, t) == pytest.approx(float(exact), rel=1e-12)
            assert theory.step_bound(beta1, beta2, t, corrected=False) == pytest.approx(float(raw), rel=1e-12)


def test_the_limit_of_the_bound():
    limit = 0.1 / math.sqrt(0.001 * (1 - 0.81 / 0.999))
    assert theory.step_bound(0.9, 0.999, math.inf) == pytest.approx(limit) == pytest.approx(7.2703, abs=1e-4)
    for corrected in (True, False):
        assert theory.step_bound(0.9, 0.999, 100_000, corrected) == pytest.approx(limit, rel=1e-12)
        assert theory.step_bound(0.9, 0.999, math.inf, corrected) == pytest.approx(limit, rel=1e-14)
        assert theory.step_bound(0.9, 0.8, math.inf, corrected) == math.inf  # β₁² > β₂
        assert theory.step_bound(0.5, 0.0, 2, corrected) == math.inf
        assert theory.step_bound(0.5, 0.0, 1, corrected) == (1 if corrected else 0.5)
    assert limit > 2 * 0.1 / math.sqrt(0.001)  # more than twice the bound of the paper


def test_without_beta1_it_is_the_bound_of_rmsprop():
    assert theory.step_bound(0.0, 0.9, 5, corrected=False) == pytest.approx(1 / math.sqrt(0.1))
    assert theory.step_bound(0.0, 0.9, 5) == pytest.approx(math.sqrt((1 - 0.9**5) / 0.1))


# ---- bad input -------------------------------------------------------------------------------------

HB = hyper("heavy_ball", lr=0.1)


@pytest.mark.parametrize("call, error, sentence", [
    (lambda: theory.spectral_radius("heavy_ball", math.nan, HB), ValueError,
     "lam=nan is not finite; heavy_ball needs a finite curvature λ (f/x²)"),
    (lambda: theory.spectral_radius("heavy_ball", [1.0, math.inf], HB), ValueError,
     "lam=inf is not finite; heavy_ball needs a finite curvature λ (f/x²)"),
    (lambda: theory.spectral_radius("heavy_ball", "1", HB), TypeError,
     "lam='1' is a str, not a real number; heavy_ball needs a finite curvature λ (f/x²)"),
    (lambda: theory.spectral_radius("heavy_ball", 1.0, steps.HeavyBallHyper(0.1, math.nan)), ValueError,
     "beta=nan is not finite; heavy_ball needs a finite beta (momentum factor)"),
    (lambda: theory.spectral_radius("heavy_ball", 1.0, {"lr": 0.1}), TypeError,
     "hyper={'lr': 0.1} is a dict, not a HeavyBallHyper; make it with firstorder.hyper('heavy_ball', ...)"),
    (lambda: theory.spectral_radius("nesterov", 1.0, HB), TypeError,
     "hyper=HeavyBallHyper(lr=0.1, beta=0.9) is a HeavyBallHyper, not a NesterovHyper;"
     " make it with firstorder.hyper('nesterov', ...)"),
    (lambda: theory.stability_limit("heavy_ball", 1.0), ValueError,
     "beta=1.0 is outside [0, 1); a stability limit needs β in [0, 1)"),
    (lambda: theory.stability_limit("adam", 0.5), ValueError,
     "method='adam' is not one of gradient_descent, heavy_ball, heavy_ball_ema, nesterov"),
    (lambda: theory.polyak(0.0, 1.0), ValueError, "mu=0.0 is outside (0, ∞) (curvature, f/x²)"),
    (lambda: theory.polyak(2.0, 1.0), ValueError, "mu=2.0 is above L=1.0; μ is the smaller curvature"),
    (lambda: theory.nesterov_optimal(1.0, None), TypeError,
     "L=None is a NoneType, not a real number; it is a curvature (f/x²)"),
    (lambda: theory.stationary_variance("heavy_ball", 1.0, HB, -1.0), ValueError,
     "sigma=-1.0 is outside [0, ∞); noise needs a standard deviation σ (f/x)"),
    (lambda: theory.stationary_variance("heavy_ball", 1.0, HB, 1.0, "y"), ValueError,
     "point='y' is not one of position, stored"),
    (lambda: theory.stationary_covariance("heavy_ball", [1.0, 2.0], HB, 1.0), ValueError,
     "lam or hyper has shape (2,); stationary_covariance takes numbers"),
    (lambda: theory.stationary_covariance("heavy_ball", 1.0, HB, 1.0, 1.0), ValueError,
     "rho=1.0 is outside (-1, 1); noise needs a correlation ρ of successive draws"),
    (lambda: theory.stationary_covariance("heavy_ball", 1.0, HB, 1.0, math.nan), ValueError,
     "rho=nan is not finite; noise needs a correlation ρ of successive draws"),
    (lambda: theory.frequency_response("heavy_ball", math.inf, HB), ValueError,
     "omega=inf is not finite; a frequency response needs an angular frequency ω (rad per step)"),
    (lambda: theory.frequency_response("heavy_ball", "1", HB), TypeError,
     "omega='1' is a str, not a real number; a frequency response needs an angular frequency ω (rad per step)"),
    (lambda: theory.frequency_response("heavy_ball", 1.0, HB, lam=[1.0, 2.0]), ValueError,
     "lam or hyper has shape (2,); frequency_response takes numbers"),
    (lambda: theory.frequency_response("heavy_ball", 1.0, HB, lam=1.0, point="x"), ValueError,
     "point='x' is not one of position, stored"),
    (lambda: theory.frequency_response("gradient_descent", 1.0, hyper("gradient_descent")), ValueError,
     "gradient_descent has no memory to filter gradients with; give lam for noise -> position"),
    (lambda: theory.frequency_response("heavy_ball", 1.0, steps.HeavyBallHyper(0.1, 1.0)), ValueError,
     "heavy_ball is unstable at HeavyBallHyper(lr=0.1, beta=1.0): its memory does not fade,"
     " so it has no response"),
    (lambda: theory.frequency_response("heavy_ball", 1.0, HB, lam=40.0), ValueError,
     "heavy_ball is unstable at lam=40.0, HeavyBallHyper(lr=0.1, beta=0.9): spectral radius 1.5 is not"
     " below 1, so no frequency response exists"),
    (lambda: theory.half_life(1.0), ValueError, "beta=1.0 is outside [0, 1); an averaging factor is in [0, 1)"),
    (lambda: theory.half_life([0.5, math.nan]), ValueError,
     "beta=nan is not finite; an averaging factor is in [0, 1)"),
    (lambda: theory.time_constant(-0.1), ValueError,
     "beta=-0.1 is outside [0, 1); an averaging factor is in [0, 1)"),
    (lambda: theory.cutoff_frequency(True), TypeError,
     "beta=True is a bool, not a real number; an averaging factor is in [0, 1)"),
    (lambda: theory.cutoff_frequency([0.5]), ValueError, "beta has shape (1,); cutoff_frequency takes a number"),
    (lambda: theory.step_bound(1.0, 0.999, 1), ValueError,
     "beta1=1.0 is outside [0, 1); an averaging factor is in [0, 1)"),
    (lambda: theory.step_bound(0.9, 0.999, 0), ValueError, "t=0 is below 1; it needs an integer >= 1"),
    (lambda: theory.step_bound(0.9, 0.999, 2.5), TypeError,
     "t=2.5 is a float, not an integer; it needs an integer >= 1"),
    (lambda: theory.step_bound(0.9, 0.999, math.nan), TypeError,
     "t=nan is a float, not an integer; it needs an integer >= 1"),
    (lambda: theory.step_bound(0.9, 0.999, 1, corrected=None), TypeError,
     "corrected=None is a NoneType, not True or False"),
    (lambda: theory.longest_step_gradients(0.9, 0.0, 2), ValueError,
     "beta2=0 with beta1=0.9, t=2: the bound is infinite, no gradients attain it"),
    (lambda: theory.longest_step_gradients(0.9, 0.999, math.inf), TypeError,
     "t=inf is a float, not an integer; it needs an integer >= 1"),
    (lambda: theory.bias_correction_ratio(1.0, 0.999, 1), ValueError,
     "beta1=1.0 is outside [0, 1); an averaging factor is in [0, 1)"),
    (lambda: theory.bias_correction_ratio(0.9, 0.999, 0), ValueError,
     "t=0.0 is outside [1, ∞); t is a step number 1, 2, …"),
    (lambda: theory.bias_correction_ratio(0.9, 0.999, [1, 2.5]), ValueError,
     "t=2.5 is not an integer; t is a step number 1, 2, …"),
    (lambda: theory.bias_correction_peak(0.9, math.nan), ValueError,
     "beta2=nan is not finite; an averaging factor is in [0, 1)"),
])
def test_bad_input_gets_one_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence


# ---- the trace -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
def test_the_trace_is_the_step(name):
    """Numbers put into the traced expressions give what the step gives on the numbers."""
    tr, row = symbolic.trace(name), METHODS[name]
    h = hyper(name)
    state = row.State(*(0.5 + i for i, _ in enumerate(row.State._fields)))
    numbers = {tr.x: 1.5, tr.g: -0.75, tr.t: 3.0, **dict(zip(tr.state, state)), **dict(zip(tr.hyper, h))}
    new_x, new_state = row.step(1.5, -0.75, state, 3.0, h)
    traced = [float(expression.subs(numbers)) for expression in (tr.new_x, *tr.new_state)]
    np.testing.assert_allclose(traced, [new_x, *new_state], rtol=1e-14)
    assert {str(s) for s in tr.hyper} == set(row.parameters)
    assert all(symbol.is_real for symbol in (tr.x, tr.g, *tr.state, *tr.hyper))
    for field, symbol in tr.state._asdict().items():  # averages of squares and of ones have a known sign
        assert symbol.is_nonnegative is (None if field in ("v", "m") else True)
