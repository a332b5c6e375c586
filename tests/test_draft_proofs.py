"""Steps of the draft's proofs that its pages replace, each shown to fail where the page only says the true one."""
import math

import numpy as np
import pytest
import sympy
from scipy.linalg import solve_discrete_lyapunov

from firstorder import hyper, methods, steps
from firstorder.symbolic import trace


def test_theorem_1_change_of_the_velocity():
    """v⁺ − v = −(1 − β)v − αg; the draft also writes −βv − αg and −(1 − β)v − βv − αg."""
    step = trace("heavy_ball")
    lr, beta = step.hyper
    v, g = step.state.v, step.g
    change = step.new_state.v - v
    assert sympy.expand(change + (1 - beta) * v + lr * g) == 0
    for printed in (-beta * v - lr * g, -(1 - beta) * v - beta * v - lr * g):
        assert sympy.expand(change - printed) != 0


def test_theorem_8_epsilon_inside_the_root_is_another_epsilon():
    """At v = 0 the divisor is 1e-4 for ε = 1e-8 inside, 1e-8 outside; at |g| = 1e-6 the steps are 0.01 and 0.99."""
    g, eps = 1e-6, 1e-8
    outside, _ = steps.adam(0.0, -g, methods.start("adam", 0.0), 1.0, hyper("adam", lr=1.0, eps=eps))
    assert (outside, g / math.sqrt(g * g + eps)) == pytest.approx((0.990, 0.0100), abs=5e-4)
    assert math.sqrt(eps) == 1e4 * eps


def test_b6_noise_in_the_velocity_alone_gives_beta_squared_times_the_truth():
    a, beta = 0.1, 0.9
    M = np.array([[1 - a, beta], [-a, beta]])
    right, printed = (solve_discrete_lyapunov(M, a**2 * np.array(Q))[0, 0] for Q in ([[1.0, 1], [1, 1]], [[0.0, 0], [0, 1]]))
    assert printed / right == pytest.approx(beta**2)
    assert right == pytest.approx(0.513514, abs=1e-6)


def test_b14_the_printed_matrix_has_no_steady_state():
    """[[1, 1], [−a, β]] takes the new position from the old velocity: at a = 0.1, β = 0.9 its eigenvalues have modulus 1."""
    assert np.abs(np.linalg.eigvals([[1, 1], [-0.1, 0.9]])) == pytest.approx([1, 1])


def test_b19_the_gradient_lives_in_parameter_space():
    """∇½‖K d − y‖² is Kᵀ(K d − y), not K d − y; and for outputs f₀ + J d it has as many entries as parameters."""
    rng = np.random.default_rng(0)
    J, d, r = rng.standard_normal((2, 3)), rng.standard_normal(3), rng.standard_normal(2)
    loss = lambda d: 0.5 * np.sum((J @ d + r) ** 2)
    numeric = [(loss(d + h) - loss(d - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    assert J.T @ (J @ d + r) == pytest.approx(numeric, abs=1e-7)
    K = rng.standard_normal((3, 3))
    y = rng.standard_normal(3)
    square = lambda d: 0.5 * np.sum((K @ d - y) ** 2)
    numeric = np.array([(square(d + h) - square(d - h)) / 2e-6 for h in 1e-6 * np.eye(3)])
    assert numeric == pytest.approx(K.T @ (K @ d - y), abs=1e-6)
    assert np.abs(numeric - (K @ d - y)).max() > 0.1
