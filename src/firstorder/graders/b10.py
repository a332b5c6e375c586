"""Judge of exercise B.10: the step limit for two curvatures, a refutation, and the first false step of a wrong proof."""
import math
from fractions import Fraction

import numpy as np

from .. import steps
from ..grading import Report, judge_false_step


def planted_proof():
    """The steps of the wrong proof of B.10 as statements about real numbers: step -> (hypotheses, statement).

    s = √β; p, q are the roots where they are real, u ± iw where they are not; x₀, x₁ = z x₀ a run along a root z.
    """
    import z3

    a, s, p, q, u, w, z = z3.Reals("a s p q u w z")
    b = s * s
    trace = 1 + b - a
    real = z3.And(p + q == trace, p * q == b)
    pair = z3.And(2 * u == trace, u * u + w * w == b, w != 0)
    given = (0 < a, 0 <= s, s < 1)
    either = z3.Or(real, pair)
    # (x, v) is an eigenvector for z: v⁺ = βv − ax = zv and x⁺ = x + v⁺ = zx, with x = 1 (x = 0 would make v = 0)
    v = z3.Real("v")
    eigenvector = z3.And(b * v - a == z * v, 1 + z * v == z)
    band = z3.And((1 - s) * (1 - s) <= a, a <= (1 + s) * (1 + s))
    beyond = a > (1 + s) * (1 + s)
    limit = 2 * (1 + s) * (1 + s)
    a2 = z3.Real("a2")
    return {
        1: ((*given, eigenvector), z * z - trace * z + b == 0),
        2: ((*given, band, either), z3.And(z3.Implies(real, z3.And(p * p == b, q * q == b)), z3.Implies(pair, u * u + w * w == b))),
        3: ((*given, beyond, either), z3.And(z3.Not(pair), z3.Implies(real, z3.And(p <= 0, q <= 0)))),
        4: ((*given, beyond, a < limit, real), z3.And(-1 < p, p <= 0, -1 < q, q <= 0)),
        5: ((*given, a >= limit, real), z3.Or(p <= -1, q <= -1)),
        6: ((*given, 0 < a2, a2 < a, real), (a < limit) == z3.And(p * p < 1, q * q < 1)),
    }


def _grows(alpha, beta, lam):
    """Exactly: some root has modulus above 1, by the values of the polynomial at ±1 and the product of its roots."""
    trace = 1 + beta - alpha * lam
    return 1 - trace + beta < 0 or 1 + trace + beta < 0 or abs(beta) > 1


def _radius(H, alpha, beta):
    """Spectral radius of the 4×4 matrix that the book's step defines."""
    h = steps.HeavyBallHyper(lr=alpha, beta=beta)
    columns = []
    for e in np.eye(4):
        x, state = steps.heavy_ball(e[:2], H @ e[:2], steps.HeavyBallState(v=e[2:]), 1.0, h)
        columns.append(np.r_[x, state.v])
    return np.abs(np.linalg.eigvals(np.array(columns).T)).max()


def _cells(rng):
    yield from (((100.0, 0.0, 1.0), 0.9), ((1.0, 0.0, 100.0), 0.9), ((2.0, 1.0, 2.0), 0.0), ((2.0, -1.0, 2.0), 0.5), ((1.0, 0.0, 1.0), 0.99))
    for _ in range(12):
        A = rng.standard_normal((2, 2))
        H = A @ A.T + 0.1 * np.eye(2)
        yield tuple(map(float, (H[0, 0], H[0, 1], H[1, 1]))), float(rng.uniform(0, 0.99))


def check(longest_step, refutation, false_step, seed=None):
    """Judge B.10.

    longest_step  function (h11, h12, h22, beta) -> limit of α, judged by the spectral radius just below and above it
    refutation    function () -> (α, β, λ₁, λ₂) that refutes the statement
    false_step    function () -> int: number of the first false step of the planted proof
    seed          of the drawn cells; None draws new ones each time
    """
    report = Report("B.10")
    name = "longest_step: stable just below it, unstable just above"
    with report.running(name):
        wrong, cells = [], list(_cells(np.random.default_rng(seed)))
        for (h11, h12, h22), beta in cells:
            limit = float(longest_step(h11, h12, h22, beta))
            H = np.array([[h11, h12], [h12, h22]])
            right = math.isfinite(limit) and _radius(H, limit * (1 - 1e-6), beta) < 1 < _radius(H, limit * (1 + 1e-6), beta)
            if not right or not all(_radius(H, f * limit, beta) < 1 for f in (0.05, 0.3, 0.6, 0.9)):
                wrong.append((h11, h12, h22, beta))
        found = f"{len(wrong)} wrong" + (", e.g. H = [[{0:.3g}, {1:.3g}], [{1:.3g}, {2:.3g}]], β = {3:.3g}".format(*wrong[0]) if wrong else "")
        report.expect(name, f"0 wrong of {len(cells)}", found, not wrong)
    name = "refutation(): fits the statement's condition, and grows"
    with report.running(name):
        alpha, beta, l1, l2 = (Fraction(x) for x in refutation())
        # α λ₁/2 < (1 + √β)² without a root: the difference after moving 2√β to one side
        rest = alpha * l1 / 2 - 1 - beta
        fits = 0 <= beta < 1 and l1 > l2 > 0 and alpha > 0 and (rest < 0 or rest**2 < 4 * beta)
        grows = _grows(alpha, beta, l1) or _grows(alpha, beta, l2)
        report.expect(name, "both", f"fits: {'yes' if fits else 'no'}, grows: {'yes' if grows else 'no'}", fits and grows)
    from ..decision import decide

    judge_false_step(report, false_step, {
        k: lambda hypotheses=hypotheses, statement=statement: decide(statement, *hypotheses).decided
        for k, (hypotheses, statement) in planted_proof().items()})
    report.finish()
