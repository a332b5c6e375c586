"""Judge of exercise B.12: mean and variance of the bias-corrected average."""
from fractions import Fraction

import numpy as np

from ..grading import Report, judge_false_step


def _weights(beta, k):
    """Weights of g₁ … g_k in m̂_k, by running the recursion on unit vectors, in the arithmetic of beta."""
    rows = []
    for j in range(k):
        m = 0 * beta
        for i in range(k):
            m = beta * m + (1 - beta) * (1 if i == j else 0)
        rows.append(m / (1 - beta**k))
    return rows


def planted_proof(beta=Fraction(9, 10), k=6, mu=Fraction(3)):
    """Whether each step of the wrong proof follows: step -> function () -> bool, in exact fractions."""
    raw = [w * (1 - beta**k) for w in _weights(beta, k)]
    bias = sum(raw) * mu - mu
    corrected = sum(_weights(beta, k)) * mu - mu
    return {
        1: lambda: raw == [(1 - beta) * beta ** (k - 1 - j) for j in range(k)],
        2: lambda: sum(raw) * mu == (1 - beta**k) * mu,
        3: lambda: bias == -(beta**k) * mu,
        4: lambda: corrected == bias / (1 - beta**k),
        # it uses step 4, which is false; given it, the order is right
        5: lambda: all(beta**n / (1 - beta**n) <= beta**n / (1 - beta) for n in range(1, 50)),
    }


def check(mean_error, variance, false_step, seed=None):
    """Judge B.12.

    mean_error  function (beta, k) -> (E[m̂_k] − μ)/μ
    variance    function (beta, k) -> Var(m̂_k)/σ²
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn cases; None draws new ones each time
    """
    report, rng = Report("B.12"), np.random.default_rng(seed)
    cases = [(0.9, 1), (0.999, 1), (0.5, 2)] + [(float(rng.uniform(0.1, 0.999)), int(rng.integers(1, 60))) for _ in range(10)]
    for name, answer, truth in (("mean_error(beta, k)", mean_error, lambda w: w.sum() - 1),
                                ("variance(beta, k)", variance, lambda w: (w**2).sum())):
        with report.running(name):
            wrong = [c for c in cases if not abs(float(answer(*c)) - truth(np.array(_weights(*c)))) < 1e-9]
            found = f"{len(wrong)} wrong" + (f", e.g. at β = {wrong[0][0]:.3g}, k = {wrong[0][1]}" if wrong else "")
            report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
