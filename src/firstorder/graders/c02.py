"""Judge of exercise C.2, the stationary noise of heavy ball on a noisy quadratic, measured.

Any method will do, a simulation included, so values are compared with a tolerance.  The truth comes from one
kick: a gradient of 1 in one step and the quadratic's own gradient afterwards moves the point by −α h₁, −α h₂, …,
and white noise of variance σ² adds such responses up:

    Var x = α²σ² Σ hᵢ²,    Corr(x_k, x_{k+j}) = Σ hᵢ hᵢ₊ⱼ / Σ hᵢ²
"""
import numpy as np

from ..grading import Report

SLOW = 0.97  # spectral radius above which a stable cell is not judged
MARGIN = 0.03  # relative distance beyond the border αλ = 2(1 + β) below which an unstable one is not
VARIANCE, CORRELATION, EXPONENT = 0.05, 0.02, 0.1  # tolerances: relative, absolute, absolute


def _positions(alpha, beta, lam, noise):
    """x⁺ = x − α(λx + ξ) + β(x − x⁻) from x = x⁻ = 0: heavy ball without a velocity."""
    x = [0 * noise[0], 0 * noise[0]]
    for xi in noise:
        x.append(x[-1] - alpha * (lam * x[-1] + xi) + beta * (x[-1] - x[-2]))
    return np.array(x[1:])


def _kick(alpha, beta, lam, n=1500):
    """h₁ … h_n of the module's docstring."""
    h = [0.0, 1.0]
    for _ in range(n - 1):
        h.append(h[-1] - alpha * lam * h[-1] + beta * (h[-1] - h[-2]))
    return np.array(h[1:])


def _variance(alpha, beta, lam, sigma):
    return (alpha * sigma) ** 2 * (_kick(alpha, beta, lam) ** 2).sum()


def _correlation(alpha, beta, lam, lags):
    h = _kick(alpha, beta, lam)
    return np.array([h[j:] @ h[: len(h) - j] for j in range(lags + 1)]) / (h @ h)


def _radius(a, beta):
    return np.abs(np.roots([1.0, -(1 + beta - a), beta])).max()


def check(noisy_path, variance_map, autocorrelation, quieter, scaling, seed=None):
    """Judge the five functions of C.2.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.2")
    rng = np.random.default_rng(seed)
    _judge_path(report, noisy_path, rng)
    _judge_map(report, variance_map, rng)
    _judge_correlation(report, autocorrelation, rng)
    _judge_quieter(report, quieter, rng)
    _judge_scaling(report, scaling)
    report.finish()


def _judge_path(report, noisy_path, rng):
    name = "noisy_path: the recursion (HB)"
    with report.running(name):
        alpha, beta, lam = rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.9), rng.uniform(0.5, 3)
        noise = rng.standard_normal((40, 3))
        given, wanted = noise.copy(), _positions(alpha, beta, lam, noise)
        found = np.asarray(noisy_path(alpha, beta, lam, noise), dtype=float)
        if report.expect("noisy_path: shape", wanted.shape, found.shape, found.shape == wanted.shape):
            off = np.max(np.abs(found - wanted)) / np.max(np.abs(wanted))
            report.expect(name, "relative error below 1e-10", f"{off:.1e}", off < 1e-10)
        kept = np.array_equal(noise, given)
        report.expect("noisy_path: the noise", "left as it was", "it" if kept else "changed", kept)


def _judge_map(report, variance_map, rng):
    lam, sigma = float(rng.uniform(0.4, 5)), float(rng.uniform(0.3, 3))
    alphas = np.array([0.1, 0.4, 1.0, 1.7, 2.3, 3.5]) * rng.uniform(0.95, 1.05, 6) / lam
    betas = np.array([0.0, 0.3, 0.6, 0.85, 0.9])
    given = alphas.copy(), betas.copy()
    name = "variance_map: stable cells"
    with report.running(name), np.errstate(all="ignore"):
        found = np.asarray(variance_map(alphas, betas, lam, sigma), dtype=float)
        shape = (len(betas), len(alphas))
        if not report.expect("variance_map: shape (betas, alphas)", shape, found.shape, found.shape == shape):
            return
        stable, worst, unstable, finite = 0, 0.0, 0, 0
        for i, b in enumerate(betas):
            for j, a in enumerate(alphas):
                if _radius(a * lam, b) <= SLOW:
                    off = abs(found[i, j] / _variance(a, b, lam, sigma) - 1)
                    stable, worst = stable + 1, max(worst, off if np.isfinite(off) else np.inf)
                elif a * lam > 2 * (1 + b) * (1 + MARGIN):
                    unstable, finite = unstable + 1, finite + (found[i, j] != np.inf)
        report.expect(name, f"{stable} within {VARIANCE:.0%}", f"the worst off by {worst:.1%}", worst <= VARIANCE)
        report.expect("variance_map: unstable cells", f"inf in {unstable}", f"another value in {finite}", finite == 0)
        kept = np.array_equal(alphas, given[0]) and np.array_equal(betas, given[1])
        report.expect("variance_map: arguments", "left as they were", "them" if kept else "changed ones", kept)


def _judge_correlation(report, autocorrelation, rng):
    name = "autocorrelation: every lag"
    with report.running(name):
        worst = 0.0
        for a, beta, lags in ((0.3, 0.0, 6), (rng.uniform(0.1, 0.3), 0.85, 20), (rng.uniform(1.2, 2.0), 0.6, 8)):
            lam = float(rng.uniform(0.4, 4))
            wanted = _correlation(a / lam, beta, lam, lags)
            found = np.asarray(autocorrelation(float(a / lam), beta, lam, lags), dtype=float)
            off = np.abs(found - wanted).max() if found.shape == wanted.shape else np.inf
            worst = max(worst, off if np.isfinite(off) else np.inf)
        report.expect(name, f"shape (lags + 1,), within {CORRELATION:g}", f"off by {worst:.3f}", worst <= CORRELATION)


def _judge_quieter(report, quieter, rng):
    cases = []
    for beta in (0.3, 0.5, 0.7, float(rng.uniform(0.4, 0.6))):
        lam = float(rng.uniform(0.5, 4))
        for a in (0.2, 0.5, (1 + beta) * 0.85, (1 + beta) * 1.12):
            momentum, plain = (_variance(a / lam, b, lam, 1.0) for b in (beta, 0.0))
            assert abs(np.log(momentum / plain)) > np.log(1.1) and _radius(a, 0.0) <= SLOW
            cases.append((float(a / lam), beta, lam, momentum < plain))
    rng.shuffle(cases)
    cases = [(float(a), float(b), float(lam), bool(less)) for a, b, lam, less in cases]
    name = "quieter: at equal step size"
    with report.running(name):
        wrong = [case for case in cases if bool(quieter(*case[:3])) != case[3]]
        found = f"{len(wrong)} wrong" + (", e.g. α={:.4g}, β={:.3g}, λ={:.3g}".format(*wrong[0]) if wrong else "")
        report.expect(name, f"0 wrong of {len(cases)}", found, not wrong)


def _judge_scaling(report, scaling):
    small = 1e-3  # the exponents of the law at small α, from two variances each
    V = lambda a, b: a**2 * (_kick(a, b, 1.0, 15_000) ** 2).sum()
    p = np.log(V(2 * small, 0.5) / V(small, 0.5)) / np.log(2)
    q = np.log(V(small, 0.75) / V(small, 0.5)) / np.log(2)
    name = "scaling: exponents of α and of 1/(1 − β)"
    with report.running(name):
        found = tuple(float(v) for v in scaling())
        near = len(found) == 2 and max(abs(found[0] - p), abs(found[1] - q)) <= EXPONENT
        report.expect(name, f"two, each within {EXPONENT:g}", ", ".join(f"{v:.2f}" for v in found), near)
