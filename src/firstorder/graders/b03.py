"""Judge of exercise B.3: the repaired region, and the first false step of a wrong proof."""
from fractions import Fraction

import numpy as np

from ..decision import decide
from ..grading import Report, judge_false_step


def planted_proof():
    """The steps of the wrong proof of B.3 as statements about real numbers: step -> (hypotheses, statement).

    p, q are the roots where they are real, u ± iw where they are not; T = 1 + β − a.  A step may use
    what the steps before it say.
    """
    import z3

    a, b, p, q, u, w = z3.Reals("a β p q u w")
    trace = 1 + b - a
    real = z3.And(p + q == trace, p * q == b)
    pair = z3.And(2 * u == trace, u * u + w * w == b, w != 0)
    inside_real, inside_pair = z3.And(p * p < 1, q * q < 1), u * u + w * w < 1
    z = z3.Real("z")
    polynomial = z * z - trace * z + b
    return {
        1: ((real,), z3.substitute(polynomial, (z, p)) == 0),
        2: ((z3.Or(z3.And(real, inside_real), z3.And(pair, inside_pair)),), z3.And(-1 < b, b < 1)),
        3: ((z3.Or(z3.And(real, inside_real), z3.And(pair, inside_pair)),), z3.And(-2 < trace, trace < 2)),
        4: ((-1 < b, b < 1, -2 < trace, trace < 2), z3.And(z3.Implies(real, inside_real), z3.Implies(pair, inside_pair))),
        5: ((0 < a,), z3.And(-2 < trace, trace < 2) == z3.And(b - 1 < a, a < 3 + b)),
    }


def _cells(rng):
    """(a, β, converges?) with β on both sides of 0 and of ±1, and points of the border, in exact fractions."""
    for beta in (Fraction(-9, 10), Fraction(-1, 2), Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(99, 100)):
        edge = 2 * (1 + beta)
        yield from ((edge * Fraction(k, 100), beta, True) for k in (1, 30, 60, 99))
        yield from ((edge * Fraction(k, 100), beta, False) for k in (100, 101, 150, 400))
        yield from ((a, beta, False) for a in (Fraction(0), Fraction(-1, 10)))
    for beta in (Fraction(1), Fraction(-1), Fraction(6, 5), Fraction(-6, 5), Fraction(3)):
        yield from ((a, beta, False) for a in (Fraction(1, 10), Fraction(1), Fraction(3)))
    for _ in range(40):
        a, beta = (Fraction(int(n), 97) for n in rng.integers((-50, -150), (500, 150)))
        yield a, beta, abs(beta) < 1 and 0 < a < 2 * (1 + beta)


def check(converges, false_step, seed=None):
    """Judge B.3.

    converges   function (a, beta) -> bool: does heavy ball with αλ = a converge to 0 from every start?
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn cells; None draws new ones each time
    """
    report = Report("B.3")
    name = "converges(a, beta): the repaired region"
    with report.running(name):
        cells = list(_cells(np.random.default_rng(seed)))
        wrong = [(a, b) for a, b, truth in cells if bool(converges(a, b)) != truth]
        found = f"{len(wrong)} wrong" + (f", e.g. a = {wrong[0][0]}, β = {wrong[0][1]}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cells)}", found, not wrong)
    judge_false_step(report, false_step, {
        k: lambda hypotheses=hypotheses, statement=statement: decide(statement, *hypotheses).decided
        for k, (hypotheses, statement) in planted_proof().items()})
    report.finish()
