"""Worst cases: against closed forms, against runs on single functions, and against wrong steps."""
import math

import numpy as np
import pytest

from firstorder import problems
from firstorder.minimize import minimize
from firstorder.pep import worst_case


@pytest.mark.parametrize("lr, steps", [(1.0, 1), (1.0, 6), (0.5, 4)])
def test_descent_on_smooth_convex_functions(lr, steps):
    """Drori and Teboulle (2014): L R² / (4 N α L + 2), for αL <= 1."""
    found = worst_case("gradient_descent", steps=steps, L=1.0, lr=lr)
    assert found.value == pytest.approx(1 / (4 * steps * lr + 2), rel=1e-6)


def test_units():
    """With curvature in other units (L = 10, α = 1/L) the gap scales with L."""
    one = worst_case("nesterov", steps=3, L=1.0, lr=1.0, beta=0.5).value
    assert worst_case("nesterov", steps=3, L=10.0, lr=0.1, beta=0.5).value == pytest.approx(10 * one, rel=1e-5)


def test_descent_on_strongly_convex_functions_contracts_by_the_quadratics_factor():
    found = worst_case("gradient_descent", steps=3, L=1.0, mu=0.1, measure="distance", lr=2 / 1.1)
    assert found.value == pytest.approx((0.9 / 1.1) ** 6, rel=1e-6)


@pytest.mark.parametrize("name, hyper", [("heavy_ball", {"lr": 1.0, "beta": 0.4}), ("nesterov", {"lr": 1.0, "beta": 0.5}),
                                         ("heavy_ball_ema", {"lr": 1.5, "beta": 0.4})])
def test_no_quadratic_is_worse_than_the_worst_case(name, hyper):
    worst = worst_case(name, steps=5, L=1.0, mu=0.1, measure="distance", **hyper)
    largest = 0.0
    for curvature in np.linspace(0.1, 1.0, 19):
        run = minimize(problems.quadratic([curvature]), name, x0=np.array([1.0]), steps=5, **hyper)
        largest = max(largest, run.distance[5] ** 2)
    assert 0 < largest <= worst.value * (1 + 1e-6)


def test_a_function_of_varying_settings():
    def fista(x0, gradient, steps):
        x = y = x0
        for k in range(1, steps + 1):
            last, x = x, y - gradient(y)
            y = x + (k - 1) / (k + 2) * (x - last)
        return x

    for steps in (1, 5):
        assert worst_case(fista, steps=steps, L=1.0).value <= 2 / (steps + 1) ** 2
    assert worst_case(fista, steps=1, L=1.0).value == pytest.approx(1 / 6, rel=1e-6)  # the first step is descent's


def test_initial_and_measure():
    q = math.sqrt(0.1)
    energy = worst_case("nesterov", steps=4, L=1.0, mu=0.1, initial="energy", lr=1.0, beta=(1 - q) / (1 + q))
    gap = worst_case("nesterov", steps=4, L=1.0, mu=0.1, initial="gap", lr=1.0, beta=(1 - q) / (1 + q))
    assert energy.value <= (1 - q) ** 4 and energy.value < gap.value
    slope = worst_case("gradient_descent", steps=1, L=1.0, initial="gap", measure="grad_norm", lr=1.0)
    assert slope.value == pytest.approx(2 / 3, rel=1e-6)  # 2L (f₀ − f*) / (2N + 1)


@pytest.mark.parametrize("values, error, said", [
    ({"method": "adam"}, ValueError, "^method='adam' divides by its own state; worst_case needs a method that is linear in the gradients$"),
    ({"method": "heavyball"}, ValueError, "did you mean heavy_ball"),
    ({"steps": 0}, ValueError, "steps=0 is below 1"),
    ({"L": -1.0, "mu": 0.0}, ValueError, r"^mu=0.0 is outside \[0, L\) with L=-1.0"),
    ({"mu": 2.0}, ValueError, r"^mu=2.0 is outside \[0, L\) with L=1.0 for worst_case$"),
    ({"initial": "gaps"}, ValueError, "did you mean gap"),
    ({"measure": "energy"}, ValueError, "measure='energy' is not one of distance, gap, grad_norm"),
    ({"beta": 1.5}, TypeError, "gradient_descent has no hyper-parameter 'beta'"),
])
def test_bad_input_is_one_sentence(values, error, said):
    with pytest.raises(error, match=said):
        worst_case(**{"method": "gradient_descent", "steps": 2, "L": 1.0, **values})
