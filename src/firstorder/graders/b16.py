"""Judge of exercise B.16: how often a rare token is updated, and with which effective rate."""
import math
from fractions import Fraction

import numpy as np

from ..grading import Report, judge_false_step


def _accumulators(beta2, containing):
    """RMSProp's s and the plain sum of squares for unit gradients at the steps marked True, written out here."""
    s = total = 0.0
    for there in containing:
        s = beta2 * s + (1 - beta2) * there
        total += there
    return s, total


def planted_proof(beta2=0.99, n=2000):
    """Whether each step of the wrong proof follows: step -> function () -> bool."""
    every_third = [k % 3 == 0 for k in range(n)]
    s, total = _accumulators(beta2, every_third)
    T, p = 5, Fraction(1, 3)
    mean = sum(k * math.comb(T, k) * p**k * (1 - p) ** (T - k) for k in range(T + 1))
    rate = [(1 - beta2) ** -0.5 * m**-0.5 for m in (10.0, 40.0)]
    return {
        1: lambda: mean == T * p,
        2: lambda: total == sum(every_third),
        3: lambda: abs(s / ((1 - beta2) * total) - 1) < 1e-3,
        # the last two use what the step before says, which is false; given it, they are arithmetic
        4: lambda: abs(rate[0] - 1 / math.sqrt((1 - beta2) * 10)) < 1e-12,
        5: lambda: abs(rate[0] / rate[1] - 2) < 1e-12,
    }


def _settled(q, beta2):
    """E[s]/c² after a step with the token, by iterating the mean until it no longer moves."""
    mean, last = 0.0, -1.0
    while mean != last:
        last, mean = mean, beta2 * mean + (1 - beta2) * q
    return beta2 * mean + (1 - beta2)


def check(steps_with_token, mean_second_moment, largest_advantage, false_step, seed=None):
    """Judge B.16.

    steps_with_token    function (T, B, p) -> expected number of steps whose batch contains the token
    mean_second_moment  function (q, beta2) -> E[s]/c² after a step with the token
    largest_advantage   function (beta2) -> supremum of the ratio of effective rates
    false_step          function () -> int: number of the first false step of the planted proof
    seed                of the drawn cases; None draws new ones each time
    """
    report, rng = Report("B.16"), np.random.default_rng(seed)

    def compare(name, answer, cases, truth):
        report.compare(name, answer, cases, lambda said, *case: abs(float(said) / truth(*case) - 1) < 1e-6)

    def once(T, B, p):  # by the number of occurrences in a batch, not by its complement
        return T * math.fsum(math.comb(B, k) * p**k * (1 - p) ** (B - k) for k in range(1, B + 1))

    cases = [(int(rng.integers(10, 10**4)), int(rng.integers(2, 60)), float(rng.uniform(0.001, 0.5))) for _ in range(10)]
    compare("steps_with_token(T, B, p)", steps_with_token, cases, once)
    cases = [(float(10 ** rng.uniform(-3, 0)), float(rng.uniform(0.2, 0.995))) for _ in range(10)]
    compare("mean_second_moment(q, beta2)", mean_second_moment, cases, _settled)
    cases = [(float(rng.uniform(0.2, 0.999)),) for _ in range(6)]
    compare("largest_advantage(beta2)", largest_advantage, cases,
            lambda beta2: math.sqrt(_settled(1.0, beta2) / _accumulators(beta2, [True])[0]))
    judge_false_step(report, false_step, planted_proof())
    report.finish()
