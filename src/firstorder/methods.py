"""The one table of methods, and the one place where hyper-parameters are checked.

Loops, sweeps, torch classes, figures, tests and error messages iterate over `METHODS`.
"""
import difflib
import math
import numbers
from dataclasses import dataclass, replace
from typing import Callable

from . import steps


@dataclass(frozen=True)
class Interval:
    """An interval of real numbers that knows which ends belong to it.

    >>> unit = Interval(0, 1, high_open=True)
    >>> str(unit), 0 in unit, 1 in unit
    ('[0, 1)', True, False)
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, x):
        above = x > self.low if self.low_open else x >= self.low
        below = x < self.high if self.high_open else x <= self.high
        return bool(above and below)

    def __str__(self):
        high = "∞" if self.high == math.inf else f"{self.high:g}"
        return f"{'(' if self.low_open else '['}{self.low:g}, {high}{')' if self.high_open else ']'}"


@dataclass(frozen=True)
class Parameter:
    """A hyper-parameter: its symbol in the text, what it is, its units, admissible set and default."""

    symbol: str
    meaning: str
    units: str
    admissible: Interval
    default: float


POSITIVE = Interval(0, math.inf, low_open=True, high_open=True)
NONNEGATIVE = Interval(0, math.inf, high_open=True)
UNIT = Interval(0, 1, high_open=True)

LR = Parameter("α", "step size", "x²/f", POSITIVE, 0.01)
BETA = Parameter("β", "momentum factor", "dimensionless", UNIT, 0.9)
BETA1 = Parameter("β₁", "averaging factor of the gradient", "dimensionless", UNIT, 0.9)
BETA2 = Parameter("β₂", "averaging factor of the squared gradient", "dimensionless", UNIT, 0.999)
EPS = Parameter("ε", "added outside the root", "f/x", NONNEGATIVE, 1e-8)


def _adaptive_lr(default):
    return Parameter("α", "step size", "x", POSITIVE, default)  # a quotient of gradients has no units


@dataclass(frozen=True)
class Method:
    """A row of the table.

    name        key in `METHODS` and name of the step function
    title       how the text calls it
    tag         tag of its equation in the text and in the step's docstring
    step        the step function
    Hyper       its NamedTuple of hyper-parameters
    State       its NamedTuple of state, all zeros at the start
    parameters  name -> `Parameter`, in the order of Hyper
    page        the page that defines it
    paper       key of its source in references.bib
    position    (stored point, state, hyper) -> the point x that theorems speak of
    """

    name: str
    title: str
    tag: str
    step: Callable
    Hyper: type
    State: type
    parameters: dict
    page: str
    paper: str
    position: Callable = lambda stored, state, hyper: stored


METHODS = {
    m.name: m
    for m in (
        Method(
            "gradient_descent", "Gradient descent", "GD", steps.gradient_descent,
            steps.GradientDescentHyper, steps.GradientDescentState, {"lr": LR},
            "prerequisites", "cauchy1847",
        ),
        Method(
            "heavy_ball", "Heavy ball", "HB", steps.heavy_ball,
            steps.HeavyBallHyper, steps.HeavyBallState, {"lr": LR, "beta": BETA},
            "definitions/momentum", "polyak1964",
        ),
        Method(
            "heavy_ball_ema", "Heavy ball, EMA form", "EMA", steps.heavy_ball_ema,
            steps.HeavyBallEmaHyper, steps.HeavyBallEmaState,
            {"lr": Parameter("η", "step size of the EMA form", "x²/f", POSITIVE, 0.1),
             "beta": Parameter("β", "averaging factor", "dimensionless", UNIT, 0.9)},
            "definitions/momentum", "kingma2015",
        ),
        Method(
            "nesterov", "Nesterov", "NAG", steps.nesterov,
            steps.NesterovHyper, steps.NesterovState, {"lr": LR, "beta": BETA},
            "definitions/momentum", "nesterov1983",
            position=lambda stored, state, hyper: stored - hyper.beta * state.v,
        ),
        Method(
            "adagrad", "AdaGrad", "AdaGrad", steps.adagrad, steps.AdaGradHyper, steps.AdaGradState,
            {"lr": _adaptive_lr(0.01), "eps": EPS},
            "definitions/adaptive", "duchi2011",
        ),
        Method(
            "rmsprop", "RMSProp", "RMSProp", steps.rmsprop, steps.RMSPropHyper, steps.RMSPropState,
            {"lr": _adaptive_lr(0.001), "beta2": replace(BETA2, default=0.9), "eps": EPS},
            "definitions/adaptive", "tieleman2012",
        ),
        Method(
            "adam", "Adam", "Adam", steps.adam, steps.AdamHyper, steps.AdamState,
            {"lr": _adaptive_lr(0.001), "beta1": BETA1, "beta2": BETA2, "eps": EPS},
            "definitions/adaptive", "kingma2015",
        ),
        Method(
            "adamw", "AdamW", "AdamW", steps.adamw, steps.AdamWHyper, steps.AdamWState,
            {"lr": _adaptive_lr(0.001), "beta1": BETA1, "beta2": BETA2, "eps": EPS,
             "weight_decay": Parameter("λ_w", "decoupled weight decay", "1/x", NONNEGATIVE, 0.01)},
            "definitions/adaptive", "loshchilov2019",
        ),
        Method(
            "amsgrad", "AMSGrad", "AMSGrad", steps.amsgrad, steps.AMSGradHyper, steps.AMSGradState,
            {"lr": _adaptive_lr(0.001), "beta1": BETA1, "beta2": BETA2, "eps": EPS},
            "definitions/adaptive", "reddi2018",
        ),
        Method(
            "nadam", "NAdam", "NAdam", steps.nadam, steps.NAdamHyper, steps.NAdamState,
            {"lr": _adaptive_lr(0.002), "beta1": BETA1, "beta2": BETA2, "eps": EPS,
             "momentum_decay": Parameter(
                 "ψ", "decay of the momentum schedule", "dimensionless", NONNEGATIVE, 0.004)},
            "definitions/adaptive", "dozat2016",
        ),
    )
}


def one_of(name, value, allowed):
    """Return `value` if it is in `allowed`; otherwise raise one sentence with the nearest spelling.

    >>> one_of("method", "heavyball", METHODS)
    Traceback (most recent call last):
    ValueError: method='heavyball' is not one of gradient_descent, heavy_ball, heavy_ball_ema, nesterov, adagrad, rmsprop, adam, adamw, amsgrad, nadam; did you mean heavy_ball?
    """
    if isinstance(value, str) and value in allowed:
        return value
    near = difflib.get_close_matches(str(value), allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"{name}={value!r} is not one of {', '.join(allowed)}{hint}")


def method(name):
    """The row of `METHODS` called `name`.  Raises ValueError for an unknown name."""
    return METHODS[one_of("method", name, METHODS)]


def real(name, value, wanted):
    """`value` as an exact or floating-point real number, or one sentence that says what is wrong.

    name, wanted: words for the sentence.  A Fraction stays a Fraction, an int becomes a float.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}={value!r} is a {type(value).__name__}, not a real number; {wanted}")
    if not _is_finite(value):
        raise ValueError(f"{name}={value} is not finite; {wanted}")
    exact = isinstance(value, numbers.Rational) and not isinstance(value, numbers.Integral)
    return value if exact else float(value)


def _is_finite(value):
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer or Fraction beyond the largest float
        return False


def integer(name, value, low):
    """`value` as an int not below `low`, or one sentence that says what is wrong.

    >>> integer("steps", 0, low=1)
    Traceback (most recent call last):
    ValueError: steps=0 is below 1; it needs an integer >= 1
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        kind = type(value).__name__
        raise TypeError(f"{name}={value!r} is a {kind}, not an integer; it needs an integer >= {low}")
    if value < low:
        raise ValueError(f"{name}={value} is below {low}; it needs an integer >= {low}")
    return int(value)


def hyper(name, /, *, unchecked=False, **values):
    """Checked hyper-parameters of a method, defaults filled in.

    name       a key of `METHODS`
    unchecked  True admits finite values outside the admissible set, for a demonstration of what
               goes wrong there; names, types and finiteness are checked all the same
    values     hyper-parameters by name

    Returns the method's Hyper.  Raises ValueError (value) or TypeError (name, type).

    >>> hyper("heavy_ball", lr=0.1)
    HeavyBallHyper(lr=0.1, beta=0.9)
    >>> hyper("heavy_ball", lr=0.1, beta=1.5)
    Traceback (most recent call last):
    ValueError: beta=1.5 is outside [0, 1) for heavy_ball (momentum factor, dimensionless)
    >>> hyper("heavy_ball", lr=0.1, beta=1.5, unchecked=True).beta
    1.5
    """
    m = method(name)
    for key in values:
        if key not in m.parameters:
            near = difflib.get_close_matches(key, m.parameters, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TypeError(f"{name} has no hyper-parameter {key!r}, it has {', '.join(m.parameters)}{hint}")
    checked = {}
    for key, p in m.parameters.items():
        x = real(key, values.get(key, p.default), f"{name} needs {key} in {p.admissible} ({p.meaning}, {p.units})")
        if x not in p.admissible and not unchecked:
            raise ValueError(f"{key}={x} is outside {p.admissible} for {name} ({p.meaning}, {p.units})")
        checked[key] = x
    return m.Hyper(**checked)


def start(name, x):
    """The first state of a method for a stored point `x`: zeros shaped like x.

    >>> start("adam", 2.0)
    AdamState(m=0.0, s=0.0)
    """
    m = method(name)
    return m.State(*(x * 0 for _ in m.State._fields))


def position(name, stored, state, hyper):
    """The point x that theorems speak of, from what the method stores.

    The stored point itself, except for Nesterov, which stores y = x + β v:

    >>> position("nesterov", 1.0, steps.NesterovState(v=0.5), steps.NesterovHyper(lr=0.1, beta=0.5))
    0.75
    """
    return method(name).position(stored, state, hyper)
