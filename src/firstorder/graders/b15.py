"""Judge of exercise B.15: the curvature on which constant momentum does badly."""
import numpy as np

from ..grading import Report


def _scaled_error(lam, L, beta, k):
    """k f(x_k)/(L x₀²) on ½λx² with α = 1/L, by powers of the recursion's matrix, written out here."""
    s = lam / L
    M = np.array([[(1 - s) * (1 + beta), -(1 - s) * beta], [1.0, 0.0]])
    x = (np.linalg.matrix_power(M, k) @ np.array([1.0, 1.0]))[0]
    return k * lam / L * x * x / 2


def check(hard_curvature, limit_constant, seed=None):
    """Judge B.15.

    hard_curvature  function (L, beta, k) -> λ, 0 < λ <= L
    limit_constant  function (beta) -> limit of k f(x_k)/(L x₀²)
    seed            of the drawn cases; None draws new ones each time
    """
    report, rng = Report("B.15"), np.random.default_rng(seed)
    cases = [(float(10 ** rng.uniform(-1, 2)), float(rng.uniform(0, 0.95))) for _ in range(8)]
    k = 200_000
    name = "hard_curvature(L, beta, k)"
    with report.running(name):
        wrong = []
        for L, beta in cases:
            lam = float(hard_curvature(L, beta, k))
            best = max(_scaled_error(c * L / k, L, beta, k) for c in np.geomspace(1e-3, 3, 400))
            if not (0 < lam <= L and _scaled_error(lam, L, beta, k) > 0.999 * best):
                wrong.append((L, beta))
        found = f"{len(wrong)} wrong" + (f", e.g. at L = {wrong[0][0]:.3g}, β = {wrong[0][1]:.3g}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
    name = "limit_constant(beta)"
    with report.running(name):
        wrong = []
        for _, beta in cases:
            best = max(_scaled_error(c / k, 1.0, beta, k) for c in np.geomspace(1e-3, 3, 2000))
            if not abs(float(limit_constant(beta)) / best - 1) < 2e-3:
                wrong.append(beta)
        found = f"{len(wrong)} wrong" + (f", e.g. at β = {wrong[0]:.3g}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
    report.finish()
