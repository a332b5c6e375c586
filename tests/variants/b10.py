"""Variants of exercise B.10: the step limit, a refutation, and the number of the first false step."""
import math
from fractions import Fraction

import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _top(h11, h12, h22):
    return (h11 + h22) / 2 + math.hypot((h11 - h22) / 2, h12)


def _limit(h11, h12, h22, beta):
    return 2 * (1 + beta) / _top(h11, h12, h22)


def _eigen(h11, h12, h22, beta):
    return (2 + 2 * beta) / np.linalg.eigvalsh([[h11, h12], [h12, h22]]).max()


def _bisection(h11, h12, h22, beta):
    """By the moduli of the roots themselves."""
    lams = np.linalg.eigvalsh([[h11, h12], [h12, h22]])
    low, high = 0.0, 100 / lams[0]
    for _ in range(200):
        middle = (low + high) / 2
        inside = all(np.abs(np.roots([1, -(1 + beta - middle * l), beta])).max() < 1 for l in lams)
        low, high = (middle, high) if inside else (low, middle)
    return low


def _numbers():
    return Fraction(5), Fraction(9, 10), Fraction(1), Fraction(1, 2)


def _step():
    return 4


def limit(function):
    return (function, _numbers, _step)


def numbers(*values):
    return (_limit, lambda: values, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "2(1 + β)/λ₁": ("pass", (_limit, _numbers, _step)),
    "the same by an eigenvalue routine": ("pass", limit(_eigen)),
    "bisection on the roots": ("pass", limit(_bisection)),
    "another refutation": ("pass", numbers(0.04, 0.9, 100.0, 1.0)),
    "the statement's 2(1 + √β)²/λ₁": ("fail", limit(lambda p, q, r, b: 2 * (1 + math.sqrt(b)) ** 2 / _top(p, q, r))),
    "(1 + √β)²/λ₁, the oscillating range": ("fail", limit(lambda p, q, r, b: (1 + math.sqrt(b)) ** 2 / _top(p, q, r))),
    "2/λ₁, gradient descent": ("fail", limit(lambda p, q, r, b: 2 / _top(p, q, r))),
    "the smaller eigenvalue": ("fail", limit(lambda p, q, r, b: 2 * (1 + b) / (p + r - _top(p, q, r)))),
    "largest diagonal entry, coupling ignored": ("fail", limit(lambda p, q, r, b: 2 * (1 + b) / max(p, r))),
    "trace instead of λ₁": ("fail", limit(lambda p, q, r, b: 2 * (1 + b) / (p + r))),
    "first diagonal entry": ("fail", limit(lambda p, q, r, b: 2 * (1 + b) / p)),
    "2(1 − β)/λ₁": ("fail", limit(lambda p, q, r, b: 2 * (1 - b) / _top(p, q, r))),
    "Nesterov's limit": ("fail", limit(lambda p, q, r, b: 2 * (1 + b) / (1 + 2 * b) / _top(p, q, r))),
    "a refutation that is stable": ("fail", numbers(3.7, 0.9, 1.0, 0.5)),
    "a refutation beyond the statement's limit": ("fail", numbers(8.0, 0.9, 1.0, 0.5)),
    "a refutation with β > 1": ("fail", numbers(1.0, 1.1, 1.0, 0.5)),
    "a refutation with λ₁ < λ₂": ("fail", numbers(5.0, 0.9, 1.0, 2.0)),
    "step 3 called false": ("fail", (_limit, _numbers, lambda: 3)),
    "step 5 called false": ("fail", (_limit, _numbers, lambda: 5)),
}
