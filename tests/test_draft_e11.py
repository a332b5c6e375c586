"""What the draft says in worked example 11, recomputed by recursions of its own notation.

f = ½x², gradient noise of standard deviation 0.5, α = 0.05, β = 0.9, start 1.
"""
import numpy as np
import pytest

from firstorder import hyper, methods, theory

ALPHA, BETA, SIGMA = 0.05, 0.9, 0.5


def moments(alpha, beta, n, sigma=SIGMA):
    """Mean and standard deviation of x_n: x⁺ = x + v⁺, v⁺ = βv − α(x + ξ), by the weights of each ξ."""
    x, v = 1.0, 0.0
    for _ in range(n):
        v = beta * v - alpha * x
        x += v
    y, w, answers = 0.0, 1.0, []  # what a unit kick to the velocity does later
    for _ in range(n):
        y += w
        answers.append(y)
        w = beta * w - alpha * y
    return x, alpha * sigma * np.sqrt(np.sum(np.square(answers)))


def test_descent_is_as_the_draft_says():
    mean, deviation = moments(ALPHA, 0.0, 50)
    assert (mean, deviation) == pytest.approx((0.0769, 0.0798), abs=5e-5)
    assert moments(ALPHA, 0.0, 2000)[1] ** 2 == pytest.approx(0.0064, abs=5e-5)


def test_heavy_ball_is_not():
    """Mean 0.02 and deviation 0.022 at step 50; the variance in the long run 0.00048."""
    mean, deviation = moments(ALPHA, BETA, 50)
    assert (mean, deviation) == pytest.approx((0.00592, 0.2511), abs=5e-5)
    assert moments(ALPHA, BETA, 2000)[1] ** 2 == pytest.approx(0.06333, abs=5e-6)


def test_the_matrix_of_the_draft_is_not_that_of_the_step():
    own = np.array([[1 - ALPHA, 1.0], [-ALPHA, BETA]])
    true = theory.iteration_matrix("heavy_ball", 1.0, hyper("heavy_ball", lr=ALPHA, beta=BETA))
    assert true == pytest.approx(np.array([[1 - ALPHA, BETA], [-ALPHA, BETA]]))
    assert abs(own - true).max() == pytest.approx(1 - BETA)
    C = np.zeros((2, 2))
    for _ in range(2000):  # its equation, iterated from 0
        C = own @ C @ own.T + np.diag([0.0, (ALPHA * SIGMA) ** 2])
    assert C[0, 0] == pytest.approx(0.06068, abs=5e-6)


@pytest.mark.parametrize("beta, less, more, matched", [
    (0.9, 3.2, 9.880, 0.9763), (0.99, 10.0, 98.74, 0.9751), (0.999, 31.0, 987.3, 0.9750)])
def test_more_momentum_does_not_mean_less_variance(beta, less, more, matched):
    variance = lambda lr, b: theory.stationary_variance("heavy_ball", 1.0, hyper("heavy_ball", lr=lr, beta=b), SIGMA)
    plain = variance(ALPHA, 0.0)
    assert variance(ALPHA, beta) / plain == pytest.approx(more, rel=1e-4) and more > less
    assert variance(ALPHA * (1 - beta), beta) / plain == pytest.approx(matched, abs=5e-5)


@pytest.mark.parametrize("sigma, plain, ball, claimed", [(0.125, 0.0200, 0.0629, 0.0055), (2.0, 0.3203, 1.0066, 0.088)])
def test_other_batch_sizes(sigma, plain, ball, claimed):
    assert moments(ALPHA, 0.0, 2000, sigma)[1] == pytest.approx(plain, abs=5e-5)
    assert moments(ALPHA, BETA, 2000, sigma)[1] == pytest.approx(ball, abs=5e-5) and ball > 10 * claimed


def test_noise_in_the_velocity():
    """1.15 σ-units in the sum (2.29 σ) and 0.057 in v are right; so are the gains 10 and 0.53."""
    assert SIGMA / np.sqrt(1 - BETA**2) == pytest.approx(1.147, abs=5e-4)
    h = hyper("heavy_ball", lr=ALPHA, beta=BETA)
    assert np.sqrt(theory.stationary_covariance("heavy_ball", 1.0, h, SIGMA).covariance[1, 1]) == pytest.approx(0.0577, abs=5e-5)
    slow, fast = abs(theory.frequency_response("heavy_ball", np.array([0.0, np.pi]), h)) / ALPHA
    assert (slow, fast) == pytest.approx((10, 1 / 1.9))


def test_more_momentum_does_not_lower_the_longest_step():
    limits = theory.stability_limit("heavy_ball", np.array([0.0, 0.9, 0.99, 0.999]))
    assert (np.diff(limits) > 0).all()


def test_a_wrong_class_carries_on_after_the_change():
    """100 steps of a class, then another: heavy ball overshoots the new minimum by nearly half of the jump."""
    def after(name, **settings):
        row, h = methods.method(name), hyper(name, **settings)
        x, state, track = -1.0, methods.start(name, -1.0), []
        for k in range(1, 201):
            x, state = row.step(x, x - (-1.0 if k <= 100 else 1.0), state, float(k), h)
            track.append(x)
        return (max(track) - 1) / 2
    assert after("gradient_descent", lr=ALPHA) < 0
    assert after("heavy_ball", lr=ALPHA, beta=BETA) == pytest.approx(0.478, abs=5e-3)
    assert 0 < after("heavy_ball", lr=ALPHA / 10, beta=BETA) < 0.1


@pytest.mark.parametrize("beta, steps", [(0.0, 101), (0.7, 18), (0.9, 36), (0.99, 368)])
def test_without_noise_the_right_momentum_is_five_times_as_fast_and_too_much_is_slow(beta, steps):
    """Curvatures 1 and 0.01, the best of 200 steps, loss below a hundredth for good."""
    a = np.geomspace(1e-3, 0.999 * 2 * (1 + beta) / (1 - beta), 200) * (1 - beta)
    lam = np.array([[1.0], [0.01]])
    x, v, last = np.broadcast_to(lam**-0.5, (2, 200)), 0.0, np.zeros(200, int)
    for k in range(1, 1000):
        v = beta * v - a * lam * x
        x = x + v
        last[(lam / 2 * x**2).sum(0) > 0.01] = k
    assert last.min() + 1 == steps
