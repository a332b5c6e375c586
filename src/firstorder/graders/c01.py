"""Judge of exercise C.1, steps against the condition number.

Counts are compared with those of a path computed here, with positions only and in plain Python; the settings
of the linear methods by the largest root of their characteristic polynomial over [1, κ], so that any pair
(α, β) that is good enough passes.
"""
import cmath
import math

import numpy as np

from ..grading import Report

SLACK = 0.02  # of the distance of a rate from 1: double roots are computed to half the digits only


def _path(method, s, H, x0, steps):
    """Positions x_0 … x_steps as a list of pairs."""
    (a, b), (_, d) = np.asarray(H).tolist()
    grad = lambda x: (a * x[0] + b * x[1], b * x[0] + d * x[1])
    x = [tuple(map(float, x0))]
    old, m, q, lr = x[0], [0.0, 0.0], [0.0, 0.0], s["lr"]
    b1, b2 = s.get("beta1", 0.0), s.get("beta2", 0.0)
    for t in range(1, steps + 1):
        now = x[-1]
        push = [s.get("beta", 0.0) * (now[i] - old[i]) for i in (0, 1)]
        g = grad([now[i] + push[i] for i in (0, 1)] if method == "nesterov" else now)
        if method in ("rmsprop", "adam"):
            new = []
            for i in (0, 1):
                m[i] = b1 * m[i] + (1 - b1) * g[i]
                q[i] = b2 * q[i] + (1 - b2) * g[i] ** 2
                top, root = (m[i] / (1 - b1**t), q[i] / (1 - b2**t)) if method == "adam" else (g[i], q[i])
                new.append(now[i] - lr * top / (math.sqrt(root) + s["eps"]))
        else:
            new = [now[i] + push[i] - lr * g[i] for i in (0, 1)]
        if not all(abs(value) < 1e100 for value in new):
            break
        old = now
        x.append(tuple(new))
    return x


def _count(method, s, H, x0, of="gradient", tol=1e-6, hold=0, limit=10_000):
    """The count that the contract asks for, or None."""
    (a, b), (_, d) = np.asarray(H).tolist()

    def size(x):
        g = a * x[0] + b * x[1], b * x[0] + d * x[1]
        return math.hypot(*g) if of == "gradient" else x[0] * g[0] + x[1] * g[1]

    bound = tol if of == "gradient" else tol * size(tuple(map(float, x0)))
    spell = 0
    for k, x in enumerate(_path(method, s, H, x0, limit + hold)):
        spell = spell + 1 if size(x) <= bound else 0
        if spell > hold:
            return k - hold
    return None


def _best(method, alphas, settings, H, x0, **options):
    counts = [(_count(method, {"lr": float(a), **settings}, H, x0, **options), float(a)) for a in alphas]
    return min(((k, a) for k, a in counts if k is not None), default=(None, None))


def _turned(kappa, degrees):
    """H and x_0 from the two directions, without a rotation matrix."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    slow, fast = np.array([c, s]), np.array([-s, c])
    return np.outer(slow, slow) + kappa * np.outer(fast, fast), 0.83 * slow + 1.37 * fast


def _radius(method, lam, lr, beta):
    """Largest root of z² − pz + q for one curvature."""
    p, q = ((1 + beta) * (1 - lr * lam), beta * (1 - lr * lam)) if method == "nesterov" else (1 + beta - lr * lam, beta)
    root = cmath.sqrt(p * p - 4 * q)
    return max(abs(p + root), abs(p - root)) / 2


def check(valley, tuned, best_steps, steps_to, growth, seed=None):
    """Judge the five functions of C.1.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time
    """
    report = Report("C.1")
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        _judge_valley(report, valley, rng)
        _judge_tuned(report, tuned, rng)
        _judge_steps(report, steps_to, rng)
        _judge_best(report, best_steps, rng)
        _judge_growth(report, growth, rng)
    report.finish()


def _judge_valley(report, valley, rng):
    kappa, degrees = float(rng.uniform(20, 900)), float(rng.uniform(15, 75))
    name = f"valley({kappa:.4g}, {degrees:.4g})"
    with report.running(name):
        H, x0 = (np.asarray(part, dtype=float) for part in valley(kappa, degrees))
        right_H, right_x = _turned(kappa, degrees)
        shapes = H.shape == (2, 2) and x0.shape == (2,)
        if report.expect("valley: shapes", "(2, 2) and (2,)", f"{H.shape} and {x0.shape}", shapes):
            off = np.abs(H - right_H).max() / kappa
            report.expect(f"{name}: H", "relative error below 1e-9", f"{off:.1e}", off < 1e-9)
            off = np.abs(x0 - right_x).max()
            report.expect(f"{name}: x0 = 0.83 e1 + 1.37 e2", "error below 1e-9", f"{off:.1e}", off < 1e-9)


def _judge_tuned(report, tuned, rng):
    root = np.sqrt
    rates = {"gradient_descent": lambda k: (k - 1) / (k + 1), "heavy_ball": lambda k: (root(k) - 1) / (root(k) + 1),
             "nesterov": lambda k: 1 - 1 / root(k)}
    for method, rate in rates.items():
        name = f"tuned: rate of {method}"
        with report.running(name):
            worst = 0.0
            for kappa in (2.0, float(rng.uniform(5, 50)), float(rng.uniform(500, 50_000))):
                s = tuned(method, kappa)
                lr, beta = float(s["lr"]), float(s.get("beta", 0.0))
                found = max(_radius(method, lam, lr, beta) for lam in np.geomspace(1, kappa, 401))
                worst = max(worst, (1 - rate(kappa)) / max(1 - found, 1e-9))
            said = f"{worst:.2f}" if worst < 1e4 else "no convergence"
            report.expect(name + ", (1 − asked)/(1 − found)", f"at most {1 + SLACK:g}", said, worst <= 1 + SLACK)


def _cases(rng):
    """(words, method, settings, H, x0, options): short runs, far from rounding trouble."""
    for method, alpha, beta in (("gradient_descent", 1.0, 0.0), ("heavy_ball", 1.3, 0.7), ("nesterov", 0.8, 0.95)):
        kappa = float(rng.uniform(8, 30))
        H, x0 = _turned(kappa, float(rng.uniform(0, 90)))
        s = {"lr": alpha * float(rng.uniform(0.8, 1.0)) / kappa, **({"beta": beta} if beta else {})}
        for of in ("gradient", "value"):
            yield f"{method}, by {of}", method, s, H, x0, dict(of=of, tol=1e-5, limit=2000)
    kappa = float(rng.uniform(8, 30))
    H, x0 = _turned(kappa, float(rng.uniform(20, 70)))
    adam = {"lr": float(rng.uniform(0.05, 0.1)), "beta1": 0.8, "beta2": 0.99, "eps": 0.5}
    yield "adam", "adam", adam, H, x0, dict(tol=1e-2, limit=400)
    yield "adam, held", "adam", adam, H, x0, dict(tol=1e-1, hold=25, limit=400)
    rms = {"lr": float(rng.uniform(0.05, 0.1)), "beta2": 0.9, "eps": 0.5}
    yield "rmsprop", "rmsprop", rms, H, x0, dict(of="value", tol=3e-2, limit=200)
    H, x0 = _turned(float(rng.uniform(50, 500)), 0)  # along the axes: a dip below the line, and out again
    size = float(rng.uniform(0.5, 2))
    dip = {"lr": 0.2371 * size, "beta2": 0.9, "eps": 1e-10}
    for hold in (0, 5, 60):
        yield f"rmsprop through a dip, hold = {hold}", "rmsprop", dip, H, size * x0, dict(tol=1e-4, hold=hold, limit=60)
    H, x0 = _turned(1.0, float(rng.uniform(0, 90)))  # below the line at each passage, at first for a few steps only
    swing = {"lr": float(rng.uniform(0.008, 0.012)), "beta": 0.96}
    yield "heavy_ball, swinging through", "heavy_ball", swing, H, x0, dict(tol=0.1, hold=6, limit=400)
    H, x0 = _turned(20.0, 30)
    yield "a diverging run", "gradient_descent", {"lr": 1.0}, H, x0, dict(limit=3000)
    k = _count("heavy_ball", {"lr": 0.05, "beta": 0.6}, H, x0)
    yield "exactly at the limit", "heavy_ball", {"lr": 0.05, "beta": 0.6}, H, x0, dict(limit=k)
    yield "one step beyond the limit", "heavy_ball", {"lr": 0.05, "beta": 0.6}, H, x0, dict(limit=k - 1)
    yield "held beyond the limit", "heavy_ball", {"lr": 0.05, "beta": 0.6}, H, x0, dict(limit=k, hold=40)
    yield "already there", "heavy_ball", {"lr": 0.05, "beta": 0.6}, H, 1e-9 * x0, dict(limit=10)


def _judge_steps(report, steps_to, rng):
    kept = True
    for words, method, s, H, x0, options in _cases(rng):
        name = f"steps_to: {words}"
        with report.running(name):
            given = dict(s), H.copy(), x0.copy()
            found = steps_to(method, s, H, x0, **options)
            right = _count(method, s if s == given[0] else given[0], given[1], given[2], **options)
            kept &= s == given[0] and np.array_equal(H, given[1]) and np.array_equal(x0, given[2])
            same = found is None if right is None else found is not None and float(found) == right
            report.expect(name, right, found, same)
    report.expect("steps_to: arguments", "left as they were", "them" if kept else "changed ones", kept)


def _judge_best(report, best_steps, rng):
    kappa = float(rng.uniform(10, 40))
    H, x0 = _turned(kappa, float(rng.uniform(10, 80)))
    alphas = np.geomspace(0.05, 5, 9) / kappa
    cases = [("heavy_ball", alphas, {"beta": 0.6}, dict(limit=900)),
             ("adam", np.geomspace(0.02, 0.5, 7), {"beta1": 0.8, "beta2": 0.99, "eps": 1e-2}, dict(tol=0.1, hold=10, limit=300)),
             ("gradient_descent", alphas[-2:] * 20, {}, dict(limit=200))]
    for method, grid, settings, options in cases:
        name = f"best_steps: {method}"
        with report.running(name):
            given = grid.copy()
            k, alpha = best_steps(method, grid, settings, H, x0, **options)
            right, _ = _best(method, given, settings, H, x0, **options)
            if right is None:
                report.expect(name + ", all diverge", (None, None), (k, alpha), k is None and alpha is None)
                continue
            own = None if alpha is None else _count(method, {"lr": float(alpha), **settings}, H, x0, **options)
            of_grid = alpha is not None and np.abs(given / float(alpha) - 1).min() < 1e-12
            good = k is not None and float(k) == right == own and of_grid
            report.expect(name, f"{right} steps, by a step size of the grid that takes them", f"({k}, {alpha})", good)


def _judge_growth(report, growth, rng):
    name = "growth: the least-squares exponent"
    with report.running(name):
        kappas = np.sort(np.exp(rng.uniform(1, 9, 6)))
        counts = 30 * kappas ** float(rng.uniform(0.3, 1.2)) * np.exp(0.2 * rng.standard_normal(6))
        u = np.log(kappas) - np.log(kappas).mean()
        right = float(u @ np.log(counts) / (u @ u))
        found = float(growth(kappas, counts))
        report.expect(name, f"{right:.6f}", f"{found:.6f}", abs(found - right) < 1e-8)
