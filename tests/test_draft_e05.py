"""What the draft says in worked example 5, recomputed without the step functions."""
import math

import numpy as np
import pytest

RATINGS, BATCH = 10**7, 1000


def inclusion(c):
    return 1 - (1 - c / RATINGS) ** BATCH


def test_a_batch_of_1000_touches_at_most_1000_users():
    """Not 2000 users and 2000 items; 1.998 million of two million vectors are left alone."""
    users = np.random.default_rng(0).integers(0, 10**6, (200, BATCH))
    distinct = np.array([len(np.unique(row)) for row in users])
    assert distinct.max() <= BATCH
    expected = 10**6 * -math.expm1(BATCH * math.log1p(-1e-6))
    assert expected == pytest.approx(999.5, abs=0.01)
    assert abs(distinct.mean() - expected) < 4 * distinct.std() / 200**0.5


def test_an_epoch_has_ten_thousand_batches():
    assert RATINGS // BATCH == 10_000
    assert 1000 * inclusion(50) == pytest.approx(5, abs=0.02)  # in 1000 batches
    assert 10_000 * inclusion(50) == pytest.approx(50, abs=0.2)  # in an epoch


def test_the_frequent_user_misses_a_third_of_the_batches():
    """Not "almost every batch", and not 200 times as often as the rare one."""
    assert inclusion(10_000) == pytest.approx(0.6323, abs=1e-4)
    assert inclusion(10_000) / inclusion(50) == pytest.approx(126.8, abs=0.1)


def test_fifty_steps_do_not_all_have_the_rate_of_the_fifth():
    """Distance of the rare user in ten "epochs" of five touches: 0.1275, not 0.225; SGD 0.05."""
    k = np.arange(1, 51)
    assert 0.01 / math.sqrt(5 * 0.01) * 50 * 0.1 == pytest.approx(0.2236, abs=1e-4)  # the draft's way
    assert (0.01 * 0.1 / np.sqrt(0.01 * k)).sum() == pytest.approx(0.1275, abs=1e-4)
    assert 50 * 0.01 * 0.1 == pytest.approx(0.05)


def test_the_effective_rates_are_right():
    assert 0.01 / math.sqrt(1000 * 0.01) == pytest.approx(0.00316, abs=5e-6)
    assert 0.01 / math.sqrt(5 * 0.01) == pytest.approx(0.0447, abs=5e-5)


def test_adagrad_is_scale_free_with_exact_gradients_and_not_newton_with_noise():
    def path(lam, noise, n=2000, alpha=0.5):
        x, G = 1.0, 0.0
        for xi in noise[:n]:
            g = lam * x + xi
            G += g * g
            x -= alpha * g / math.sqrt(G)
        return x, G

    quiet = np.zeros(50)
    assert path(4e6, quiet)[0] == pytest.approx(path(1.0, quiet)[0], abs=1e-12)
    rng = np.random.default_rng(1)
    sums = [path(0.0, math.sqrt(lam) * rng.standard_normal(2000))[1] for lam in (4e6, 1.0)]
    assert 4e6 * math.sqrt(sums[1] / sums[0]) == pytest.approx(2000, rel=0.1)  # the root of 4e6, not 1


def test_one_over_t_attains_one_over_T():
    """½x² with unit noise: x_T is minus the mean of the noise, whatever the start."""
    xi = np.random.default_rng(2).standard_normal(1000)
    x = 7.0
    for t, e in enumerate(xi, 1):
        x -= (x + e) / t
    assert x == pytest.approx(-xi.mean(), abs=1e-12)


def test_the_squared_gradient_is_the_curvature_only_for_the_right_likelihood():
    """Squared error ½(w − y)² with noise of variance v: curvature 1, expected squared gradient v at the truth."""
    y = 3 + 0.3 * np.random.default_rng(3).standard_normal(100_000)
    assert ((3 - y) ** 2).mean() == pytest.approx(0.09, rel=0.03)


def test_distances_at_the_touches_of_an_epoch():
    """50 and 6323 touches, not 50 and 10 000: SGD goes 126 times as far, AdaGrad 12.4 times."""
    rare, often = (round(10_000 * inclusion(c)) for c in (50, 10_000))
    assert (rare, often) == (50, 6323)
    gone = np.cumsum(np.arange(1, often + 1) ** -0.5)
    assert gone[often - 1] / gone[rare - 1] == pytest.approx(12.357, abs=1e-3)


def test_the_average_of_adagrad_attains_what_its_last_iterate_does_not():
    rng, T, alpha = np.random.default_rng(4), 2000, 1.28
    x, G, mean = np.ones(1000), 0.0, 0.0
    for _ in range(T):
        g = x + rng.standard_normal(1000)
        G = G + g * g
        x = x - alpha * g / np.sqrt(G)
        mean = mean + x / T
    assert T * (mean**2).mean() == pytest.approx(1, abs=0.2)
    assert T * (x**2).mean() == pytest.approx(alpha * np.sqrt(T) / 2, rel=0.2)  # 28.6


def test_squared_gradient_and_curvature_agree_by_accident_at_zero():
    """The logistic loss at weight 0: every squared residual is 1/4, and so is p(1 − p), whatever drew the labels."""
    x = np.linspace(-10, 10, 4001)
    normal, truth = np.exp(-x**2 / 2), 1 / (1 + np.exp(-2 * x))

    def ratio(w):
        p = 1 / (1 + np.exp(-w * x))
        return (normal * x**2 * (truth * (1 - p) ** 2 + (1 - truth) * p**2)).sum() / (normal * x**2 * p * (1 - p)).sum()

    assert (ratio(0.0), ratio(2.0)) == (pytest.approx(1), pytest.approx(1))
    assert (ratio(1.0), ratio(6.0)) == (pytest.approx(0.5209, abs=1e-4), pytest.approx(13.4153, abs=1e-3))
