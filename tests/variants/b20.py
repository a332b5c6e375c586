"""Variants of exercise B.20: rate, longest step, and the number of the first false step."""
import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _eigenvalues(H, s):
    root = s**-0.25
    return np.linalg.eigvalsh(root[:, None] * H * root)


def _radius(a, beta):
    half = (1 + beta - a) / 2
    gap = np.sqrt(np.maximum(half**2 - beta, 0))
    return np.where(half**2 >= beta, abs(half) + gap, np.sqrt(beta))


def _rate(H, s, alpha, beta1):
    return _radius(alpha * (1 - beta1) * _eigenvalues(H, s), beta1).max()


def _limit(H, s, beta1):
    return 2 * (1 + beta1) / ((1 - beta1) * _eigenvalues(H, s)[-1])


def _step():
    return 4


def _block_rate(H, s, alpha, beta1):
    """Eigenvalues of the whole matrix of (x, m)."""
    d, P = len(s), np.diag(1 / np.sqrt(s))
    low = np.hstack([(1 - beta1) * H, beta1 * np.eye(d)])
    top = np.hstack([np.eye(d), np.zeros((d, d))]) - alpha * P @ low
    return abs(np.linalg.eigvals(np.vstack([top, low]))).max()


def _polynomial_rate(H, s, alpha, beta1):
    """Roots of the polynomial of each eigenvalue of the unsymmetric PH."""
    lam = np.linalg.eigvals(H / np.sqrt(s)[:, None]).real
    return max(abs(np.roots([1, -(1 + beta1 - alpha * (1 - beta1) * l), beta1])).max() for l in lam)


def _bisected(H, s, beta1):
    low, high = 0.0, 1e6
    for _ in range(100):
        mid = (low + high) / 2
        low, high = (mid, high) if _block_rate(H, s, mid, beta1) < 1 else (low, mid)
    return low


def _stated(H, s, alpha, beta1):
    return max(beta1, abs(1 - (1 - beta1) * alpha * _eigenvalues(H, s)[0]))


def _all_modes_stated(H, s, alpha, beta1):
    return max(beta1, abs(1 - (1 - beta1) * alpha * _eigenvalues(H, s)).max())


def _no_preconditioner(H, s, alpha, beta1):
    return _rate(H, np.ones_like(s), alpha, beta1)


def _no_root(H, s, alpha, beta1):
    return _rate(H, s * s, alpha, beta1)


def _heavy_ball_scale(H, s, alpha, beta1):
    return _radius(alpha * _eigenvalues(H, s), beta1).max()


def _slowest_mode_only(H, s, alpha, beta1):
    return _radius(alpha * (1 - beta1) * _eigenvalues(H, s)[0], beta1)


def _stiffest_mode_only(H, s, alpha, beta1):
    return _radius(alpha * (1 - beta1) * _eigenvalues(H, s)[-1], beta1)


def _delayed(H, s, alpha, beta1):
    """The step with the average from before the gradient."""
    a = alpha * (1 - beta1) * _eigenvalues(H, s)
    return max(abs(np.roots([1, -(1 + beta1), beta1 + ai])).max() for ai in a)


def rate(function):
    return (function, _limit, _step)


def limit(function):
    return (_rate, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "similar symmetric matrix, closed form": ("pass", (_rate, _limit, _step)),
    "eigenvalues of the whole 2d × 2d matrix, limit by bisection": ("pass", (_block_rate, _bisected, _step)),
    "roots of one polynomial per eigenvalue of PH": ("pass", rate(_polynomial_rate)),
    "the statement": ("fail", rate(_stated)),
    "the statement with all modes": ("fail", rate(_all_modes_stated)),
    "√β₁ always": ("fail", rate(lambda H, s, alpha, beta1: np.sqrt(beta1))),
    "P forgotten": ("fail", rate(_no_preconditioner)),
    "1/s instead of 1/√s": ("fail", rate(_no_root)),
    "1 − β₁ forgotten": ("fail", rate(_heavy_ball_scale)),
    "slowest mode only": ("fail", rate(_slowest_mode_only)),
    "stiffest mode only": ("fail", rate(_stiffest_mode_only)),
    "the delayed order, m before the gradient": ("fail", rate(_delayed)),
    "limit of descent": ("fail", limit(lambda H, s, b: 2 / _eigenvalues(H, s)[-1])),
    "limit of heavy ball": ("fail", limit(lambda H, s, b: 2 * (1 + b) / _eigenvalues(H, s)[-1])),
    "limit 2/(1 − β₁)": ("fail", limit(lambda H, s, b: 2 / ((1 - b) * _eigenvalues(H, s)[-1]))),
    "limit with λ_max(H)/√(min s), an upper bound": (
        "fail", limit(lambda H, s, b: 2 * (1 + b) / ((1 - b) * np.linalg.eigvalsh(H)[-1] / np.sqrt(s.min())))),
    "limit of the slowest mode": ("fail", limit(lambda H, s, b: 2 * (1 + b) / ((1 - b) * _eigenvalues(H, s)[0]))),
    "38 for every β₁": ("fail", limit(lambda H, s, b: 38 / _eigenvalues(H, s)[-1])),
    "limit of the delayed order": ("fail", limit(lambda H, s, b: 1 / _eigenvalues(H, s)[-1])),
    "step 3 called false": ("fail", (_rate, _limit, lambda: 3)),
    "step 5 called the first false one": ("fail", (_rate, _limit, lambda: 5)),
    "step 6 called the first false one": ("fail", (_rate, _limit, lambda: 6)),
}
