"""Variants of exercise B.4: step length, pace, corrected position, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _length(alpha, beta1, beta2, k):
    return alpha * (1 - beta1**k) / math.sqrt(1 - beta2**k)


def _pace(alpha):
    return -alpha


def _position(alpha, k):
    return -alpha * k


def _step():
    return 4


def _by_running(alpha, beta1, beta2, k):
    m = s = 0.0
    for _ in range(k):
        m, s = beta1 * m + 1 - beta1, beta2 * s + 1 - beta2
    return alpha * m / math.sqrt(s)


def _summed(alpha, k):
    return -sum(alpha * 1.0 for _ in range(k))


def length(function):
    return (function, _pace, _position, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub, _stub)),
    "closed forms": ("pass", (_length, _pace, _position, _step)),
    "by running the averages": ("pass", length(_by_running)),
    "step by step": ("pass", (_length, _pace, _summed, _step)),
    "heavy ball's m, without 1 − β₁": ("fail", length(lambda al, b1, b2, k: al * (1 - b1**k) / (1 - b1))),
    "no second moment": ("fail", length(lambda al, b1, b2, k: al * (1 - b1**k))),
    "no root": ("fail", length(lambda al, b1, b2, k: al * (1 - b1**k) / (1 - b2**k))),
    "β₁ and β₂ swapped": ("fail", length(lambda al, b1, b2, k: _length(al, b2, b1, k))),
    "off by one: k − 1": ("fail", length(lambda al, b1, b2, k: _length(al, b1, b2, max(k - 1, 1)))),
    "the corrected step": ("fail", length(lambda al, b1, b2, k: al)),
    "the draft's limit: no pace": ("fail", (_length, lambda al: 0.0, _position, _step)),
    "uphill": ("fail", (_length, lambda al: al, _position, _step)),
    "the draft's limit as a position": ("fail", (_length, _pace, lambda al, k: -al / (1 - 0.9), _step)),
    "one step ahead": ("fail", (_length, _pace, lambda al, k: -al * (k + 1), _step)),
    "step 2 called false": ("fail", (_length, _pace, _position, lambda: 2)),
    "the conclusion called the first false step": ("fail", (_length, _pace, _position, lambda: 5)),
}
