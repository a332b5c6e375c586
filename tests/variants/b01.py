"""Variants of exercise B.1: the factor, the floor, and the number of the first false step."""
import math

import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _rho(kappa):
    return (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)


def _factor(kappa, k):
    return 1 + (1 + _rho(kappa)) * k


def _floor(kappa, k):
    return 2 / (_rho(kappa) ** k + _rho(kappa) ** -k)


def _step():
    return 5


def _simulated(kappa, k):
    """By powers of the matrix on the top eigenvector."""
    rho = _rho(kappa)
    M = np.array([[-2 * rho, -(rho**2)], [1, 0]]) / rho
    return abs((np.linalg.matrix_power(M, k) @ [1, 1])[0])


def _cosh(kappa, k):
    return 1 / math.cosh(k * math.acosh((kappa + 1) / (kappa - 1)))


def _recurrence(kappa, k):
    x, old, new = (kappa + 1) / (kappa - 1), 1.0, (kappa + 1) / (kappa - 1)
    for _ in range(k):
        old, new = new, 2 * x * new - old
    return 1 / old


def factor(function):
    return (function, _floor, _step)


def floor(function):
    return (_factor, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "1 + (1 + ρ)k and 2/(ρᵏ + ρ⁻ᵏ)": ("pass", (_factor, _floor, _step)),
    "powers of the matrix, and cosh": ("pass", (_simulated, _cosh, _step)),
    "Chebyshev's recurrence": ("pass", floor(_recurrence)),
    "no factor, as the draft has it": ("fail", factor(lambda kappa, k: 1.0)),
    "a constant factor": ("fail", factor(lambda kappa, k: 3.7)),
    "the flat mode's 1 + (1 − ρ)k": ("fail", factor(lambda kappa, k: 1 + (1 - _rho(kappa)) * k)),
    "1 + k": ("fail", factor(lambda kappa, k: 1.0 + k)),
    "1 + 2k, right for κ → ∞": ("fail", factor(lambda kappa, k: 1 + 2.0 * k)),
    "ρᵏ included in the factor": ("fail", factor(lambda kappa, k: _factor(kappa, k) * _rho(kappa) ** k)),
    "one step late": ("fail", factor(lambda kappa, k: _factor(kappa, k + 1))),
    "floor ρᵏ": ("fail", floor(lambda kappa, k: _rho(kappa) ** k)),
    "floor 2ρᵏ": ("fail", floor(lambda kappa, k: 2 * _rho(kappa) ** k)),
    "floor of descent": ("fail", floor(lambda kappa, k: ((kappa - 1) / (kappa + 1)) ** k)),
    "floor with √κ in place of κ": ("fail", floor(lambda kappa, k: _cosh(math.sqrt(kappa), k))),
    "NaN": ("fail", factor(lambda kappa, k: math.nan)),
    "step 4 called false": ("fail", (_factor, _floor, lambda: 4)),
    "the conclusion called the first false step": ("fail", (_factor, _floor, lambda: 6)),
}
