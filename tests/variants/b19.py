"""Variants of exercise B.19: the limit of linearised training, first false step."""
import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _limit(J, r, theta0, v0, beta, at_rest=1.0):
    K = J @ J.T
    null = v0 - J.T @ np.linalg.solve(K, J @ v0)
    return theta0 - at_rest * (J.T @ np.linalg.solve(K, r)) + beta / (1 - beta) * null


def _step():
    return 4


def _pseudo_inverse(J, r, theta0, v0, beta):
    J_plus = np.linalg.pinv(J)
    return theta0 - J_plus @ r + beta / (1 - beta) * (v0 - J_plus @ (J @ v0))


def _least_norm(J, r, theta0, v0, beta):
    """lstsq gives the solution of least norm; the rest comes from a singular value decomposition."""
    _, _, V = np.linalg.svd(J)
    null = V[len(J):]
    return theta0 + np.linalg.lstsq(J, -r, rcond=None)[0] + beta / (1 - beta) * null.T @ (null @ v0)


def _simulated(J, r, theta0, v0, beta):
    theta, v, alpha = theta0, v0, 0.5 / np.linalg.norm(J, 2) ** 2
    for _ in range(20_000):
        v = beta * v - alpha * J.T @ (J @ (theta - theta0) + r)
        theta = theta + v
    return theta


def limit(function):
    return (function, _step)


def velocity(factor):
    """The right answer from rest; `factor(beta)` times the null part of v₀ added."""
    def found(J, r, theta0, v0, beta):
        rest = _limit(J, r, theta0, 0 * v0, beta)
        return rest + factor(beta) * (v0 - J.T @ np.linalg.solve(J @ J.T, J @ v0))
    return limit(found)


VARIANTS = {
    "the stub": ("fail", (_stub, _stub)),
    "the closed form": ("pass", limit(_limit)),
    "by the pseudo-inverse": ("pass", limit(_pseudo_inverse)),
    "lstsq and a singular value decomposition": ("pass", limit(_least_norm)),
    "by running it": ("pass", limit(_simulated)),
    "the draft's K⁻¹∇L": ("fail", limit(lambda J, r, t, v, b: t - np.linalg.solve(J @ J.T, J.T @ r))),
    "the Hessian inverted": ("fail", limit(lambda J, r, t, v, b: t - np.linalg.solve(J.T @ J, J.T @ r))),
    "velocity forgotten": ("fail", velocity(lambda b: 0.0)),
    "1/(1 − β) in place of β/(1 − β)": ("fail", velocity(lambda b: 1 / (1 - b))),
    "β in place of β/(1 − β)": ("fail", velocity(lambda b: b)),
    "the velocity with the wrong sign": ("fail", velocity(lambda b: -b / (1 - b))),
    "all of v₀, not its null part": ("fail", limit(lambda J, r, t, v, b: _limit(J, r, t, 0 * v, b) + b / (1 - b) * v)),
    "the wrong sign of the residual": ("fail", limit(lambda J, r, t, v, b: _limit(J, r, t, v, b, at_rest=-1.0))),
    "θ₀ forgotten": ("fail", limit(lambda J, r, t, v, b: _limit(J, r, 0 * t, v, b))),
    "one gradient step": ("fail", limit(lambda J, r, t, v, b: t - J.T @ r / np.linalg.norm(J, 2) ** 2)),
    "step 3 called false": ("fail", (_limit, lambda: 3)),
    "step 5 called the first": ("fail", (_limit, lambda: 5)),
}
