"""Variants of exercise C.11: adam_step, inflation, last_different, logistic_run.

`solution(...)` builds the four from one step, so that each variant differs in one thing.
"""
import math

import numpy as np


def step_by(corrections=lambda b1, b2, t: (1 - b1**t, 1 - b2**t), uncorrected=lambda b1, b2, t: (1, 1), inside=False,
            sign=-1, swap=False, late=0, old=False):
    """adam_step with one thing changed."""

    def adam_step(m, s, g, t, alpha, beta1=0.9, beta2=0.999, eps=1e-8, correct=True):
        if swap:
            beta1, beta2 = beta2, beta1
        was = m
        m = m + (1 - beta1) * (g - m)
        s = s + (1 - beta2) * (g * g - s)
        c1, c2 = (corrections if correct else uncorrected)(beta1, beta2, t + late)
        root = np.sqrt(s / c2 + eps) if inside else np.sqrt(s / c2) + eps
        return sign * alpha * ((was if old else m) / c1) / root, m, s

    return adam_step


def _inflation(t, beta1, beta2):
    t = np.asarray(t, float)
    return -np.expm1(t * np.log(beta1)) / np.sqrt(-np.expm1(t * np.log(beta2)))


def _last(delta, beta1, beta2):
    """By the bound of theorem 7, part 4, and 1 − β₁^t from below, then backwards."""
    above = math.log(1 - (1 + delta) ** -2) / math.log(beta2)
    below = math.log(min(delta, 0.5)) / math.log(beta1)
    t = int(max(above, below, 1)) + 2
    while t > 0 and abs(_inflation(t, beta1, beta2) - 1) <= delta:
        t -= 1
    return t


def _first_close(delta, beta1, beta2):
    t = 1
    while abs(_inflation(t, beta1, beta2) - 1) > delta:
        t += 1
    return t - 1


def run_by(step=None, encode=lambda y: y, batch=lambda rows, every: rows, whole=True, restart=False, first=0,
           naive=False):
    step = step or step_by()

    def logistic_run(X, y, batches, alpha, correct):
        y = encode(y)
        w, m, s = np.zeros(X.shape[1]), 0.0, 0.0
        mean = lambda rows: (np.log(1 + np.exp(-y * (X @ w))) if naive else np.logaddexp(0, -y * (X @ w)))[rows].mean()
        every = np.arange(len(y))
        losses = [mean(every)]
        with np.errstate(all="ignore"):
            for k in range(len(batches)):
                rows = batch(batches[k], batches)
                z = y[rows] * (X[rows] @ w)
                g = X[rows].T @ (-y[rows] / (1 + np.exp(z))) / len(rows)
                move, m, s = step(m, s, g, 1 if restart else k + 1 + first, alpha, correct=correct)
                w = w + move
                losses.append(mean(every if whole else rows))
        return np.array(losses)

    return logistic_run


def solution(step=None, ratio=_inflation, last=_last, run=None):
    return step or step_by(), ratio, last, run or run_by(step)


def _stub(*_, **__):
    raise NotImplementedError("your turn")


def _lists(m, s, g, t, alpha, beta1=0.9, beta2=0.999, eps=1e-8, correct=True):
    """Right, another way: uncorrected Adam, with the ratio in the step size."""
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    if correct:
        factor = math.sqrt(1 - beta2**t) / (1 - beta1**t)
        return -alpha * factor * m / (np.sqrt(s) + eps * math.sqrt(1 - beta2**t)), m, s
    return -alpha * m / (np.sqrt(s) + eps), m, s


def _package(m, s, g, t, alpha, beta1=0.9, beta2=0.999, eps=1e-8, correct=True):
    """Right, a third way: the book's step; the uncorrected move from its averages."""
    from firstorder import steps

    move, state = steps.adam(0.0 * g, g, steps.AdamState(m, s), float(t), steps.AdamHyper(alpha, beta1, beta2, eps))
    if not correct:
        move = -alpha * state.m / (np.sqrt(state.s) + eps)
    return move, state.m, state.s


def _scan(delta, beta1, beta2):
    t = np.arange(1, 300_000)
    far = np.flatnonzero(np.abs((1 - beta1**t) / np.sqrt(1 - beta2**t) - 1) > delta)
    return far[-1] + 1 if len(far) else 0


def _in_place(m, s, g, t, *args, **settings):
    move, new_m, new_s = step_by()(m, s, g, t, *args, **settings)
    if isinstance(m, np.ndarray):
        m[:], s[:] = new_m, new_s
        return move, m, s
    return move, new_m, new_s


def _corrected_averages(m, s, g, t, alpha, beta1=0.9, beta2=0.999, eps=1e-8, correct=True):
    """Hands the corrected averages on, which are corrected again."""
    move, m, s = step_by()(m, s, g, t, alpha, beta1, beta2, eps, correct)
    return (move, m / (1 - beta1**t), s / (1 - beta2**t)) if correct else (move, m, s)


VARIANTS = {
    "the stub": ("fail", (_stub,) * 4),
    "averages by differences, expm1, backwards from the bound": ("pass", solution()),
    "one factor in the step size": ("pass", solution(_lists, last=_scan)),
    "the book's own step": ("pass", solution(_package)),
    "no bias correction at all": ("fail", solution(step_by(lambda b1, b2, t: (1, 1)))),
    "corrected also when asked not to": ("fail", solution(step_by(uncorrected=lambda b1, b2, t: (1 - b1**t, 1 - b2**t)))),
    "only m corrected": ("fail", solution(step_by(lambda b1, b2, t: (1 - b1**t, 1)))),
    "only s corrected": ("fail", solution(step_by(lambda b1, b2, t: (1, 1 - b2**t)))),
    "(1 − β)ᵗ instead of 1 − βᵗ": ("fail", solution(step_by(lambda b1, b2, t: ((1 - b1) ** t, (1 - b2) ** t)))),
    "corrections one step late": ("fail", solution(step_by(late=1))),
    "β₁ and β₂ exchanged": ("fail", solution(step_by(swap=True))),
    "ε inside the root": ("fail", solution(step_by(inside=True))),
    "sign of the move": ("fail", solution(step_by(sign=1))),
    "old average used": ("fail", solution(step_by(old=True))),
    "corrected averages handed on": ("fail", solution(_corrected_averages)),
    "averages overwritten": ("fail", solution(_in_place)),
    "ratio upside down": ("fail", solution(ratio=lambda t, b1, b2: 1 / _inflation(t, b1, b2))),
    "ratio without the root": ("fail", solution(ratio=lambda t, b1, b2: (1 - b1 ** np.asarray(t)) / (1 - b2 ** np.asarray(t)))),
    "ratio with the β exchanged": ("fail", solution(ratio=lambda t, b1, b2: _inflation(t, b2, b1))),
    "first close step, not the last different one": ("fail", solution(last=_first_close)),
    "the step after the last": ("fail", solution(last=lambda *case: _last(*case) + 1)),
    "several hundred steps": ("fail", solution(last=lambda *case: 500)),
    "search ends at 1000": ("fail", solution(last=lambda *case: min(_last(*case), 1000))),
    "labels 0 and 1": ("fail", solution(run=run_by(encode=lambda y: (y + 1) / 2))),
    "losses of the batch only": ("fail", solution(run=run_by(whole=False))),
    "full gradient instead of the batch": ("fail", solution(run=run_by(batch=lambda rows, all: np.unique(all)))),
    "step number always 1": ("fail", solution(run=run_by(restart=True))),
    "step number from 2": ("fail", solution(run=run_by(first=1))),
    "loss that overflows": ("fail", solution(run=run_by(naive=True))),
}
