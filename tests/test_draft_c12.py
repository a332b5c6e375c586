"""What the draft says of exercise C.12 and of its listings C.12 and C.18, recomputed by plain recursions."""
import numpy as np
import pytest

from firstorder import theory


def jump(ratio, beta1, beta2, n=20000):
    """Steps of Adam (of RMSProp for beta1 = 0) after a settled run, in units of α."""
    m = s = 1.0
    steps = []
    for _ in range(n):
        m, s = beta1 * m + (1 - beta1) * ratio, beta2 * s + (1 - beta2) * ratio**2
        steps.append(m / np.sqrt(s))
    return np.array(steps)


@pytest.mark.parametrize("ratio, rmsprop, adam", [(10, 9.54, 5.20), (100, 30.15, 6.57)])
def test_the_longest_steps(ratio, rmsprop, adam):
    assert jump(ratio, 0.0, 0.999).max() == pytest.approx(rmsprop, abs=0.005)
    assert jump(ratio, 0.9, 0.999).max() == pytest.approx(adam, abs=0.005)
    assert jump(ratio, 0.0, 0.9).max() < 3.17  # 1/√(1 − 0.9): the memory decides


def test_after_a_rise_adam_is_below_rmsprop_at_every_step_and_after_a_fall_above():
    for ratio in (1.5, 10, 1000):
        assert (jump(ratio, 0.9, 0.999) <= jump(ratio, 0.0, 0.999)).all()
        assert (jump(1 / ratio, 0.9, 0.999) >= jump(1 / ratio, 0.0, 0.999)).all()
        assert jump(1 / ratio, 0.9, 0.999).max() <= 1


def test_a_fall_lengthens_a_step_only_if_the_first_memory_is_the_longer_one():
    for ratio in (0.01, 0.1, 0.5, 0.9):
        assert jump(ratio, 0.9, 0.9).max() <= 1 + 1e-12 and jump(ratio, 0.5, 0.9).max() <= 1
        assert jump(ratio, 0.9, 0.5).max() > 1


def test_a_huge_jump_is_a_start_without_bias_correction():
    steps = jump(1e8, 0.9, 0.999, 200)
    assert steps == pytest.approx(theory.bias_correction_ratio(0.9, 0.999, np.arange(1, 201)), rel=1e-6)


def settled(old, new, beta2=0.999, n=12000):
    """RMSProp's rate divided by its limit, n steps after a change of size."""
    k = np.arange(1, n + 1)
    return 1 / np.sqrt(1 + ((old / new) ** 2 - 1) * beta2**k)


@pytest.mark.parametrize("old, new, ten, one, way", [(1, 5, 1710, 3885, 138), (5, 1, 4626, 7072, 3169), (5, 0.2, 7883, 10328, 6104)])
def test_the_lags_of_the_listing(old, new, ten, one, way):
    """Relative error of the rate below 10 % and 1 %, and 1 − 1/e of its way."""
    q = settled(old, new)
    for within, wanted in ((0.1, ten), (0.01, one)):
        assert np.flatnonzero(abs(q - 1) > within)[-1] + 2 == wanted
    assert np.flatnonzero(abs(q - 1) <= abs(new / old - 1) / np.e)[0] + 1 == way


def test_500_steps_after_the_fall_the_rate_is_far_off():
    s, rates = 0.0, []
    for size in np.repeat([1.0, 5.0, 0.2], 1000):
        s = 0.999 * s + 0.001 * size**2
        rates.append(0.1 / np.sqrt(s))
    assert rates[2500] == pytest.approx(0.032, abs=0.001) and 0.1 / 0.2 == 0.5


def test_the_listings_threshold_is_a_tenth_of_what_it_says_and_is_never_met():
    s, rates, sizes = 0.0, [], np.repeat([1.0, 5.0, 0.2, 2.0, 1.0], 1000)
    for size in sizes:
        s = 0.999 * s + 0.001 * size**2
        rates.append(0.1 / (np.sqrt(s) + 1e-8))
    for k in (1000, 2000, 3000, 4000):
        window = np.array(rates[k:k + 500])
        near = abs(window - 0.1 / np.sqrt(sizes[k] ** 2 + 1e-8)) < 0.001 * window.max()
        assert not near.any() and np.argmax(near) == 0


def test_the_time_constant_is_that_of_s():
    assert 1 - 0.999**1000 == pytest.approx(0.632, abs=0.001)


def test_random_gradients_of_one_scale_leave_nothing_to_adapt():
    """All entries have the same root mean square up to noise, so Adam's rates are nearly equal."""
    rng = np.random.default_rng(0)
    s = np.zeros((64, 64))
    for k in range(1, 101):
        g = rng.standard_normal((64, 64)) * (0.1 + 0.05 * np.sin(k / 10))
        s = 0.999 * s + 0.001 * g * g
    root = np.sqrt(s / (1 - 0.999**100))
    assert root.std() / root.mean() < 0.1
