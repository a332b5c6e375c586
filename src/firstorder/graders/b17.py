"""Judge of exercise B.17: the best momentum for a given step, its rate, and the first false step of a wrong proof."""
import numpy as np

from .. import theory
from ..decision import decide
from ..grading import Report, judge_false_step
from ..steps import HeavyBallHyper


def planted_proof():
    """The steps of the wrong proof of B.17 as statements about real numbers: step -> (hypotheses, statement).

    p, q are the roots where they are real, u ± iw where they are not; r is at least both moduli, h is √(1 − a).
    """
    import z3

    a, b, p, q, u, w, r, h, z = z3.Reals("a β p q u w r h z")
    T = 1 + b - a
    given = (0 < a, a < 1)
    real = z3.And(p + q == T, p * q == b)
    pair = z3.And(2 * u == T, u * u + w * w == b, w != 0)
    moduli = z3.Or(z3.And(real, p * p <= r * r, q * q <= r * r), z3.And(pair, u * u + w * w <= r * r))
    # (z − p)(z − q) is the polynomial: compare it at two more points than z = 0
    same = lambda t: (t - p) * (t - q) == t * t - T * t + b
    return {
        1: ((*given, same(0), same(1), same(-1)), real),
        2: ((*given, r >= 0, moduli), z3.And(2 * r >= T, 2 * r >= -T)),
        3: ((*given, r >= 0, moduli), r * r >= 1 - a),
        4: ((*given, b == a - 1, h > 0, h * h == 1 - a), z3.And(h * h - T * h + b == 0, h * h + T * h + b == 0)),
        5: ((*given, r >= 0, moduli, h > 0, h * h == 1 - a), r >= h),
    }


def _radius(a, beta):
    return theory.spectral_radius("heavy_ball", a, HeavyBallHyper(lr=1.0, beta=beta))


def _minimum(a):
    """(β, radius) at the minimum, by ever finer grids: no formula."""
    low, high = -2.0, 2.0 + a
    for _ in range(24):
        grid = np.linspace(low, high, 401)
        i = int(_radius(a, grid).argmin())
        low, high = grid[max(i - 2, 0)], grid[min(i + 2, 400)]
    return (low + high) / 2, _radius(a, (low + high) / 2)


def check(best_momentum, best_rate, helps, false_step, seed=None):
    """Judge B.17.

    best_momentum  function (a) -> β, judged by the minimum found on grids
    best_rate      function (a) -> spectral radius there
    helps          function (a) -> bool: does some β converge?
    false_step     function () -> int: number of the first false step of the planted proof
    seed           of the drawn cells; None draws new ones each time
    """
    report, rng = Report("B.17"), np.random.default_rng(seed)
    cells = [0.01, 0.1, 0.5, 1.0, 2.0, 3.9, 4.5, 9.0, *map(float, rng.uniform(0.02, 6, 8))]
    found = {a: _minimum(a) for a in cells}
    for name, function, part in (("best_momentum(a)", best_momentum, 0), ("best_rate(a)", best_rate, 1)):
        with report.running(name):
            errors = [(abs(float(function(a)) - found[a][part]), a) for a in cells]
            wrong = [(err, a) for err, a in errors if not err < 1e-6]
            said = f"{len(wrong)} wrong" + (f", e.g. off by {wrong[0][0]:.2g} at a = {wrong[0][1]:.4g}" if wrong else "")
            report.expect(name, f"0 wrong of {len(cells)}", said, not wrong)
    with report.running("helps(a)"):
        wrong = [a for a in (*cells, 3.999, 4.0, 4.001) if bool(helps(a)) != (a < 4 and _minimum(a)[1] < 1)]
        said = f"{len(wrong)} wrong" + (f", e.g. a = {wrong[0]:.4g}" if wrong else "")
        report.expect("helps(a)", f"0 wrong of {len(cells) + 3}", said, not wrong)
    judge_false_step(report, false_step, {
        k: lambda hypotheses=hypotheses, statement=statement: decide(statement, *hypotheses).decided
        for k, (hypotheses, statement) in planted_proof().items()})
    report.finish()
