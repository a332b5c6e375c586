"""Judge of exercise C.5, the stability map of heavy ball, measured.

The exercise fixes what the functions return, not how.  So every criterion compares values: with an
independent recursion in positions only, and with the exact region |β| < 1, 0 < αλ < 2(1 + β), kept a
margin away from its edge, where no finite run can decide.
"""
import numpy as np

from ..grading import Report

MARGIN = 0.02  # relative distance in αλ from the edge, within which a cell is not judged
EDGE = 2e-3  # relative accuracy asked of the largest stable step


def _positions(alpha, beta, lam, x0, steps):
    """x⁺ = x − αλx + β(x − x⁻) with x₋₁ = x₀: heavy ball without a velocity."""
    x = [x0, x0]
    for _ in range(steps):
        x.append(x[-1] - alpha * lam * x[-1] + beta * (x[-1] - x[-2]))
    return np.array(x[1:])


def check(heavy_ball_path, is_stable, stability_map, largest_stable_alpha, seed=None):
    """Judge the four functions of C.5.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.5")
    rng = np.random.default_rng(seed)
    _judge_path(report, heavy_ball_path, rng)
    _judge_cells(report, is_stable, rng)
    _judge_map(report, stability_map, rng)
    _judge_edge(report, largest_stable_alpha, rng)
    report.finish()


def _judge_path(report, path, rng):
    name = "path: the recursion (HB)"
    with report.running(name):
        alpha, beta, lam, x0 = rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.9), rng.uniform(0.5, 4), rng.uniform(0.5, 2)
        wanted = _positions(alpha, beta, lam, x0, 60)
        first = np.asarray(path(alpha, beta, lam, x0, 60), dtype=float)
        if report.expect("path: shape", wanted.shape, first.shape, first.shape == wanted.shape):
            off = np.max(np.abs(first - wanted)) / np.max(np.abs(wanted))
            report.expect(name, "relative error below 1e-10", f"{off:.1e}", off < 1e-10)
            again = np.asarray(path(alpha, beta, lam, x0, 60), dtype=float)
            report.repeated("path", first, again)


def _cells(rng):
    """(α, β, λ, stable?) in every corner where a shortcut goes wrong."""
    for lam in (0.1, 1.0, float(rng.uniform(5, 50))):
        for beta in (0.0, float(rng.uniform(0.2, 0.8)), 0.9, 0.99):
            edge = 2 * (1 + beta) / lam
            yield edge * (1 - MARGIN), beta, lam, True
            yield edge * (1 + MARGIN), beta, lam, False
            yield edge * rng.uniform(1.5, 50), beta, lam, False
            yield 1e-3 / lam, beta, lam, True  # slow, but it converges
    yield 1e200, 0.5, 1.0, False  # overflows at once


def _judge_cells(report, is_stable, rng):
    cells = list(_cells(rng))
    rng.shuffle(cells)
    name = "is_stable: single cells"
    with report.running(name), np.errstate(all="ignore"):
        wrong = [(a, b, lam) for a, b, lam, stable in cells if bool(is_stable(float(a), float(b), float(lam))) != bool(stable)]
        found = f"{len(wrong)} wrong" + (", e.g. α={:.4g}, β={:.3g}, λ={:.3g}".format(*wrong[0]) if wrong else "")
        report.expect(name, f"0 wrong of {len(cells)}", found, not wrong)


def _judge_map(report, stability_map, rng):
    lam = float(rng.uniform(0.5, 8))
    alphas = np.geomspace(0.02, 8, 23) / lam
    betas = np.linspace(0, 0.99, 12)
    given = alphas.copy(), betas.copy()
    name = "stability_map: every judged cell"
    with report.running(name), np.errstate(all="ignore"):
        found = np.asarray(stability_map(alphas, betas, lam))
        shape = (len(betas), len(alphas))
        if not report.expect("stability_map: shape (betas, alphas)", shape, found.shape, found.shape == shape):
            return
        report.expect("stability_map: dtype", "bool", found.dtype, found.dtype == bool)
        ratio = alphas[None, :] * lam / (2 * (1 + betas[:, None]))
        judged = np.abs(ratio - 1) > MARGIN
        wrong = judged & (found.astype(bool) != (ratio < 1))
        report.expect(name, f"0 wrong of {judged.sum()}", f"{wrong.sum()} wrong", not wrong.any())
        kept = np.array_equal(alphas, given[0]) and np.array_equal(betas, given[1])
        report.expect("stability_map: arguments", "left as they were", "them" if kept else "changed ones", kept)


def _judge_edge(report, largest_stable_alpha, rng):
    name = "largest_stable_alpha: 2(1 + β)/λ"
    with report.running(name), np.errstate(all="ignore"):
        worst = 0.0
        for beta in (0.0, 0.5, 0.9, float(rng.uniform(0.1, 0.95))):
            lam = float(rng.uniform(0.3, 30))
            edge = 2 * (1 + beta) / lam
            worst = max(worst, abs(float(largest_stable_alpha(beta, lam)) / edge - 1))
        report.expect(name, f"within {EDGE:g} of it", f"off by {worst:.1e}", worst <= EDGE)
