"""Variants of exercise B.7: ratio of effective rates, steps needed, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _ratio(one, two):
    return two / one


def _same(steps_one, kappa):
    return steps_one


def _step():
    return 3


def _first_gradients(one, two):
    """From the first step alone: ŝ = g², and x₀ cancels."""
    return abs(two * 0.7) / abs(one * 0.7)


def ratio(function):
    return (function, _same, _step)


def needed(function):
    return (_ratio, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "λ₂/λ₁, the same number of steps": ("pass", (_ratio, _same, _step)),
    "from the first gradients": ("pass", ratio(_first_gradients)),
    "by logarithms, steps as int()": ("pass", (lambda a, b: math.exp(math.log(b) - math.log(a)), lambda n, k: int(n + 0 * k), _step)),
    "the draft's 1/√λ": ("fail", ratio(lambda a, b: math.sqrt(b / a))),
    "upside down": ("fail", ratio(lambda a, b: a / b)),
    "1: Adam makes all rates equal": ("fail", ratio(lambda a, b: 1.0)),
    "squared: ŝ without the root": ("fail", ratio(lambda a, b: (b / a) ** 2)),
    "the draft's waiting time log κ": ("fail", needed(lambda n, k: n + math.ceil(math.log(k)))),
    "κ times as many": ("fail", needed(lambda n, k: round(n * k))),
    "√κ times as many": ("fail", needed(lambda n, k: round(n * math.sqrt(k)))),
    "one step more": ("fail", needed(lambda n, k: n + 1)),
    "step 2 called false": ("fail", (_ratio, _same, lambda: 2)),
    "the conclusion called the first false step": ("fail", (_ratio, _same, lambda: 5)),
    "step as a float": ("fail", (_ratio, _same, lambda: 3.0)),
}
