"""Variants of exercise B.11: a noise that drives Adam uphill, and a number of steps."""
import math
from fractions import Fraction


def _stub(*_):
    raise NotImplementedError("your turn")


def _noise():
    return [9, -1], [Fraction(1, 10), Fraction(9, 10)]


def _bisect(bound):
    """steps_needed for a bound (N, R, L, delta, d, alpha1, eps), by doubling and bisection."""

    def steps_needed(accuracy, R, L, delta, d, alpha1, eps):
        low, high = 1, 2
        while bound(high, R, L, delta, d, alpha1, eps) > accuracy**2:
            low, high = high, 2 * high
        while high - low > 1 and high > 2:
            middle = (low + high) // 2
            small = bound(middle, R, L, delta, d, alpha1, eps) <= accuracy**2
            low, high = (low, middle) if small else (middle, high)
        return high

    return steps_needed


def _bound(N, R, L, delta, d, alpha1, eps):
    log = math.log1p(N * R**2 / eps**2) + 2
    return (R + eps) / math.sqrt(N) * (2 * delta / alpha1 + d * (R / 2 + alpha1 * L) * log)


_right = _bisect(_bound)


def _iterated(accuracy, R, L, delta, d, alpha1, eps):
    """Fixed point of N = (bracket(N) (R + ε)/ϵ²)², from above, in real numbers."""
    N = 1e40
    for _ in range(500):
        N = max(2.0, ((R + eps) / accuracy**2 * (2 * delta / alpha1 + d * (R / 2 + alpha1 * L) * (math.log1p(N * R**2 / eps**2) + 2))) ** 2)
    return math.ceil(N)


def _grown(accuracy, *rest):
    """By steps of half a per cent."""
    N = 2
    while _bound(N, *rest) > accuracy**2:
        N = max(N + 1, math.ceil(N * 1.005))
    return N


def needed(function):
    return (_noise, function)


def _explicit(accuracy, R, L, delta, d, alpha1, eps):
    B = d * (R / 2 + alpha1 * L)
    p = (R + eps) / accuracy**2 * (2 * delta / alpha1 + B * (2 + math.log1p(R**2 / eps**2)))
    q = 2 * (R + eps) / accuracy**2 * B
    return max(2, math.ceil(4 * (p + q * max(0.0, math.log(2 * q))) ** 2))


def noisy(values, chances):
    return (lambda: (values, chances), _right)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub)),
    "9 and −1; bisection": ("pass", (_noise, _right)),
    "fixed point": ("pass", needed(_iterated)),
    "grown by half a per cent": ("pass", needed(_grown)),
    "3 and −1": ("pass", noisy([3, -1], [Fraction(1, 4), Fraction(3, 4)])),
    "three values": ("pass", noisy([24, 0, -2], [Fraction(1, 20), Fraction(7, 20), Fraction(3, 5)])),
    "symmetric noise": ("fail", noisy([1, -1], [Fraction(1, 2), Fraction(1, 2)])),
    "the other way round": ("fail", noisy([-9, 1], [Fraction(1, 10), Fraction(9, 10)])),
    "noise with a mean": ("fail", noisy([9, -1], [Fraction(1, 20), Fraction(19, 20)])),
    "too weak for the slope": ("fail", noisy([Fraction(9, 5), Fraction(-1, 5)], [Fraction(1, 10), Fraction(9, 10)])),
    "chances in floating point": ("fail", noisy([9, -1], [0.1, 0.9])),
    "accuracy instead of its square": ("fail", needed(lambda accuracy, *rest: _right(math.sqrt(accuracy), *rest))),
    "no logarithm": ("fail", needed(_bisect(
        lambda N, R, L, delta, d, a, e: (R + e) / math.sqrt(N) * (2 * delta / a + d * (R / 2 + a * L) * 2)))),
    "d forgotten": ("fail", needed(_bisect(lambda N, R, L, delta, d, a, e: _bound(N, R, L, delta, 1, a, e)))),
    "1/N instead of 1/√N": ("fail", needed(_bisect(
        lambda N, *rest: _bound(N, *rest) / math.sqrt(N)))),
    "ε² forgotten in the logarithm": ("fail", needed(_bisect(
        lambda N, R, L, delta, d, a, e: (R + e) / math.sqrt(N) * (2 * delta / a + d * (R / 2 + a * L) * (math.log1p(N * R**2) + 2))))),
    "the draft's G⁴L²/(σ⁴ϵ⁴)": ("fail", needed(lambda accuracy, R, L, *rest: max(2, math.ceil(R**4 * L**2 / accuracy**4)))),
    "the explicit count: enough, but wasteful": ("fail", needed(_explicit)),
    "twice as many": ("fail", needed(lambda *all: 2 * _right(*all))),
}
