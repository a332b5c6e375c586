"""Judge of exercise B.14: the stationary covariance of heavy ball."""
import numpy as np

from ..grading import Report


def by_doubling(alpha, beta, lam, sigma):
    """The covariance of (x, v) as Σ Mʲ K (Mʲ)ᵀ, from the recursion written out here; 2ⁿ terms after n rounds."""
    a = alpha * lam
    M, S = np.array([[1 - a, beta], [-a, beta]]), (alpha * sigma) ** 2 * np.ones((2, 2))
    for _ in range(40):
        S, M = S + M @ S @ M.T, M @ M
    return S


def check(covariance, seed=None):
    """Judge B.14.

    covariance  function (alpha, beta, lam, sigma) -> stationary covariance of (x, v), shape (2, 2)
    seed        of the drawn settings; None draws new ones each time
    """
    report, rng = Report("B.14"), np.random.default_rng(seed)
    cases = [(0.1, 0.9, 1.0, 1.0)]
    for _ in range(12):
        beta, lam = float(rng.uniform(-0.6, 0.95)), float(10 ** rng.uniform(-1, 1))
        a = float(rng.uniform(0.05, 0.9)) * 2 * (1 + beta)
        cases.append((a / lam, beta, lam, float(rng.uniform(0.3, 3.0))))
    names = {"Var x": (0, 0), "Cov(x, v)": (0, 1), "Var v": (1, 1)}
    name = "covariance(alpha, beta, lam, sigma)"
    with report.running(name):
        answers = [np.asarray(covariance(*case), dtype=float) for case in cases]
        shapes = {answer.shape for answer in answers}
        if report.expect(f"{name}: shape", "(2, 2)", ", ".join(map(str, sorted(shapes))), shapes == {(2, 2)}):
            truths = [by_doubling(*case) for case in cases]
            symmetric = all(np.allclose(A, A.T, rtol=1e-9) for A in answers)
            report.expect(f"{name}: symmetric", "yes", "yes" if symmetric else "no", symmetric)
            for label, i in names.items():
                wrong = [c for c, A, S in zip(cases, answers, truths) if not abs(A[i] - S[i]) <= 1e-8 * S[1, 1] + 1e-8 * abs(S[i])]
                found = f"{len(wrong)} wrong" + (f", e.g. at α, β, λ, σ = {', '.join(f'{v:.3g}' for v in wrong[0])}" if wrong else "")
                report.expect(f"{name}: {label}", f"0 wrong of {len(cases)}", found, not wrong)
    report.finish()
