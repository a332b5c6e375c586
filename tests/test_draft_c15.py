"""What the draft says around exercise C.15, recomputed with the grader's own recursions."""
import numpy as np
import pytest

from firstorder import hyper, theory
from firstorder.graders.c15 import _escape, _gradient, _growth, _positions
from firstorder.minimize import minimize
from firstorder.problems import saddle

START = (1.0, 1e-4)


@pytest.mark.parametrize("method, settings", [
    ("gradient_descent", {}), ("heavy_ball", dict(beta=0.9)), ("nesterov", dict(beta=0.9)),
    ("adam", dict(beta1=0.9, beta2=0.999, eps=1e-8))])
def test_the_graders_recursions_are_the_books_methods(method, settings):
    run = minimize(saddle(), method, x0=np.array([0.9, 0.01]), steps=80, lr=0.03, **settings)
    assert run.x == pytest.approx(_positions(method, 0.03, (0.9, 0.01), 0.0, 80), abs=1e-12)


def test_the_turned_gradient_is_that_of_the_turned_function():
    c, s = np.cos(0.6), np.sin(0.6)
    f = lambda p: saddle().f(np.array([c * p[0] + s * p[1], c * p[1] - s * p[0]]))
    p, e = np.array([0.4, -0.8]), 1e-6 * np.eye(2)
    slopes = [(f(p + d) - f(p - d)) / 2e-6 for d in e]
    assert _gradient(p, 0.6) == pytest.approx(slopes, abs=1e-8)


@pytest.mark.parametrize("method, lr, angle, steps", [
    ("gradient_descent", 0.01, 0.0, 936), ("heavy_ball", 0.01, 0.0, 150), ("nesterov", 0.01, 0.0, 145),
    ("adam", 0.01, 0.0, 83), ("gradient_descent", 0.1, 0.0, 98), ("adam", 0.01, np.pi / 4, 356)])
def test_escape_times(method, lr, angle, steps):
    assert _escape(method, lr, START, angle, 1000) == steps


def test_only_adam_sees_the_angle():
    for method in ("gradient_descent", "heavy_ball", "nesterov"):
        assert len({_escape(method, 0.05, START, angle, 400) for angle in (0.0, 0.4, np.pi / 4, 1.2)}) == 1


def test_adams_time_does_not_depend_on_the_start_but_on_the_diagonal():
    """Its steps leave the ridge by themselves, except where both coordinates carry the same gradient."""
    times = {d: [_escape("adam", 0.01, (1.0, y0), np.radians(d), 1000) for y0 in (1e-4, 1e-8)] for d in (0, 30, 44, 45)}
    assert all(abs(first - second) <= 1 for d, (first, second) in times.items() if d != 45)
    assert times[44][0] < 250 < times[45][0] < times[45][1]


def test_adam_does_not_see_the_scale_of_f_and_heavy_ball_does():
    """10 f with step α is f with step 10 α for heavy ball: 35 steps, against 83 and more for Adam at every angle."""
    ball = _escape("heavy_ball", 0.1, START, 0.0, 100)
    assert ball == 35
    assert all(_escape("adam", 0.01, START, np.radians(d), 400) > 2 * ball for d in range(0, 90, 15))


def test_nothing_leaves_the_ridge_along_an_axis():
    for method in ("gradient_descent", "heavy_ball", "nesterov", "adam"):
        assert _escape(method, 0.02, (1.0, 0.0), 0.0, 1500) is None


@pytest.mark.parametrize("beta", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("alpha", [1e-3, 0.1, 1.0])
def test_four_growth_factors_in_a_row(alpha, beta):
    row = [1 + alpha, _growth("heavy_ball", alpha, beta, 1.0), _growth("nesterov", alpha, beta, 1.0), 1 + alpha / (1 - beta)]
    assert row == sorted(row) and len(set(row)) == 4
    for name, z in zip(("heavy_ball", "nesterov"), row[1:]):
        M = theory.iteration_matrix(name, -1.0, hyper(name, lr=alpha, beta=beta))
        assert abs(np.linalg.eigvals(M)).max() == pytest.approx(z, rel=1e-10)


def test_momentum_overshoots_and_descent_does_not():
    far = {m: np.abs(_positions(m, 0.01, (1.0, 1e-2), 0.0, 900)[:, 1]).max() - 1 for m in ("gradient_descent", "heavy_ball", "nesterov")}
    assert far["gradient_descent"] < 0 < far["nesterov"] < far["heavy_ball"] < 0.11


def test_turned_adam_leaves_the_ridge_by_itself_and_momentum_does_not():
    assert _escape("adam", 0.01, (1.0, 0.0), np.radians(30), 300) == 123
    assert all(_escape(method, 0.01, (1.0, 0.0), 0.0, 1500) is None for method in ("heavy_ball", "nesterov"))


def test_close_to_the_saddle_growth_has_less_to_do():
    ball = _escape("heavy_ball", 0.01, (1.0, 1e-2), 0.0, 200)
    assert ball == 76 and all(_escape("adam", 0.01, (1.0, 1e-2), np.radians(d), 300) > ball for d in range(0, 90, 3))


def test_the_matched_step_can_be_too_long():
    """α/(1 − β) = 3 diverges along curvature 1, where heavy ball with α = 0.3 does not."""
    assert _escape("heavy_ball", 0.3, START, 0.0, 100) == 19
    x = 1.0
    for _ in range(20):
        x -= 3.0 * x
    assert abs(x) > 1e6
