"""What the draft says in worked example 4, recomputed from weights, polynomials and its own arithmetic.

f = ½x², α = 0.1, β = 0.9, noise −½, 0, ½ with equal odds.
"""
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from firstorder import hyper, methods, theory

ALPHA, BETA, S2 = 0.1, 0.9, 1 / 6


def answers(alpha, beta, n):
    """Positions after a unit gradient error at rest, x⁺ = x − αg + β(x − x⁻)."""
    x = [0.0, -alpha]
    for _ in range(n - 1):
        x.append(x[-1] * (1 - alpha) + beta * (x[-1] - x[-2]))
    return np.array(x[1:])


def test_a_third_each_is_a_sixth_not_a_twelfth():
    values = [Fraction(k, 2) for k in (-1, 0, 1)]
    assert sum(v * v for v in values) / 3 == Fraction(1, 6)


def test_the_first_steps_are_right():
    noise = (0.5, -0.5, 0.0)
    x, track = 1.0, []
    for xi in noise:
        x -= ALPHA * (x + xi)
        track.append(x)
    assert track == pytest.approx([0.85, 0.815, 0.7335])
    row, h = methods.method("heavy_ball"), hyper("heavy_ball", lr=ALPHA, beta=BETA)
    x, state, track = 1.0, methods.start("heavy_ball", 1.0), []
    for k, xi in enumerate(noise[:2], 1):
        x, state = row.step(x, x + xi, state, float(k), h)
        track += [state.v, x]
    assert track == pytest.approx([-0.15, 0.85, -0.17, 0.68])


def test_the_velocity_is_a_sum_not_an_average():
    weights = BETA ** np.arange(500)
    assert weights.sum() == pytest.approx(10) and ((1 - BETA) * weights).sum() == pytest.approx(1)
    row, h = methods.method("heavy_ball"), hyper("heavy_ball", lr=ALPHA, beta=BETA)
    state = methods.start("heavy_ball", 0.0)
    for k in range(500):
        _, state = row.step(0.0, 1.0, state, float(k + 1), h)
    assert state.v == pytest.approx(-10 * ALPHA)


def test_the_cutoff():
    """cos ω = (4β − 1 − β²)/(2β), found as a root of the power; 0.45 is 14 % of π, not 7 %."""
    grid = np.linspace(0, np.pi, 2_000_001)
    power = (1 - BETA) ** 2 / (1 - 2 * BETA * np.cos(grid) + BETA**2)
    found = grid[np.flatnonzero(power < 0.5)[0]]
    assert found == pytest.approx(theory.cutoff_frequency(BETA), abs=2e-6)
    assert np.cos(found) == pytest.approx((4 * BETA - 1 - BETA**2) / (2 * BETA), abs=1e-6)
    assert found / np.pi == pytest.approx(0.0336, abs=5e-5) and 2 * np.pi / found == pytest.approx(59.58, abs=5e-3)
    wrong = np.sqrt(2 * (1 - BETA))
    assert wrong / np.pi == pytest.approx(0.142, abs=5e-4)
    assert np.sqrt(np.interp(wrong, grid, power)) == pytest.approx(0.231, abs=5e-4)


@pytest.mark.parametrize("beta, variance", [(0.0, 0.008772), (0.9, 0.085586)])
def test_variance_of_the_position(beta, variance):
    assert S2 * (answers(ALPHA, beta, 3000) ** 2).sum() == pytest.approx(variance, abs=5e-7)


def test_its_formula_is_ten_times_descents_not_a_tenth():
    formula, plain = 1 / ((1 - BETA) * (1 - BETA**2)), 1 / (1 - 0.9**2)
    assert formula / plain == pytest.approx(10)


def test_variance_of_the_velocity():
    """0.044 is (0.1)² · 0.083 / 0.19 with a slip of ten; the feedback adds 2.7 %."""
    assert 0.1**2 * (1 / 12) / 0.19 == pytest.approx(0.0044, abs=5e-5)
    open_loop = ALPHA**2 * S2 / (1 - BETA**2)
    x = np.concatenate([[0.0], answers(ALPHA, BETA, 3000)])
    closed = S2 * (np.diff(x) ** 2).sum()
    assert (open_loop, closed) == pytest.approx((0.008772, 0.009009), abs=5e-7)


@pytest.mark.parametrize("beta, mean, deviation", [(0.0, 0.1216, 0.0930), (0.9, 0.3447, 0.2733)])
def test_step_20(beta, mean, deviation):
    """Neither 0.12 ± 0.03 nor 0.02 ± 0.005."""
    x = [1.0, 1.0]
    for _ in range(20):
        x.append(x[-1] * (1 - ALPHA) + beta * (x[-1] - x[-2]))
    assert (x[-1], np.sqrt(S2 * (answers(ALPHA, beta, 20) ** 2).sum())) == pytest.approx((mean, deviation), abs=5e-5)


def test_a_positive_error_speeds_the_way_down():
    """"An extra backtrack": from x > 0 an error of +½ moves x further towards 0."""
    x = 1.0
    assert 0 < x - ALPHA * (x + 0.5) < x - ALPHA * x


def test_the_same_noise_floor_needs_a_tenth_of_the_step():
    variance = lambda lr, beta: theory.stationary_variance("heavy_ball", 1.0, hyper("heavy_ball", lr=lr, beta=beta), S2**0.5)
    assert variance(0.1, 0.9) / variance(0.01, 0.0) == pytest.approx(102.19, abs=5e-3)
    assert variance(0.01, 0.9) / variance(0.1, 0.0) == pytest.approx(361 / 379)


def test_a_batch_divides_the_variance_by_B():
    """All pairs of three values, exactly: half the variance, not 1/√2 of it."""
    values = [Fraction(k, 2) for k in (-1, 0, 1)]
    pairs = [(a + b) / 2 for a, b in product(values, repeat=2)]
    assert sum(p * p for p in pairs) / 9 == Fraction(1, 6) / 2


def test_correlated_noise():
    """φ = 0.8: 0.054 for descent, 0.066 matched, 0.315 at the same α, by summing φ^|i − j| over pairs of answers."""
    lags = 0.8 ** np.arange(1500)
    for alpha, beta, expected in ((0.1, 0.0, 0.05388), (0.01, 0.9, 0.06574), (0.1, 0.9, 0.31452)):
        h = answers(alpha, beta, 1500)
        auto = np.correlate(h, h, "full")[h.size - 1:]
        variance = S2 * (2 * (auto * lags).sum() - auto[0])
        assert variance == pytest.approx(expected, abs=5e-6)
        name, extra = ("heavy_ball", {"beta": beta}) if beta else ("gradient_descent", {})
        solved = theory.stationary_covariance(name, 1.0, hyper(name, lr=alpha, **extra), S2**0.5, rho=0.8)
        assert solved.position == pytest.approx(variance, rel=1e-9)


def test_momentum_does_not_find_flatter_or_sharper_minima_by_being_quiet():
    """The premise, less noise in the iterate at the same α, is false for every short step."""
    variance = lambda lr, beta: theory.stationary_variance("heavy_ball", 1.0, hyper("heavy_ball", lr=lr, beta=beta), 1.0)
    for lr in (0.001, 0.01, 0.1, 1.0):
        for beta in (0.5, 0.9, 0.99):
            assert variance(lr, beta) > variance(lr, 0.0)


def test_the_excess_at_the_same_step_rises_a_little_before_it_falls():
    """φ = 0, 0.2, 0.5: the ratio of variances is 9.757, 9.859, 9.364."""
    def variance(alpha, beta, phi):
        h = answers(alpha, beta, 1500)
        auto = np.correlate(h, h, "full")[h.size - 1:]
        return 2 * (auto * phi ** np.arange(1500)).sum() - auto[0]

    ratios = [variance(0.1, 0.9, phi) / variance(0.1, 0.0, phi) for phi in (0.0, 0.2, 0.5)]
    assert ratios == pytest.approx([9.757, 9.859, 9.364], abs=1e-3)


def test_descents_cut_off_is_the_velocitys_and_heavy_balls_is_five_times_higher():
    def crossing(alpha, beta):
        grid = np.linspace(0.05, 1, 950_001)
        u = np.exp(-1j * grid)
        return grid[np.flatnonzero(alpha / abs(1 - (1 + beta - alpha) * u + beta * u**2) < 0.5**0.5)[0]]

    assert [crossing(0.1, 0.0), crossing(0.1, 0.9), crossing(0.01, 0.9)] == pytest.approx([0.10546, 0.50048, 0.12919], abs=2e-5)
