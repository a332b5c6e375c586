"""Variants of exercise B.13: a bound of the mean gap, a rise, and the number of the first false step."""
import math


def _stub(*_):
    raise NotImplementedError("your turn")


def _w(distance, alpha):
    D = max(distance, alpha)
    return D * D / (2 * alpha) + alpha


def _right(L, distance, alpha, K):
    return 2 * L * _w(distance, alpha) ** 2 / K


def _capped(L, distance, alpha, K):
    """No gap exceeds ½LD²."""
    return min(_right(L, distance, alpha, K), L * max(distance, alpha) ** 2 / 2)


def _expanded(L, distance, alpha, K):
    D = max(distance, alpha)
    return L * (D**4 / (2 * alpha**2) + 2 * D**2 + 2 * alpha**2) / K


def _rise(factor):
    return 1.0, 2.0 + factor


def _near(factor):
    """A start close to the minimum."""
    return 1e-3 / math.sqrt(factor), 1.0


def _step():
    return 5


def bound(function):
    return (function, _rise, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "2Lw²/K": ("pass", (_right, _rise, _step)),
    "never above ½LD²": ("pass", bound(_capped)),
    "multiplied out": ("pass", bound(_expanded)),
    "a start close to the minimum": ("pass", (_right, _near, _step)),
    "the draft's L/√K": ("fail", bound(lambda L, d, a, K: L / math.sqrt(K))),
    "the wrong proof's wLD/√K": ("fail", bound(lambda L, d, a, K: _w(d, a) * L * max(d, a) / math.sqrt(K))),
    "2Lw²/√K": ("fail", bound(lambda L, d, a, K: 2 * L * _w(d, a) ** 2 / math.sqrt(K))),
    "the sum instead of the mean": ("fail", bound(lambda L, d, a, K: 2 * L * _w(d, a) ** 2)),
    "1/K²": ("fail", bound(lambda L, d, a, K: 2 * L * _w(d, a) ** 2 / K**2)),
    "w instead of w²": ("fail", bound(lambda L, d, a, K: 2 * L * _w(d, a) / K)),
    "L forgotten": ("fail", bound(lambda L, d, a, K: 2 * _w(d, a) ** 2 / K)),
    "descent's L d²/(2K)": ("fail", bound(lambda L, d, a, K: L * d * d / (2 * K))),
    "α forgotten in w": ("fail", bound(lambda L, d, a, K: 2 * L * (d * d / (2 * a)) ** 2 / K)),
    "α² alone": ("fail", bound(lambda L, d, a, K: 2 * L * a * a / K)),
    "no rise: α too small": ("fail", (_right, lambda factor: (1.0, 1.5), _step)),
    "a rise that is too small": ("fail", (_right, lambda factor: (1.0, 2.5), _step)),
    "a start at the minimum": ("fail", (_right, lambda factor: (0.0, 1.0), _step)),
    "step 4 called false": ("fail", (_right, _rise, lambda: 4)),
    "step 2 called false": ("fail", (_right, _rise, lambda: 2)),
    "the conclusion called the first false step": ("fail", (_right, _rise, lambda: 6)),
}
