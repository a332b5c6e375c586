"""Variants of exercise B.14: the stationary covariance of (x, v)."""
import numpy as np
from scipy.linalg import solve_discrete_lyapunov


def _stub(*_):
    raise NotImplementedError("your turn")


def _matrix(p, r, w):
    return np.array([[p, r], [r, w]])


def _closed(alpha, beta, lam, sigma):
    D = (1 - beta) * (2 * (1 + beta) - alpha * lam)
    u = alpha**2 * sigma**2 / D
    return _matrix(u * (1 + beta) / (alpha * lam), u, 2 * u)


def _lyapunov(alpha, beta, lam, sigma, kick=((1, 1), (1, 1))):
    a = alpha * lam
    return solve_discrete_lyapunov(np.array([[1 - a, beta], [-a, beta]]), (alpha * sigma) ** 2 * np.array(kick, dtype=float))


def _summed(alpha, beta, lam, sigma):
    """Σ over the impulse response of the step."""
    x, v, S = 0.0, 0.0, np.zeros((2, 2))
    x, v = -alpha, -alpha
    for _ in range(20000):
        S += np.outer([x, v], [x, v])
        v = beta * v - alpha * lam * x
        x = x + v
    return sigma**2 * S


def only(function):
    return (function,)


def changed(p=1.0, r=1.0, w=1.0):
    """The right answer with its entries multiplied."""
    return only(lambda *case: _closed(*case) * _matrix(p, r, w))


VARIANTS = {
    "the stub": ("fail", only(_stub)),
    "the closed form": ("pass", only(_closed)),
    "SciPy's Lyapunov solver": ("pass", only(_lyapunov)),
    "the sum over the impulse response": ("pass", only(_summed)),
    "the draft's α²σ²/(1 − β)²": ("fail", only(lambda al, b, l, s: _closed(al, b, l, s) * _matrix(0, 1, 1) + _matrix(al**2 * s**2 / (1 - b) ** 2, 0, 0))),
    "noise in the velocity alone": ("fail", only(lambda *c: _lyapunov(*c, kick=((0, 0), (0, 1))))),
    "noise in the position alone": ("fail", only(lambda *c: _lyapunov(*c, kick=((1, 0), (0, 0))))),
    "x and v taken as uncorrelated": ("fail", changed(r=0.0)),
    "their covariance with the wrong sign": ("fail", changed(r=-1.0)),
    "σ in place of σ²": ("fail", only(lambda al, b, l, s: _closed(al, b, l, s) / s)),
    "λ = 1 assumed": ("fail", only(lambda al, b, l, s: _closed(al, b, 1.0, s))),
    "the EMA form's variance": ("fail", only(lambda al, b, l, s: _closed((1 - b) * al, b, l, s))),
    "1 + β forgotten in Var x": ("fail", only(lambda al, b, l, s: _closed(al, b, l, s) / _matrix(1 + b, 1, 1))),
    "Var v without the factor 2": ("fail", changed(w=0.5)),
    "gradient descent's variance": ("fail", only(lambda al, b, l, s: _closed(al, 0.0, l, s))),
    "Var x alone": ("fail", only(lambda *c: _closed(*c)[0, 0])),
}
