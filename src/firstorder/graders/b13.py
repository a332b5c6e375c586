"""Judge of exercise B.13: the rate of AdaGrad's mean gap, a rise of the gap, and the first false step of a wrong proof."""
import math
from fractions import Fraction

import numpy as np

from .. import hyper, methods, steps
from ..decision import decide
from ..grading import Report, judge_false_step

SHAPES = {  # name -> (f, f′) with L = 1 and minimiser 0
    "parabola": (lambda x: x * x / 2, lambda x: x),
    "Huber": (lambda x: x * x / 2 if abs(x) < 0.1 else 0.1 * abs(x) - 0.005, lambda x: min(0.1, max(-0.1, x))),
    "one-sided": (lambda x: (x * x if x > 0 else 0.01 * x * x) / 2, lambda x: x if x > 0 else 0.01 * x),
    "log cosh": (lambda x: math.log(math.cosh(x)), math.tanh),
}


def _gaps(shape, L, distance, alpha, K):
    """f(x_k) − f(u) for k = 1 … K: AdaGrad with exact gradients on L times a shape."""
    f, slope = SHAPES[shape]
    h, x = hyper("adagrad", lr=alpha, eps=0.0), distance
    state, out = methods.start("adagrad", x), []
    for k in range(1, K + 1):
        out.append(L * f(x))
        x, state = steps.adagrad(x, L * slope(x), state, float(k), h)
    return np.array(out)


def _first_four(shape="log cosh", L=3.0, distance=2.0, alpha=0.7, K=50):
    """The numbers that steps 1 to 4 of the planted proof compare, on one run: left and right sides."""
    gaps = _gaps(shape, L, distance, alpha, K)
    h, x = hyper("adagrad", lr=alpha, eps=0.0), distance
    state, slopes, roots = methods.start("adagrad", x), [], []
    for k in range(1, K + 1):
        g = L * SHAPES[shape][1](x)
        slopes.append(abs(g))
        x, state = steps.adagrad(x, g, state, float(k), h)
        roots.append(math.sqrt(state.G))
    D = max(distance, alpha)
    w = D**2 / (2 * alpha) + alpha
    count, total = np.arange(1, K + 1), gaps.cumsum()
    return {1: (total, w * np.array(roots)), 2: (np.array(slopes), np.full(K, L * D)),
            3: (total, w * L * D * np.sqrt(count)), 4: (total / count, w * L * D / np.sqrt(count))}


def _lipschitz():
    """|f′(x)| <= L D if f′ is L-Lipschitz with f′(0) = 0 and |x| <= D."""
    import z3

    g, x, L, D = z3.Reals("g x L D")
    return decide(z3.And(g <= L * D, -g <= L * D), L > 0, -D <= x, x <= D, g * g <= L * L * x * x, D > 0).decided


def _runs_agree(k):
    """Whether step k holds on a run of each shape, for several settings."""
    settings = [(shape, L, d, a, 60) for shape in SHAPES for L, d, a in ((3.0, 2.0, 0.7), (0.1, 0.01, 2.0), (50.0, 1.0, 0.1))]
    return all((left <= right * (1 + 1e-12)).all() for left, right in (_first_four(*s)[k] for s in settings))


def _goes_down():
    """Whether AdaGrad's first step lowers ½x², in exact fractions: with G = 0 before, it has length α."""
    starts = (Fraction(3), Fraction(1), Fraction(1, 10))
    alpha = Fraction(1)
    return all((x - alpha) ** 2 <= x**2 for x in starts)


def planted_proof():
    """The steps of the wrong proof of B.13: step -> function () -> bool."""
    return {1: lambda: _runs_agree(1), 2: lambda: _lipschitz() and _runs_agree(2), 3: lambda: _runs_agree(3),
            4: lambda: _runs_agree(4), 5: _goes_down}


def _settings(rng):
    """(shape, L, distance, α, K): slow ones, overshooting ones, and drawn ones."""
    for shape in SHAPES:
        yield shape, 1.0, 1.0, 0.5, 200
        yield shape, 100.0, 3.0, 0.1, 1000  # α far below the distance
        yield shape, 0.01, 0.01, 4.0, 50  # far above it
    yield "parabola", 1.0, 0.0, 1.0, 5  # already there
    yield "parabola", 1e4, 2.0, 0.02, 3000
    for _ in range(10):
        yield (str(rng.choice(list(SHAPES))), 10.0 ** rng.uniform(-3, 3), 10.0 ** rng.uniform(-2, 0.5),
               10.0 ** rng.uniform(-1, 0.7), int(rng.integers(1, 400)))


def check(mean_gap_bound, rise, false_step, seed=None):
    """Judge B.13.

    mean_gap_bound  function (L, distance, alpha, K) -> bound of the mean of the first K gaps
    rise            function (factor) -> (x1, alpha): on ½x² the second gap exceeds factor times the first
    false_step      function () -> int: number of the first false step of the planted proof
    seed            of the drawn settings; None draws new ones each time
    """
    report = Report("B.13")
    holds, small = "mean_gap_bound: holds", "mean_gap_bound: best power of K, as small as the proof allows"
    with report.running(holds):
        broken, loose, settings = [], 0, list(_settings(np.random.default_rng(seed)))
        for shape, L, distance, alpha, K in settings:
            said = float(mean_gap_bound(L, distance, alpha, K))
            mean = _gaps(shape, L, distance, alpha, K).mean()
            if not said >= mean * (1 - 1e-9):
                broken.append(f"{shape}, L = {L:.3g}, distance {distance:.3g}, α = {alpha:.3g}, K = {K}: {said:.3g} < {mean:.3g}")
            D = max(distance, alpha)
            # Σδ <= w √G_K and G_K <= 2L Σδ leave no more than this
            loose += not said * K <= 2 * L * (D * D / (2 * alpha) + alpha) ** 2 * (1 + 1e-9)
        report.expect(holds, f"in all {len(settings)} runs", f"{len(broken)} broken" + (f", e.g. {broken[0]}" if broken else ""),
                      not broken)
        report.expect(small, "in every run", f"{loose} too large", not loose)
    name = "rise: the second gap against factor times the first"
    with report.running(name):
        short = []
        for factor in (1.0, 10.0, 1e4):
            x1, alpha = map(float, rise(factor))
            legal = alpha > 0 and x1 != 0 and math.isfinite(x1) and math.isfinite(alpha)
            first, second = (_gaps("parabola", 1.0, x1, alpha, 2) if legal else (0.0, 0.0))
            if not (legal and second > factor * first):
                short.append(f"factor {factor:g}: x1 = {x1:g}, α = {alpha:g}")
        report.expect(name, "above it for 1, 10 and 10000", "so" if not short else short[0], not short)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
