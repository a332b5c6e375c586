"""What the draft says in worked example 9, recomputed by plain recursions and roots.

α, β, λ = 1 as there: heavy ball on ½x² from x = 1 at rest.
"""
import numpy as np
import pytest

from firstorder import hyper, problems, theory
from firstorder.minimize import minimize


def positions(alpha, beta, n, slope=lambda x: x, x0=1.0):
    """x⁺ = x − α f′(x) + β (x − x⁻): heavy ball without a velocity."""
    x = [x0, x0]
    for _ in range(n):
        x.append(x[-1] - alpha * slope(x[-1]) + beta * (x[-1] - x[-2]))
    return np.array(x[1:])


def modulus(alpha, beta, lam=1.0):
    return abs(np.roots([1, -(1 + beta - alpha * lam), beta])).max()


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.5, 0.9, 0.99])
def test_the_border_is_the_formula_that_the_draft_rejects(beta):
    """2(1 + β), neither 2/100 for β = 0.99, nor (1 + β)², nor 2(1 + √β)²."""
    border = 2 * (1 + beta)
    assert theory.stability_limit("heavy_ball", beta) == pytest.approx(border)
    assert modulus(border - 1e-6, beta) < 1 < modulus(border + 1e-6, beta)
    for other in (2 / 100, (1 + beta) ** 2):
        assert other < border and modulus(other, beta) < 1
    assert 2 * (1 + np.sqrt(beta)) ** 2 >= border


def test_the_numbers_that_are_called_well_known():
    betas = np.array([0.5, 0.9, 0.99])
    assert (1 + betas) ** 2 == pytest.approx([2.25, 3.61, 3.96], abs=5e-4)  # the draft's
    assert theory.stability_limit("heavy_ball", betas) == pytest.approx([3.0, 3.8, 3.98])


def test_more_momentum_allows_longer_steps_on_a_quadratic():
    for alpha, converges in ((3.7, True), (3.9, False)):
        assert (abs(positions(alpha, 0.9, 400)[-1]) < 1e-6) == converges
    assert abs(positions(3.9, 0.99, 6000)[-1]) < 1e-6  # what diverges at 0.9 converges at 0.99


def test_case_1_overshoots():
    x = positions(0.1, 0.5, 60)
    assert np.flatnonzero(x < 0)[0] == 19 and x.min() == pytest.approx(-4.69e-4, rel=1e-3)
    assert abs(np.diff(x)).max() == pytest.approx(0.146)


def test_case_2_swings_once_to_0604_and_decays():
    x = positions(0.1, 0.9, 200)
    assert x[5:9] == pytest.approx([-0.0292, -0.2566, -0.4357, -0.5532], abs=1e-4)
    assert x.min() == pytest.approx(-0.6037, abs=1e-4) and np.flatnonzero(abs(x) >= 0.01)[-1] == 80


def test_case_3_is_not_down_at_step_20_nor_50():
    x = positions(0.1, 0.99, 1500)
    assert (x[20], x[50]) == pytest.approx((0.8904, -0.7378), abs=1e-4)
    assert (x[5], x[6]) == pytest.approx((-0.1612, -0.4550), abs=1e-4)
    assert np.flatnonzero(abs(x) >= 0.01)[-1] == 917


def test_the_ringing_never_grows_beyond_its_envelope():
    """"Growing amplitude initially" compares a zero crossing with a swing; the envelope only falls."""
    for alpha in (0.1, 1.0, 2.0):
        x = positions(alpha, 0.99, 1000)
        quadratic = x[1:] ** 2 - (1.99 - alpha) * x[1:] * x[:-1] + 0.99 * x[:-1] ** 2
        assert quadratic[1:] == pytest.approx(0.99 * quadratic[:-1])  # a squared size: times β each step


def test_cases_4_and_5_converge():
    four, five = positions(1.0, 0.99, 3000), positions(2.0, 0.99, 3000)
    assert four[:6] == pytest.approx([1, 0, -0.99, -0.9801, 0.0099, 0.9801], abs=2e-4)
    assert five[1:5] == pytest.approx([-1, -0.98, 0.9998, 0.9602], abs=1e-4)
    assert abs(four[-100:]).max() < 1e-6 and abs(five[-100:]).max() < 1e-6
    assert np.flatnonzero(abs(four) >= 0.01)[-1] == 942
    assert (five[100], five[500]) == pytest.approx((0.239, -0.113), abs=5e-4)


@pytest.mark.parametrize("kappa", [4.0, 100.0, 10_000.0])
def test_tuned_for_speed_the_border_is_at_L_plus_mu(kappa):
    for tuned in (theory.polyak(1.0, kappa), theory.descent_optimal(1.0, kappa)):
        beta = getattr(tuned.hyper, "beta", 0.0)
        assert theory.stability_limit(tuned.method, beta) / tuned.hyper.lr == pytest.approx(kappa + 1)


def test_the_steep_valley():
    """κ = 10⁴: the border is not 0.0002, the best β is not 0.98, and a hundred steps do not suffice."""
    best = theory.polyak(1.0, 1e4)
    assert best.hyper.beta == pytest.approx((99 / 101) ** 2) and best.rate == pytest.approx(99 / 101)
    assert theory.nesterov_standard(1.0, 1e4).hyper.beta == pytest.approx(0.98, abs=5e-4)
    assert modulus(3.9e-4, 0.98, 1e4) < 1 < modulus(4e-4, 0.98, 1e4)
    assert modulus(1e-3, 0.98, 1e4) == pytest.approx(7.896, abs=1e-3)
    run = minimize(problems.quadratic([1e4, 1.0]), "heavy_ball", steps=100, lr=1e-4, beta=0.98)
    assert run.distance[100] > 0.5


@pytest.mark.parametrize("alpha, beta, steps", [(4 / 101**2, (99 / 101) ** 2, 708), (3.6e-4, 0.964, 448), (1e-4, 0.98, 933)])
def test_the_best_rate_is_not_the_first_to_arrive(alpha, beta, steps):
    """A pair whose roots are split comes within 0.001 long before the pair with the best rate."""
    distance = np.hypot(*(positions(alpha, beta, 3000, lambda x: lam * x) for lam in (1e4, 1.0)))
    assert np.flatnonzero(distance > 1e-3)[-1] + 1 == steps


def test_momentum_loses_a_run_that_descent_keeps_where_the_curvature_grows():
    """Two wells, α = 0.8: the local border at a floor is 1 + β, and β = 0.99 diverges all the same."""
    slope = lambda y: y * (y * y - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        fast = positions(0.8, 0.99, 400, slope, 1e-3)
    assert not np.isfinite(fast[-1])
    assert positions(0.8, 0.0, 400, slope, 1e-3)[-1] == pytest.approx(1.0)
    assert theory.stability_limit("heavy_ball", 0.99) / 2 > 0.8


def test_the_source_step_leaves_the_saddle_without_a_spike():
    """α = 0.1: more momentum leaves sooner, and the loss never rises above its value at the start."""
    left = []
    for beta in (0.0, 0.9, 0.99):
        y = positions(0.1, beta, 3000, lambda y: y * (y * y - 1), 1e-3)
        left.append(np.flatnonzero(abs(y) > 0.5)[0])
        assert ((y * y - 1) ** 2 / 4).max() <= (1e-6 - 1) ** 2 / 4
    assert left == sorted(left, reverse=True) and left[-1] < left[0]


def test_the_spectral_radius_is_the_modulus_of_the_roots():
    for beta, alpha in ((0.5, 0.1), (0.9, 0.1), (0.99, 0.1), (0.99, 1.0), (0.99, 2.0), (0.99, 4.0)):
        h = hyper("heavy_ball", lr=alpha, beta=beta)
        assert theory.spectral_radius("heavy_ball", 1.0, h) == pytest.approx(modulus(alpha, beta), rel=1e-9)
