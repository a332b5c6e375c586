"""Judge of exercise B.1: the factor in front of ρᵏ, the floor of all span methods, the first false step of a wrong proof."""
import math
from fractions import Fraction

import numpy as np

from .. import steps
from ..decision import decide
from ..grading import Report, judge_false_step
from ..symbolic import LAM, iteration_matrix_symbolic


def _run(kappa_root, lam, steps_):
    """x_k / (ρᵏ x₀) for k = 0 … steps_, exactly: Polyak's heavy ball on ½λx² for μ = 1, L = kappa_root²."""
    rho = (kappa_root - 1) / (kappa_root + 1)
    settings = steps.HeavyBallHyper(lr=4 / (kappa_root + 1) ** 2, beta=rho**2)
    x, state, ratios = Fraction(1), steps.HeavyBallState(v=Fraction(0)), [Fraction(1)]
    for k in range(1, steps_ + 1):
        x, state = steps.heavy_ball(x, lam * x, state, float(k), settings)
        ratios.append(x / rho**k)
    return ratios


def _worst(kappa_root, k):
    """Largest |x_k| / (ρᵏ |x₀|) over curvatures in [1, κ], the ends among them."""
    top = kappa_root**2
    lams = [1 + (top - 1) * Fraction(j, 12) for j in range(13)]
    return max(abs(_run(kappa_root, lam, k)[k]) for lam in lams)


def _least(kappa, k):
    """1 / Σ|ℓᵢ(0)| for the k + 1 Chebyshev points of [1, κ]: no polynomial with p(0) = 1 is smaller on all of them."""
    if k == 0:
        return 1.0
    t = (kappa + 1 - (kappa - 1) * np.cos(np.pi * np.arange(k + 1) / k)) / 2
    return 1 / sum(math.prod(t[j] / abs(t[i] - t[j]) for j in range(k + 1) if j != i) for i in range(k + 1))


def _one_step():
    """Step 1: two successive positions obey the matrix [[T, −β], [1, 0]]; read off the book's step."""
    import sympy

    M = iteration_matrix_symbolic("heavy_ball")
    lr, beta = M[1, 0] / -LAM, M[0, 1]
    x, before = sympy.symbols("x before")
    new = (M * sympy.Matrix([x, x - before]))[0]
    return sympy.expand(new - ((1 + beta - lr * LAM) * x - beta * before)) == 0


def _roots(modulus):
    """Steps 2 and 3, decided for all 0 < ρ < 1 and (1 − ρ)² <= αλ <= (1 + ρ)²; Polyak's pair puts αλ there."""
    import z3

    a, r, p, q, u, w = z3.Reals("a ρ p q u w")
    T = 1 + r * r - a
    given = (0 < r, r < 1, (1 - r) ** 2 <= a, a <= (1 + r) ** 2)
    if not modulus:
        return decide(z3.And(-2 * r <= T, T <= 2 * r), *given).decided
    real, pair = (p + q == T, p * q == r * r), (2 * u == T, u * u + w * w == r * r, w != 0)
    return (decide(z3.And(p * p == r * r, q * q == r * r), *given, *real).decided
            and decide(u * u + w * w == r * r, *given, *pair).decided)


def _powers():
    """(ρ, λ, k, Mᵏ) in exact fractions."""
    for root in (Fraction(2), Fraction(3), Fraction(10)):
        rho = (root - 1) / (root + 1)
        for lam in (Fraction(1), (1 + root**2) / 2, root**2):
            M = [[1 + rho**2 - 4 / (root + 1) ** 2 * lam, -(rho**2)], [Fraction(1), Fraction(0)]]
            power = M
            for k in range(1, 9):
                yield rho, k, power
                power = [[sum(power[i][n] * M[n][j] for n in (0, 1)) for j in (0, 1)] for i in (0, 1)]


def _eigenvalues_of_powers():
    """|eigenvalues| of a real 2×2 matrix are both m exactly if det = m² and |trace| <= 2m, or det = −m² and trace = 0."""
    return all(P[0][0] * P[1][1] - P[0][1] * P[1][0] == rho ** (2 * k) and abs(P[0][0] + P[1][1]) <= 2 * rho**k
               for rho, k, P in _powers())


def _norms_of_powers():
    """‖Mᵏ z‖ <= ρᵏ ‖z‖, tried on z = (1, 1), a start at rest."""
    return all((P[0][0] + P[0][1]) ** 2 + (P[1][0] + P[1][1]) ** 2 <= rho ** (2 * k) * 2 for rho, k, P in _powers())


def _conclusion():
    return all(_worst(root, k) <= 1 for root in (Fraction(2), Fraction(10)) for k in range(4))


def planted_proof():
    """The steps of the wrong proof of B.1: step -> function () -> bool."""
    return {1: _one_step, 2: lambda: _roots(False), 3: lambda: _roots(True),
            4: _eigenvalues_of_powers, 5: _norms_of_powers, 6: _conclusion}


def _judge(report, name, function, truth, cells):
    with report.running(name):
        errors = [(abs(float(function(float(root) ** 2, k)) - truth(root, k)) / truth(root, k), root, k) for root, k in cells]
        worst, root, k = max(errors)
        if any(math.isnan(e) for e, _, _ in errors):
            worst = math.nan
        found = f"{worst:.1e}" + ("" if worst < 1e-8 else f" at κ = {float(root) ** 2:g}, k = {k}")
        report.expect(name, "relative error below 1e-8", found, worst < 1e-8)


def check(factor, floor, false_step, seed=None):
    """Judge B.1.

    factor      function (kappa, k) -> smallest C with ‖x_k‖ <= C ρᵏ ‖x₀‖, judged by exact runs over curvatures
    floor       function (kappa, k) -> least worst case of a span method, judged by interpolation at k + 1 points
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn cells; None draws new ones each time
    """
    report, rng = Report("B.1"), np.random.default_rng(seed)
    drawn = [(1 + Fraction(int(n), 7), int(k)) for n, k in zip(rng.integers(2, 80, 6), rng.integers(2, 16, 6))]
    fixed = [(Fraction(10), k) for k in (0, 1, 2, 5, 20)] + [(Fraction(3, 2), 3), (Fraction(30), 7)]
    _judge(report, "factor(kappa, k)", factor, lambda root, k: float(_worst(root, k)), fixed + drawn)
    _judge(report, "floor(kappa, k)", floor, lambda root, k: _least(float(root) ** 2, k), fixed + drawn)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
