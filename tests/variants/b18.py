"""Variants of exercise B.18: delay, flicker, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _ends(rho, c):
    return (1 - rho**-2, 1 - c**-2) if rho >= 1 else (rho**-2 - 1, c**2 - 1)


def _delay(rho, beta2, c):
    start, goal = _ends(rho, c)
    return 0 if start <= goal else math.ceil(math.log(start / goal) / -math.log(beta2))


def _flicker(beta2, cv):
    return cv * math.sqrt((1 - beta2) / (1 + beta2))


def _step():
    return 3


def _by_running(rho, beta2, c):
    s, k = 1.0, 0
    while not 1 / c <= rho / math.sqrt(s) <= c:
        s, k = beta2 * s + (1 - beta2) * rho**2, k + 1
    return k


def _by_factor(rho, beta2, c):
    """Multiply the error by β₂ until it is small enough."""
    (error, goal), k = _ends(rho, c), 0
    while error > goal:
        error, k = error * beta2, k + 1
    return k


def delay(function):
    return (function, _flicker, _step)


def flicker(function):
    return (_delay, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "closed forms": ("pass", (_delay, _flicker, _step)),
    "by running the recursion": ("pass", delay(_by_running)),
    "by shrinking the error": ("pass", delay(_by_factor)),
    "the draft's 1/(1 − β₂)": ("fail", delay(lambda r, b, c: math.ceil(1 / (1 - b)))),
    "the rise's formula for both": ("fail", delay(lambda r, b, c: _delay(max(r, 1 / r), b, c))),
    "the fall's formula for both": ("fail", delay(lambda r, b, c: _delay(min(r, 1 / r), b, c))),
    "1 − β₂ in place of −log β₂": ("fail", delay(lambda r, b, c: 0 if _ends(r, c)[0] <= _ends(r, c)[1] else math.ceil(math.log(_ends(r, c)[0] / _ends(r, c)[1]) / (1 - b)))),
    "rounded down": ("fail", delay(lambda r, b, c: max(0, _delay(r, b, c) - 1))),
    "s within the factor, not the rate": ("fail", delay(lambda r, b, c: _delay(r, b, math.sqrt(c)))),
    "no root: ϱ for ϱ²": ("fail", delay(lambda r, b, c: _delay(math.sqrt(r), b, c))),
    "the weights' sum, not their squares'": ("fail", flicker(lambda b, cv: cv)),
    "√(1 − β₂)": ("fail", flicker(lambda b, cv: cv * math.sqrt(1 - b))),
    "a variance, not a standard deviation": ("fail", flicker(lambda b, cv: cv**2 * (1 - b) / (1 + b))),
    "step 2 called false": ("fail", (_delay, _flicker, lambda: 2)),
    "step 5 called the first": ("fail", (_delay, _flicker, lambda: 5)),
}
