"""Variants of exercise B.2: weights, guarantee, first false step."""


def _stub(*_):
    raise NotImplementedError("your turn")


def _weight(k):
    return (k + 1) / 2


def _guarantee(L, R, k):
    return 2 * L * R**2 / (k + 1) ** 2


def _step():
    return 3


def _recursive(k):
    """t₂ = 3/2, t_{k+1} β_k = t_k − 1."""
    t = 1.0 if k == 1 else 1.5
    for j in range(2, k):
        t = (t - 1) * (j + 2) / (j - 1)
    return t


def _fista(k):
    t = 1.0
    for _ in range(1, k):
        t = (1 + (1 + 4 * t * t) ** 0.5) / 2
    return t


def weight(function, guarantee=_guarantee):
    return (function, guarantee, _step)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "(k + 1)/2 and 2LR²/(k + 1)²": ("pass", (_weight, _guarantee, _step)),
    "by the recursion of the weights": ("pass", weight(_recursive)),
    "0.5 k + 0.5, and LR²/(2t²)": ("pass", weight(lambda k: 0.5 * k + 0.5, lambda L, R, k: L * R * R / (2 * (0.5 * k + 0.5) ** 2))),
    "FISTA's weights, which need FISTA's β": ("fail", weight(_fista, lambda L, R, k: L * R * R / (2 * _fista(k) ** 2))),
    "k: too large": ("fail", weight(lambda k: k, lambda L, R, k: L * R * R / (2 * k * k))),
    "k/2: off by one": ("fail", weight(lambda k: k / 2, lambda L, R, k: 2 * L * R * R / k**2)),
    "(k + 2)/2": ("fail", weight(lambda k: (k + 2) / 2, lambda L, R, k: 2 * L * R * R / (k + 2) ** 2)),
    "(k + 1.05)/2: a little too large": ("fail", weight(lambda k: (k + 1.05) / 2, lambda L, R, k: 2 * L * R * R / (k + 1.05) ** 2)),
    "0.2 % too large from k = 2 on": ("fail", weight(
        lambda k: 1.0 if k == 1 else 0.501 * (k + 1), lambda L, R, k: L * R * R / 2 / (1.0 if k == 1 else 0.501 * (k + 1)) ** 2)),
    "1: no growth": ("fail", weight(lambda k: 1.0, lambda L, R, k: L * R * R / 2)),
    "√k": ("fail", weight(lambda k: k**0.5, lambda L, R, k: L * R * R / (2 * k))),
    "the guarantee without the 2": ("fail", weight(_weight, lambda L, R, k: L * R * R / (k + 1) ** 2)),
    "the guarantee of the wrong proof": ("fail", weight(_weight, lambda L, R, k: 2 * L * R * R / (k * (k + 1)))),
    "R in place of R²": ("fail", weight(_weight, lambda L, R, k: 2 * L * R / (k + 1) ** 2)),
    "gradient descent's guarantee": ("fail", weight(_weight, lambda L, R, k: L * R * R / (4 * k + 2))),
    "step 4 called false": ("fail", (_weight, _guarantee, lambda: 4)),
    "step 2 called false": ("fail", (_weight, _guarantee, lambda: 2)),
}
