"""Variants of exercise C.15: gradient, path, escape_time, growth.

`solution(...)` builds the four from steps and a gradient, so that each variant differs in one thing.
"""
import numpy as np

BETA, B1, B2, EPS = 0.9, 0.9, 0.999, 1e-8


def _turned(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _gradient(point, angle):
    turn = _turned(angle)
    x, y = turn.T @ point
    return turn @ np.array([x, y**3 - y])


def _descent(p, memory, t, grad, lr, beta):
    return p - lr * grad(p), memory


def _heavy(p, v, t, grad, lr, beta):
    v = beta * v - lr * grad(p)
    return p + v, v


def _nag(p, v, t, grad, lr, beta):
    v = beta * v - lr * grad(p + beta * v)
    return p + v, v


def _adam(correct=True, b1=B1, b2=B2, inside=False, eps=EPS):
    def step(p, memory, t, grad, lr, beta):
        g = grad(p)
        m, s = (0 * p, 0 * p) if np.ndim(memory) == np.ndim(p) else memory
        m, s = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g * g
        up, down = (m / (1 - b1**t), s / (1 - b2**t)) if correct else (m, s)
        return p - lr * up / (np.sqrt(down + eps) if inside else np.sqrt(down) + eps), np.stack([m, s])
    return step


STEPS = {"gradient_descent": _descent, "heavy_ball": _heavy, "nesterov": _nag, "adam": _adam()}


def solution(steps=None, gradient=_gradient, turn_start=True, turn_back=True, late=0, never=None, target=-0.2,
             by_distance=False, growth=None, limit=2000, for_good=False):
    table = {**STEPS, **(steps or {})}

    def walk(method, lr, start, angle):
        p = np.asarray(start, dtype=float)
        p = _turned(angle) @ p if turn_start else p
        memory, t = np.zeros(2), 0
        while True:
            yield p @ _turned(angle) if turn_back else p
            t += 1
            p, memory = table[method](p, memory, t, lambda q: gradient(q, angle), lr, BETA)

    def path(method, lr, start, angle, n):
        points = walk(method, lr, start, angle)
        return np.array([next(points) for _ in range(n + 1)])

    def escape_time(method, lr, start, angle):
        since = None
        for k, (x, y) in zip(range(limit + 1), walk(method, lr, start, angle)):
            left = abs(y) > 0.5 if by_distance else x * x / 2 - y * y / 2 + y**4 / 4 <= target
            since = (k if since is None else since) if left else None
            if left and not for_good:
                return k + late
        return never if since is None else since

    def measured(method, alpha, beta, mu):
        y, v, sizes = 1e-100, 0.0, []
        for t in range(600):
            y, v = table[method](y, v, t, lambda q: -mu * q, alpha, beta)
            sizes.append(y)
        return sizes[-1] / sizes[-2]

    return gradient, path, escape_time, growth or measured


def _stub(*_):
    raise NotImplementedError("your turn")


def _eigenvalue(method, alpha, beta, mu):
    """Right, another way: the iteration matrix of (y, v)."""
    a = alpha * mu
    if method == "gradient_descent":
        return 1 + a
    ahead = beta if method == "nesterov" else 0.0
    return np.abs(np.linalg.eigvals([[1 + a, beta + a * ahead], [a, beta + a * ahead]])).max()


def _no_turn(point, angle):
    return _gradient(point, 0.0)


def _other_way(point, angle):
    return _gradient(point, -angle)


def _sign(point, angle):
    x, y = _turned(angle).T @ point
    return _turned(angle) @ np.array([x, y - y**3])


def _not_turned_back(point, angle):
    x, y = _turned(angle).T @ point
    return np.array([x, y**3 - y])


def _in_place(point, angle):
    g = _gradient(point, angle)
    point *= 1.5
    return g


def _ema(p, m, t, grad, lr, beta):
    m = beta * m + (1 - beta) * grad(p)
    return p - lr * m, m


def _ahead(p, v, t, grad, lr, beta):
    """Nesterov's stored look-ahead, shown as if it were the position."""
    g = grad(p)
    v = beta * v - lr * g
    return p + beta * v - lr * g, v


def _hasty(method, alpha, beta, mu):
    y, v = 1.0, 0.0
    for t in range(20):
        before = y
        y, v = STEPS[method](y, v, t, lambda q: -mu * q, alpha, beta)
    return y / before


def _with(index, function):
    parts = list(solution())
    parts[index] = function
    return tuple(parts)


VARIANTS = {
    "the stub": ("fail", (_stub,) * 4),
    "step by step, growth from the last two sizes": ("pass", solution()),
    "growth from an eigenvalue": ("pass", solution(growth=_eigenvalue)),
    "growth from a quadratic's root": ("pass", solution(growth=lambda m, alpha, b, mu: {
        "gradient_descent": lambda a: 1 + a,
        "heavy_ball": lambda a: (1 + b + a + np.sqrt((1 + b + a) ** 2 - 4 * b)) / 2,
        "nesterov": lambda a: ((1 + b) * (1 + a) + np.sqrt(((1 + b) * (1 + a)) ** 2 - 4 * b * (1 + a))) / 2}[m](alpha * mu))),
    "saddle not turned": ("fail", solution(gradient=_no_turn)),
    "saddle turned the other way": ("fail", solution(gradient=_other_way)),
    "gradient not turned back": ("fail", solution(gradient=_not_turned_back)),
    "sign of the y-gradient: a minimum, no saddle": ("fail", solution(gradient=_sign)),
    "point overwritten": ("fail", _with(0, _in_place)),
    "start not turned": ("fail", solution(turn_start=False)),
    "positions returned turned": ("fail", solution(turn_back=False)),
    "EMA form instead of heavy ball": ("fail", solution({"heavy_ball": _ema})),
    "heavy ball instead of Nesterov": ("fail", solution({"nesterov": _heavy})),
    "look-ahead taken for the position": ("fail", solution({"nesterov": _ahead})),
    "Adam without bias correction": ("fail", solution({"adam": _adam(correct=False)})),
    "Adam with β₁ and β₂ swapped": ("fail", solution({"adam": _adam(b1=B2, b2=B1)})),
    "Adam with ε inside the root": ("fail", solution({"adam": _adam(inside=True)})),
    "RMSProp instead of Adam": ("fail", solution({"adam": _adam(b1=0.0)})),
    "one step late": ("fail", solution(late=1)),
    "the limit instead of None": ("fail", solution(never=2000)),
    "gives up after 1000 steps": ("fail", solution(limit=1000)),
    "low for good, instead of for the first time": ("fail", solution(for_good=True)),
    "another target": ("fail", solution(target=-0.1)),
    "escape by distance instead of loss": ("fail", solution(by_distance=True)),
    "growth of heavy ball is 1 + αμ": ("fail", solution(growth=lambda m, a, b, mu: 1 + a * mu)),
    "growth of heavy ball is 1 + αμ/(1 − β)": ("fail", solution(
        growth=lambda m, a, b, mu: 1 + a * mu / (1 if m == "gradient_descent" else 1 - b))),
    "growth of a minimum: √β": ("fail", solution(growth=lambda m, a, b, mu: 1 + a * mu if m == "gradient_descent" else b**0.5)),
    "growth after twenty steps": ("fail", _with(3, _hasty)),
    "growth with μ ignored": ("fail", solution(growth=lambda m, a, b, mu: _eigenvalue(m, a, b, 1.0))),
}
