"""Judge of exercise C.9, heavy ball under noise with a memory, measured.

Any method will do, a simulation included.  The truth is closed: with a = αλ and noise of variance σ² and
correlation ρ^|h| over h steps, heavy ball's position has the variance V below (β = 0 is descent).  At the
matched step, η for descent and (1 − β)η for heavy ball, e = ηλ, the two are equal where

    β(1 − e)ρ² + (3 + β + βe − 2e)ρ − 1 = 0
"""
import numpy as np

from ..grading import Report

VARIANCE, EFFECT, BREAK_EVEN = 0.05, 0.05, 0.02  # tolerances: relative, relative, absolute
HIGHEST = 0.95  # break-even correlations above it are not asked for


def _variance(alpha, beta, lam, rho, sigma=1.0):
    a = alpha * lam
    numerator = (1 + beta) * (1 + rho) * (1 - beta * rho) - a * rho * (1 - beta)
    loop = (1 - rho) * (1 - beta * rho) + a * rho
    return alpha * sigma**2 * numerator / (lam * (1 - beta) * (2 * (1 + beta) - a) * loop)


def _break_even(beta, e):
    """The root in (0, 1), or None."""
    roots = np.roots([beta * (1 - e), 3 + beta + beta * e - 2 * e, -1.0])
    inside = [float(r.real) for r in roots if abs(r.imag) < 1e-12 and 0 < r.real < 1]
    return inside[0] if inside else None


def check(ar1, variance, effect, break_even, seed=None):
    """Judge the four functions of C.9.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.9")
    rng = np.random.default_rng(seed)
    _judge_noise(report, ar1, rng)
    _judge_variance(report, variance, rng)
    _judge_effect(report, effect, rng)
    _judge_break_even(report, break_even, rng)
    report.finish()


def _judge_noise(report, ar1, rng):
    steps, runs = 12, 40_000
    name = "ar1: covariances of all pairs of steps"
    with report.running(name):
        worst = 0.0
        for rho in (0.0, 0.9, float(rng.uniform(0.3, 0.7)), float(rng.uniform(-0.7, -0.3))):
            sigma = float(rng.uniform(0.4, 2.5))
            xi = np.asarray(ar1(rho, sigma, steps, runs, np.random.default_rng(rng.integers(2**31))), dtype=float)
            if xi.shape != (steps, runs):
                report.expect("ar1: shape (steps, runs)", (steps, runs), xi.shape, False)
                return
            k = np.arange(steps)
            wanted = sigma**2 * rho ** np.abs(k[:, None] - k).astype(float)
            found = xi @ xi.T / runs
            error = sigma**2 * np.sqrt((1 + (wanted / sigma**2) ** 2) / runs)  # of a mean of products of normals
            off = np.abs((found - wanted) / error).max()
            worst = max(worst, off if np.isfinite(off) else np.inf)
        report.expect(name, "σ²ρ^|h| within 5 standard errors", f"off by {worst:.1f}", worst <= 5)
        pair = [np.asarray(ar1(0.5, 1.0, 3, 4, np.random.default_rng(s))) for s in (1, 2)]
        fresh = not np.array_equal(*pair)
        report.expect("ar1: another generator", "other noise", "other noise" if fresh else "the same", fresh)


def _draw(rng):
    """(e, β) with a radius of at most 0.97 for heavy ball and both rivals."""
    return float(rng.uniform(0.3, 1.4)), float(rng.uniform(0.4, 0.85))


def _judge_variance(report, variance, rng):
    name = "variance: heavy ball"
    with report.running(name):
        worst = 0.0
        for rho in (-0.6, 0.0, 0.3, 0.6, 0.9):
            (a, beta), lam, sigma = _draw(rng), float(rng.uniform(0.5, 4)), float(rng.uniform(0.4, 2.5))
            found = float(variance(a / lam, beta, lam, rho, sigma))
            off = abs(found / _variance(a / lam, beta, lam, rho, sigma) - 1)
            worst = max(worst, off if np.isfinite(off) else np.inf)
        report.expect(name, f"within {VARIANCE:.0%}", f"off by {worst:.1%}", worst <= VARIANCE)


def _judge_effect(report, effect, rng):
    for matched in (True, False):
        name = f"effect: {'matched' if matched else 'equal'} step"
        with report.running(name):
            worst = 0.0
            for rho in (-0.5, 0.0, 0.5, 0.8):
                beta, lam = float(rng.uniform(0.4, 0.8)), float(rng.uniform(0.5, 4))
                eta = float(rng.uniform(0.3, 1.2)) / lam
                rival = eta if matched else (1 - beta) * eta
                wanted = _variance((1 - beta) * eta, beta, lam, rho) / _variance(rival, 0.0, lam, rho)
                off = abs(float(effect(eta, beta, lam, rho, matched)) / wanted - 1)
                worst = max(worst, off if np.isfinite(off) else np.inf)
            report.expect(name, f"within {EFFECT:.0%}", f"off by {worst:.1%}", worst <= EFFECT)


def _judge_break_even(report, break_even, rng):
    name = "break_even: every case"
    with report.running(name):
        cases = [(0.9, 0.1), (0.5, 0.1), (0.9, 1.0), (0.5, 1.3), (0.3, 1.6), (0.6, 1.85), (float(rng.uniform(0.3, 0.9)), 0.5),
                 (float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.2, 1.1)))]
        wrong = []
        for beta, e in cases:
            wanted, found = _break_even(beta, e), break_even(beta, e)
            assert wanted is None or wanted < HIGHEST - BREAK_EVEN
            near = found is not None and wanted is not None and abs(float(found) - wanted) <= BREAK_EVEN
            if not (near or (found is None and wanted is None)):
                wrong.append(f"β={beta:.3g}, ηλ={e:.3g}: {found if found is None else f'{float(found):.3f}'}")
        found = f"{len(wrong)} wrong" + (f", e.g. {wrong[0]}" if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)
