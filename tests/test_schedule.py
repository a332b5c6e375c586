"""Nesterov with a schedule: the recursion without a velocity, and `minimize` where β is constant."""
from fractions import Fraction

import numpy as np
import pytest

from firstorder import problems, schedule
from firstorder.minimize import minimize


def test_is_minimize_when_the_momentum_is_constant():
    bowl = problems.quadratic([1.0, 10.0])
    run = schedule.nesterov(bowl.x0, bowl.grad, 30, lr=0.1, beta=lambda k: 0.6)
    usual = minimize(bowl, "nesterov", steps=30, lr=0.1, beta=0.6)
    np.testing.assert_allclose(run.x, usual.x, atol=1e-14)
    np.testing.assert_allclose(run.y, usual.stored[:-1], atol=1e-14)


@pytest.mark.parametrize("beta", [schedule.convex, lambda k: 1 - 1 / (k + 1), lambda k: 0.0])
def test_is_the_recursion_in_positions(beta):
    slope, alpha = np.tanh, 0.7
    x = [2.0, 2.0]  # x_{-1} = x_0
    for k in range(25):
        y = x[-1] + beta(k) * (x[-1] - x[-2])
        x.append(y - alpha * slope(y))
    run = schedule.nesterov(2.0, slope, 25, lr=alpha, beta=beta)
    np.testing.assert_allclose(run.x, x[1:], atol=1e-13)
    np.testing.assert_allclose(np.diff(run.x), run.v[1:], atol=1e-13)


def test_fractions_stay_exact():
    run = schedule.nesterov(Fraction(1), lambda x: x / 3, 3, lr=Fraction(1), beta=lambda k: schedule.convex(Fraction(k)))
    assert run.x == [1, Fraction(2, 3), Fraction(4, 9), Fraction(7, 27)]  # β_1 = 0, β_2 = 1/4


def test_zero_steps_and_bad_numbers():
    assert schedule.nesterov(1.0, lambda x: x, 0, lr=1.0, beta=schedule.convex).x == [1.0]
    with pytest.raises(ValueError, match="n=-1 is below 0"):
        schedule.nesterov(1.0, lambda x: x, -1, lr=1.0, beta=schedule.convex)
