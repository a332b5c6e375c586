"""What the draft says on moving averages, bias correction and the second moment, recomputed.

The claims that readers meet elsewhere stand on the page; these tests keep the rest, and the sentences of
the page that no cell of it computes.
"""
import math

import numpy as np
import pytest
import torch

from firstorder import hyper, methods, steps, theory

DEFAULTS = hyper("adam")


def adam_steps(gradients, corrected=True, h=DEFAULTS):
    """Lengths of Adam's steps in α for a sequence of gradients; t = ∞ switches the correction off."""
    state, out = methods.start("adam", 0.0), []
    for t, g in enumerate(gradients, 1):
        x, state = steps.adam(0.0, g, state, float(t) if corrected else math.inf, h)
        out.append(-x / h.lr)
    return np.array(out)


def test_only_the_ema_form_is_an_average():
    """Under a constant gradient the EMA form tends to it; the sum of heavy ball to 1/(1 − β) of it."""
    ema, ball = steps.HeavyBallEmaState(0.0), steps.HeavyBallState(0.0)
    for _ in range(600):
        _, ema = steps.heavy_ball_ema(0.0, 2.0, ema, 1.0, steps.HeavyBallEmaHyper(0.1, 0.9))
        _, ball = steps.heavy_ball(0.0, 2.0, ball, 1.0, steps.HeavyBallHyper(0.1, 0.9))
    assert ema.m == pytest.approx(2.0)
    assert ball.v == pytest.approx(-0.1 * 2.0 / (1 - 0.9))


@pytest.mark.parametrize(
    "beta, t, lag", [(0.9, 1000, 9), (0.99, 100, 62.763), (0.99, 3000, 99), (0.999, 20000, 999)]
)
def test_lag_on_a_ramp(beta, t, lag):
    state = steps.HeavyBallEmaState(0.0)
    for k in range(1, t + 1):
        _, state = steps.heavy_ball_ema(0.0, float(k), state, 1.0, steps.HeavyBallEmaHyper(0.1, beta))
    assert t - state.m == pytest.approx(lag, rel=1e-4)
    assert t - state.m == pytest.approx(beta / (1 - beta) * (1 - beta**t))


@pytest.mark.parametrize("t", [1, 2, 5, 50])
def test_bias_that_the_correction_leaves_on_a_ramp(t, beta=0.9, slope=3.0):
    state = steps.HeavyBallEmaState(0.0)
    for k in range(1, t + 1):
        _, state = steps.heavy_ball_ema(0.0, slope * k, state, 1.0, steps.HeavyBallEmaHyper(0.1, beta))
    bias = state.m / (1 - beta**t) - slope * t
    assert bias == pytest.approx(-slope * (beta / (1 - beta) - t * beta**t / (1 - beta**t)), abs=1e-9)


def test_how_long_the_start_is_felt():
    """10 % and 1 % of bias: m at steps 22 and 44, s only at 2302 and 4603, the step at 1750 and 3924."""
    first = lambda beta, share: math.ceil(math.log(share) / math.log(beta))
    assert (first(0.9, 0.1), first(0.9, 0.01)) == (22, 44)
    assert (first(0.999, 0.1), first(0.999, 0.01)) == (2302, 4603)
    ratio = theory.bias_correction_ratio(0.9, 0.999, np.arange(1, 10000))
    last = [int(np.flatnonzero(ratio > 1 + share)[-1]) + 1 for share in (0.1, 0.01)]
    assert last == [1750, 3924]
    assert 1 - 0.999**20 == pytest.approx(0.0198, abs=5e-5)  # s at step 20 is 98 % too small


def test_when_the_first_uncorrected_step_is_too_short():
    """Only for β₂ < 1 − (1 − β₁)²."""
    for b1, b2 in ((0.9, 0.95), (0.9, 0.989), (0.5, 0.7)):
        assert b2 < 1 - (1 - b1) ** 2 and theory.bias_correction_ratio(b1, b2, 1) < 1
    for b1, b2 in ((0.9, 0.991), (0.9, 0.999), (0.5, 0.8)):
        assert b2 > 1 - (1 - b1) ** 2 and theory.bias_correction_ratio(b1, b2, 1) > 1


def test_uncorrected_adam_moves_further_under_a_constant_gradient():
    corrected, raw = adam_steps(np.ones(100)), adam_steps(np.ones(100), corrected=False)
    assert (corrected.sum() * DEFAULTS.lr, raw.sum() * DEFAULTS.lr) == pytest.approx((0.1, 0.4657), rel=1e-3)


def test_the_correction_cannot_inflate_a_late_step():
    """At step 5000 the two factors are 1 and 1.0068: a spike is not blown up by them."""
    assert 1 / (1 - 0.9**5000) == pytest.approx(1, abs=1e-12)
    assert 1 / (1 - 0.999**5000) == pytest.approx(1.0068, abs=5e-5)


def longest(t, b1=0.9, b2=0.999):
    """The largest |m̂|/√ŝ after t steps (Cauchy–Schwarz), and gradients that attain it, oldest first."""
    age = np.arange(t)[::-1]
    w = (1 - b1) * b1**age / (1 - b1**t)
    u = (1 - b2) * b2**age / (1 - b2**t)
    return math.sqrt((w**2 / u).sum()), w / u


@pytest.mark.parametrize("t, bound", [(1, 1.0), (10, 1.043), (100, 2.241), (20000, 7.27)])
def test_how_long_one_step_of_adam_can_be(t, bound):
    claimed, gradients = longest(t)
    assert claimed == pytest.approx(bound, abs=5e-3)
    h = DEFAULTS._replace(eps=0.0)
    if t <= 100:
        assert adam_steps(gradients, h=h)[-1] == pytest.approx(claimed)
        rng = np.random.default_rng(t)
        for _ in range(50):
            assert abs(adam_steps(rng.standard_normal(t), h=h)[-1]) <= claimed * (1 + 1e-12)


def test_a_rare_gradient_after_silence_makes_the_uncorrected_step_long():
    """The first gradient of a rare feature, at step 100: 3.16 α uncorrected, 0.98 α corrected."""
    gradients = np.zeros(100)
    gradients[-1] = 1.0
    assert adam_steps(gradients, corrected=False)[-1] == pytest.approx(math.sqrt(10), rel=1e-4)
    ratio = theory.bias_correction_ratio(0.9, 0.999, 100)
    assert adam_steps(gradients)[-1] == pytest.approx(math.sqrt(10) / ratio, rel=1e-4)


@pytest.mark.parametrize("size, cut, back, longer, shorter_from", [
    (10, 0.954, 0, 1.81, 30), (100, 0.302, 3751, 3.29, 15), (1000, 0.0316, 8354, 3.19, 13)])
def test_what_one_outlier_does(size, cut, back, longer, shorter_from):
    """Gradients of 1, one of `size`, then 1 again: the step length α/√s, and its recovery to 90 %."""
    state = steps.AdamState(m=1.0, s=1.0)
    _, state = steps.adam(0.0, float(size), state, math.inf, DEFAULTS)
    assert 1 / math.sqrt(state.s) == pytest.approx(cut, rel=5e-3)
    spiked = state
    n = 0
    while 1 / math.sqrt(state.s) < 0.9:
        _, state = steps.adam(0.0, 1.0, state, math.inf, DEFAULTS)
        n += 1
    assert n == back
    steps_after = [spiked.m / math.sqrt(spiked.s)]  # the outlier is in m too: at first the step is longer
    while steps_after[-1] > 1 and len(steps_after) < 100:
        _, spiked = steps.adam(0.0, 1.0, spiked, math.inf, DEFAULTS)
        steps_after.append(spiked.m / math.sqrt(spiked.s))
    assert (steps_after[0], len(steps_after)) == (pytest.approx(longer, rel=5e-3), shorter_from)


def test_the_larger_second_moment_gets_the_smaller_step_size():
    """The coordinate with the smaller gradients gets the larger step size."""
    state = methods.start("adam", np.zeros(2))
    for t in range(1, 11):
        x, state = steps.adam(np.zeros(2), np.array([10.0, 0.1]), state, float(t), DEFAULTS)
    rate = DEFAULTS.lr / np.sqrt(state.s / (1 - 0.999**10))
    assert rate[0] < rate[1]
    assert x == pytest.approx([-DEFAULTS.lr] * 2, rel=1e-6)  # the steps themselves are equal


def test_second_moment_equals_curvature_only_for_a_correct_model():
    """½(y − θx)² at its minimum: E g² = σ² E x², curvature E x². Equal for σ = 1, nine times for σ = 3."""
    x = np.array([-2.0, -1.0, 0.5, 1.5])  # a small population, each x with errors ±σ
    for sigma, factor in ((1.0, 1.0), (3.0, 9.0)):
        g = np.concatenate([-sigma * x, sigma * x])
        assert g.mean() == 0
        assert (g**2).mean() / (x**2).mean() == pytest.approx(factor)


def test_batch_norm_of_pytorch_is_an_ema_with_beta_one_minus_momentum():
    layer = torch.nn.BatchNorm1d(1, momentum=0.1).double()
    state = steps.HeavyBallEmaState(0.0)
    for t in range(1, 6):
        batch = torch.full((4, 1), float(t), dtype=torch.float64)
        layer(batch)
        _, state = steps.heavy_ball_ema(0.0, float(t), state, 1.0, steps.HeavyBallEmaHyper(0.1, 0.9))
    assert layer.running_mean.item() == pytest.approx(state.m)  # starts at 0 and is not corrected
