"""Variants of exercise C.5: the four functions path, is_stable, stability_map, largest_stable_alpha.

`solution(...)` builds the four from a step and a decision, so that each variant differs in one thing.
"""
import numpy as np


def _step(x, v, a, b):
    v = b * v - a * x
    return x + v, v


def _ends_smaller(x, v, a, b, step, steps=1200):
    """Right: state at the end smaller than half-way, rescaled on the way so that nothing under- or overflows."""
    log, half = 0.0, None
    for k in range(1, steps + 1):
        x, v = step(x, v, a, b)
        size = abs(x) + abs(v)
        if not np.isfinite(size):
            return False
        if size == 0:
            return True
        log, x, v = log + np.log(size), x / size, v / size
        half = log if k == steps // 2 else half
    return log < half


def _below(x, v, a, b, step, threshold=1e-6, steps=500):
    for _ in range(steps):
        x, v = step(x, v, a, b)
    return abs(x) < threshold


def solution(step=_step, decide=_ends_smaller, x0=1.0, use_lam=True, transpose=False, paths=None, edge=None, cells=None):
    scale = (lambda lam: lam) if use_lam else (lambda lam: 1.0)

    def path(alpha, beta, lam, start, steps):
        x, v, out = start, 0.0, [start]
        for _ in range(steps):
            x, v = step(x, v, alpha * scale(lam), beta)
            out.append(x)
        return np.array(out)

    def is_stable(alpha, beta, lam):
        with np.errstate(all="ignore"):
            return bool(decide(x0, 0.0, alpha * scale(lam), beta, step))

    is_stable = cells or is_stable

    def stability_map(alphas, betas, lam):
        grid = np.array([[is_stable(a, b, lam) for a in alphas] for b in betas])
        return grid.T if transpose else grid

    def largest(beta, lam):
        low, high = 0.0, 8 / lam
        for _ in range(14):
            middle = (low + high) / 2
            low, high = (middle, high) if is_stable(middle, beta, lam) else (low, middle)
        return (low + high) / 2

    return (paths or path), is_stable, stability_map, (edge or largest)


def _stub(*_):
    raise NotImplementedError("your turn")


def _eigenvalues(alpha, beta, lam):
    """Right, another way: the roots of z² − (1 + β − αλ)z + β."""
    if not np.isfinite(alpha * lam) or alpha * lam > 1e100:
        return False
    return bool(np.abs(np.roots([1, -(1 + beta - alpha * lam), beta])).max() < 1)


def _theory(alpha, beta, lam):
    return bool(0 < alpha * lam < 2 * (1 + beta))


def _two_term_path(alpha, beta, lam, x0, steps):
    x = np.full(steps + 2, x0, dtype=float)
    for k in range(1, steps + 1):
        x[k + 1] = (1 + beta - alpha * lam) * x[k] - beta * x[k - 1]
    return x[1:]


def _matrix_power(x, v, a, b, step):
    """Right, a third way: the norm of a high power of the iteration matrix."""
    if a > 1e100:
        return False
    matrix = np.array([[1 - a, b], [-a, b]])
    log = 0.0
    for _ in range(13):  # M^(2^13), squared and rescaled
        matrix = matrix @ matrix
        norm = np.abs(matrix).max()
        if norm == 0:
            return True
        log, matrix = 2 * log + np.log(norm), matrix / norm
    return log < 0


class _Leaking:
    """The velocity survives from one call to the next."""

    v = 0.0

    def path(self, alpha, beta, lam, x0, steps):
        x, out = x0, [x0]
        for _ in range(steps):
            x, self.v = _step(x, self.v, alpha * lam, beta)
            out.append(x)
        return np.array(out)


def _in_place_map(alphas, betas, lam):
    alphas *= lam
    return np.array([[a < 2 * (1 + b) for a in alphas] for b in betas])


def _first_growth(x, v, a, b, step, steps=2000):
    """Calls a run divergent as soon as |x| grows."""
    for _ in range(steps):
        new, v = step(x, v, a, b)
        if abs(new) > abs(x):
            return False
        x = new
    return True


def _nan_is_stable(x, v, a, b, step, steps=3000):
    for _ in range(steps):
        x, v = step(x, v, a, b)
    return not abs(x) > 1e3  # nan > 1e3 is False


def _ema(x, m, a, b):
    m = b * m + (1 - b) * x
    return x - a * m, m


def _sign(x, v, a, b):
    v = b * v + a * x
    return x + v, v


def _minus_velocity(x, v, a, b):
    v = -b * v - a * x
    return x + v, v


def _look_ahead(x, v, a, b):
    v = b * v - a * (x + b * v)
    return x + v, v


def _old_velocity(x, v, a, b):
    return x + v, b * v - a * x


def _late(alpha, beta, lam, x0, steps):
    return solution()[0](alpha, beta, lam, x0, steps + 1)[1:]


def _with(index, function):
    parts = list(solution())
    parts[index] = function
    return tuple(parts)


VARIANTS = {
    "the stub": ("fail", (_stub,) * 4),
    "rescaled run, end against middle": ("pass", solution()),
    "roots of the characteristic polynomial, positions only": ("pass", solution(cells=_eigenvalues, paths=_two_term_path)),
    "norm of a high matrix power": ("pass", solution(decide=_matrix_power)),
    "the closed form 0 < αλ < 2(1 + β)": ("pass", solution(cells=_theory, edge=lambda b, lam: 2 * (1 + b) / lam)),
    "sign of the gradient wrong": ("fail", solution(step=_sign)),
    "sign of the velocity wrong": ("fail", solution(step=_minus_velocity)),
    "EMA form instead of heavy ball": ("fail", solution(step=_ema)),
    "Nesterov instead of heavy ball": ("fail", solution(step=_look_ahead)),
    "position moved by the old velocity": ("fail", solution(step=_old_velocity)),
    "curvature ignored": ("fail", solution(use_lam=False)),
    "started at the minimum": ("fail", solution(x0=0.0)),
    "fixed threshold after 500 steps": ("fail", solution(decide=_below)),
    "divergence at the first growth of |x|": ("fail", solution(decide=_first_growth)),
    "nan counted as converged": ("fail", solution(decide=_nan_is_stable)),
    "map transposed": ("fail", solution(transpose=True)),
    "velocity kept between two calls": ("fail", _with(0, _Leaking().path)),
    "path shifted by one step": ("fail", _with(0, _late)),
    "arguments overwritten by the map": ("fail", _with(2, _in_place_map)),
    "border of gradient descent, 2/λ": ("fail", solution(cells=lambda a, b, lam: a * lam < 2)),
    "border 2(1 − β)/λ": ("fail", solution(cells=lambda a, b, lam: a * lam < 2 * (1 - b))),
    "answer for β = 0.9, λ = 1 hard-coded": ("fail", _with(3, lambda beta, lam: 3.8)),
    "border only to one digit": ("fail", _with(3, lambda beta, lam: round(2 * (1 + beta) / lam, 1))),
}
