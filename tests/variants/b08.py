"""Variants of exercise B.8: error on the slow mode, worst excess, first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _mode(q, k):
    return ((1 - q) ** k * (1 + k * q)) ** 2


def _excess(q):
    return max((1 - q) ** k * (1 + k * q) ** 2 for k in range(3000))


def _step():
    return 4


def _by_running(q, k):
    x = last = 1
    for _ in range(k):
        y = x + (1 - q) * (x - last) / (1 + q)
        x, last = y - q * q * y, x
    return x * x


def _peak(q):
    k = 2 / -math.log(1 - q) - 1 / q
    return max((1 - q) ** j * (1 + j * q) ** 2 for j in (0, max(0, math.floor(k)), max(0, math.ceil(k))))


def mode(function):
    return (function, _excess, _step)


def excess(function):
    return (_mode, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "closed form, maximum by trying": ("pass", (_mode, _excess, _step)),
    "by running the recursion": ("pass", mode(_by_running)),
    "the peak of a real variable": ("pass", excess(_peak)),
    "the draft's (1 − q)^k": ("fail", mode(lambda q, k: (1 - q) ** k)),
    "(1 − q)^2k: the double root forgotten": ("fail", mode(lambda q, k: (1 - q) ** (2 * k))),
    "a float in place of a Fraction": ("fail", mode(lambda q, k: float(_mode(q, k)))),
    "x, not f": ("fail", mode(lambda q, k: (1 - q) ** k * (1 + k * q))),
    "1 + k in place of 1 + kq": ("fail", mode(lambda q, k: ((1 - q) ** k * (1 + k)) ** 2)),
    "gradient descent": ("fail", mode(lambda q, k: (1 - q * q) ** (2 * k))),
    "off by one: k − 1": ("fail", mode(lambda q, k: _mode(q, max(k - 1, 0)))),
    "1: the draft's claim": ("fail", excess(lambda q: 1.0)),
    "2: the proved factor": ("fail", excess(lambda q: 2.0)),
    "4/e: the limit": ("fail", excess(lambda q: 4 / math.e)),
    "at k = 1 only": ("fail", excess(lambda q: (1 - q) * (1 + q) ** 2)),
    "step 3 called false": ("fail", (_mode, _excess, lambda: 3)),
    "the conclusion called the first false step": ("fail", (_mode, _excess, lambda: 5)),
}
