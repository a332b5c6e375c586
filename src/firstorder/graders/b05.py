"""Judge of exercise B.5: a refutation, a regret bound that holds, and the first false step of a wrong proof."""
import math

import numpy as np

from .. import hyper, methods, steps
from ..decision import decide
from ..grading import Report, judge_false_step


def planted_proof():
    """The steps of the wrong proof of B.5: step -> (hypotheses, statement).

    Step 1 is tried on f = ½ λ (x − c)², step 4 for T = 2; e₁, e₂, e₃ are distances from u, h₁ <= h₂ the roots.
    """
    import z3

    x, u, c, lam, D = z3.Reals("x u c λ D")
    y, p = z3.Reals("y p")
    g, h, a, before, after = z3.Reals("g h α e_k e_next")
    h1, h2, e1, e2, e3, hp = z3.Reals("h1 h2 e1 e2 e3 h_prev")
    clipped = z3.Or(z3.And(0 <= y, y <= D, p == y), z3.And(y < 0, p == 0), z3.And(y > D, p == D))
    in_box = [z3.And(-D <= e, e <= D) for e in (e1, e2, e3)]
    return {
        1: ((lam >= 0,), lam * (x - c) ** 2 / 2 - lam * (u - c) ** 2 / 2 <= lam * (x - c) * (x - u)),
        2: ((0 <= u, u <= D, clipped), (p - u) * (p - u) <= (y - u) * (y - u)),
        3: ((h > 0, a > 0, after * after <= (before - a * g / h) ** 2),
            g * before <= h / (2 * a) * (before * before - after * after) + a * g * g / (2 * h)),
        4: ((0 < h1, h1 <= h2, D > 0, *in_box), h1 * (e1 * e1 - e2 * e2) + h2 * (e2 * e2 - e3 * e3) <= h1 * e1 * e1),
        5: ((hp >= 0, h > 0, h * h == hp * hp + g * g), g * g / h <= 2 * (h - hp)),
    }


def _regret(gradients, D, alpha, start):
    """Regret of clipped AdaGrad against the best corner of [0, D]^d, for linear f_k."""
    h = hyper("adagrad", lr=alpha, eps=0.0)
    x = np.array(start, dtype=float)
    state, total = methods.start("adagrad", x), 0.0
    for k, g in enumerate(gradients, 1):
        total += g @ x
        x, state = steps.adagrad(x, g, state, float(k), h)
        x = np.clip(x, 0.0, D)
    return total - np.minimum(gradients.sum(0) * D, 0.0).sum()


def _games(rng):
    """(gradients, D, α, start): games that punish a factor that is too small, and random ones."""
    one = np.ones((1, 1))
    yield one * 7.0, 2.0, 2.0, [2.0]  # a single step
    yield one * 1e-3, 1.0, 0.5, [1.0]
    yield np.tile([1.0, -1.0], 2000)[:, None], 1.0, 3.0, [1.0]  # α is nearly attained
    yield np.tile([100.0, -100.0], 2000)[:, None], 0.1, 1.0, [0.1]
    yield np.r_[1.0, np.full(8000, 9 / 8000)][:, None], 1.0, 0.1, [1.0]  # D²/(2α) + α/2 is nearly attained
    yield np.ones((200, 1)) * 1e3, 4.0, 0.1, [4.0]
    yield np.ones((1, 30)), 1.0, 1.0, [1.0] * 30  # many coordinates
    sparse = np.diag(10.0 ** np.arange(-3.0, 4.0))
    yield sparse, 1.0, 0.7, [1.0] * 7
    for _ in range(25):
        shape = int(rng.integers(2, 60)), int(rng.integers(1, 5))
        g = 10.0 ** rng.uniform(-2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        D = 10.0 ** rng.uniform(-1, 1)
        yield g, D, D * 10.0 ** rng.uniform(-1, 1), rng.uniform(0, D, shape[1])


def check(counterexample, regret_bound, false_step, seed=None):
    """Judge B.5.

    counterexample  function () -> (slope, D, alpha, L): f = slope · x on [0, D], one step from D
    regret_bound    function (D, alpha, gradients) -> a number that the regret cannot exceed
    false_step      function () -> int: number of the first false step of the planted proof
    seed            of the drawn games; None draws new ones each time
    """
    report = Report("B.5")
    name = "counterexample(): regret against the statement's bound"
    with report.running(name):
        slope, D, alpha, L = map(float, counterexample())
        if not all(math.isfinite(v) and v > 0 for v in (slope, D, alpha, L)):
            report.expect(name, "four positive numbers", f"{slope:g}, {D:g}, {alpha:g}, {L:g}", False)
        else:
            regret = _regret(np.array([[slope]]), D, alpha, [D])
            claimed = D**2 / (2 * alpha) + alpha * L / 2 * slope
            report.expect(name, "a regret above it", f"{regret:.6g} and {claimed:.6g}", regret > claimed)
    holds, small = "regret_bound: holds", "regret_bound: small enough"
    with report.running(holds):
        games = list(_games(np.random.default_rng(seed)))
        found = [(float(regret_bound(D, alpha, g.copy())), g, D, alpha, start) for g, D, alpha, start in games]
        broken = [(b, _regret(g, D, alpha, start)) for b, g, D, alpha, start in found]
        broken = [(b, r) for b, r in broken if not b >= r * (1 - 1e-9)]
        report.expect(holds, f"in all {len(games)} games",
                      f"{len(broken)} broken" + (f", e.g. bound {broken[0][0]:.4g}, regret {broken[0][1]:.4g}" if broken else ""),
                      not broken)
        # at α = D/√2 and for other α: what the analysis coordinate by coordinate gives
        loose = [b for b, g, D, alpha, _ in found
                 if not b <= (D**2 / (2 * alpha) + alpha) * sum(math.dist(column, 0 * column) for column in g.T) * (1 + 1e-9)]
        report.expect(small, "as small as the analysis allows in every game", f"{len(loose)} too large", not loose)
    judge_false_step(report, false_step, {
        k: lambda hypotheses=hypotheses, statement=statement: decide(statement, *hypotheses).decided
        for k, (hypotheses, statement) in planted_proof().items()})
    report.finish()
