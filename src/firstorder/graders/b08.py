"""Judge of exercise B.8: Nesterov's error on the slow mode of a strongly convex quadratic."""
from fractions import Fraction

import numpy as np

from ..grading import Report, judge_false_step


def _run(lam, q, n, x0=1.0):
    """Positions and look-aheads on ½λx² with L = 1, β = (1 − q)/(1 + q), written out here."""
    x = last = x0
    xs, ys = [x], []
    for _ in range(n):
        y = x + (1 - q) / (1 + q) * (x - last)
        x, last = y - lam * y, x
        xs.append(x)
        ys.append(y)
    return xs, ys


def planted_proof(q=0.1):
    """Whether each step of the wrong proof follows: step -> function () -> bool, on modes between μ = q² and L = 1."""
    mu, tiny = q * q, 1e-15
    runs = [(lam, *_run(lam, q, 120)) for lam in np.geomspace(mu, 1.0, 9)]

    def everywhere(holds):
        return all(holds(lam, x, y, new) for lam, xs, ys in runs for x, y, new in zip(xs, ys, xs[1:]))

    f = lambda lam, x: lam * x * x / 2
    return {
        1: lambda: everywhere(lambda lam, x, y, new: f(lam, new) <= f(lam, y) - (lam * y) ** 2 / 2 + tiny),
        2: lambda: everywhere(lambda lam, x, y, new: (lam * y) ** 2 >= 2 * mu * f(lam, y) - tiny),
        3: lambda: everywhere(lambda lam, x, y, new: f(lam, new) <= (1 - mu) * f(lam, y) + tiny),
        4: lambda: everywhere(lambda lam, x, y, new: f(lam, y) <= f(lam, x) + tiny),
        5: lambda: everywhere(lambda lam, x, y, new: f(lam, new) <= (1 - mu) * f(lam, x) + tiny),
    }


def check(on_slow_mode, worst_excess, false_step, seed=None):
    """Judge B.8.

    on_slow_mode  function (q, k) -> f(x_k)/f(x₀) on ½μx²
    worst_excess  function (q) -> max over k of that over (1 − q)^k
    false_step    function () -> int: number of the first false step of the planted proof
    seed          of the drawn cases; None draws new ones each time
    """
    report, rng = Report("B.8"), np.random.default_rng(seed)
    name = "on_slow_mode(q, k)"
    with report.running(name):
        cases = [(Fraction(int(rng.integers(1, 90)), 97), int(rng.integers(0, 40))) for _ in range(12)]
        # the contract: exact, so a float has to fail
        wrong = [c for c in cases if on_slow_mode(*c) != _run(c[0] ** 2, c[0], c[1], Fraction(1))[0][-1] ** 2]
        found = f"{len(wrong)} wrong" + (f", e.g. at q = {wrong[0][0]}, k = {wrong[0][1]}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
    name = "worst_excess(q)"
    with report.running(name):
        cases = [float(v) for v in rng.uniform(0.01, 0.9, 10)]
        wrong = []
        for q in cases:
            xs, _ = _run(q * q, q, 600)
            truth = max(x * x / (1 - q) ** k for k, x in enumerate(xs) if (1 - q) ** k > 1e-250)
            if not abs(float(worst_excess(q)) - truth) < 1e-6:
                wrong.append(q)
        found = f"{len(wrong)} wrong" + (f", e.g. at q = {wrong[0]:.4f}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
