"""Variants of exercise B.9: rate, first step within a factor, leading constant, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _rate(alpha, g, beta2, k):
    return alpha / (g * math.sqrt(1 - beta2**k))


def _within(beta2, c):
    return math.ceil(math.log(1 - (1 + c) ** -2) / math.log(beta2))


def _half(beta2):
    return 0.5


def _by_running(alpha, g, beta2, k):
    s = 0.0
    for _ in range(k):
        s = beta2 * s + (1 - beta2) * g * g
    return alpha / math.sqrt(s)


def _by_counting(beta2, c):
    k = 1
    while (1 - beta2**k) ** -0.5 > 1 + c:
        k += 1
    return k


def _step():
    return 4


def rate(function):
    return (function, _within, _half, _step)


def within(function):
    return (_rate, function, _half, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub, _stub)),
    "closed forms": ("pass", (_rate, _within, _half, _step)),
    "by running the recursion": ("pass", rate(_by_running)),
    "by counting": ("pass", within(_by_counting)),
    "by logarithms of 1 + x": ("pass", rate(lambda al, g, b, k: al / g / math.sqrt(-math.expm1(k * math.log(b))))),
    "from below: α/g (1 − β₂ᵏ)": ("fail", rate(lambda al, g, b, k: al / g * (1 - b**k))),
    "the draft's exponential with factor 1": ("fail", rate(lambda al, g, b, k: al / g * (1 + b**k))),
    "no root": ("fail", rate(lambda al, g, b, k: al / (g * (1 - b**k)))),
    "g² under the fraction": ("fail", rate(lambda al, g, b, k: al / (g * g * math.sqrt(1 - b**k)))),
    "off by one: k − 1": ("fail", rate(lambda al, g, b, k: _rate(al, g, b, max(k - 1, 1)))),
    "the time constant": ("fail", within(lambda b, c: math.ceil(-1 / math.log(b)))),
    "s within the factor, not the rate": ("fail", within(lambda b, c: math.ceil(math.log(c) / math.log(b)))),
    "rounded down": ("fail", within(lambda b, c: _within(b, c) - 1)),
    "leading constant 1": ("fail", (_rate, _within, lambda b: 1.0, _step)),
    "leading constant −½: from below": ("fail", (_rate, _within, lambda b: -0.5, _step)),
    "step 3 called false": ("fail", (_rate, _within, _half, lambda: 3)),
    "the conclusion called the first false step": ("fail", (_rate, _within, _half, lambda: 5)),
    "step as a string": ("fail", (_rate, _within, _half, lambda: "4")),
}
