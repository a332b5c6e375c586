"""Variants of exercise C.18: embedding_gradient, moves, active_share, idle_share, verdict.

`solution(...)` builds the five from small parts, so that each variant differs in one thing.
"""
import numpy as np

from firstorder import hyper, methods

RIGHT = (True, True, False, True)


def _gradient(E, out, tokens, labels):
    b, length = tokens.shape
    slope = -labels / (1 + np.exp(labels * (E[tokens].mean(1) @ out))) / (b * length)
    G = np.zeros_like(E)
    np.add.at(G, tokens.ravel(), np.repeat(slope, length)[:, None] * out)
    return G


def _rule(method, m, s, g, t, alpha):
    if method == "sgd":
        return -alpha * g
    if method == "rmsprop":
        return -alpha * g / (np.sqrt(s) + 1e-8)
    return -alpha * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


def moving(rule=_rule, first=1, betas=(0.9, 0.999), kept=None):
    def moves(gradients, method, alpha):
        m, s = kept.get(method, (0.0, 0.0)) if kept is not None else (0.0, 0.0)
        out = []
        for t, g in enumerate(gradients, first):
            m, s = betas[0] * m + (1 - betas[0]) * g, betas[1] * s + (1 - betas[1]) * g * g
            out.append(rule(method, m, s, g, t, alpha))
        if kept is not None:
            kept[method] = m, s
        return np.array(out)

    return moves


def _active(steps, threshold):
    return (abs(steps.sum(0)) > threshold).mean()


def _idle(gradients, steps):
    return abs(steps)[gradients == 0].sum() / abs(steps).sum()


def solution(gradient=_gradient, moves=moving(), active=_active, idle=_idle, answers=RIGHT):
    return gradient, moves, active, idle, lambda: answers


def _stub(*_):
    raise NotImplementedError("your turn")


def _one_by_one(E, out, tokens, labels):
    """Right: a loop over texts and tokens."""
    G = np.zeros_like(E)
    for row, label in zip(tokens, labels):
        score = sum(E[k] @ out for k in row) / len(row)
        for k in row:
            G[k] += -label / (1 + np.exp(label * score)) * out / (len(row) * len(labels))
    return G


def _package_moves(gradients, method, alpha):
    """Right: the steps of the package."""
    name = {"sgd": "gradient_descent"}.get(method, method)
    h = hyper(name, lr=alpha, **({} if method == "sgd" else dict(beta2=0.999, eps=1e-8)))
    zero = np.zeros(gradients.shape[1])
    state, out = methods.start(name, zero), []
    for t, g in enumerate(gradients, 1):
        x, state = methods.method(name).step(zero, g, state, float(t), h)
        out.append(x)
    return np.stack(out)


def _weighted_moves(gradients, method, alpha):
    """Right: weighted sums of all past gradients."""
    out = []
    for t in range(1, len(gradients) + 1):
        w = lambda b: ((1 - b) * b ** np.arange(t - 1, -1, -1.0))[:, None]
        m, s = (w(0.9) * gradients[:t]).sum(0), (w(0.999) * gradients[:t] ** 2).sum(0)
        out.append(_rule(method, m, s, gradients[t - 1], t, alpha))
    return np.array(out)


def _lost_duplicates(E, out, tokens, labels):
    b, length = tokens.shape
    slope = -labels / (1 + np.exp(labels * (E[tokens].mean(1) @ out))) / (b * length)
    G = np.zeros_like(E)
    G[tokens.ravel()] += np.repeat(slope, length)[:, None] * out
    return G


def _in_place(E, out, tokens, labels):
    G = _gradient(E, out, tokens, labels)
    E -= G
    return G


def _corrected_rmsprop(method, m, s, g, t, alpha):
    return _rule(method, m, s / (1 - 0.999**t) if method == "rmsprop" else s, g, t, alpha)


def _uncorrected_adam(method, m, s, g, t, alpha):
    return -alpha * m / (np.sqrt(s) + 1e-8) if method == "adam" else _rule(method, m, s, g, t, alpha)


def _lazy_adam(method, m, s, g, t, alpha):
    return np.where(g == 0, 0.0, _rule(method, m, s, g, t, alpha))


def _eps_inside(method, m, s, g, t, alpha):
    if method == "rmsprop":
        return -alpha * g / np.sqrt(s + 1e-8)
    return -alpha * m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t) + 1e-8) if method == "adam" else -alpha * g


VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "scattered sums and a recursion": ("pass", solution()),
    "loop over tokens, steps of the package": ("pass", solution(_one_by_one, _package_moves)),
    "weighted sums of all past gradients": ("pass", solution(moves=_weighted_moves, answers=list(RIGHT))),
    "repeated tokens counted once": ("fail", solution(_lost_duplicates)),
    "labels 0 and 1 in a loss that wants ±1, as in the draft": ("fail", solution(
        lambda E, out, tokens, labels: _gradient(E, out, tokens, (labels + 1) / 2))),
    "sum over the batch instead of the mean": ("fail", solution(lambda E, o, t, l: len(l) * _gradient(E, o, t, l))),
    "mean over tokens left out": ("fail", solution(lambda E, o, t, l: t.shape[1] * _gradient(E, o, t, l))),
    "sign of the gradient wrong": ("fail", solution(lambda *a: -_gradient(*a))),
    "table overwritten": ("fail", solution(_in_place)),
    "gradient, not its negative, as the move": ("fail", solution(moves=lambda *a: -moving()(*a))),
    "bias correction in RMSProp": ("fail", solution(moves=moving(_corrected_rmsprop))),
    "bias correction left out of Adam": ("fail", solution(moves=moving(_uncorrected_adam))),
    "lazy Adam: no move without a gradient": ("fail", solution(moves=moving(_lazy_adam))),
    "ε inside the root": ("fail", solution(moves=moving(_eps_inside))),
    "steps counted from 2": ("fail", solution(moves=moving(first=2))),
    "β₁ and β₂ swapped": ("fail", solution(moves=moving(betas=(0.999, 0.9)))),
    "RMSProp's usual β₂ = 0.9": ("fail", solution(moves=moving(betas=(0.9, 0.9)))),
    "averages kept between two calls": ("fail", solution(moves=moving(kept={}))),
    "largest move instead of the displacement": ("fail", solution(active=lambda s, x: (abs(s).max(0) > x).mean())),
    "path instead of the displacement": ("fail", solution(active=lambda s, x: (abs(s).sum(0) > x).mean())),
    "displacement with its sign": ("fail", solution(active=lambda s, x: (s.sum(0) > x).mean())),
    "number instead of the share": ("fail", solution(active=lambda s, x: (abs(s.sum(0)) > x).sum())),
    "moves counted, not measured": ("fail", solution(idle=lambda g, s: ((g == 0) & (s != 0)).sum() / (s != 0).sum())),
    "share of the path with a gradient": ("fail", solution(idle=lambda g, s: 1 - _idle(g, s))),
    "verdict: the count shows adaptivity": ("fail", solution(answers=(True, False, True, False))),
    "verdict: all true": ("fail", solution(answers=(True,) * 4)),
}
