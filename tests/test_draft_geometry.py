"""What the draft says of preconditioning, stability regions and acceleration, recomputed.

The page on geometry tests the claims that readers meet elsewhere; these are the draft's other numbers.
"""
import math

import numpy as np
import pytest

from firstorder import hyper, problems, steps, theory
from firstorder.minimize import minimize

STIFF = np.array([100.0, 1.0])


def heavy_ball_radius(lr, beta, lam=(1.0, 100.0)):
    return theory.spectral_radius("heavy_ball", np.array(lam), hyper("heavy_ball", lr=lr, beta=beta)).max()


@pytest.mark.parametrize("lr, needed", [(0.5, 20), (1.0, 1)])
def test_a_perfect_preconditioner_with_half_a_step_halves_the_error(lr, needed):
    """The draft calls α = ½ immediate: it takes 20 steps to 1e-6 in every coordinate, α = 1 takes one."""
    x, k = np.ones(2), 0
    while abs(x).max() > 1e-6:
        x, _ = steps.gradient_descent(
            x, (1 / STIFF) * STIFF * x, steps.GradientDescentState(), 1.0, steps.GradientDescentHyper(lr))
        k += 1
    assert k == needed


def test_minimising_f_of_My_preconditions_by_M_M_transposed():
    """Not by M⁻¹, as the draft's "or equivalently" says."""
    rng = np.random.default_rng(3)
    M, x = rng.standard_normal((3, 3)), rng.standard_normal(3)
    grad = lambda x: np.array([100.0, 5.0, 1.0]) * x
    y = np.linalg.solve(M, x)
    moved = M @ (y - 0.01 * M.T @ grad(M @ y))  # one step of descent on y, seen in x
    assert moved == pytest.approx(x - 0.01 * M @ M.T @ grad(x))
    assert not np.allclose(moved, x - 0.01 * np.linalg.solve(M, grad(x)))


def test_a_preconditioner_the_wrong_way_round_squares_the_condition_number():
    assert np.linalg.cond(np.diag(STIFF) @ np.diag(STIFF)) == pytest.approx(1e4)


def test_the_steps_that_the_draft_calls_safe_explode():
    """L = 100, β = 0.9: its limit 1, its safe 0.5, its own formula's 0.1 all diverge; 0.038 is the border."""
    assert [heavy_ball_radius(lr, 0.9) for lr in (0.1, 0.5, 1.5)] == \
        pytest.approx([7.99, 48.08, 148.1], rel=1e-3)
    assert heavy_ball_radius(0.038, 0.9) == pytest.approx(1.0, abs=1e-6)
    assert heavy_ball_radius(0.0381, 0.9) == pytest.approx(1.065, abs=1e-3)
    run = minimize(problems.quadratic([100.0]), "heavy_ball", x0=np.ones(1), steps=5, lr=0.5, beta=0.9)
    assert run.x[1:, 0] == pytest.approx([-49, 2356, -113_279.5, 5_446_623.6, -261_881_643.6], rel=1e-3)


def test_inside_the_true_region_is_no_guarantee_beyond_quadratics():
    """The circle's step and momentum lie inside 0 < α < 2(1 + β)/L, and outside the draft's 1/(L(1 − β))."""
    lr, beta, L = 1 / 9, 4 / 9, 25.0
    assert 1 / (L * (1 - beta)) < lr < theory.stability_limit("heavy_ball", beta) / L
    run = minimize(problems.piecewise_quadratic(), "heavy_ball", steps=3000, lr=lr, beta=beta)
    assert run.distance[-300:].min() > 0.6


def test_a_step_above_the_initial_limit_can_work_where_curvature_falls():
    """f = (uv)²/2: the largest curvature is above 2/α at the start, yet descent with α = 1 arrives."""
    u, v = 1.55, 0.5
    hessian = np.array([[v * v, 2 * u * v], [2 * u * v, u * u]])
    assert np.linalg.eigvalsh(hessian)[-1] > 2.0
    for k in range(400):
        g = np.array([u * v * v, u * u * v])
        (u, v), _ = steps.gradient_descent(
            np.array([u, v]), g, steps.GradientDescentState(), float(k + 1), steps.GradientDescentHyper(1.0))
    assert (u * v) ** 2 / 2 < 1e-12
    assert max(u * u, v * v) < 2.0  # it settled where the curvature is below 2/α


def test_rates_fall_they_do_not_grow():
    """The draft prints O(√κᵏ) and O(κᵏ); the factors per step are below 1 and tend to 1."""
    for kappa in (4.0, 100.0, 1e4):
        rates = [tune(1.0, kappa).rate for tune in
                 (theory.descent_optimal, theory.nesterov_standard, theory.nesterov_optimal, theory.polyak)]
        assert rates == sorted(rates, reverse=True) and 0 < rates[-1] and rates[0] < 1


def test_the_tuning_that_the_draft_calls_optimal_gives_another_rate():
    """κ = 100, α = 1/L, β = (√κ − 1)/(√κ + 1): heavy ball 0.9045, Nesterov 0.9, not 0.818."""
    h = theory.nesterov_standard(1.0, 100.0).hyper
    assert heavy_ball_radius(h.lr, h.beta) == pytest.approx(math.sqrt(9 / 11))  # 0.9045
    nesterov = lambda h: theory.spectral_radius("nesterov", np.array([1.0, 100.0]), h).max()
    assert nesterov(h) == pytest.approx(0.9)
    assert nesterov(h._replace(lr=h.lr / 2)) > nesterov(h)


def test_steps_per_factor_e_at_kappa_10000():
    """About 5000 for descent and 50 for tuned heavy ball: the draft's numbers, as ratios of rates."""
    needed = [-1 / math.log(tune(1.0, 1e4).rate) for tune in (theory.descent_optimal, theory.polyak)]
    assert needed == pytest.approx([5000, 50], rel=1e-3)


@pytest.mark.parametrize("name", ["heavy_ball", "nesterov"])
def test_the_bounds_of_the_definition_of_acceleration(name):
    """1 − c/√κ with one c for all κ, and no such c for descent."""
    tune = {"heavy_ball": theory.polyak, "nesterov": theory.nesterov_standard}[name]
    kappas = np.logspace(0.5, 8, 30)
    assert min((1 - tune(1.0, k).rate) * math.sqrt(k) for k in kappas) >= 1 - 1e-6
    assert (1 - theory.descent_optimal(1.0, 1e8).rate) * 1e4 < 1e-3
