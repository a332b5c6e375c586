"""Judge of exercise B.19: where heavy ball ends on a linearised network."""
import numpy as np

from ..grading import Report, judge_false_step


def _run(J, residual, theta0, v0, beta, n=200_000):
    """Heavy ball itself, written out here, until it no longer moves."""
    alpha = 1 / np.linalg.norm(J, 2) ** 2
    theta, v = theta0.copy(), v0.copy()
    for _ in range(n):
        v = beta * v - alpha * (J.T @ (J @ (theta - theta0) + residual))
        theta = theta + v
        if np.abs(v).max() < 1e-14:
            break
    return theta


def _case(rng, n, p):
    """A Jacobian with singular values between 1 and 2, so that runs are short."""
    U, _ = np.linalg.qr(rng.standard_normal((n, n)))
    V, _ = np.linalg.qr(rng.standard_normal((p, p)))
    J = U @ np.diag(rng.uniform(1, 2, n)) @ V[:n]
    return J, rng.standard_normal(n), rng.standard_normal(p)


def planted_proof():
    """Whether each step of the wrong proof follows: step -> function () -> bool."""
    J, r, _ = _case(np.random.default_rng(0), 2, 4)
    d, H = np.array([0.3, -1.0, 0.5, 2.0]), J.T @ J
    gradient = J.T @ (J @ d + r)
    loss = [0.5 * np.sum((J @ (d + h) + r) ** 2) for h in 1e-5 * np.vstack([np.eye(4), -np.eye(4)])]
    end = _run(J, r, np.zeros(4), np.zeros(4), 0.5)
    return {
        1: lambda: bool(np.allclose(gradient, (np.array(loss[:4]) - np.array(loss[4:])) / 2e-5, atol=1e-6)),
        2: lambda: bool(np.allclose(gradient, J.T @ r + H @ d)),
        3: lambda: bool(np.allclose(H @ end, -J.T @ r)),
        4: lambda: int(np.linalg.matrix_rank(H)) == 4,
        # it uses step 4, which is false; where it holds (n = p) the rest is true
        5: lambda: bool(np.allclose(np.linalg.solve(np.diag([2.0, 3.0]), [2.0, 3.0]), [1.0, 1.0])),
    }


def check(limit, false_step, seed=None):
    """Judge B.19.

    limit       function (J, residual, theta0, v0, beta) -> the point where heavy ball ends, shape (p,)
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn cases; None draws new ones each time
    """
    report, rng = Report("B.19"), np.random.default_rng(seed)
    for name, pushed, shapes in (("limit(…) from rest", False, ((1, 2), (3, 5), (4, 4), (5, 12))),
                                 ("limit(…) with a velocity", True, ((1, 2), (3, 5), (4, 4), (5, 12)))):
        with report.running(name):
            wrong = []
            for n, p in shapes:
                J, residual, theta0 = _case(rng, n, p)
                v0, beta = pushed * rng.standard_normal(p), float(rng.uniform(0.3, 0.9))
                said = np.asarray(limit(J.copy(), residual.copy(), theta0.copy(), v0.copy(), beta), dtype=float)
                if said.shape != (p,) or not np.abs(said - _run(J, residual, theta0, v0, beta)).max() < 1e-6:
                    wrong.append((n, p))
            found = f"{len(wrong)} wrong" + (f", e.g. n = {wrong[0][0]}, p = {wrong[0][1]}" if wrong else "")
            report.expect(name, f"0 wrong of {len(shapes)}", found, not wrong)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
