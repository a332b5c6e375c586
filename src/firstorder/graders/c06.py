"""Judge of exercise C.6, Nesterov and heavy ball in Rosenbrock's valley.

Paths are compared with a recursion in positions only and in plain Python, crossings and angles with paths
made to measure, and the largest step with the exact limits on the quadratic that f is at (1, 1).
"""
import cmath
import math

import numpy as np

from ..grading import Report

EDGE = 0.012  # relative accuracy asked of the largest step, with a hair to spare for its rounding


def _slope(x, y):
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def _positions(method, alpha, beta, start, steps):
    """x⁺ = y − α ∇f(…), y = x + β (x − x⁻); the gradient at y for Nesterov, at x for heavy ball."""
    path = [tuple(map(float, start))] * 2
    for _ in range(steps):
        (x, y), (u, v) = path[-1], path[-2]
        ahead = x + beta * (x - u), y + beta * (y - v)
        g = _slope(*(ahead if method == "nesterov" else (x, y)))
        path.append((ahead[0] - alpha * g[0], ahead[1] - alpha * g[1]))
    return np.array(path[1:])


def check(valley_path, crossings, turning_angles, settles, largest_alpha, seed=None):
    """Judge the five functions of C.6.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time
    """
    report = Report("C.6")
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        _judge_path(report, valley_path, rng)
        _judge_crossings(report, crossings, rng)
        _judge_angles(report, turning_angles, rng)
        _judge_settles(report, settles, rng)
        _judge_edge(report, largest_alpha, rng)
    report.finish()


def _judge_path(report, path, rng):
    for method in ("heavy_ball", "nesterov"):
        name = f"valley_path: {method}"
        with report.running(name):
            alpha, beta = float(rng.uniform(3e-4, 6e-4)), float(rng.uniform(0.6, 0.9))
            start = np.array([rng.uniform(-1.2, -0.8), rng.uniform(0.8, 1.2)])
            given = start.copy()
            found = np.asarray(path(method, alpha, beta, start, 40), dtype=float)
            wanted = _positions(method, alpha, beta, given, 40)
            if report.expect(f"{name}: shape", wanted.shape, found.shape, found.shape == wanted.shape):
                off = np.abs(found - wanted).max()
                report.expect(name, "error below 1e-8", f"{off:.1e}", off < 1e-8)
                again = np.asarray(path(method, alpha, beta, start, 40), dtype=float)
                same = np.array_equal(found, again) and np.array_equal(start, given)
                report.expect(f"{name}: two calls agree, start kept", "yes", "yes" if same else "no", same)
    name = "valley_path: a run that overflows"
    with report.running(name):
        found = np.asarray(path("heavy_ball", 0.1, 0.9, (-1.2, 1.0), 60), dtype=float)
        good = found.shape == (61, 2) and not np.isfinite(found[-1]).all()
        report.expect(name, "shape (61, 2), not finite at the end", f"shape {found.shape}, end {found[-1]}", good)


def _judge_crossings(report, crossings, rng):
    for words, sides in (("a random walk from side to side", rng.choice([-1, 1], 60)),
                         ("points exactly on the floor", rng.choice([-1, 0, 1], 60)),
                         ("a touch without a crossing", np.array([1, 1, 0, 1, 1, 0, 0, 1])),
                         ("a start on the floor", np.array([0, 0, -1, -1, 1])), ("no point off it", np.zeros(5))):
        name = f"crossings: {words}"
        with report.running(name):
            x = rng.integers(-8, 9, len(sides)) / 4.0  # x² and x² ± width are exact
            path = np.column_stack([x, x * x + sides * rng.integers(1, 9, len(sides)) / 16])
            kept = [s for s in sides if s != 0]
            right = sum(a != b for a, b in zip(kept, kept[1:]))
            found = crossings(path.copy())
            report.expect(name, right, found, float(found) == right)


def _judge_angles(report, turning_angles, rng):
    name = "turning_angles: a path of known angles"
    with report.running(name):
        turn = np.concatenate([rng.uniform(-180, 180, 20), [0, 180, 90, -90, 1e-3]])
        heading = np.radians(np.cumsum(np.concatenate([[rng.uniform(0, 360)], turn])))
        steps = np.exp(rng.uniform(-3, 3, len(heading)))
        z = np.cumsum([0, *(r * cmath.exp(1j * h) for r, h in zip(steps, heading))])
        found = np.asarray(turning_angles(np.column_stack([z.real, z.imag])), dtype=float)
        if report.expect("turning_angles: shape", (len(turn),), found.shape, found.shape == (len(turn),)):
            off = np.abs(found - np.abs(turn)).max()  # 1e-5: the arc cosine loses half the digits near 0 and 180
            report.expect(name + ", in degrees", "error below 1e-5", f"{off:.1e}", off < 1e-5)


def _judge_settles(report, settles, rng):
    n = int(rng.integers(5, 30))
    falling = np.linspace(2, 0, 50)
    late = falling.copy()
    late[40] = 1.5
    spoiled = falling.copy()
    spoiled[n] = np.nan
    cases = [("a falling line", falling, 1.0, 25), ("a value equal to the level", np.array([3.0, 1.0, 1.0]), 1.0, 1),
             ("a late spike", late, 1.0, 41), ("below from the start", falling, 3.0, 0), ("never", falling + 2, 1.0, None),
             ("above at the end only", falling[::-1], 1.0, None), ("nan on the way", spoiled, 5.0, n + 1),
             ("nan at the end", np.array([0.0, np.nan]), 1.0, None), ("inf at the end", np.array([0.0, np.inf]), 1.0, None)]
    for words, values, level, right in cases:
        name = f"settles: {words}"
        with report.running(name):
            found = settles(values.copy(), level)
            same = found is None if right is None else found is not None and float(found) == right
            report.expect(name, right, found, same)


def _judge_edge(report, largest_alpha, rng):
    L = 501 + math.sqrt(250_601)  # the larger eigenvalue of [[802, −400], [−400, 200]]
    for method, limit in (("heavy_ball", lambda b: 2 * (1 + b)), ("nesterov", lambda b: 2 * (1 + b) / (1 + 2 * b))):
        name = f"largest_alpha: {method}"
        with report.running(name):
            worst = max(abs(float(largest_alpha(method, b)) * L / limit(b) - 1)
                        for b in (0.0, 0.5, 0.9, float(rng.uniform(0.6, 0.95))))
            report.expect(name, "within 1 % of the limit", f"off by {worst:.1%}", worst <= EDGE)
