"""What the draft says around exercise C.2, its noise listing, its logistic listing and its schedules, recomputed.

Numbers are our own; scikit-learn's table is not used.
"""
import math

import numpy as np
import pytest

from firstorder import hyper, steps, theory
from firstorder.graders.c02 import _correlation, _kick, _positions, _variance


def variance(alpha, beta, lam=1.0, sigma=1.0):
    return float(theory.stationary_variance("heavy_ball", lam, hyper("heavy_ball", lr=alpha, beta=beta), sigma))


@pytest.mark.parametrize("alpha, beta, lam", [(0.3, 0.0, 1.0), (0.1, 0.9, 2.0), (1.7, 0.6, 1.3)])
def test_the_graders_truth_agrees_with_the_closed_forms(alpha, beta, lam):
    assert _variance(alpha, beta, lam, 1.0) == pytest.approx(variance(alpha, beta, lam), rel=1e-10)
    assert _correlation(alpha, beta, lam, 1)[1] == pytest.approx(1 - alpha * lam / (1 + beta), rel=1e-10)
    unit = np.zeros(60)
    unit[0] = 1.0
    assert _positions(alpha, beta, lam, unit)[1:] / -alpha == pytest.approx(_kick(alpha, beta, lam, 60))


def test_the_listings_numbers():
    """λ = 2, σ = 0.5, α = 0.05: 0.0033 and 0.032, not 0.000625 and 0.0000156."""
    plain, momentum = variance(0.05, 0.0, 2.0, 0.5), variance(0.05, 0.9, 2.0, 0.5)
    assert plain == pytest.approx(0.0032895, rel=1e-4) and momentum == pytest.approx(0.032095, rel=1e-4)
    assert (0.5 * 0.05 / (1 - 0.9)) ** 2 == pytest.approx(0.0625)  # the draft says 0.0000156 of this expression


def test_np_var_over_ten_coordinates_is_a_tenth_low():
    x = np.random.default_rng(0).standard_normal((200_000, 10))
    ratio = x.var(1).mean() / (x * x).mean()
    assert ratio == pytest.approx(0.9, abs=0.002)


def test_the_start_is_forgotten_geometrically():
    """|x| shrinks by 0.9 a step without and by √0.9 with momentum; by step 150 both are below 0.001."""
    radius = [theory.spectral_radius("heavy_ball", 2.0, hyper("heavy_ball", lr=0.05, beta=b)) for b in (0.0, 0.9)]
    assert radius == pytest.approx([0.9, math.sqrt(0.9)])
    first = [math.ceil(math.log(1e-3) / math.log(r)) for r in radius]
    assert first == [66, 132]


def test_a_larger_stable_step_is_not_a_smaller_variance():
    """The limit grows with β while the variance at any fixed short step grows, too."""
    limits = [float(theory.stability_limit("heavy_ball", b)) for b in (0.0, 0.5, 0.9)]
    floors = [variance(0.05, b) for b in (0.0, 0.5, 0.9)]
    assert limits == sorted(limits) and floors == sorted(floors)


def test_matched_step_changes_little():
    ratios = [variance((1 - b) * eta, b) / variance(eta, 0.0) for b in (0.5, 0.9) for eta in (0.02, 0.1, 0.2)]
    assert all(0.89 < r < 1 for r in ratios)


def test_variance_is_in_proportion_to_one_over_the_batch():
    assert variance(0.1, 0.9, sigma=1 / math.sqrt(8)) == pytest.approx(variance(0.1, 0.9) / 8)


def test_the_mean_goes_to_zero_whatever_beta_is():
    """A larger β does not buy a smaller bias on a quadratic: the mean of every stable setting dies out."""
    for beta in (0.0, 0.5, 0.9, 0.99):
        assert theory.spectral_radius("heavy_ball", 1.0, hyper("heavy_ball", lr=0.05, beta=beta)) < 1


def test_overdamped_memory():
    """αλ = 0.001, β = 0.9: about (1 − β)/(αλ) = 100 steps, a little less."""
    r = theory.spectral_radius("heavy_ball", 1.0, hyper("heavy_ball", lr=0.001, beta=0.9))
    assert -1 / math.log(r) == pytest.approx(89.4, abs=0.1)


def test_labels_zero_and_one_lose_the_gradient_of_one_class():
    """Loss log(1 + exp(−y z)): at y = 0 it is log 2 for every z, and its gradient is 0."""
    z = np.linspace(-5, 5, 11)
    assert np.logaddexp(0, -0 * z) == pytest.approx(math.log(2))
    slope = lambda y: -y / (1 + np.exp(y * z))
    assert (slope(0.0) == 0).all() and (slope(-1.0) > 0).all()


def test_fifteen_batches_not_eighteen():
    assert math.ceil(round(0.8 * 569) / 32) == 15


def scheduled(alpha, first_beta=0.0, n=200):
    lam, x = np.array([100, 1, 0.1, 0.01]), np.ones(4)
    state = steps.HeavyBallState(v=0 * x)
    for k in range(n):
        settings = steps.HeavyBallHyper(alpha(k), min(0.99, max(first_beta, (k - 1) / (k + 2))))
        x, state = steps.heavy_ball(x, lam * x, state, k + 1.0, settings)
    return (lam * x * x).sum() / 2


def test_the_schedules_of_the_draft():
    """1/(1 + k)² ends at 0.69, not at 1e-8; 0.99ᵏ at 1e110, not at 1e-4."""
    assert scheduled(lambda k: 0.1 / (1 + k) ** 2) == pytest.approx(0.688, abs=1e-3)
    assert scheduled(lambda k: 0.1 * 0.99**k) > 1e100
    # β = −1/2 at k = 0, as the formula has it, changes nothing: the velocity is still 0
    assert scheduled(lambda k: 0.1 / (1 + k) ** 2, first_beta=-1.0) == scheduled(lambda k: 0.1 / (1 + k) ** 2)


def test_powers_from_a_stable_start():
    """From 0.01 every faster decay is worse: exponents 0, 1/2, 1, 2."""
    losses = [scheduled(lambda k, p=p: 0.01 / (1 + k) ** p) for p in (0, 0.5, 1, 2)]
    assert losses == sorted(losses) and losses[0] < 0.002 and losses[-1] > 0.5


def test_sums_of_the_schedules():
    """Σ α_k: both of the draft's are finite, 0.164 and 10, so neither meets Robbins and Monro's first condition."""
    k = np.arange(1_000_000)
    assert (0.1 / (1.0 + k) ** 2).sum() == pytest.approx(0.1 * math.pi**2 / 6, rel=1e-5)
    assert 0.1 / (1 - 0.99) == pytest.approx(10)
    assert 0.1 / (1 + 10) ** 2 == pytest.approx(8.26e-4, rel=1e-3)  # "0.01 by k = 10"
