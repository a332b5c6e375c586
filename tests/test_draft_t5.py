"""What the draft says about divergence, recomputed: the numbers that the page on theorem 5 does not show."""
import numpy as np
import pytest

from firstorder import hyper, theory


def heavy_ball(a, beta):
    return theory.iteration_matrix("heavy_ball", a, hyper("heavy_ball", lr=1.0, beta=beta, unchecked=True))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_the_draft_border_is_never_below_the_true_one(beta):
    """2/(1 − β) ≥ 2(1 + β), equal at β = 0: its condition A implies divergence and misses most of it."""
    limit = theory.stability_limit("heavy_ball", beta)
    assert 2 / (1 - beta) >= limit and (2 / (1 - beta) == pytest.approx(limit)) == (beta == 0)
    assert abs(np.linalg.eigvals(heavy_ball(2.01 / (1 - beta), beta))).max() > 1


def test_the_trace_has_one_beta():
    """The draft adds β twice: 1 − αL + 2β."""
    assert np.trace(heavy_ball(0.3, 0.9)) == pytest.approx(1 - 0.3 + 0.9)


def test_a_trace_below_minus_one_plus_beta_is_not_enough():
    """αL = 2.5, β = 0.9: 1 − αL + β < β − 1, the draft's intermediate condition, and the run is stable."""
    a, beta = 2.5, 0.9
    assert 1 - a + beta < beta - 1 and abs(np.linalg.eigvals(heavy_ball(a, beta))).max() < 1


@pytest.mark.parametrize("a", [0.5, 2.0, 3.9])
def test_beta_near_one_oscillates_with_modulus_root_beta(a):
    roots = np.linalg.eigvals(heavy_ball(a, 0.999))
    assert abs(roots.imag).min() > 0.1 and abs(roots) == pytest.approx(np.sqrt(0.999))


def test_beta_above_one_grows_at_least_like_its_root():
    assert abs(np.linalg.eigvals(heavy_ball(0.5, 1.01))).max() == pytest.approx(1.00499, abs=1e-5)


@pytest.mark.parametrize("a, bound", [(0.5, 1.0690), (3.9, 6.3246)])
def test_amplitude_at_beta_one(a, bound):
    z, largest, matrix = np.array([1.0, 0.0]), 0.0, heavy_ball(a, 1.0)
    for _ in range(20_000):
        z = matrix @ z
        largest = max(largest, abs(z[0]))
    assert largest == pytest.approx(bound, rel=1e-3) and largest <= bound * (1 + 1e-4)
