"""Variants of exercise B.17: best momentum, its rate, where it converges, and the number of the first false step."""
import math

import numpy as np
from scipy.optimize import minimize_scalar


def _stub(*_):
    raise NotImplementedError("your turn")


def _beta(a):
    return (1 - math.sqrt(a)) ** 2


def _rate(a):
    return abs(1 - math.sqrt(a))


def _helps(a):
    return a < 4


def _step():
    return 3


def _expanded(a):
    return 1 + a - 2 * a**0.5


def _radius(b, a):
    """From the quadratic formula; complex arithmetic covers both kinds of roots."""
    half = (1 + b - a) / 2
    root = np.sqrt(complex(half**2 - b))
    return max(abs(half + root), abs(half - root))


def _searched(a):
    """Left of the minimum the roots are real and r falls; right of it r = √β rises: golden section."""
    return minimize_scalar(_radius, args=(a,), bounds=(-1, 2 + a), method="bounded", options={"xatol": 1e-12}).x


def _discriminant(a):
    """Smaller root β of (1 + β − a)² = 4β."""
    return min(np.roots([1, -2 * (1 + a), (1 - a) ** 2]).real)


def _by_bound(a):
    return 0 < a < 4.0 and _rate(a) < 1


def momentum(function):
    return (function, _rate, _helps, _step)


def rate(function):
    return (_beta, function, _helps, _step)


def where(function):
    return (_beta, _rate, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub, _stub)),
    "(1 − √a)², |1 − √a|, a < 4": ("pass", (_beta, _rate, _helps, _step)),
    "1 + a − 2√a, and the rate √β": ("pass", (_expanded, lambda a: math.sqrt(max(_expanded(a), 0.0)), _by_bound, _step)),
    "a double root: zero of the discriminant": ("pass", momentum(_discriminant)),
    "a numerical search": ("pass", momentum(_searched)),
    "the statement's rate 1 − √a": ("fail", rate(lambda a: 1 - math.sqrt(a))),
    "trace zero, β = a − 1": ("fail", momentum(lambda a: a - 1)),
    "β = 1 − √a": ("fail", momentum(lambda a: 1 - math.sqrt(a))),
    "the other double root (1 + √a)²": ("fail", momentum(lambda a: (1 + math.sqrt(a)) ** 2)),
    "(1 − a)²": ("fail", momentum(lambda a: (1 - a) ** 2)),
    "always 0.9": ("fail", momentum(lambda a: 0.9)),
    "zero from a = 1 on": ("fail", momentum(lambda a: _beta(a) if a < 1 else 0.0)),
    "rate β* instead of √β*": ("fail", rate(_beta)),
    "rate of plain descent": ("fail", rate(lambda a: abs(1 - a))),
    "converges for a < 2": ("fail", where(lambda a: a < 2)),
    "converges at a = 4": ("fail", where(lambda a: a <= 4)),
    "always converges": ("fail", where(lambda a: True)),
    "step 2 called false": ("fail", (_beta, _rate, _helps, lambda: 2)),
    "step 4 called false": ("fail", (_beta, _rate, _helps, lambda: 4)),
}
