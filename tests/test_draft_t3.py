"""Steps of the draft's proofs about Nesterov's method and bias correction that the pages replace, each shown to fail."""
import math

import numpy as np
import pytest

from firstorder import problems, schedule, theory
from firstorder.minimize import minimize

Q = 0.1  # √(μ/L), κ = 100


def slow_mode(n, beta=lambda k: (1 - Q) / (1 + Q)):
    """Nesterov on ½ μ x² with L = 1."""
    return schedule.nesterov(1.0, lambda x: Q**2 * x, n, lr=1.0, beta=beta)


def test_theorem_3_its_lyapunov_function_has_a_cross_term_of_the_wrong_sign():
    """f − f* + (L/C)⟨x_k − x*, x_k − x_{k−1}⟩ is below f − f*, and even negative, while x approaches x*."""
    x = slow_mode(30).x
    cross = [x[k] * (x[k] - x[k - 1]) for k in range(1, 31)]
    assert max(cross) < 0
    assert all(Q**2 / 2 * x[k] ** 2 + cross[k - 1] < 0 for k in range(5, 31))


def test_b2_the_position_may_be_higher_than_the_look_ahead():
    """f(x_k) <= f(y_k) fails at most of the steps that matter; only f(x_{k+1}) <= f(y_k) is true."""
    lam = np.array([0.01, 0.1, 0.5, 1.0])
    f = lambda x: x @ (lam * x) / 2
    run = schedule.nesterov(np.ones(4), lambda x: lam * x, 500, lr=1.0, beta=schedule.convex)
    assert sum(f(x) > f(y) for x, y in zip(run.x, run.y)) > 100
    assert all(f(new) <= f(y) for new, y in zip(run.x[1:], run.y))


def test_b2_the_product_starts_with_a_zero():
    assert math.prod(1 - 2 / (k + 2) for k in range(0, 9)) == 0
    assert math.prod(1 - 2 / (k + 2) for k in range(1, 9)) == pytest.approx(2 / (9 * 10))


def test_b8_the_look_ahead_is_not_better_by_a_falling_factor():
    """f(y_k) − f* <= 3/(k + 2) (f(x_k) − f*) would shrink the error faster than any exponential."""
    run = slow_mode(60)
    assert all(run.y[k] ** 2 > 3 / (k + 2) * run.x[k] ** 2 for k in range(10, 60))


def test_b15_the_gradient_bound_points_the_other_way():
    """f(y) − f* >= ‖∇f(y)‖²/(2L), with equality only along the stiffest direction."""
    lam = np.geomspace(0.01, 1.0, 9)
    gap, bound = lam / 2, lam**2 / 2
    assert (gap >= bound).all() and (gap[:-1] > 1.5 * bound[:-1]).all()


def test_b15_momentum_one_minus_one_over_k_is_not_of_order_one_over_k_squared():
    """(k + 1)² f / (2 L R²) grows without bound over quadratics."""
    worst = []
    for k in (100, 1000, 5000):
        ratios = []
        for lam in np.geomspace(0.1, 30, 25) / k**2:
            x = schedule.nesterov(1.0, lambda x: lam * x, k, lr=1.0, beta=lambda j: 1 - 1 / j if j else 0.0).x[-1]
            ratios.append((k + 1) ** 2 * lam * x * x / 4)
        for lam in np.geomspace(30 / k**2, 1, 60):
            x = schedule.nesterov(1.0, lambda x: lam * x, k, lr=1.0, beta=lambda j: 1 - 1 / j if j else 0.0).x[-1]
            ratios.append((k + 1) ** 2 * lam * x * x / 4)
        worst.append(max(ratios))
    assert worst[0] < worst[1] < worst[2] and worst[2] > 1


def test_theorem_3_look_ahead_adds_no_noise():
    """At equal α and β the position of Nesterov is the quieter one: ratio 0.527 at αλ = 0.1, β = 0.9."""
    from firstorder import hyper

    nag, hb = (theory.stationary_variance(name, 1.0, hyper(name, lr=0.1, beta=0.9), 1.0) for name in ("nesterov", "heavy_ball"))
    assert nag / hb == pytest.approx(0.527, abs=5e-4)


def test_theorem_3_the_error_of_descent_is_squared_too():
    """Gradient descent with 1/L: f falls by (1 − 1/κ)² a step on the slow mode."""
    run = minimize(problems.quadratic([1.0, 100.0]), "gradient_descent", x0=np.array([1.0, 0.0]), steps=50, lr=0.01)
    assert run.gap[50] / run.gap[0] == pytest.approx(0.99**100)


def test_theorem_7_the_uncorrected_mean_is_scaled_only_if_stationary():
    """E m_t = g_t (1 − βᵗ) fails for a drift: E g_j = j."""
    m = 0.0
    for j in range(1, 45):
        m = 0.9 * m + 0.1 * j
    assert abs(m - 44 * (1 - 0.9**44)) > 5
