"""Judge of exercise B.11: a noise that makes sign descent climb, and the number of steps that a bound asks for."""
import math
from fractions import Fraction

import numpy as np

from .. import hyper, methods, steps
from ..grading import Report


def _mean_moves(values, chances):
    """Expected step of Adam with β₁ = β₂ = ε = 0, α = 1, on ½√(1 + x²), at several x > 0."""
    h = hyper("adam", lr=1.0, beta1=0.0, beta2=0.0, eps=0.0)
    for x in (1e-9, 0.3, 1.0, 2.0, 1e6):
        slope = x / (2 * math.sqrt(1 + x * x))
        move = 0.0
        for value, chance in zip(values, chances):
            after, _ = steps.adam(0.0, slope + float(value), methods.start("adam", 0.0), 1.0, h)
            move += float(chance) * after
        yield x, move


def _mean_square_bound(N, R, L, delta, d, alpha1, eps):
    """The bound for the schedule, in the order in which its proof collects it."""
    start = 2 * (R + eps) * delta / (alpha1 * math.sqrt(N))
    own = (R + eps) * R * d / (2 * math.sqrt(N))
    curved = (R + eps) * alpha1 * L * d / math.sqrt(N)
    return start + (own + curved) * (math.log(1 + N * (R / eps) ** 2) + 2)


def check(noise, steps_needed, seed=None):
    """Judge B.11.

    noise         function () -> (values, chances): bounded noise with mean exactly 0 that drives Adam uphill
    steps_needed  function (accuracy, R, L, delta, d, alpha1, eps) -> the smallest N >= 2 with bound <= accuracy²
    seed          of the drawn settings; None draws new ones each time
    """
    report = Report("B.11")
    fair, climbs = "noise: chances and mean", "noise: the mean step on ½√(1 + x²), x > 0"
    with report.running(fair):
        values, chances = (list(part) for part in noise())
        values, chances = [Fraction(v) for v in values], [Fraction(c) for c in chances]
        legal = len(values) == len(chances) and all(c > 0 for c in chances) and sum(chances) == 1
        mean = sum((v * c for v, c in zip(values, chances)), Fraction(0))
        report.expect(fair, "positive chances with sum 1, mean 0", f"sum {sum(chances)}, mean {mean}", legal and mean == 0)
        if legal:
            moves = list(_mean_moves(values, chances))
            x, least = min(moves, key=lambda pair: pair[1])
            report.expect(climbs, "uphill at every x", f"{least:+.3g} α at x = {x:g}", least > 1e-12)
    enough, few = "steps_needed: the bound is met", "steps_needed: not more steps than needed"
    with report.running(enough):
        rng = np.random.default_rng(seed)
        settings = [(0.4, 1.0, 1.0, 1.0, 2, 1.0, 0.1), (0.05, 1.0, 1.0, 1.0, 2, 1.0, 1e-8), (1.0, 3.0, 0.5, 10.0, 1, 0.2, 1.0),
                    (0.1, 0.6, 0.7, 0.3, 50, 2.0, 1e-3), (100.0, 1.0, 1.0, 1.0, 1, 1.0, 1.0)]
        settings += [(*(float(v) for v in 10 ** rng.uniform((-1.5, -1, -1, -1), (0.3, 1, 1, 1))), int(rng.integers(1, 100)),
                      *(float(v) for v in 10 ** rng.uniform((-1, -6), (1, 0)))) for _ in range(15)]
        missed, wasted = [], []
        for accuracy, *rest in settings:
            N = int(steps_needed(accuracy, *rest))
            if N < 2 or not _mean_square_bound(max(N, 1), *rest) <= accuracy**2 * (1 + 1e-9):
                missed.append((accuracy, N))
            elif N > 2 and _mean_square_bound(max(2, math.floor(N / 1.01) - 1), *rest) <= accuracy**2:
                wasted.append((accuracy, N))  # the bound falls with N, so fewer steps would do
        say = lambda rows: f"{len(rows)} times not" + (f", e.g. ϵ = {rows[0][0]:.3g}, N = {rows[0][1]:.4g}" if rows else "")
        report.expect(enough, f"in all {len(settings)} settings", say(missed), not missed)
        report.expect(few, "within one per cent", say(wasted), not wasted)
    report.finish()
