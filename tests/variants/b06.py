"""Variants of exercise B.6: bound, the two ratios, first false step."""
import numpy as np
from scipy.linalg import solve_discrete_lyapunov


def _stub(*_):
    raise NotImplementedError("your turn")


def _bound(alpha, beta, lam, sigma):
    return alpha * (1 + beta) * sigma**2 / (lam * (1 - beta) * (2 * (1 + beta) - alpha * lam))


def _same_step(beta):
    return 1 / (1 - beta)


def _same_reach(beta):
    return 1.0


def _step():
    return 4


def _lyapunov(alpha, beta, lam, sigma):
    a = alpha * lam
    M = np.array([[1 - a, beta], [-a, beta]])
    return solve_discrete_lyapunov(M, (alpha * sigma) ** 2 * np.ones((2, 2)))[0, 0]


def bound(function):
    return (function, _same_step, _same_reach, _step)


def equal(function):
    return (_bound, function, _same_reach, _step)


def reach(function):
    return (_bound, _same_step, function, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub, _stub)),
    "closed forms": ("pass", (_bound, _same_step, _same_reach, _step)),
    "a Lyapunov equation": ("pass", bound(_lyapunov)),
    "ratios by a small step": ("pass", (
        _bound, lambda b: _bound(1e-6, b, 1, 1) / _bound(1e-6, 0, 1, 1),
        lambda b: _bound((1 - b) * 1e-6, b, 1, 1) / _bound(1e-6, 0, 1, 1), _step)),
    "the draft's α²σ²/(1 − β)²": ("fail", bound(lambda al, b, l, s: (al * s / (1 - b)) ** 2)),
    "its first order ασ²/(2λ(1 − β))": ("fail", bound(lambda al, b, l, s: al * s**2 / (2 * l * (1 - b)))),
    "noise in the velocity alone: β² times the truth": ("fail", bound(lambda al, b, l, s: b**2 * _bound(al, b, l, s))),
    "gradient descent's": ("fail", bound(lambda al, b, l, s: _bound(al, 0, l, s))),
    "σ in place of σ²": ("fail", bound(lambda al, b, l, s: _bound(al, b, l, s) / s)),
    "the draft's reduction (1 − β)²": ("fail", equal(lambda b: (1 - b) ** 2)),
    "the gain 1/(1 − β)²": ("fail", equal(lambda b: (1 - b) ** -2)),
    "no change at equal step": ("fail", equal(lambda b: 1.0)),
    "the buffer's (1 − β)/(1 + β)": ("fail", reach(lambda b: (1 - b) / (1 + b))),
    "1/(1 − β) at equal reach, too": ("fail", reach(lambda b: 1 / (1 - b))),
    "step 3 called false": ("fail", (_bound, _same_step, _same_reach, lambda: 3)),
    "the conclusion called the first false step": ("fail", (_bound, _same_step, _same_reach, lambda: 5)),
}
