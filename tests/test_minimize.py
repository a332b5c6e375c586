"""The loop: what it records, when it says that a run diverged, and what it refuses."""
import math
import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from firstorder import METHODS, hyper, position, start, theory
from firstorder.minimize import BOUND, minimize
from firstorder.problems import gaussian_noise, quadratic, rosenbrock, rotated_quadratic

PROBLEM = rotated_quadratic([1.0, 4.0], seed=1)


@pytest.mark.parametrize("name", METHODS)
def test_every_row_is_what_a_bare_loop_computes(name):
    noise = gaussian_noise(0.1, 40, 2, seed=3)
    run = minimize(PROBLEM, name, x0=[2.0, -1.0], steps=40, noise=noise, lr=0.05)
    h = hyper(name, lr=0.05)
    y = np.array([2.0, -1.0])
    state = start(name, y)
    for k in range(41):
        np.testing.assert_array_equal(run.stored[k], y)
        np.testing.assert_array_equal(run.x[k], position(name, y, state, h))
        assert run.f[k] == PROBLEM.f(run.x[k])
        assert run.grad_norm[k] == np.linalg.norm(PROBLEM.grad(y))  # noise-free, where the method asks
        for field, recorded in zip(state, run.state):
            np.testing.assert_array_equal(recorded[k], field)
        if k < 40:
            y, state = METHODS[name].step(y, PROBLEM.grad(y) + noise[k], state, k + 1.0, h)
    assert run.stored.shape == run.x.shape == (41, 2) and run.f.shape == run.grad_norm.shape == (41,)
    assert (run.diverged_at, run.method, run.hyper, run.problem) == (None, name, h, PROBLEM)
    assert type(run.state) is METHODS[name].State


def test_a_worked_run_by_hand():
    """f = x²/2, α = β = 1/2, from 1.  Heavy ball: x = 1/2, 0.  Nesterov: y = 1/4, −1/16 and x = 1/2, 1/8."""
    run = minimize(quadratic([1.0]), "heavy_ball", steps=2, lr=0.5, beta=0.5)
    assert run.x.ravel().tolist() == [1.0, 0.5, 0.0] and run.state.v.ravel().tolist() == [0.0, -0.5, -0.5]
    run = minimize(quadratic([1.0]), "nesterov", steps=2, lr=0.5, beta=0.5)
    assert run.stored.ravel().tolist() == [1.0, 0.25, -0.0625] and run.x.ravel().tolist() == [1.0, 0.5, 0.125]
    assert run.f.tolist() == [0.5, 0.125, 0.0078125] and run.grad_norm.tolist() == [1.0, 0.25, 0.0625]


def test_noise_is_added_to_the_gradient_of_its_step_and_not_recorded_in_the_norm():
    noise = np.zeros((3, 1))
    noise[1] = 10.0
    run = minimize(quadratic([1.0]), "gradient_descent", x0=[0.0], steps=3, noise=noise, lr=0.5)
    assert run.x.ravel().tolist() == [0.0, 0.0, -5.0, -2.5]
    assert run.grad_norm.tolist() == [0.0, 0.0, 5.0, 2.5]


def test_a_longer_noise_record_gives_the_same_run():
    runs = [
        minimize(PROBLEM, "adam", steps=10, noise=gaussian_noise(1.0, n, 2, seed=0), lr=0.1) for n in (10, 50)
    ]
    np.testing.assert_array_equal(runs[0].x, runs[1].x)


def test_the_default_start_is_that_of_the_problem_and_is_left_alone():
    x0 = np.array([2.0, 3.0])
    minimize(PROBLEM, "nesterov", x0=x0, steps=5)
    assert x0.tolist() == [2.0, 3.0]
    np.testing.assert_array_equal(minimize(PROBLEM, "adam", steps=1).x[0], PROBLEM.x0)


def test_whole_numbers_and_fractions_are_welcome():
    quarter, half = Fraction(1, 4), Fraction(1, 2)
    exact = minimize(quadratic([1, 2]), "heavy_ball", x0=[1, 1], steps=5, lr=quarter, beta=half)
    floats = minimize(quadratic([1.0, 2.0]), "heavy_ball", x0=[1.0, 1.0], steps=5, lr=0.25, beta=0.5)
    assert exact.x.dtype == float and exact.hyper == floats.hyper
    np.testing.assert_array_equal(exact.x, floats.x)


# ---- divergence ------------------------------------------------------------------------------------


def test_divergence_is_reported_at_the_step_that_left_the_bound():
    """x = (−2)ᵏ, f = 2²ᵏ⁻¹: f first exceeds 10¹⁰⁰ = 2³³²·² at k = 167."""
    run = minimize(quadratic([1.0]), "gradient_descent", steps=1000, lr=3.0)
    first = next(k for k in range(1000) if 2 ** (2 * k - 1) > BOUND)
    assert run.diverged_at == first == 167
    assert len(run.x) == len(run.stored) == len(run.f) == len(run.grad_norm) == 167
    np.testing.assert_array_equal(run.x.ravel(), (-2.0) ** np.arange(167))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("lr", [1e300, 1e308])
def test_an_overflow_in_one_step_is_divergence_not_a_warning(name, lr):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = minimize(rosenbrock(), name, steps=50, lr=lr)
    assert run.diverged_at == 1 and len(run.x) == 1
    for array in (run.x, run.stored, run.f, run.grad_norm, *run.state):
        assert np.isfinite(array).all()


def test_a_nan_in_the_gradient_is_divergence_at_the_step_that_reached_it():
    """x = 2⁻ᵏ; below 1/4 the gradient is NaN, so step 3 leads to a point where it cannot be recorded."""
    broken = replace(quadratic([1.0]), grad=lambda x: np.where(x < 0.25, np.nan, x))
    run = minimize(broken, "gradient_descent", steps=10, lr=0.5)
    assert run.diverged_at == 3 and run.x.ravel().tolist() == [1.0, 0.5, 0.25]


def test_a_diverged_run_keeps_finite_numbers_only():
    run = minimize(quadratic([1.0, 2.0]), "heavy_ball", steps=5000, lr=0.5, beta=1.2, unchecked=True)
    assert run.diverged_at == len(run.x)
    for array in (run.x, run.stored, run.f, run.grad_norm, *run.state):
        assert len(array) == run.diverged_at and (np.abs(array) <= BOUND).all()


@pytest.mark.parametrize("name", [name for name in METHODS if theory.is_linear(name)])
def test_divergence_starts_where_theory_says(name):
    limit = theory.stability_limit(name, 0.5)
    values = {} if name == "gradient_descent" else {"beta": 0.5}
    below, above = (
        minimize(quadratic([1.0]), name, steps=4000, lr=factor * limit, **values) for factor in (0.95, 1.05)
    )
    assert below.diverged_at is None and below.distance[-1] < 1e-12
    assert above.diverged_at is not None


def test_a_converged_run_is_not_called_diverged_at_a_minimiser_far_from_zero():
    run = minimize(rosenbrock(), "heavy_ball", steps=4000, lr=1e-3, beta=0.9)
    assert run.diverged_at is None
    np.testing.assert_allclose(run.x[-1], [1.0, 1.0], atol=1e-6)


# ---- counting iterations ---------------------------------------------------------------------------


def test_iterations_to_is_the_first_hit():
    """x = (−1/2)ᵏ from 1: distance 2⁻ᵏ, gap 2⁻²ᵏ⁻¹, gradient norm 2⁻ᵏ."""
    run = minimize(quadratic([1.0]), "gradient_descent", steps=20, lr=1.5)
    assert run.iterations_to(1.0) == 0
    assert run.iterations_to(0.25) == 2 and run.iterations_to(0.2499) == 3
    assert run.iterations_to(0.125, of="gap") == 1 and run.iterations_to(0.25, of="grad_norm") == 2
    assert run.iterations_to(2.0**-21) is None


def test_a_first_hit_may_be_left_again():
    run = minimize(quadratic([1.0]), "heavy_ball", steps=30, lr=0.5, beta=0.9)
    k = run.iterations_to(0.1)
    assert run.distance[k] <= 0.1 < run.distance[k + 1 :].max()
    assert (run.distance[:k] > 0.1).all()


def test_distance_and_gap_are_measured_from_the_minimiser_at_the_position():
    run = minimize(rosenbrock(), "nesterov", steps=20, lr=1e-3)
    np.testing.assert_allclose(run.distance, np.hypot(run.x[:, 0] - 1, run.x[:, 1] - 1), rtol=1e-14)
    np.testing.assert_array_equal(run.gap, rosenbrock().f(run.x))
    assert (run.x[1:] != run.stored[1:]).any()


# ---- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, error, sentence", [
    ({"x0": [1.0]}, ValueError, "x0 has shape (1,); it needs shape (2,)"),
    ({"x0": 1.0}, ValueError, "x0 has shape (); it needs shape (2,)"),
    ({"x0": [[1.0, 2.0]]}, ValueError, "x0 has shape (1, 2); it needs shape (2,)"),
    ({"x0": [1.0, math.nan]}, ValueError, "x0[1]=nan is not finite; x0 needs finite numbers"),
    ({"x0": [math.inf, 0.0]}, ValueError, "x0[0]=inf is not finite; x0 needs finite numbers"),
    ({"x0": [1.0, 1j]}, TypeError,
     "x0 has entries of type complex128, not real numbers; it needs shape (2,)"),
    ({"x0": ["a", "b"]}, TypeError, "x0 has entries of type <U1, not real numbers; it needs shape (2,)"),
    ({"x0": [1e80, 0.0]}, ValueError,
     "x0=[1e+80, 0.0] makes x, f or ‖∇f‖ exceed 1e+100; it needs to be smaller"),
    ({"steps": 0}, ValueError, "steps=0 is below 1; it needs an integer >= 1"),
    ({"steps": 10.0}, TypeError, "steps=10.0 is a float, not an integer; it needs an integer >= 1"),
    ({"steps": True}, TypeError, "steps=True is a bool, not an integer; it needs an integer >= 1"),
    ({"noise": np.zeros((4, 2))}, ValueError, "noise has shape (4, 2); it needs shape (n, 2) with n >= 5"),
    ({"noise": np.zeros((5, 3))}, ValueError, "noise has shape (5, 3); it needs shape (5, 2)"),
    ({"noise": np.zeros(5)}, ValueError, "noise has shape (5,); it needs shape (5, 2)"),
    ({"noise": 1.0}, ValueError, "noise has shape (); it needs shape (n, 2) with n >= 5"),
    ({"noise": np.full((5, 2), math.nan)}, ValueError,
     "noise[0, 0]=nan is not finite; noise needs finite numbers"),
    ({"problem": "quadratic"}, TypeError,
     "problem='quadratic' is a str, not a Problem of firstorder.problems"),
])
def test_bad_arguments_get_one_sentence(arguments, error, sentence):
    arguments = {"problem": quadratic([1.0, 2.0]), "steps": 5, **arguments}
    with pytest.raises(error) as caught:
        minimize(arguments.pop("problem"), "heavy_ball", **arguments)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("arguments, error, sentence", [
    ((0.0,), ValueError, "tol=0.0 is outside (0, ∞) for iterations_to"),
    ((math.nan,), ValueError, "tol=nan is not finite; iterations_to needs tol in (0, ∞)"),
    (("1",), TypeError, "tol='1' is a str, not a real number; iterations_to needs tol in (0, ∞)"),
    ((1.0, "loss"), ValueError, "of='loss' is not one of distance, gap, grad_norm"),
])
def test_bad_tolerances_get_one_sentence(arguments, error, sentence):
    run = minimize(quadratic([1.0]), "gradient_descent", steps=1)
    with pytest.raises(error) as caught:
        run.iterations_to(*arguments)
    assert str(caught.value) == sentence
