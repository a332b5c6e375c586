"""Judge of exercise C.11, bias correction measured.

Steps are compared with weighted sums written out, the ratio with exact fractions, the last different step
with a scan of the ratio, the losses with a run in plain Python.
"""
import math
from fractions import Fraction

import numpy as np

from ..grading import Report


def _weighted(values, beta, correct):
    """Σ (1 − β) β^(t−j) v_j, divided by the sum of its weights if corrected."""
    t = len(values)
    weights = [(1 - beta) * beta ** (t - j) for j in range(1, t + 1)]
    total = sum(w * v for w, v in zip(weights, values))
    return total / sum(weights) if correct else total


def _move(gradients, alpha, b1, b2, eps, correct):
    """What Adam adds to x after these gradients."""
    m = _weighted(gradients, b1, correct)
    s = _weighted([g * g for g in gradients], b2, correct)
    return -alpha * m / (math.sqrt(s) + eps)


def _ratio(t, b1, b2):
    return (1 - b1**t) / math.sqrt(1 - b2**t)


def _last(delta, b1, b2):
    """By going back from a step where both β^t are below δ²/100."""
    t = int(math.log(delta * delta / 100) / math.log(max(b1, b2))) + 1
    while t > 0 and abs(_ratio(t, b1, b2) - 1) <= delta:
        t -= 1
    return t


def _losses(X, y, batches, alpha, correct):
    n, d = X.shape
    rows = [list(map(float, r)) for r in X]
    w, history, out = [0.0] * d, [[] for _ in range(d)], []

    def mean_loss():
        total = 0.0
        for r, label in zip(rows, y):
            z = label * sum(a * b for a, b in zip(r, w))
            total += math.log1p(math.exp(-abs(z))) + max(-z, 0.0)
        return total / n

    out.append(mean_loss())
    for batch in batches:
        pulls = []
        for i in batch:
            z = float(y[i]) * sum(a * b for a, b in zip(rows[i], w))
            pulls.append((-float(y[i]) / (1 + math.exp(min(z, 700.0))), rows[i]))
        for k in range(d):
            history[k].append(sum(p * r[k] for p, r in pulls) / len(pulls))
        w = [w[k] + _move(history[k], alpha, 0.9, 0.999, 1e-8, correct) for k in range(d)]
        out.append(mean_loss())
    return np.array(out)


def check(adam_step, inflation, last_different, logistic_run, seed=None):
    """Judge the four functions of C.11.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time
    """
    report = Report("C.11")
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        _judge_step(report, adam_step, rng)
        _judge_inflation(report, inflation, rng)
        _judge_last(report, last_different, rng)
        _judge_run(report, logistic_run, rng)
    report.finish()


def _judge_step(report, adam_step, rng):
    for correct in (True, False):
        b1, b2 = float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.95, 0.999))
        eps, alpha = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.01, 0.1))
        gradients = rng.standard_normal((6, 3)) * np.array([0.5, 1, 3])
        name = f"adam_step: {'corrected' if correct else 'uncorrected'}"
        with report.running(name):
            m, s, moves, kept = np.zeros(3), np.zeros(3), [], True
            for t, g in enumerate(gradients, start=1):
                given = m.copy(), s.copy(), g.copy()
                move, new_m, new_s = adam_step(m, s, g, t, alpha, beta1=b1, beta2=b2, eps=eps, correct=correct)
                kept &= all(np.array_equal(a, b) for a, b in zip(given, (m, s, g)))
                moves.append(np.array(move, float))
                m, s = np.array(new_m, float), np.array(new_s, float)
            right = [[_move(list(gradients[:t, i]), alpha, b1, b2, eps, correct) for i in range(3)] for t in range(1, 7)]
            off = np.abs(np.array(moves) / np.array(right) - 1).max()
            report.expect(f"{name}, moves of 6 steps", "relative error below 1e-9", f"{off:.1e}", off < 1e-9)
            m_right = [_weighted(list(gradients[:, i]), b1, False) for i in range(3)]
            s_right = [_weighted(list(gradients[:, i] ** 2), b2, False) for i in range(3)]
            off = max(np.abs(m / m_right - 1).max(), np.abs(s / s_right - 1).max())
            report.expect(f"{name}, averages", "relative error below 1e-9", f"{off:.1e}", off < 1e-9)
            report.expect(f"{name}, arguments", "left as they were", "them" if kept else "changed ones", kept)


def _judge_inflation(report, inflation, rng):
    name = "inflation: against exact fractions"
    with report.running(name):
        worst = 0.0
        for b1, b2 in ((Fraction(9, 10), Fraction(999, 1000)), (Fraction(9, 10), Fraction(95, 100)),
                       (Fraction(int(rng.integers(20, 90)), 100), Fraction(int(rng.integers(50, 99)), 100))):
            t = np.array([1, 2, 12, int(rng.integers(20, 400))])
            found = np.asarray(inflation(t, float(b1), float(b2)), float)
            square = [float((1 - b1 ** int(k)) ** 2 / (1 - b2 ** int(k))) for k in t]
            worst = max(worst, np.abs(found**2 / square - 1).max(), abs(float(inflation(1, float(b1), float(b2))) ** 2 / square[0] - 1))
        report.expect(name, "relative error below 1e-9", f"{worst:.1e}", worst < 1e-9)


def _judge_last(report, last_different, rng):
    cases = [("the defaults, 5 %", 0.05, 0.9, 0.999), ("close at first, far later", 0.2, 0.9, 0.985),
             ("β₁ = β₂: too short only", 0.02, 0.9, 0.9), ("β₁ above β₂", 0.02, 0.95, 0.9), ("no step at all", 3.0, 0.9, 0.99),
             ("a long memory", 1e-4, 0.9, 0.9999),
             ("drawn", float(rng.uniform(0.002, 0.2)), float(rng.uniform(0.3, 0.95)), float(rng.uniform(0.9, 0.9995)))]
    for words, *case in cases:
        name = f"last_different: {words}"
        with report.running(name):
            right, found = _last(*case), last_different(*case)
            report.expect(name, right, found, float(found) == right)


def _judge_run(report, run, rng):
    n, d, steps, size = 40, 3, 25, 8
    X = rng.standard_normal((n, d)) * np.array([1.0, 3.0, 0.3])
    y = np.where(X @ rng.standard_normal(d) + 0.5 * rng.standard_normal(n) > 0, 1.0, -1.0)
    batches = rng.integers(0, n, (steps, size))
    for correct, alpha in ((True, 0.05), (False, 0.05), (True, 400.0)):
        words = "with" if correct else "without"
        name = f"logistic_run: {words} correction, α = {alpha:g}"
        with report.running(name):
            given = X.copy(), y.copy(), batches.copy()
            found = np.asarray(run(X, y, batches, alpha, correct), float)
            if report.expect(f"{name}, shape", (steps + 1,), found.shape, found.shape == (steps + 1,)):
                right = _losses(*given, alpha, correct)
                off = np.abs(found / right - 1).max()
                report.expect(name, "relative error below 1e-6", f"{off:.1e}", off < 1e-6)
            kept = all(np.array_equal(a, b) for a, b in zip(given, (X, y, batches)))
            report.expect(f"{name}, arguments", "left as they were", "them" if kept else "changed ones", kept)
