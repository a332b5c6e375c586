"""What the draft says around exercise C.9, recomputed; and the closed forms that its grader trusts."""
import math

import numpy as np
import pytest

from firstorder import hyper, theory
from firstorder.graders.c09 import _break_even, _variance
from firstorder.problems import ar1_noise


def effect(eta, beta, rho, matched):
    alpha = (1 - beta) * eta
    return _variance(alpha, beta, 1.0, rho) / _variance(eta if matched else alpha, 0.0, 1.0, rho)


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.4, 0.95])
@pytest.mark.parametrize("alpha, beta, lam", [(0.1, 0.9, 1.0), (0.7, 0.5, 2.0), (1.5, 0.0, 0.9), (0.02, 0.99, 3.0)])
def test_the_graders_variance_solves_the_covariance_equation(alpha, beta, lam, rho):
    h = hyper("heavy_ball", lr=alpha, beta=beta)
    solved = theory.stationary_covariance("heavy_ball", lam, h, 2.0, rho=rho)
    assert _variance(alpha, beta, lam, rho, 2.0) == pytest.approx(solved.position, rel=1e-9)
    ema = hyper("heavy_ball_ema", lr=alpha / (1 - beta), beta=beta)
    assert theory.stationary_covariance("heavy_ball_ema", lam, ema, 2.0, rho=rho).position == pytest.approx(solved.position, rel=1e-9)


@pytest.mark.parametrize("beta, e, rho", [(0.9, 1e-9, 0.2428), (0.5, 1e-9, 0.2749), (0.99, 1e-9, 0.2367), (0.9, 0.1, 0.2504), (0.9, 1.0, 5 / 14)])
def test_break_even_at_matched_step(beta, e, rho):
    assert _break_even(beta, e) == pytest.approx(rho, abs=5e-5)
    if e > 1e-6:
        assert effect(e, beta, rho - 0.01, True) < 1 < effect(e, beta, rho + 0.01, True)


def test_short_steps_between_root_five_minus_two_and_a_third():
    found = [_break_even(beta, 1e-12) for beta in (1e-6, 0.1, 0.5, 0.9, 0.999999)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1 / 3, abs=1e-5) and found[-1] == pytest.approx(math.sqrt(5) - 2, abs=1e-5)


@pytest.mark.parametrize("beta, e", [(0.3, 1.31), (0.5, 1.6), (0.9, 1.95)])
def test_no_break_even_for_long_steps(beta, e):
    assert _break_even(beta, e) is None
    assert all(effect(e, beta, rho, True) < 1 for rho in np.linspace(0, 0.999, 200))


def test_equal_step_amplifies_at_every_correlation_and_less_at_high_ones_but_not_monotonically():
    """αλ = 0.05, β = 0.9: 9.9, 9.9, 8.5, 4.3, 1.3 at ρ = 0, 0.3, 0.7, 0.9, 0.99."""
    ratios = [effect(0.5, 0.9, rho, False) for rho in (0, 0.3, 0.7, 0.9, 0.99)]
    assert ratios == pytest.approx([9.88, 9.91, 8.54, 4.33, 1.28], abs=0.005)
    assert ratios[0] < ratios[1] > ratios[2]
    assert all(effect(eta, beta, rho, False) > 1 for eta in (0.1, 1.0, 3.0) for beta in (0.3, 0.9)
               for rho in np.linspace(0, 0.99, 50) if (1 - beta) * eta < 1 + beta and (1 - beta) * eta < 2)


def test_the_break_even_at_equal_step_is_negative():
    ratios = np.array([effect(0.5, 0.9, rho, False) for rho in (-0.9999, -0.9, 0.0)])
    assert ratios[0] < 1 < ratios[1]


def test_anticorrelated_noise_favours_momentum_at_matched_step():
    assert all(effect(e, 0.9, rho, True) < 1 for e in (0.1, 1.0, 1.9) for rho in (-0.9, -0.5, -0.1))


def test_noise_that_hardly_changes_leaves_every_method_at_its_error():
    assert [_variance(alpha, beta, 1.0, 1 - 1e-9) for alpha, beta in ((0.1, 0.0), (0.1, 0.9), (1.0, 0.5))] == pytest.approx([1, 1, 1], abs=1e-6)


def test_the_books_noise_is_the_exercises():
    xi = ar1_noise(0.8, 2.0, 6, 50_000, seed=3)
    k = np.arange(6)
    assert xi @ xi.T / 50_000 == pytest.approx(4 * 0.8 ** np.abs(k[:, None] - k), abs=0.12)


def test_without_the_root_the_variance_grows():
    """ξ⁺ = ρξ + w has variance 1/(1 − ρ²): 5.3 at ρ = 0.9."""
    assert 1 / (1 - 0.9**2) == pytest.approx(5.26, abs=0.01)
