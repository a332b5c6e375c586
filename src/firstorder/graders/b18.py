"""Judge of exercise B.18: how long RMSProp takes to follow a change of scale, and how much it flickers."""
import math

import numpy as np

from ..grading import Report, judge_false_step


def _rates(rho, beta2, n):
    """The effective rate over its limit after 0, 1, …, n new gradients, from the recursion written out here."""
    s, found = 1.0, [rho]
    for _ in range(n):
        s = beta2 * s + (1 - beta2) * rho * rho
        found.append(rho / math.sqrt(s))
    return np.array(found)


def planted_proof(rho=0.01, beta2=0.99, n=2000):
    """Whether each step of the wrong proof follows: step -> function () -> bool."""
    q, k = _rates(rho, beta2, n), np.arange(n + 1)
    s = (rho / q) ** 2
    error = abs(q - 1)
    soon = error[0] * beta2**k <= 0.5
    return {
        1: lambda: bool(np.allclose(s, rho**2 + (1 - rho**2) * beta2**k, rtol=1e-9, atol=0)),
        2: lambda: bool(np.allclose((s - rho**2)[1:500], beta2 * (s - rho**2)[:499], rtol=1e-6, atol=0)),
        3: lambda: bool((error <= error[0] * beta2**k + 1e-9).all()),
        # the last two use step 3, which is false; given it, they are arithmetic
        4: lambda: bool((error[0] * beta2**k[soon] <= 0.5).all()),
        5: lambda: int(k[soon][0]) <= max(0, math.ceil(math.log(2 * error[0]) / -math.log(beta2))),
    }


def _delay(rho, beta2, c):
    q = _rates(rho, beta2, 3000)
    outside = np.flatnonzero((q > c) | (q < 1 / c))
    return int(outside[-1]) + 1 if outside.size else 0


def check(delay, flicker, false_step, seed=None):
    """Judge B.18.

    delay       function (rho, beta2, c) -> int
    flicker     function (beta2, cv) -> relative standard deviation of s
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn settings; None draws new ones each time
    """
    report, rng = Report("B.18"), np.random.default_rng(seed)

    def drawn(low, high):
        return [(float(10 ** rng.uniform(low, high)), float(rng.uniform(0.5, 0.98)), float(rng.uniform(1.1, 3))) for _ in range(12)]

    for name, cases in (("delay(rho, beta2, c) after a rise", drawn(0.5, 4)), ("delay(rho, beta2, c) after a fall", drawn(-4, -0.5)),
                        ("delay(rho, beta2, c) where nothing is to wait for", [(1.0, 0.9, 1.5), (1.05, 0.9, 1.5), (0.95, 0.99, 1.2)])):
        report.compare(name, delay, cases, lambda said, *case: said == _delay(*case))
    cases = [(float(rng.uniform(0.1, 0.99)), float(rng.uniform(0.2, 3))) for _ in range(8)]
    report.compare("flicker(beta2, cv)", flicker, cases, lambda said, beta2, cv: abs(
        float(said) / (cv * math.sqrt(math.fsum(((1 - beta2) * beta2**j) ** 2 for j in range(4000)))) - 1) < 1e-6)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
