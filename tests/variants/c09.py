"""Variants of exercise C.9: ar1, variance, effect, break_even.

`solution(...)` builds the four from a noise and a way to get variances, so that each variant differs in one thing.
"""
import numpy as np
from scipy.linalg import solve_discrete_lyapunov, toeplitz
from scipy.optimize import brentq
from scipy.signal import lfilter


def _scaled(rho, sigma, steps, runs, rng, fresh=lambda r: np.sqrt(1 - r * r), first=1.0):
    xi = rng.standard_normal((steps, runs))
    xi[0] *= first
    for k in range(1, steps):
        xi[k] = rho * xi[k - 1] + fresh(rho) * xi[k]
    return sigma * xi


def _filtered(rho, sigma, steps, runs, rng):
    """Right, another way: a linear filter with the state that makes the first draw stationary."""
    w = rng.standard_normal((steps, runs))
    w[1:] *= np.sqrt(1 - rho * rho)
    return sigma * lfilter([1.0], [1.0, -rho], w, axis=0)


def _factor(rho, sigma, steps, runs, rng):
    """Right, a third way: a Cholesky factor of the covariance."""
    return sigma * np.linalg.cholesky(toeplitz(float(rho) ** np.arange(steps))) @ rng.standard_normal((steps, runs))


def _closed(alpha, beta, lam, rho, sigma=1.0):
    a = alpha * lam
    numerator = (1 + beta) * (1 + rho) * (1 - beta * rho) - a * rho * (1 - beta)
    return alpha * sigma**2 * numerator / (lam * (1 - beta) * (2 * (1 + beta) - a) * ((1 - rho) * (1 - beta * rho) + a * rho))


def _lyapunov(alpha, beta, lam, rho, sigma=1.0):
    A = np.array([[1 - alpha * lam, beta, -alpha], [-alpha * lam, beta, -alpha], [0, 0, rho]])
    return sigma**2 * solve_discrete_lyapunov(A, np.diag([0, 0, 1 - rho * rho]))[0, 0]


def _simulated(noise, burn=400, steps=1500, runs=400):
    def variance(alpha, beta, lam, rho, sigma=1.0):
        x, v, squares = np.zeros(runs), np.zeros(runs), []
        for xi in noise(rho, sigma, burn + steps, runs, np.random.default_rng(5)):
            v = beta * v - alpha * (lam * x + xi)
            x = x + v
            squares.append((x * x).mean())
        return np.mean(squares[burn:])
    return variance


def solution(noise=_scaled, variance=_closed, ratio=None, root=None):
    def effect(eta, beta, lam, rho, matched):
        rival = eta if matched else (1 - beta) * eta
        return variance((1 - beta) * eta, beta, lam, rho, 1.0) / variance(rival, 0.0, lam, rho, 1.0)

    def break_even(beta, eta_lam):
        excess = lambda rho: (ratio or effect)(eta_lam, beta, 1.0, rho, True) - 1
        return brentq(excess, 0, 0.95) if excess(0) * excess(0.95) < 0 else None

    return noise, variance, ratio or effect, root or break_even


def _stub(*_):
    raise NotImplementedError("your turn")


def _ratio(of, inverse=False, always=None):
    def effect(eta, beta, lam, rho, matched):
        matched = matched if always is None else always
        value = of((1 - beta) * eta, beta, lam, rho, 1.0) / of(eta if matched else (1 - beta) * eta, 0.0, lam, rho, 1.0)
        return 1 / value if inverse else value
    return effect


def _quadratic(beta, eta_lam):
    """Right, another way: the root of a quadratic."""
    roots = np.roots([beta * (1 - eta_lam), 3 + beta + beta * eta_lam - 2 * eta_lam, -1])
    inside = [r.real for r in roots if r.imag == 0 and 0 < r.real < 1]
    return float(inside[0]) if inside else None


def _white(alpha, beta, lam, rho, sigma=1.0):
    return _closed(alpha, beta, lam, 0.0, sigma)


def _swell(alpha, beta, lam, rho, sigma=1.0):
    """White noise of the same power at frequency 0: right for tiny steps only."""
    return (1 + rho) / (1 - rho) * _white(alpha, beta, lam, rho, sigma)


def _velocity(alpha, beta, lam, rho, sigma=1.0):
    return (alpha * sigma) ** 2 * (1 + beta * rho) / ((1 - beta**2) * (1 - beta * rho))


SMALL = lambda b: (np.sqrt((3 + b) ** 2 + 4 * b) - 3 - b) / (2 * b)
REFERENCE = solution(variance=_simulated(_scaled), root=solution()[3])
VARIANTS = {
    "the stub": ("fail", (_stub,) * 4),
    "simulated variances": ("pass", REFERENCE),
    "a filter and a quadratic": ("pass", solution(noise=_filtered, root=_quadratic)),
    "Cholesky factor and Lyapunov's equation": ("pass", solution(noise=_factor, variance=_lyapunov)),
    "fresh noise not scaled: variance 1/(1 − ρ²)": ("fail", solution(noise=lambda *a: _scaled(*a, fresh=lambda r: 1.0))),
    "fresh noise scaled by 1 − ρ": ("fail", solution(noise=lambda *a: _scaled(*a, fresh=lambda r: 1 - r))),
    "fresh noise scaled by 1 − ρ²": ("fail", solution(noise=lambda *a: _scaled(*a, fresh=lambda r: 1 - r * r))),
    "first draw is 0": ("fail", solution(noise=lambda *a: _scaled(*a, first=0.0))),
    "correlated across runs, not across steps": (
        "fail", solution(noise=lambda rho, sigma, steps, runs, rng: _scaled(rho, sigma, runs, steps, rng).T)),
    "noise is white": ("fail", solution(noise=lambda rho, *a: _scaled(0.0, *a))),
    "sign of the correlation lost": ("fail", solution(noise=lambda rho, *a: _scaled(abs(rho), *a))),
    "generator ignored": ("fail", solution(
        noise=lambda rho, sigma, steps, runs, rng: _scaled(rho, sigma, steps, runs, np.random.default_rng(0)))),
    "σ used as variance": ("fail", solution(noise=lambda rho, sigma, *a: _scaled(rho, np.sqrt(sigma), *a),
                                            variance=lambda a, b, l, r, s: _closed(a, b, l, r, np.sqrt(s)))),
    "variance of white noise": ("fail", solution(variance=_white)),
    "white noise times (1 + ρ)/(1 − ρ)": ("fail", solution(variance=_swell)),
    "variance of the velocity": ("fail", solution(variance=_velocity)),
    "no burn-in, fifty steps": ("fail", solution(variance=_simulated(_scaled, burn=0, steps=50))),
    "EMA form instead of heavy ball": ("fail", solution(variance=lambda a, b, l, r, s=1.0: _closed((1 - b) * a, b, l, r, s))),
    "equal step whatever is asked": ("fail", solution(ratio=_ratio(_closed, always=False))),
    "matched step whatever is asked": ("fail", solution(ratio=_ratio(_closed, always=True))),
    "ratio upside down": ("fail", solution(ratio=_ratio(_closed, inverse=True))),
    "break-even between 0.5 and 0.7, as in the draft": ("fail", solution(root=lambda b, e: 0.6)),
    "break-even of tiny steps for all": ("fail", solution(root=lambda b, e: SMALL(b))),
    "break-even 0.25 hard-coded": ("fail", solution(root=lambda b, e: 0.25)),
    "never a break-even": ("fail", solution(root=lambda b, e: None)),
    "nan instead of None": ("fail", solution(root=lambda b, e: np.nan if _quadratic(b, e) is None else _quadratic(b, e))),
    "the other root of the quadratic": ("fail", solution(
        root=lambda b, e: float(np.roots([b * (1 - e), 3 + b + b * e - 2 * e, -1])[0].real))),
}
