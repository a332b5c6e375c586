"""Variants of exercise C.12: longest_step, policy, policy_gradient, train, verdict.

`solution(...)` builds the five from small parts, so that each variant differs in one thing.
"""
import math

import numpy as np

from firstorder import hyper, methods

RIGHT = (True, False, False, True)


def _closed_form(ratio, method, beta1, beta2):
    """The first step for RMSProp; for Adam the largest of many."""
    if method == "rmsprop":
        return ratio / math.sqrt(ratio**2 - (ratio**2 - 1) * beta2)
    k = np.arange(1, 20000)
    steps = (ratio - (ratio - 1) * beta1**k) / np.sqrt(ratio**2 - (ratio**2 - 1) * beta2**k)
    return max(1.0, float(steps.max()))


def _softmax(theta):
    e = np.exp(theta - theta.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _gradient(theta, arm, reward):
    return reward[:, None] * (_softmax(theta) - np.eye(theta.shape[1])[arm])


def _move(method, m, s, g, t, alpha, beta1, beta2):
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g * g
    if method == "adam":
        return alpha * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + 1e-8), m, s
    return alpha * g / (np.sqrt(s) + 1e-8), m, s


def _pull(p, u):
    return np.minimum((np.cumsum(p, axis=1) <= u[:, None]).sum(axis=1), p.shape[1] - 1)


def solution(longest=_closed_form, softmax=_softmax, gradient=_gradient, move=_move, pull=_pull, scaled_value=False,
             scale_noise=True, last=True, late=0, answers=RIGHT, keep=None):
    def train(means, uniforms, noise, scales, method, alpha, beta1, beta2):
        theta = np.zeros((uniforms.shape[1], len(means)))
        m, s = keep.get(method, (0.0, 0.0)) if keep is not None else (0.0, 0.0)
        values = [softmax(theta) @ means]
        for k in range(len(scales)):
            c = scales[max(k - late, 0)]
            arm = pull(softmax(theta), uniforms[k])
            reward = c * (means[arm] + noise[k]) if scale_noise else c * means[arm] + noise[k]
            step, m, s = move(method, m, s, gradient(theta, arm, reward), k + 1, alpha, beta1, beta2)
            theta = theta - step
            values.append((c if scaled_value else 1.0) * (softmax(theta) @ means))
        if keep is not None:
            keep[method] = m[: uniforms.shape[1]], s[: uniforms.shape[1]]
        return np.array(values if last else values[:-1])

    return longest, softmax, gradient, train, lambda: answers


def _stub(*_):
    raise NotImplementedError("your turn")


def _by_the_package():
    """Right, another way: the steps of the package, run by run and arm by arm."""

    def longest(ratio, method, beta1, beta2):
        values = dict(beta1=beta1) if method == "adam" else {}
        h = hyper(method, lr=1.0, beta2=beta2, eps=0.0, **values)
        state, best = methods.start(method, 0.0), 1.0
        state = state._replace(**{name: 1.0 for name in state._fields})  # settled at gradients of 1
        for _ in range(int(50 / (1 - max(beta1, beta2)))):
            x, state = methods.method(method).step(0.0, ratio, state, 1e18, h)  # so late that no correction is left
            best = max(best, -x)
        return best

    def softmax(theta):
        return np.array([[1 / np.exp(row - one).sum() for one in row] for row in theta])

    def train(means, uniforms, noise, scales, method, alpha, beta1, beta2):
        values = dict(beta1=beta1) if method == "adam" else {}
        h, columns = hyper(method, lr=alpha, beta2=beta2, eps=1e-8, **values), []
        for r in range(uniforms.shape[1]):
            theta = np.zeros(len(means))
            state, column = methods.start(method, theta), [np.mean(means)]
            for k in range(len(scales)):
                p = _softmax(theta[None])[0]
                arm = int(np.argmax(np.append(np.cumsum(p)[:-1], np.inf) > uniforms[k, r]))
                g = scales[k] * (means[arm] + noise[k, r]) * p
                g[arm] -= scales[k] * (means[arm] + noise[k, r])
                theta, state = methods.method(method).step(theta, g, state, float(k + 1), h)
                column.append(_softmax(theta[None])[0] @ means)
            columns.append(column)
        return np.array(columns).T

    return longest, lambda t: np.exp(t - np.logaddexp.reduce(t, axis=1, keepdims=True)), _gradient, train, lambda: list(RIGHT)


def _log_gradient(theta, arm, reward):
    """Right: by the chain rule through the Jacobian of the softmax."""
    p = _softmax(theta)
    jacobian = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])
    rows = np.arange(len(arm))
    return -reward[:, None] * jacobian[rows, arm] / p[rows, arm][:, None]


def _corrected_rmsprop(method, m, s, g, t, alpha, beta1, beta2):
    step, m, s = _move(method, m, s, g, t, alpha, beta1, beta2)
    return (alpha * g / (np.sqrt(s / (1 - beta2**t)) + 1e-8) if method == "rmsprop" else step), m, s


def _uncorrected_adam(method, m, s, g, t, alpha, beta1, beta2):
    step, m, s = _move(method, m, s, g, t, alpha, beta1, beta2)
    return (alpha * m / (np.sqrt(s) + 1e-8) if method == "adam" else step), m, s


def _eps_inside(method, m, s, g, t, alpha, beta1, beta2):
    _, m, s = _move(method, m, s, g, t, alpha, beta1, beta2)
    if method == "adam":
        return alpha * m / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t) + 1e-8), m, s
    return alpha * g / np.sqrt(s + 1e-8), m, s


def _momentum_in_rmsprop(method, m, s, g, t, alpha, beta1, beta2):
    step, m, s = _move(method, m, s, g, t, alpha, beta1, beta2)
    return (alpha * m / (np.sqrt(s) + 1e-8) if method == "rmsprop" else step), m, s


def _swapped(method, m, s, g, t, alpha, beta1, beta2):
    return _move(method, m, s, g, t, alpha, beta2, beta1)


def _old_root(method, m, s, g, t, alpha, beta1, beta2):
    """The root before the new gradient has entered it."""
    _, m_new, s_new = _move(method, m, s, g, t, alpha, beta1, beta2)
    root = s if t > 1 else s_new
    if method == "adam":
        return alpha * m_new / (1 - beta1**t) / (np.sqrt(root / (1 - beta2 ** max(t - 1, 1))) + 1e-8), m_new, s_new
    return alpha * g / (np.sqrt(root) + 1e-8), m_new, s_new


def _hundred(ratio, method, beta1, beta2):
    k = np.arange(1, 101)
    m = ratio if method == "rmsprop" else ratio - (ratio - 1) * beta1**k
    return max(1.0, float((m / np.sqrt(ratio**2 - (ratio**2 - 1) * beta2**k)).max()))


def _unsafe(theta):
    e = np.exp(theta)
    return e / e.sum(axis=1, keepdims=True)


def _in_place(theta):
    theta -= theta.max(axis=1, keepdims=True)
    return _softmax(theta)


VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "closed forms, all runs at once": ("pass", solution()),
    "steps of the package, run by run": ("pass", _by_the_package()),
    "gradient through the softmax's Jacobian": ("pass", solution(gradient=_log_gradient)),
    "sign of the gradient wrong": ("fail", solution(gradient=lambda t, a, r: -_gradient(t, a, r))),
    "gradient of the policy, not of its logarithm": ("fail", solution(
        gradient=lambda t, a, r: _gradient(t, a, r) * np.take_along_axis(_softmax(t), a[:, None], 1))),
    "only the entry of the arm pulled": ("fail", solution(gradient=lambda t, a, r: _gradient(t, a, r) * np.eye(t.shape[1])[a])),
    "reward left out of the gradient": ("fail", solution(gradient=lambda t, a, r: _gradient(t, a, np.ones_like(r)))),
    "softmax over columns": ("fail", solution(softmax=lambda t: _softmax(t.T).T)),
    "softmax that overflows": ("fail", solution(softmax=_unsafe)),
    "softmax that overwrites θ": ("fail", solution(softmax=_in_place)),
    "bias correction in RMSProp": ("fail", solution(move=_corrected_rmsprop)),
    "bias correction left out of Adam": ("fail", solution(move=_uncorrected_adam)),
    "momentum in RMSProp": ("fail", solution(move=_momentum_in_rmsprop)),
    "ε inside the root": ("fail", solution(move=_eps_inside)),
    "β₁ and β₂ swapped": ("fail", solution(move=_swapped)),
    "divided by the root of the step before": ("fail", solution(move=_old_root)),
    "averages kept between two calls": ("fail", solution(keep={})),
    "always the likeliest arm": ("fail", solution(pull=lambda p, u: p.argmax(axis=1))),
    "value in the rescaled units": ("fail", solution(scaled_value=True)),
    "noise not rescaled": ("fail", solution(scale_noise=False)),
    "change one step late": ("fail", solution(late=1)),
    "last value missing": ("fail", solution(last=False)),
    "longest step: the first one": ("fail", solution(longest=lambda r, method, b1, b2: (
        r if method == "rmsprop" else b1 + (1 - b1) * r) / math.sqrt(b2 + (1 - b2) * r * r))),
    "longest step: the longest of a hundred": ("fail", solution(longest=_hundred)),
    "longest step: the factor itself": ("fail", solution(longest=lambda r, *_: r)),
    "longest step: 9.5 and 5.2 learned by heart": ("fail", solution(longest=lambda r, method, *_: 9.539 if method == "rmsprop" else 5.202)),
    "verdict: RMSProp the stabler one": ("fail", solution(answers=(False, False, True, True))),
    "verdict: a rise does harm": ("fail", solution(answers=(True, False, True, True))),
}
