"""Judge of exercise C.15, leaving a saddle.

Truth comes from recursions of the grader's own: heavy ball and Nesterov in positions only, Adam with weighted sums
of all gradients, and the growth factor as the larger root of a quadratic.
"""
import numpy as np

from ..grading import Report

BETA, BETA1, BETA2, EPS = 0.9, 0.9, 0.999, 1e-8
TARGET = -0.2
METHODS = ("gradient_descent", "heavy_ball", "nesterov", "adam")
GROWTH = 1e-3  # tolerance of the growth factor's excess over 1, relative


def _turn(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _gradient(point, angle):
    x, y = _turn(angle).T @ point
    return _turn(angle) @ np.array([x, y**3 - y])


def _positions(method, lr, start, angle, steps):
    """Unturned positions after 0 … steps steps."""
    p = before = _turn(angle) @ np.asarray(start, dtype=float)
    grads, out = [], [p]
    for t in range(1, steps + 1):
        inertia = BETA * (p - before)
        if method == "gradient_descent":
            new = p - lr * _gradient(p, angle)
        elif method == "heavy_ball":
            new = p - lr * _gradient(p, angle) + inertia
        elif method == "nesterov":
            new = p + inertia - lr * _gradient(p + inertia, angle)
        else:
            grads.append(_gradient(p, angle))
            g, age = np.array(grads), np.arange(t - 1, -1, -1.0)[:, None]
            weigh = lambda b, values: (b**age * values).sum(0) / (b**age).sum()  # bias-corrected average
            new = p - lr * weigh(BETA1, g) / (np.sqrt(weigh(BETA2, g * g)) + EPS)
        before, p = p, new
        out.append(p)
    return np.array(out) @ _turn(angle)


def _escape(method, lr, start, angle, limit):
    x, y = _positions(method, lr, start, angle, limit).T
    hits = np.flatnonzero(x * x / 2 - y * y / 2 + y**4 / 4 <= TARGET)
    return int(hits[0]) if hits.size else None


def _growth(method, alpha, beta, mu):
    a = alpha * mu
    if method == "gradient_descent":
        return 1 + a
    if method == "heavy_ball":
        return np.roots([1, -(1 + beta + a), beta]).max()
    return np.roots([1, -(1 + beta) * (1 + a), beta * (1 + a)]).max()


def check(gradient, path, escape_time, growth, seed=None):
    """Judge the four functions of C.15.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.15")
    rng = np.random.default_rng(seed)
    _judge_gradient(report, gradient, rng)
    _judge_path(report, path, rng)
    _judge_escape(report, escape_time, rng)
    _judge_growth(report, growth, rng)
    report.finish()


def _judge_gradient(report, gradient, rng):
    name = "gradient: of the turned saddle"
    with report.running(name):
        worst = 0.0
        for angle in (0.0, 0.7, np.pi / 4, float(rng.uniform(0.1, 1.4))):
            point = rng.uniform(-1.5, 1.5, 2)
            given = point.copy()
            found = np.asarray(gradient(point, float(angle)), dtype=float)
            off = np.abs(found - _gradient(given, angle)).max() if found.shape == (2,) else np.inf
            worst = max(worst, off if np.isfinite(off) else np.inf)
            kept = np.array_equal(point, given)
            worst = worst if kept else np.inf
        report.expect(name, "within 1e-10, the point left as it was", f"off by {worst:.1e}", worst < 1e-10)


def _judge_path(report, path, rng):
    for method in METHODS:
        name = f"path: {method}"
        with report.running(name):
            worst = 0.0
            for angle in (0.0, float(rng.uniform(0.2, 1.3))):
                start = (float(rng.uniform(0.5, 1)), 10 ** float(rng.uniform(-3, -2)))
                wanted = _positions(method, 0.05, start, angle, 60)
                found = np.asarray(path(method, 0.05, start, angle, 60), dtype=float)
                off = np.abs(found - wanted).max() if found.shape == wanted.shape else np.inf
                worst = max(worst, off if np.isfinite(off) else np.inf)
            report.expect(name, "shape (61, 2), within 1e-8", f"off by {worst:.1e}", worst < 1e-8)


def _judge_escape(report, escape_time, rng):
    y0, angle = 10 ** float(rng.uniform(-4, -2)), float(rng.uniform(0.2, 1.3))
    cases = [
        ("gradient_descent", 0.006, (1.0, y0 / 10), 0.0), ("gradient_descent", 0.1, (0.5, -y0), angle),
        ("heavy_ball", 0.01, (1.0, y0), 0.0), ("heavy_ball", 0.1, (1.0, -y0), angle),  # the second comes back up
        ("nesterov", 0.01, (1.0, y0), 0.0), ("nesterov", 0.03, (0.7, y0), angle),
        ("adam", 0.01, (1.0, y0), 0.0), ("adam", 0.01, (1.0, 1e-3), np.pi / 4), ("adam", 0.02, (1.0, -y0), angle),
    ]
    for method in METHODS:
        name = f"escape_time: {method}"
        with report.running(name):
            rows = [(_escape(m, lr, start, at, 600 if m == "adam" else 2000), escape_time(m, lr, start, float(at))) for m, lr, start, at in cases
                    if m == method]
            good = all(w is not None and f is not None and abs(int(f) - w) <= (method == "adam") for w, f in rows)
            report.expect(name, ", ".join(str(w) for w, _ in rows), ", ".join(str(f) for _, f in rows), good)
    name = "escape_time: on the ridge"
    with report.running(name):
        found = escape_time("heavy_ball", 0.01, (1.0, 0.0), 0.0)
        report.expect(name, "None", repr(found), found is None)


def _judge_growth(report, growth, rng):
    for method in ("gradient_descent", "heavy_ball", "nesterov"):
        name = f"growth: {method}"
        with report.running(name):
            worst = 0.0
            for beta, step in ((0.95, 0.004), (float(rng.uniform(0.3, 0.95)), float(rng.uniform(0.02, 0.3)))):
                mu = float(rng.uniform(0.3, 3))
                alpha = step / mu
                wanted = _growth(method, alpha, beta, mu)
                off = abs(float(growth(method, alpha, beta, mu)) - wanted) / (wanted - 1)
                worst = max(worst, off if np.isfinite(off) else np.inf)
            report.expect(name, f"the excess over 1 within {GROWTH:g} of it", f"off by {worst:.1e}", worst <= GROWTH)
