"""Variants of exercise B.12: error of the mean, variance, first false step."""
import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _none(beta, k):
    return 0


def _variance(beta, k):
    return (1 - beta) * (1 + beta**k) / ((1 + beta) * (1 - beta**k))


def _step():
    return 4


def _by_weights(beta, k):
    w = beta ** np.arange(k)
    return np.sum((w / w.sum()) ** 2)


def _by_recursion(beta, k):
    """Variance of m_k by its own recursion, then corrected."""
    v = 0.0
    for _ in range(k):
        v = beta**2 * v + (1 - beta) ** 2
    return v / (1 - beta**k) ** 2


def error(function):
    return (function, _variance, _step)


def variance(function):
    return (_none, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "0, and the closed form": ("pass", (_none, _variance, _step)),
    "by the weights": ("pass", variance(_by_weights)),
    "by the recursion of the variance": ("pass", variance(_by_recursion)),
    "the draft's order β^k": ("fail", error(lambda b, k: b**k)),
    "the uncorrected bias −β^k": ("fail", error(lambda b, k: -(b**k))),
    "the wrong proof's −β^k/(1 − β^k)": ("fail", error(lambda b, k: -(b**k) / (1 - b**k))),
    "the limit (1 − β)/(1 + β)": ("fail", variance(lambda b, k: (1 - b) / (1 + b))),
    "1/k, as of a plain mean": ("fail", variance(lambda b, k: 1 / k)),
    "the uncorrected variance": ("fail", variance(lambda b, k: (1 - b) * (1 - b ** (2 * k)) / (1 + b))),
    "corrected once, not squared": ("fail", variance(lambda b, k: (1 - b) * (1 + b**k) / (1 + b))),
    "β^k where 1 + β^k belongs": ("fail", variance(lambda b, k: (1 - b) * b**k / ((1 + b) * (1 - b**k)))),
    "off by one: k − 1": ("fail", variance(lambda b, k: _variance(b, max(k - 1, 1)))),
    "step 3 called false": ("fail", (_none, _variance, lambda: 3)),
    "the conclusion called the first false step": ("fail", (_none, _variance, lambda: 5)),
}
