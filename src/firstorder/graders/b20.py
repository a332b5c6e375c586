"""Judge of exercise B.20: rate and longest step of Adam with a frozen second moment, and a planted proof."""
from fractions import Fraction

import numpy as np

from ..decision import decide
from ..grading import Report, judge_false_step
from ..steps import HeavyBallEmaHyper, HeavyBallEmaState, heavy_ball_ema

HESSIAN = ((2, 1), (1, 3))  # of the exact checks below; the s there has rational fourth roots
ROOTS = (Fraction(1, 2), Fraction(1, 3))  # P^(1/2) = s^(-1/4) for s = (16, 81)


def _product(matrix, x):
    return [sum(row[j] * x[j] for j in range(len(x))) for row in matrix]


def _one_step(matrix, x, m, lr, beta1):
    """The book's step with one step size per coordinate, in exact numbers."""
    stepped = [heavy_ball_ema(xi, g, HeavyBallEmaState(mi), 1.0, HeavyBallEmaHyper(a, beta1))
               for xi, g, mi, a in zip(x, _product(matrix, x), m, lr)]
    return [x for x, _ in stepped], [state.m for _, state in stepped]


def _stretched():
    """A = P^(1/2) H P^(1/2), exact."""
    return [[ROOTS[i] * HESSIAN[i][j] * ROOTS[j] for j in (0, 1)] for i in (0, 1)]


def _change_of_variables():
    """Both runs, three steps, in fractions: y = P^(-1/2) x and n = P^(1/2) m all along."""
    x, m = [Fraction(3), Fraction(-5)], [Fraction(1), Fraction(7)]
    y, n = [xi / r for xi, r in zip(x, ROOTS)], [mi * r for mi, r in zip(m, ROOTS)]
    alpha, beta1, same = Fraction(3, 7), Fraction(9, 10), []
    for _ in range(3):
        x, m = _one_step(HESSIAN, x, m, [alpha * r * r for r in ROOTS], beta1)
        y, n = _one_step(_stretched(), y, n, [alpha, alpha], beta1)
        same.append(all(xi == r * yi and mi * r == ni for xi, yi, mi, ni, r in zip(x, y, m, n, ROOTS)))
    return all(same)


def _same_eigenvalues():
    """A is symmetric with positive minors, and A and PH have one trace and one determinant."""
    A = _stretched()
    PH = [[ROOTS[i] ** 2 * HESSIAN[i][j] for j in (0, 1)] for i in (0, 1)]
    trace = lambda M: M[0][0] + M[1][1]
    det = lambda M: M[0][0] * M[1][1] - M[0][1] * M[1][0]
    return A[0][1] == A[1][0] and A[0][0] > 0 < det(A) and trace(A) == trace(PH) and det(A) == det(PH)


def _mode_matrix():
    """Step 3's matrix, entry by entry, from the step on unit vectors of z3's reals."""
    import z3

    alpha, beta1, l = z3.Reals("α β₁ l")
    a = (1 - beta1) * alpha * l
    entries = []
    for y, n in ((1, 0), (0, 1)):
        y, n = z3.RealVal(y), z3.RealVal(n)
        y, state = heavy_ball_ema(y, l * y, HeavyBallEmaState(n), 1.0, HeavyBallEmaHyper(alpha, beta1))
        entries += [y, state.m]
    claimed = [1 - a, (1 - beta1) * l, -alpha * beta1, beta1]
    return decide(z3.And(*(e == c for e, c in zip(entries, claimed)))).decided


def _diagonal_is_spectrum():
    """Is 1 − a an eigenvalue, and β₁?  Both must be roots of z² − (1 + β₁ − a) z + det."""
    import z3

    a, b = z3.Reals("a β₁")
    determinant = (1 - a) * b + a * b  # −(−αβ₁)(1 − β₁)l = β₁ a
    chi = lambda z: z * z - (1 + b - a) * z + determinant
    return decide(z3.And(chi(1 - a) == 0, chi(b) == 0), 0 < a, 0 < b, b < 1).decided


def _larger_eigenvalue():
    """If the eigenvalues are 1 − a and β₁, none has a modulus above max(β₁, |1 − a|), and one attains it."""
    import z3

    a, b, r = z3.Reals("a β₁ r")
    larger = z3.If(z3.And(b >= 1 - a, b >= a - 1), b, z3.If(a <= 1, 1 - a, a - 1))
    none_above = z3.And(larger >= b, larger * larger >= (1 - a) * (1 - a))
    return decide(z3.And(none_above, z3.Or(larger == b, larger == 1 - a, larger == a - 1)), 0 < a, 0 < b, b < 1).decided


def _smallest_wins():
    import z3

    a, low = z3.Reals("a low")
    return decide((1 - a) * (1 - a) <= (1 - low) * (1 - low), 0 < low, low <= a).decided


def planted_proof():
    """The steps of the wrong proof of B.20: step -> function () -> bool, does it follow?"""
    return {1: _change_of_variables, 2: _same_eigenvalues, 3: _mode_matrix,
            4: _diagonal_is_spectrum, 5: _larger_eigenvalue, 6: _smallest_wins}


def _radius(H, s, alpha, beta1):
    """Spectral radius of the step itself, read off its images of the unit vectors of (x, m)."""
    d = len(s)
    h = HeavyBallEmaHyper(lr=alpha / np.sqrt(s), beta=beta1)
    columns = []
    for z in np.eye(2 * d):
        x, state = heavy_ball_ema(z[:d], H @ z[:d], HeavyBallEmaState(z[d:]), 1.0, h)
        columns.append(np.concatenate([x, state.m]))
    return float(abs(np.linalg.eigvals(np.array(columns).T)).max())


def _longest(H, s, beta1):
    """The α at which the spectral radius passes 1, by bisection."""
    low, high = 0.0, 1.0
    while _radius(H, s, high, beta1) < 1:
        low, high = high, 2 * high
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if _radius(H, s, mid, beta1) < 1 else (low, mid)
    return low


def _problems(rng):
    """(H, s, β₁): a single mode, a diagonal valley, and drawn ones that are not diagonal."""
    yield np.eye(1), np.ones(1), 0.9
    yield np.diag([1.0, 100.0]), np.array([1.0, 1.0]), 0.9
    yield np.diag([4.0, 9.0]), np.array([25.0, 0.04]), 0.0
    for beta1 in (0.1, 0.5, 0.9, 0.99, float(rng.uniform(0.05, 0.98))):
        d = int(rng.integers(2, 5))
        q, _ = np.linalg.qr(rng.standard_normal((d, d)))
        H = (q * np.geomspace(1, rng.uniform(5, 100), d)) @ q.T
        yield (H + H.T) / 2, 10.0 ** rng.uniform(-2, 2, d), beta1


def check(rate, longest_step, false_step, seed=None):
    """Judge B.20.

    rate          function (H, s, alpha, beta1) -> long-run factor per step of the worst start
    longest_step  function (H, s, beta1) -> the α below which it converges from every start
    false_step    function () -> int: number of the first false step of the planted proof
    seed          of the drawn problems; None draws new ones each time
    """
    report = Report("B.20")
    problems = [(H, s, b, _longest(H, s, b)) for H, s, b in _problems(np.random.default_rng(seed))]
    for name, shares in (("rate inside the stable range", (0.002, 0.03, 0.2, 0.6, 0.97)), ("rate beyond it", (1.2, 4.0))):
        with report.running(name):
            cells = [(H, s, share * limit, b) for H, s, b, limit in problems for share in shares]
            off = [abs(float(rate(H.copy(), s.copy(), alpha, b)) - _radius(H, s, alpha, b)) for H, s, alpha, b in cells]
            wrong = [cell for cell, e in zip(cells, off) if not e <= 1e-5 * max(1, _radius(*cell))]
            where = f", e.g. α = {wrong[0][2]:.4g}, β₁ = {wrong[0][3]:.3g}, d = {len(wrong[0][1])}" if wrong else ""
            report.expect(name, f"0 wrong of {len(cells)}", f"{len(wrong)} wrong{where}", not wrong)
    name = "longest_step"
    with report.running(name):
        found = [float(longest_step(H.copy(), s.copy(), b)) for H, s, b, _ in problems]
        wrong = [(p, f) for p, f in zip(problems, found) if not abs(f - p[3]) <= 1e-6 * p[3]]
        where = f", e.g. {wrong[0][1]:.4g} at β₁ = {wrong[0][0][2]:.3g}, d = {len(wrong[0][0][1])}" if wrong else ""
        report.expect(name, f"0 wrong of {len(problems)}", f"{len(wrong)} wrong{where}", not wrong)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
