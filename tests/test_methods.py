"""The table of methods, and the sentences that bad hyper-parameters get."""
import math
from fractions import Fraction

import numpy as np
import pytest

from firstorder import METHODS, hyper, position, start
from firstorder.methods import Interval, integer, one_of, real

from .bad_inputs import CASES, ENTRY_POINTS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_bad_hyper_parameters_get_their_sentence(entry_point, case):
    with pytest.raises(case.error) as caught:
        ENTRY_POINTS[entry_point](case.method, **case.values)
    assert str(caught.value) == case.sentence


def test_the_table_of_bad_inputs_reaches_every_parameter_of_every_method():
    wanted = {(name, key) for name, method in METHODS.items() for key in method.parameters}
    for kind in ("value", "type", "array"):
        assert {(c.method, key) for c in CASES if c.kind == kind for key in c.values} == wanted


@pytest.mark.parametrize("name, values, sentence", [
    ("heavy_ball", {"beta": 1.5},
     "beta=1.5 is outside [0, 1) for heavy_ball (momentum factor, dimensionless)"),
    ("heavy_ball", {"beta": 1},
     "beta=1.0 is outside [0, 1) for heavy_ball (momentum factor, dimensionless)"),
    ("nesterov", {"lr": 0}, "lr=0.0 is outside (0, ∞) for nesterov (step size, x²/f)"),
    ("adam", {"eps": -1e-8}, "eps=-1e-08 is outside [0, ∞) for adam (added outside the root, f/x)"),
    ("adam", {"lr": math.nan}, "lr=nan is not finite; adam needs lr in (0, ∞) (step size, x)"),
    ("heavy_ball_ema", {"beta": -0.1},
     "beta=-0.1 is outside [0, 1) for heavy_ball_ema (averaging factor, dimensionless)"),
    ("gradient_descent", {"lr": "0.1"},
     "lr='0.1' is a str, not a real number; gradient_descent needs lr in (0, ∞) (step size, x²/f)"),
    ("adam", {"beta2": 10**400}, f"beta2={10**400} is not finite; "
     "adam needs beta2 in [0, 1) (averaging factor of the squared gradient, dimensionless)"),
])
def test_sentences_written_out_in_full(name, values, sentence):
    with pytest.raises((ValueError, TypeError)) as caught:
        hyper(name, **values)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", METHODS)
def test_the_ends_of_the_admissible_sets_are_accepted_where_they_belong_to_it(name):
    for key, p in METHODS[name].parameters.items():
        low, high = p.admissible.low, p.admissible.high
        for value in (low, math.nextafter(low, 1), math.nextafter(high, 0)):
            if value in p.admissible:
                assert getattr(hyper(name, **{key: value}), key) == value


def test_hyper_fills_in_defaults_in_the_order_of_the_fields():
    for name, method in METHODS.items():
        assert hyper(name)._asdict() == {key: p.default for key, p in method.parameters.items()}


@pytest.mark.parametrize("one", [1, np.int64(1), np.float32(1), np.float64(1), 1.0])
def test_a_whole_number_becomes_a_float(one):
    lr = hyper("heavy_ball", lr=one).lr
    assert lr == 1.0 and type(lr) is float


def test_a_fraction_stays_exact():
    h = hyper("heavy_ball", lr=Fraction(1, 9), beta=Fraction(4, 9))
    assert h == (Fraction(1, 9), Fraction(4, 9)) and all(type(value) is Fraction for value in h)


def test_unchecked_admits_finite_values_outside_the_set_and_nothing_else():
    assert hyper("heavy_ball", lr=-0.5, beta=1.5, unchecked=True) == (-0.5, 1.5)
    for values, error in (
        ({"lr": math.nan}, ValueError), ({"lr": "1"}, TypeError), ({"rate": 1.0}, TypeError),
    ):
        with pytest.raises(error):
            hyper("heavy_ball", unchecked=True, **values)


def test_rows_agree_with_their_steps():
    for name, method in METHODS.items():
        assert name == method.name == method.step.__name__
        assert tuple(method.parameters) == method.Hyper._fields
        assert f"({method.tag})" in method.step.__doc__
        assert all(p.default in p.admissible for p in method.parameters.values())
    tags = [method.tag for method in METHODS.values()]
    assert len(set(tags)) == len(tags)


def test_start_is_zero_and_shaped_like_the_point():
    for name, method in METHODS.items():
        state = start(name, np.array([1.0, -2.0, 3.0]))
        assert type(state) is method.State
        assert all(field.shape == (3,) and not field.any() for field in state)


def test_the_position_is_the_stored_point_but_for_nesterov():
    x = np.array([1.0, 2.0])
    for name, method in METHODS.items():
        state = method.State(*(np.full(2, 10.0) for _ in method.State._fields))
        expected = x - 9.0 if name == "nesterov" else x
        np.testing.assert_array_equal(position(name, x, state, hyper(name)), expected)


def test_integer_names_what_is_wrong():
    assert integer("steps", np.int32(3), low=1) == 3
    for value, error, sentence in (
        (0, ValueError, "steps=0 is below 1; it needs an integer >= 1"),
        (2.0, TypeError, "steps=2.0 is a float, not an integer; it needs an integer >= 1"),
        (True, TypeError, "steps=True is a bool, not an integer; it needs an integer >= 1"),
    ):
        with pytest.raises(error) as caught:
            integer("steps", value, low=1)
        assert str(caught.value) == sentence


def test_intervals_print_and_contain_their_ends():
    closed, half = Interval(0, 1), Interval(-1, math.inf, low_open=True, high_open=True)
    assert (str(closed), 0 in closed, 1 in closed, 1.1 in closed) == ("[0, 1]", True, True, False)
    assert (str(half), -1 in half, math.inf in half, 1e300 in half) == ("(-1, ∞)", False, False, True)


def test_one_of_and_real_name_the_argument():
    with pytest.raises(ValueError, match=r"^kind='gradd' is not one of grad, hess; did you mean grad\?$"):
        one_of("kind", "gradd", ("grad", "hess"))
    with pytest.raises(TypeError, match=r"^tol=None is a NoneType, not a real number; tol > 0$"):
        real("tol", None, "tol > 0")
