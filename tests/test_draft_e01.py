"""What the draft says in worked example 1, recomputed by plain recursions.

½(100x² + y²) from (1, 1) at rest, descent and heavy ball.
"""
from fractions import Fraction

import numpy as np
import pytest

CURVATURES = np.array([100.0, 1.0])


def positions(alpha, beta, n):
    """x⁺ = x − αλx + β (x − x⁻) in both coordinates: heavy ball without a velocity."""
    x = [np.ones(2), np.ones(2)]
    for _ in range(n):
        x.append(x[-1] - alpha * CURVATURES * x[-1] + beta * (x[-1] - x[-2]))
    return np.array(x[1:])


def stays(alpha, beta, n=1500, below=0.01):
    distance = np.linalg.norm(positions(alpha, beta, n), axis=1)
    return np.flatnonzero(distance >= below)[-1] + 1


def test_the_first_two_steps_are_right():
    assert positions(0.02, 0.9, 2)[1:] == pytest.approx(np.array([[-1, 0.98], [-0.8, 0.9424]]))


@pytest.mark.parametrize("alpha, ten, fifty", [(0.02, (-0.2123, 0.3071), (0.0977, 0.0739)), (2 / 101, (-0.2982, 0.3128), (0.0981, 0.0745))])
def test_steps_10_and_50(alpha, ten, fifty):
    """Not (−0.2, 0.4) and not (0.01, 0.02)."""
    x = positions(alpha, 0.9, 50)
    assert x[10] == pytest.approx(ten, abs=1e-4) and x[50] == pytest.approx(fifty, abs=1e-4)


def test_the_squared_error_falls_133_fold_not_4000_fold():
    """The draft's own point would mean 4000; and descent's factor beside it is not squared."""
    x = positions(0.02, 0.9, 50)
    fall = (x[0] @ x[0]) / (x[50] @ x[50])
    assert fall == pytest.approx(133.3, abs=0.1) and 2 / (0.01**2 + 0.02**2) == pytest.approx(4000)
    y = positions(2 / 101, 0.0, 50)
    assert (y[0] @ y[0]) / (y[50] @ y[50]) == pytest.approx((101 / 99) ** 100)


def test_y_overshoots():
    y = positions(0.02, 0.9, 60)[:, 1]
    assert np.flatnonzero(y < 0)[0] == 14 and (y.argmin(), y.min()) == (23, pytest.approx(-0.29506, abs=1e-5))


def test_the_gradient_along_y_has_the_sign_of_y_and_the_velocity_turns():
    """A positive y has a positive slope; what is negative is the step.  |v| does not go on growing."""
    y = positions(0.02, 0.9, 60)[:, 1]
    v = np.diff(y)
    assert CURVATURES[1] * y[0] > 0 > v[0]
    assert (abs(v).argmax() + 1, abs(v).max()) == (9, pytest.approx(0.09124, abs=1e-5))
    assert np.flatnonzero(v > 0)[0] + 1 == 24


def test_both_coordinates_of_descent_shrink_alike_so_no_half_of_the_work_is_wasted():
    x = positions(2 / 101, 0.0, 50)
    assert abs(x[:, 0]) == pytest.approx(x[:, 1]) and x[50, 1] == pytest.approx(0.36787, abs=1e-5)


def test_two_paragraphs_use_two_steps():
    """No progress in x needs α = 0.02, the rate 0.980 needs 2/101: radii 1 and 99/101, exact."""
    radius = lambda alpha: max(abs(1 - alpha * 100), abs(1 - alpha))
    assert radius(Fraction(2, 100)) == 1 and radius(Fraction(2, 101)) == Fraction(99, 101)


@pytest.mark.parametrize("alpha, beta, steps", [
    (2 / 101, 0.0, 248), (4 / 121, (9 / 11) ** 2, 45), (0.033, 0.67, 33), (2 / 101, 0.5, 111), (0.0294, 0.5, 72), (2 / 101, 0.99, 1004)])
def test_arrivals(alpha, beta, steps):
    assert stays(alpha, beta) == steps


def test_half_diverges_at_polyaks_step():
    assert abs(positions(4 / 121, 0.5, 100)[-1, 0]) > 1e10
    assert abs(np.roots([1, -(1.5 - 400 / 121), 0.5])).max() > 1.4


def test_more_momentum_does_not_shrink_the_stable_steps():
    """α = 0.0395: β = 0.9 leaves, β = 0.99 comes home."""
    assert abs(positions(0.0395, 0.9, 400)[-1, 0]) > 10
    assert np.linalg.norm(positions(0.0395, 0.99, 6000)[-1]) < 1e-6


def test_velocity_and_average_are_one_thing():
    g = np.random.default_rng(0).standard_normal(200)
    v = m = 0.0
    for k in range(200):
        v, m = 0.9 * v - 0.02 * g[k], 0.9 * m + 0.1 * g[k]
        assert v == pytest.approx(-0.02 / 0.1 * m)
