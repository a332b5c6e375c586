"""What the draft says of gradient noise, momentum's effect on it and implicit regularization, recomputed."""
import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from firstorder import hyper, methods, steps, theory


def white(replicas, n, seed):
    return np.random.default_rng(seed).standard_normal((n, replicas))


def run(name, noise, lam, **settings):
    """A noisy run from 0 on ½ λ x², all replicas at once."""
    h, row = hyper(name, **settings), methods.method(name)
    x = np.zeros(noise.shape[1])
    state = methods.start(name, x)
    for k, xi in enumerate(noise, 1):
        x, state = row.step(x, lam * x + xi, state, float(k), h)
    return x, state


def z_score(sample, variance):
    """How many standard errors a mean square lies from a predicted variance."""
    return abs((sample**2).mean() - variance) / ((sample**2).std(ddof=1) / math.sqrt(len(sample)))


@pytest.mark.parametrize("name, factor", [("heavy_ball", 1 / (1 - 0.81)), ("heavy_ball_ema", 0.1 / 1.9)])
def test_noise_of_a_velocity(name, factor):
    """λ = 0, so no feedback: 5.26 α² for heavy ball, 0.0526 for the EMA form, neither 0.00526."""
    _, (v,) = run(name, white(20_000, 150, 1), lam=0.0, lr=1.0, beta=0.9)
    assert z_score(v, factor) < 4
    assert z_score(v, 0.1**2 / 1.9) > 50


def test_the_same_step_multiplies_the_variance_the_matched_step_does_not():
    noise = white(20_000, 800, 2)
    hb, _ = run("heavy_ball", noise, 1.0, lr=0.01, beta=0.9)
    equal, _ = run("gradient_descent", noise, 1.0, lr=0.01)
    matched, _ = run("gradient_descent", noise, 1.0, lr=0.1)
    assert z_score(hb, 19 / 379) < 4 and z_score(equal, 1 / 199) < 4 and z_score(matched, 1 / 19) < 4
    assert 9.5 < hb.var() / equal.var() < 10.5 and 0.9 < hb.var() / matched.var() < 1.0


def test_the_ema_form_is_at_the_matched_step_already():
    ema, plain = hyper("heavy_ball_ema", lr=0.1, beta=0.9), hyper("gradient_descent", lr=0.1)
    closed = [theory.stationary_variance("heavy_ball_ema", 1.0, ema, 1.0),
              theory.stationary_variance("gradient_descent", 1.0, plain, 1.0)]
    assert closed[0] / closed[1] == pytest.approx(361 / 379)


def test_finite_population():
    """n = 50 000: the factor that the draft leaves out is 0.9994, 0.9949, 0.9591 for B = 32, 256, 2048."""
    factors = [(50_000 - B) / 49_999 for B in (32, 256, 2048)]
    assert factors == pytest.approx([0.9994, 0.9949, 0.9591], abs=5e-5)


def test_batches_of_one_epoch_are_negatively_correlated():
    """All orders of six examples, batches of two: correlation −B/(n − B), and an epoch's noise sums to 0."""
    g = [Fraction(k) for k in (1, 2, 3, 5, 8, 11)]
    mean = sum(g) / 6
    noise = [[(p[i] + p[i + 1]) / 2 - mean for i in (0, 2, 4)] for p in permutations(g)]
    assert all(sum(batches) == 0 for batches in noise)
    covariance, variance = sum(b[0] * b[1] for b in noise), sum(b[0] ** 2 for b in noise)
    assert covariance / variance == Fraction(-2, 4)


def second_moment_radius(lam, s2, lr, beta):
    """Growth of E zzᵀ when the curvature is λ ± s with equal odds: an average of two maps, no formula."""
    h = hyper("heavy_ball", lr=lr, beta=beta)
    s = math.sqrt(s2)
    maps = [theory.iteration_matrix("heavy_ball", lam + sign * s, h) for sign in (1, -1)]
    return abs(np.linalg.eigvals(sum(np.kron(m, m) for m in maps) / 2)).max()


@pytest.mark.parametrize("s2, beta, limit", [
    (1.0, 0.0, 1.0), (1.0, 0.9, 0.19), (9.0, 0.0, 0.2), (9.0, 0.9, 0.02209)])
def test_noise_that_grows_with_the_distance_lowers_the_limit(s2, beta, limit):
    formula = 2 * (1 - beta**2) / (1 - beta + s2 * (1 + beta))
    assert formula == pytest.approx(limit, rel=1e-3)
    below, above = (second_moment_radius(1.0, s2, share * formula, beta) for share in (0.99, 1.01))
    assert below < 1 < above
    assert formula < theory.stability_limit("heavy_ball", beta)


@pytest.mark.parametrize("a, beta", [(1.3, 0.5), (1.45, 0.5), (1.55, 0.5), (1.8, 0.5), (1.8, 0.9), (1.95, 0.9)])
def test_which_method_stands_the_smaller_batch_at_the_same_step(a, beta):
    """Of s²/B halfway between the two tolerances descent stands what heavy ball does not, unless αλ > 1 + β."""
    largest = lambda b: (1 - b) * (2 / a - 1 / (1 + b))
    between = (largest(0.0) + largest(beta)) / 2
    momentum, plain = (second_moment_radius(1.0, between, a, b) < 1 for b in (beta, 0.0))
    assert momentum == (a > 1 + beta) and plain == (not momentum)


def test_a_larger_batch_never_makes_a_fixed_step_unstable():
    """Against the draft's "instability when batch size is increased": at fixed α the radius falls with B."""
    for beta in (0.0, 0.5, 0.9):
        radii = [second_moment_radius(1.0, 9.0 / B, 0.1, beta) for B in (1, 4, 16, 64)]
        assert radii == sorted(radii, reverse=True)


def test_outliers_do_not_break_the_additive_split():
    """B = 1, one gradient a million times the others: mean zero all the same, exactly."""
    g = [Fraction(k) for k in (1, 2, 3, 10**6)]
    assert sum(x - sum(g) / 4 for x in g) == 0


def least_squares(name, A, b, n, **settings):
    row, h = methods.method(name), hyper(name, **settings)
    x = np.zeros(A.shape[1])
    state = methods.start(name, x)
    for k in range(1, n + 1):
        x, state = row.step(x, A.T @ (A @ x - b), state, float(k), h)
    return x


def test_momentum_ends_in_the_nearest_solution_from_any_start_and_adam_does_not():
    rng = np.random.default_rng(5)
    A, b = rng.standard_normal((4, 9)), rng.standard_normal(4)
    nearest, lr = np.linalg.pinv(A) @ b, 1 / np.linalg.norm(A, 2) ** 2
    for name, momentum in (("gradient_descent", {}), ("nesterov", {"beta": 0.9}),
                           *(("heavy_ball", {"beta": beta}) for beta in (0.5, 0.9, 0.99))):
        assert least_squares(name, A, b, 6000, lr=lr, **momentum) == pytest.approx(nearest, abs=1e-10)
    adam = least_squares("adam", A, b, 6000, lr=0.003)
    assert np.linalg.norm(A @ adam - b) < 1e-6 and np.linalg.norm(adam - nearest) > 0.05


@pytest.mark.parametrize("beta_of, good", [
    (lambda gamma, lr, L: 1 - gamma * math.sqrt(lr), True), (lambda gamma, lr, L: 1 - gamma / L, False)])
def test_friction_and_beta(beta_of, good):
    """ẍ + 2ẋ + x = 0 from rest at 1 is (1 + t)e⁻ᵗ; heavy ball follows it with β = 1 − γ√α, not 1 − γ/L."""
    gamma, lr, L, t = 2.0, 1e-6, 100.0, 6.0
    h = steps.HeavyBallHyper(lr, beta_of(gamma, lr, L))
    x, state = 1.0, steps.HeavyBallState(0.0)
    for k in range(round(t / math.sqrt(lr))):
        x, state = steps.heavy_ball(x, x, state, float(k + 1), h)
    assert (abs(x - (1 + t) * math.exp(-t)) < 1e-3) == good


def test_heavy_ball_can_stay_in_sharper_minima():
    """1.9 times as sharp as descent at the same α and β = 0.9; 19 times at the matched step."""
    sharp = theory.stability_limit("heavy_ball", 0.9) / theory.stability_limit("gradient_descent")
    assert sharp == pytest.approx(1.9)
    assert sharp / (1 - 0.9) == pytest.approx(19)
