"""Judge of exercise B.9: how the effective rate of RMSProp settles."""
import math

import numpy as np

from ..grading import Report, judge_false_step


def _ratios(beta2, n):
    """Rate over limit after 1 … n gradients of one size, from the recursion written out here."""
    s, found = 0.0, []
    for _ in range(n):
        s = beta2 * s + (1 - beta2)
        found.append(1 / math.sqrt(s))
    return np.array(found)


def planted_proof(beta2=0.99):
    """Whether each step of the wrong proof follows, g = 1: step -> function () -> bool."""
    tau, share = -1 / math.log(beta2), 1 - math.exp(-1)
    k = np.arange(1, 400)
    u = _ratios(beta2, k[-1])
    s = u**-2.0
    at_tau = 1 - beta2**tau
    return {
        1: lambda: bool(np.allclose(s, 1 - np.exp(-k / tau))),
        2: lambda: abs(at_tau - share) < 1e-12,
        3: lambda: all(abs((1 - b ** (-1 / math.log(b)) - (1 - b)) / b - share) < 1 - b for b in (0.9, beta2, 0.999)),
        4: lambda: bool(np.allclose((u[0] - u) / (u[0] - 1), (s - s[0]) / (1 - s[0]), atol=0.01)),
        # it uses step 4, which is false; given it, it repeats step 3
        5: lambda: abs((at_tau - s[0]) / (1 - s[0]) - share) < 1 - beta2,
    }


def check(rate, within, leading, false_step, seed=None):
    """Judge B.9.

    rate     function (alpha, g, beta2, k) -> effective rate after k gradients of size g
    within   function (beta2, c) -> first k from which the rate is at most (1 + c) times its limit
    leading  function (beta2) -> limit of (rate/limit − 1)/β₂ᵏ
    false_step  function () -> int: number of the first false step of the planted proof
    seed     of the drawn settings; None draws new ones each time
    """
    report, rng = Report("B.9"), np.random.default_rng(seed)

    cases = [(float(rng.uniform(0.001, 1)), float(rng.uniform(0.1, 5)), float(rng.uniform(0.2, 0.999)), int(rng.integers(1, 80)))
             for _ in range(12)]
    report.compare("rate(alpha, g, beta2, k)", rate, cases, lambda said, alpha, g, beta2, k: abs(
        float(said) / (alpha / g * _ratios(beta2, k)[-1]) - 1) < 1e-9)
    cases = [(float(rng.uniform(0.3, 0.99)), float(rng.uniform(0.005, 0.5))) for _ in range(12)]
    report.compare("within(beta2, c)", within, cases, lambda said, beta2, c: said == int(np.argmax(_ratios(beta2, 3000) <= 1 + c)) + 1)

    def near_the_end(said, beta2):
        k = math.ceil(math.log(1e-5) / math.log(beta2))  # late enough for the limit, early enough for rounding
        return abs(float(said) - (_ratios(beta2, k)[-1] - 1) / beta2**k) < 1e-3

    report.compare("leading(beta2)", leading, [(float(b),) for b in rng.uniform(0.3, 0.99, 5)], near_the_end)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
