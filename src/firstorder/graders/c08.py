"""Judge of exercise C.8, AMSGrad against Adam.

Values are compared with closed forms (weighted sums of all past gradients) and with a recursion of our own; the
four statements of the verdict are measured here as well, with that recursion.
"""
import functools

import numpy as np

from ..grading import Report, judge_verdict


def _weighted(values, beta):
    """(1 − β) Σ β^(t−i) v_i for every t, as a triangular matrix times the values."""
    lag = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    return np.where(lag >= 0, (1 - beta) * float(beta) ** np.maximum(lag, 0), 0.0) @ values


def _averages(g, method, beta1, beta2):
    """The average gradient and the square that the method divides by the root of."""
    t = np.arange(1, len(g) + 1)
    m, s = _weighted(g, beta1), _weighted(g * g, beta2)
    if method == "adam":
        return m / (1 - beta1**t), s / (1 - beta2**t)
    return m, np.maximum.accumulate(s)


def _rates(g, method, alpha, beta2):
    return alpha / np.sqrt(_averages(np.asarray(g, float), method, 0.0, beta2)[1])


def _play(g, method, alpha, beta1, beta2):
    mean, square = _averages(np.asarray(g, float), method, beta1, beta2)
    moves = alpha * mean / np.sqrt(square * np.arange(1, len(g) + 1))
    x = [0.0]
    for move in moves:
        x.append(float(np.clip(x[-1] - move, -1, 1)))
    return np.array(x)


def _descend(slope, scales, x0, method, alphas, beta1, beta2):
    """The recursion with running sums Σ β^(t−i) g_i; the factor 1 − β comes in when the step is made."""
    path = np.empty((len(scales) + 1, len(x0)))
    path[0] = x0
    first, second, top = np.zeros((3, len(x0)))
    for k in range(len(scales)):
        g = scales[k] * slope(path[k])
        first, second = beta1 * first + g, beta2 * second + g**2
        top = np.maximum(top, second)
        if method == "adam":
            mean = first * (1 - beta1) / (1 - beta1 ** (k + 1))
            size = np.sqrt(second * (1 - beta2) / (1 - beta2 ** (k + 1)))
        else:
            mean, size = first * (1 - beta1), np.sqrt(top * (1 - beta2))
        path[k + 1] = path[k] - alphas[k] * mean / (size + 1e-8)
    return path


def _summary(f, path):
    values = f(path)
    rises = sum(int((values[k + 1] > values[k]).sum()) for k in range(len(values) - 1))
    last = values[len(values) - (len(values) - 1) // 10:]
    return rises / values[1:].size, float(last.sum() / last.size)


@functools.cache
def measured():
    """The four statements, measured (about a second): a tuple of bools, and the numbers behind them."""
    stream = np.tile([4.0, -1.0, -1.0], 1000)
    x = {"adam": 0.0, "amsgrad": 0.0}
    s = top = 0.0
    for t, g in enumerate(stream, start=1):  # β₁ = 0, so m = g
        s = s / 17 + 16 / 17 * g * g
        top = max(top, s)
        for name, root in (("adam", s / (1 - 17.0**-t)), ("amsgrad", top)):
            x[name] = min(1.0, max(-1.0, x[name] - 0.5 * g / np.sqrt(t * root)))
    f = lambda x: x * x / 20 + 2 * np.sin(x) ** 2  # 1 − cos 2x = 2 sin² x
    slope = lambda x: x / 10 + 2 * np.sin(2 * x)
    scales = np.where(np.arange(2000) % 10 == 0, 10.0, 1.0)
    starts, fade = np.linspace(-6, 6, 200), 1 - np.arange(2000) / 2000
    run = lambda name, alphas: _summary(f, _descend(slope, scales, starts, name, alphas, 0.9, 0.9))
    constant = {name: np.array([run(name, np.full(2000, a)) for a in (0.001, 0.01, 0.1)]) for name in x}
    best = {name: min(run(name, a * fade)[1] for a in np.geomspace(0.1, 10, 9)) for name in x}
    fewer, lower = (constant["amsgrad"] < constant["adam"]).all(axis=0)
    return bool(x["amsgrad"] < -0.9 < x["adam"]), bool(fewer), bool(lower), best["amsgrad"] < best["adam"]


def check(rates, play, descend, summary, verdict, seed=None):
    """Judge the five functions of C.8.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.8")
    rng = np.random.default_rng(seed)
    _judge_rates(report, rates, rng)
    _judge_play(report, play, rng)
    _judge_descend(report, descend, rng)
    _judge_summary(report, summary, rng)
    judge_verdict(report, verdict, measured())
    report.finish()


def _close(report, name, found, wanted, tolerance=1e-8):
    """Judge shape and values of an array."""
    found = np.asarray(found, dtype=float)
    if report.expect(f"{name}: shape", wanted.shape, found.shape, found.shape == wanted.shape):
        off = np.max(np.abs(found - wanted)) / np.max(np.abs(wanted))
        report.expect(f"{name}: values", f"relative error below {tolerance:g}", f"{off:.1e}", off < tolerance)


def _gradients(rng, n):
    """Slopes of both signs whose sizes swing by a factor of 100."""
    return rng.standard_normal(n) * 10.0 ** rng.integers(-1, 2, n) + 0.01


def _judge_rates(report, rates, rng):
    for method in ("adam", "amsgrad"):
        g, alpha, beta2 = _gradients(rng, 200), rng.uniform(0.1, 2), rng.uniform(0.5, 0.99)
        with report.running(f"rates, {method}"):
            _close(report, f"rates, {method}", rates(g.copy(), method, alpha, beta2), _rates(g, method, alpha, beta2))


def _judge_play(report, play, rng):
    for method in ("adam", "amsgrad"):
        g, alpha = _gradients(rng, 300), rng.uniform(0.5, 1)
        g[:100], g[100:200] = np.abs(g[:100]), -np.abs(g[100:200])  # to the wall at −1, and back
        beta1, beta2 = rng.uniform(0.3, 0.9), rng.uniform(0.91, 0.99)
        name = f"play, {method}"
        with report.running(name):
            wanted = _play(g, method, alpha, beta1, beta2)
            first = np.asarray(play(g.copy(), method, alpha, beta1, beta2), float)
            _close(report, name, first, wanted)
            again = np.asarray(play(g.copy(), method, alpha, beta1, beta2), float)
            report.repeated(name, first, again)


def _judge_descend(report, descend, rng):
    a, b = rng.uniform(0.5, 2), rng.uniform(0.5, 1.5)
    for method, size, words in (("adam", 1, ""), ("amsgrad", 1, ""), ("adam", 1e-6, ", small gradients")):
        slope = lambda x: size * (a * x + np.sin(b * x))  # small: ε is felt
        scales, alphas = 10.0 ** rng.integers(0, 2, 120), rng.uniform(0.005, 0.03) * (1 - np.arange(120) / 240)
        x0, beta1, beta2 = rng.uniform(2, 4, 5), rng.uniform(0.5, 0.9), rng.uniform(0.5, 0.99)
        name = f"descend, {method}{words}"
        with report.running(name):
            given = x0.copy()
            found = descend(slope, scales.copy(), given, method, alphas.copy(), beta1, beta2)
            _close(report, name, found, _descend(slope, scales, x0, method, alphas, beta1, beta2))
            kept = np.array_equal(given, x0)
            report.expect(f"{name}: the starts", "left as they were", "them" if kept else "changed ones", kept)


def _judge_summary(report, summary, rng):
    path = np.round(np.cumsum(rng.standard_normal((51, 7)), axis=0))  # rounded: f repeats, which is no rise
    f = lambda x: x * x + np.abs(x)
    for name, k in (("summary: share of rises", 0), ("summary: level", 1)):
        with report.running(name):
            found, wanted = float(summary(f, path.copy())[k]), _summary(f, path)[k]
            report.expect(name, f"{wanted:.4f}", f"{found:.4f}", abs(found - wanted) < 1e-9 * max(1, abs(wanted)))
