"""Variants of exercise B.3: the region, and the number of the first false step."""
import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _right(a, beta):
    return abs(beta) < 1 and 0 < a < 2 * (1 + beta)


def _step():
    return 4


def _roots(a, beta):
    """By the roots themselves, in floating point, with a margin for the border."""
    return bool(np.abs(np.roots([1.0, -float(1 + beta - a), float(beta)])).max() < 1 - 1e-9)


def _jury(a, beta):
    trace = 1 + beta - a
    return abs(trace) < 1 + beta and abs(beta) < 1


def region(function):
    return (function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub)),
    "|β| < 1 and 0 < αλ < 2(1 + β)": ("pass", (_right, _step)),
    "the roots, computed": ("pass", region(_roots)),
    "|trace| < 1 + det and |det| < 1": ("pass", region(_jury)),
    "0 < β < 1 instead of |β| < 1": ("fail", region(lambda a, b: 0 < b < 1 and 0 < a < 2 * (1 + b))),
    "0 <= β < 1": ("fail", region(lambda a, b: 0 <= b < 1 and 0 < a < 2 * (1 + b))),
    "border included": ("fail", region(lambda a, b: abs(b) < 1 and 0 < a <= 2 * (1 + b))),
    "αλ > 0 forgotten": ("fail", region(lambda a, b: abs(b) < 1 and a < 2 * (1 + b))),
    "|β| <= 1": ("fail", region(lambda a, b: abs(b) <= 1 and 0 < a < 2 * (1 + b))),
    "β < 1, since 0 < αλ < 2(1 + β) already needs β > −1": ("pass", region(lambda a, b: b < 1 and 0 < a < 2 * (1 + b))),
    "2(1 − β) instead of 2(1 + β)": ("fail", region(lambda a, b: abs(b) < 1 and 0 < a < 2 * (1 - b))),
    "gradient descent's αλ < 2": ("fail", region(lambda a, b: abs(b) < 1 and 0 < a < 2)),
    "|trace| < 2(1 − det)": ("fail", region(lambda a, b: abs(b) < 1 and abs(1 + b - a) < 2 * (1 - b))),
    "the wrong proof's αλ < 3 + β": ("fail", region(lambda a, b: abs(b) < 1 and 0 < a < 3 + b)),
    "step 3 called false": ("fail", (_right, lambda: 3)),
    "the conclusion called the first false step": ("fail", (_right, lambda: 6)),
    "step as a string": ("fail", (_right, lambda: "4")),
}
