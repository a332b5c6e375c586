"""Variants of exercise B.15: hard curvature and limit constant."""
import math

from scipy.optimize import minimize_scalar


def _stub(*_):
    raise NotImplementedError("your turn")


def _lam(L, beta, k):
    return L * (1 - beta) / (2 * k)


def _limit(beta):
    return (1 - beta) / (4 * math.e)


def _by_search(L, beta, k):
    """Maximise c exp(−2c/(1 − β)) numerically."""
    c = minimize_scalar(lambda c: -c * math.exp(-2 * c / (1 - beta)), bounds=(0, 3), method="bounded", options={"xatol": 1e-10}).x
    return c * L / k


def _slow_root(beta):
    """From the slow root at a small s."""
    s = 1e-7
    half = (1 + beta) * (1 - s) / 2
    slope = (1 - (half + math.sqrt(half * half - beta * (1 - s)))) / s
    return 1 / (slope * 4 * math.e)


def lam(function):
    return (function, _limit)


def limit(function):
    return (_lam, function)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub)),
    "closed forms": ("pass", (_lam, _limit)),
    "λ by a search": ("pass", lam(_by_search)),
    "the constant from the slow root": ("pass", limit(_slow_root)),
    "λ = L": ("fail", lam(lambda L, b, k: L)),
    "λ = L/k: β forgotten": ("fail", lam(lambda L, b, k: L / k)),
    "λ = (1 − β)L/k: twice too large": ("fail", lam(lambda L, b, k: L * (1 - b) / k)),
    "λ of order 1/k²": ("fail", lam(lambda L, b, k: L * (1 - b) / (2 * k * k))),
    "descent's λ for every β": ("fail", lam(lambda L, b, k: L / (2 * k) if b > 0.3 else L / k)),
    "β in place of 1 − β": ("fail", lam(lambda L, b, k: L * max(b, 0.01) / (2 * k) if abs(b - 0.5) > 0.05 else L / k)),
    "the constant of descent": ("fail", limit(lambda b: 1 / (4 * math.e))),
    "1/(4e(1 − β))": ("fail", limit(lambda b: 1 / (4 * math.e * (1 - b)))),
    "(1 − β)/(2e): the ½ of f forgotten": ("fail", limit(lambda b: (1 - b) / (2 * math.e))),
    "0, as of an exponential": ("fail", limit(lambda b: 0.0)),
}
