"""What the draft says around exercise C.3, recomputed without the step functions."""
import numpy as np
import pytest


def accumulators(hits, beta2=0.999):
    """AdaGrad's G and RMSProp's s after gradients `hits` (T, d)."""
    G, s = np.zeros(hits.shape[1]), np.zeros(hits.shape[1])
    for g in hits:
        G, s = G + g * g, beta2 * s + (1 - beta2) * g * g
    return G, s


def test_a_moving_average_tends_to_p_and_does_not_grow_with_the_count():
    p = np.array([0.2, 0.02])
    rng = np.random.default_rng(0)
    for T in (20_000, 40_000):
        hits = (rng.random((T, 200, 2)) < p).astype(float).reshape(T, -1)
        _, s = accumulators(hits)
        mean, se = s.reshape(200, 2).mean(0), s.reshape(200, 2).std(0) / 200**0.5
        assert (abs(mean - p) < 4 * se).all()


@pytest.mark.parametrize("p", [[0.3, 0.3, 0.3], [0.5, 0.1, 0.02]])
def test_one_over_root_frequency_needs_no_power_law(p):
    """AdaGrad's rate is 1/√count, one feature at a time, for any frequencies."""
    hits = (np.random.default_rng(1).random((3000, 3)) < p).astype(float)
    G, _ = accumulators(hits)
    assert 1 / np.sqrt(G) == pytest.approx(hits.sum(0) ** -0.5)


def test_rare_features_keep_the_larger_rate():
    """Not the smaller one, as one sentence about sparse regression has it."""
    hits = (np.random.default_rng(2).random((3000, 2)) < [0.5, 0.01]).astype(float)
    G, s = accumulators(hits)
    assert G[1] < G[0] and s[1] < s[0]


def test_noise_falls_with_the_batch():
    """A large batch does not make mini-batch noise dominate: its variance is 1/B of one example's."""
    noise = np.random.default_rng(3).standard_normal((4000, 64))
    one, all_ = noise[:, 0].var(), noise.mean(1).var()
    assert one / all_ == pytest.approx(64, rel=0.15)


def test_no_step_of_rmsprop_exceeds_the_ceiling():
    beta2, s = 0.999, 0.0
    rng = np.random.default_rng(4)
    for _ in range(3000):
        g = rng.standard_normal() * 10 ** rng.uniform(-3, 3) * (rng.random() < 0.01)
        s = beta2 * s + (1 - beta2) * g * g
        assert g == 0 or abs(g) / np.sqrt(s) <= 31.623 + 1e-3


def test_in_the_regression_listing_no_feature_is_rare():
    X = np.random.default_rng(5).random((1000, 10_000)) > 0.97
    assert 0.01 < X.mean(0).min() and X.mean(0).max() < 0.06
