"""Variants of exercise B.16: steps with the token, mean second moment, largest advantage, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _steps(T, B, p):
    return T * (1 - (1 - p) ** B)


def _mean(q, beta2):
    return 1 - beta2 + beta2 * q


def _most(beta2):
    return (1 - beta2) ** -0.5


def _step():
    return 3


def _steps_by_logarithms(T, B, p):
    return -T * math.expm1(B * math.log1p(-p))


def _mean_by_iteration(q, beta2):
    e = 0.0
    for _ in range(20000):
        e = beta2 * e + (1 - beta2) * q
    return beta2 * e + 1 - beta2


def steps(function):
    return (function, _mean, _most, _step)


def mean(function):
    return (_steps, function, _most, _step)


def most(function):
    return (_steps, _mean, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub, _stub)),
    "closed forms": ("pass", (_steps, _mean, _most, _step)),
    "by logarithms": ("pass", steps(_steps_by_logarithms)),
    "the mean iterated": ("pass", mean(_mean_by_iteration)),
    "the draft's occurrences B T p": ("fail", steps(lambda T, B, p: B * T * p)),
    "T p: the batch forgotten": ("fail", steps(lambda T, B, p: T * p)),
    "(1 − p)^B: the steps without it": ("fail", steps(lambda T, B, p: T * (1 - p) ** B)),
    "q: the mean before the token comes": ("fail", mean(lambda q, b: q)),
    "1 − β₂: the last occurrence alone": ("fail", mean(lambda q, b: 1 - b)),
    "β₂ and 1 − β₂ swapped": ("fail", mean(lambda q, b: b + (1 - b) * q)),
    "(1 − β₂) q: not an average over steps": ("fail", mean(lambda q, b: (1 - b) * q)),
    "1/(1 − β₂): no root": ("fail", most(lambda b: 1 / (1 - b))),
    "root of β₂/(1 − β₂)": ("fail", most(lambda b: math.sqrt(b / (1 - b)))),
    "no bound": ("fail", most(lambda b: math.inf)),
    "step 4 called false": ("fail", (_steps, _mean, _most, lambda: 4)),
    "step 1 called false": ("fail", (_steps, _mean, _most, lambda: 1)),
}
