"""What the draft says in its overview and its four one-step calculations, recomputed.

Its calculations get a page of their own; these tests keep the truths that the page will tell.
α, β here are the draft's; its momentum is the EMA form, so (HB) and (NAG) take α = (1 − β) η, v = −η m.
"""
import math

import numpy as np
import pytest

from firstorder import hyper, problems, steps, theory
from firstorder.minimize import minimize


def test_a_velocity_is_smoother_than_a_gradient_only_in_the_ema_form():
    """Variance of the velocity for white gradients of variance 1: Σ of squared weights."""
    beta = 0.9
    weights = beta ** np.arange(2000)
    assert np.sum(weights**2) == pytest.approx(1 / (1 - beta**2))  # heavy ball, in units of α: 5.26
    assert np.sum(((1 - beta) * weights) ** 2) == pytest.approx((1 - beta) / (1 + beta))  # EMA form: 0.0526


def test_ema_momentum_at_the_same_learning_rate_does_not_speed_up():
    """η = 1/L, β = 0.9: within 10 % of plain descent at κ = 100 and 1000, slower at κ = 10."""
    for kappa, ratio in ((10.0, (1.5, 2.0)), (100.0, (0.9, 1.0)), (1000.0, (0.9, 1.0))):
        valley = problems.quadratic([1.0, kappa])
        n = int(16 * kappa) + 300
        plain = minimize(valley, "gradient_descent", x0=np.ones(2), steps=n, lr=1 / kappa).iterations_to(1e-6)
        ema = minimize(valley, "heavy_ball_ema", x0=np.ones(2), steps=n, lr=1 / kappa, beta=0.9).iterations_to(1e-6)
        assert ratio[0] < ema / plain < ratio[1], (kappa, ema, plain)


def test_the_same_two_numbers_mean_steps_ten_times_apart():
    """lr and β = 0.9 under a constant gradient: α g/(1 − β) a step in (HB), η g in (EMA)."""
    lengths = {}
    for name in ("heavy_ball", "heavy_ball_ema"):
        x, h = 0.0, hyper(name, lr=0.01, beta=0.9)
        state = getattr(steps, "HeavyBallState" if name == "heavy_ball" else "HeavyBallEmaState")(0.0)
        for _ in range(500):
            before = x
            x, state = getattr(steps, name)(x, 1.0, state, 1.0, h)
        lengths[name] = before - x
    assert lengths["heavy_ball"] / lengths["heavy_ball_ema"] == pytest.approx(10)


ETA, BETA, THETA, M = 0.1, 0.8, 1.0, 0.5  # the draft's look-ahead example on L(θ) = θ²


def test_one_look_ahead_step_is_two_per_cent_shorter_than_heavy_balls():
    x, _ = steps.heavy_ball(THETA, 2 * THETA, steps.HeavyBallState(-ETA * M), 1.0, hyper("heavy_ball", lr=(1 - BETA) * ETA, beta=BETA))
    ahead = THETA + BETA * (-ETA * M)
    settings = hyper("nesterov", lr=(1 - BETA) * ETA, beta=BETA)
    y, state = steps.nesterov(ahead, 2 * ahead, steps.NesterovState(-ETA * M), 1.0, settings)
    assert (ahead, x, y - BETA * state.v) == pytest.approx((0.96, 0.92, 0.9216))


def test_a_larger_beta_makes_the_ema_form_less_sensitive_to_noise():
    """Stationary variances at η = 0.1, curvature 2: position and velocity both fall from β = 0.8 to 0.95."""
    variance = {}
    for beta in (0.8, 0.95):
        h = hyper("nesterov", lr=(1 - beta) * ETA, beta=beta)
        found = theory.stationary_covariance("nesterov", 2.0, h, sigma=1.0)
        assert found.residual < 1e-10
        variance[beta] = found.position, found.covariance[1, 1] / ETA**2
    assert variance[0.8] == pytest.approx((0.02180, 0.0986), rel=2e-3)
    assert variance[0.95] == pytest.approx((0.02106, 0.0217), rel=3e-3)
    assert theory.spectral_radius("nesterov", 2.0, hyper("nesterov", lr=0.2 * ETA, beta=0.8)) < \
        theory.spectral_radius("nesterov", 2.0, hyper("nesterov", lr=0.05 * ETA, beta=0.95))  # and it is slower


ADAM = hyper("adam", lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8)


@pytest.mark.parametrize("t, step", [(10, -5.2e-4), (100, -1.05e-3), (1000, -2.71e-3), (1e6, -3.4126e-3)])
def test_the_rare_feature_step_needs_the_step_number(t, step):
    """m = 0.01, s = 1e-5, g = 0.02: the draft's −0.00341 leaves out the correction and is right only for t ≫ 1000."""
    x, _ = steps.adam(0.0, 0.02, steps.AdamState(0.01, 1e-5), float(t), ADAM)
    assert x == pytest.approx(step, rel=6e-3)


def test_what_state_the_rare_feature_is_in():
    """m = 0.01, s = 1e-5 is what one gradient 0.1 leaves on the step before; after a long silence m = 0."""
    _, state = steps.adam(0.0, 0.1, steps.AdamState(0.0, 0.0), 1.0, ADAM)
    assert state == pytest.approx((0.01, 1e-5))
    x, _ = steps.adam(0.0, 0.02, steps.AdamState(0.0, 1e-5), 1e6, ADAM)
    assert x == pytest.approx(-6.2e-4, rel=3e-3)


def test_a_long_quotient_is_possible_because_the_two_averages_differ_in_length():
    """max |m|/√s over gradient histories is (1 − β₁)/√((1 − β₂)(1 − β₁²/β₂)), about 7.27 (Cauchy–Schwarz)."""
    b1, b2 = 0.9, 0.999
    bound = (1 - b1) / math.sqrt((1 - b2) * (1 - b1**2 / b2))
    worst = (b1 / b2) ** np.arange(200, -1, -1.0)  # the history that attains it, oldest first
    state = steps.AdamState(0.0, 0.0)
    for t, g in enumerate(worst, 1):
        _, state = steps.adam(0.0, float(g), state, float(t), ADAM)
    assert state.m / math.sqrt(state.s) == pytest.approx(bound, rel=1e-6)
    assert bound == pytest.approx(7.27, abs=0.005)


def test_friction_is_one_minus_beta():
    """With β near 1 hardly anything is lost: the error factor √β of an oscillating mode tends to 1."""
    factors = [theory.spectral_radius("heavy_ball", 1.0, hyper("heavy_ball", lr=0.1, beta=b)) for b in (0.9, 0.99, 0.999)]
    assert factors == pytest.approx([math.sqrt(b) for b in (0.9, 0.99, 0.999)])


def test_the_slow_direction_of_the_heavy_ball_example_is_underdamped():
    """α = 0.01, β = 0.9, curvature 1: complex roots, so the flat coordinate overshoots too."""
    matrix = theory.iteration_matrix("heavy_ball", 1.0, hyper("heavy_ball", lr=0.01, beta=0.9))
    roots = np.linalg.eigvals(matrix)
    assert roots.imag.max() == pytest.approx(0.0835, abs=5e-5) and roots.real == pytest.approx(0.945)


def test_rates_that_the_draft_equates():
    """κ = 4: heavy ball at its best β = 1/9 has rate 1/3, at Nesterov's β = 1/3 0.577; Nesterov has 1/2."""
    best, standard = theory.polyak(1.0, 4.0), theory.nesterov_standard(1.0, 4.0)
    ends = np.array([1.0, 4.0])
    assert (best.hyper.beta, standard.hyper.beta) == pytest.approx((1 / 9, 1 / 3))
    swapped = best.hyper._replace(beta=standard.hyper.beta)
    rates = [theory.spectral_radius(n, ends, h).max()
             for n, h in (("heavy_ball", best.hyper), ("heavy_ball", swapped), ("nesterov", standard.hyper))]
    assert rates == pytest.approx([1 / 3, 1 / math.sqrt(3), 1 / 2])
    assert all(r < 1 for r in rates)  # a rate (√κ)^k, as printed, would grow


def test_nesterov_escapes_the_circle_that_traps_heavy_ball():
    trap = problems.piecewise_quadratic()
    run = minimize(trap, "nesterov", x0=np.array([3.3]), steps=300, lr=1 / 25, beta=2 / 3)
    assert run.distance[-1] < 1e-12
