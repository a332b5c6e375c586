"""Variants of exercise C.1: valley, tuned, best_steps, steps_to, growth.

`solution(...)` builds the five from one run, so that each variant differs in one thing.
"""
import numpy as np


def _valley(kappa, degrees):
    t = np.radians(degrees)
    e1, e2 = np.array([np.cos(t), np.sin(t)]), np.array([-np.sin(t), np.cos(t)])
    return np.outer(e1, e1) + kappa * np.outer(e2, e2), 0.83 * e1 + 1.37 * e2


def _tuned(method, kappa):
    q = 1 / np.sqrt(kappa)
    if method == "gradient_descent":
        return {"lr": 2 / (1 + kappa)}
    if method == "heavy_ball":
        rate = (1 - q) / (1 + q)
        return {"lr": (1 + rate) ** 2 / kappa, "beta": rate**2}
    root = np.sqrt(3 * kappa + 1)  # the best pair for Nesterov, not the standard one
    return {"lr": 4 / (3 * kappa + 1), "beta": (root - 2) / (root + 2)}


def points(method, s, H, x0, correct=("adam",), eps_inside=False, look=False, ahead=True, old=False, sign=1):
    """Positions one after the other; the options are the mistakes."""
    x, v, m, q, t = np.array(x0, float), np.zeros(2), np.zeros(2), np.zeros(2), 0
    yield x
    while True:
        t += 1
        if method in ("rmsprop", "adam"):
            g = H @ x
            b1 = s.get("beta1", 0.0)
            m = b1 * m + (1 - b1) * g
            q = s["beta2"] * q + (1 - s["beta2"]) * g * g
            c1, c2 = (1 - b1**t, 1 - s["beta2"] ** t) if method in correct else (1, 1)
            root = np.sqrt(q / c2 + s["eps"]) if eps_inside else np.sqrt(q / c2) + s["eps"]
            x = x - s["lr"] * (m / c1) / root
            yield x
        else:
            beta = s.get("beta", 0.0)
            y = x + beta * v if method == "nesterov" and ahead else x
            step = sign * beta * v - s["lr"] * (H @ y)
            x, v = x + (v if old else step), step
            yield x + beta * v if look and method == "nesterov" else x


def solution(valley=_valley, tuned=_tuned, growth=None, after=0,
             nothing=None, run=points, holds=True, in_a_row=True, **mistake):
    def steps_to(method, settings, matrix, start, of="gradient", tol=1e-6, hold=0, limit=10_000):
        f0 = start @ matrix @ start
        spell = 0
        hold = hold if holds else 0
        for k, x in enumerate(run(method, settings, matrix, start, **mistake)):
            g = matrix @ x
            if k > limit + hold or not np.isfinite(g).all() or abs(x).max() > 1e150:
                return nothing
            small = np.sqrt(g @ g) <= tol if of == "gradient" else x @ g <= tol * f0
            spell = spell + 1 if small else spell * (not in_a_row)
            if spell > hold:
                return k - hold + after

    def best_steps(method, alphas, settings, matrix, start, **options):
        found = [(k, a) for a in alphas
                 if (k := steps_to(method, {"lr": a, **settings}, matrix, start, **options)) is not None]
        return min(found, default=(None, None))

    return valley, tuned, best_steps, steps_to, growth or _growth


def _growth(kappas, counts):
    u = np.vander(np.log(kappas), 2)
    return np.linalg.lstsq(u, np.log(counts), rcond=None)[0][0]


def _stub(*_, **__):
    raise NotImplementedError("your turn")


def _spectral(method, s, H, x0):
    """Right, another way: the linear methods in eigen-coordinates, where H is diagonal; the others as they are."""
    if method in ("rmsprop", "adam"):
        yield from points(method, s, H, x0)
    lam, Q = np.linalg.eigh(H)
    for z in points(method, s, np.diag(lam), Q.T @ x0):
        yield Q @ z


def _package(method, s, H, x0):
    """Right, a third way: the book's own steps."""
    from firstorder import methods

    row = methods.METHODS[method]
    hyper, y = row.Hyper(**s), np.array(x0, float)
    state, t = methods.start(method, y), 0.0
    while True:
        yield row.position(y, state, hyper)
        t += 1
        y, state = row.step(y, H @ y, state, t, hyper)


def _with(index, function):
    parts = list(solution())
    parts[index] = function
    return tuple(parts)


def _slowest(method, alphas, *rest, **options):
    """The step size that ends lowest after `limit` steps, not the quickest."""
    best = solution()[2]
    found = [best(method, [a], *rest, **options) for a in alphas]
    return max((f for f in found if f[0] is not None), default=(None, None))


def _in_place(method, settings, matrix, start, **options):
    found = solution()[3](method, settings, matrix, start.copy(), **options)
    start *= 0.5
    return found


def _polyak_unsquared(method, kappa):
    s = _tuned(method, kappa)
    return {**s, "beta": np.sqrt(s["beta"])} if method == "heavy_ball" else s


def _to_the_left(kappa, degrees):
    H, x = _valley(kappa, -degrees)
    return H, x


def _fixed_start(kappa, degrees):
    return _valley(kappa, degrees)[0], np.array([0.83, 1.37])


def _plain_start(kappa, degrees):
    return _valley(kappa, degrees)[0], np.ones(2)


def _not_symmetric(kappa, degrees):
    t = np.radians(degrees)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    return turn @ np.diag([1.0, kappa]), turn @ np.array([0.83, 1.37])


def _ends(kappas, counts):
    return np.log(counts[-1] / counts[0]) / np.log(kappas[-1] / kappas[0])


VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "a loop over step sizes, Nesterov's best pair": ("pass", solution()),
    "linear methods in eigen-coordinates": ("pass", solution(run=_spectral)),
    "the book's own steps": ("pass", solution(run=_package)),
    "one α = 0.01, β = 0.9 for all κ": ("fail", solution(tuned=lambda m, k: {"lr": 0.01, "beta": 0.9})),
    "α = 1/κ with β = 0.9": ("fail", solution(tuned=lambda m, k: {"lr": 1 / k, "beta": 0.9})),
    "Polyak's β without the square": ("fail", solution(tuned=_polyak_unsquared)),
    "descent with α = 1/κ, twice as slow": (
        "fail", solution(tuned=lambda m, k: {"lr": 1 / k} if m == "gradient_descent" else _tuned(m, k))),
    "angle taken as radians": ("fail", solution(valley=lambda k, d: _valley(k, np.degrees(d)))),
    "turned clockwise": ("fail", solution(valley=_to_the_left)),
    "start not turned with the valley": ("fail", solution(valley=_fixed_start)),
    "start at (1, 1)": ("fail", solution(valley=_plain_start)),
    "half a rotation: R diag instead of R diag Rᵀ": ("fail", solution(valley=_not_symmetric)),
    "gradient at x, not at the look-ahead": ("fail", solution(ahead=False)),
    "look-ahead counted as the position": ("fail", solution(look=True)),
    "sign of the velocity wrong": ("fail", solution(sign=-1)),
    "position moved by the old velocity": ("fail", solution(old=True)),
    "Adam without bias correction": ("fail", solution(correct=())),
    "RMSProp with bias correction": ("fail", solution(correct=("adam", "rmsprop"))),
    "ε inside the root": ("fail", solution(eps_inside=True)),
    "first hit, hold ignored": ("fail", solution(holds=False)),
    "hold counted, but not in a row": ("fail", solution(in_a_row=False)),
    "counts one step too many": ("fail", solution(after=1)),
    "limit returned where nothing was reached": ("fail", solution(nothing=10_000)),
    "value not relative to the start": (
        "fail", _with(3, lambda m, s, H, x, of="gradient", tol=1e-6, hold=0, limit=10_000: solution()[3](
            m, s, H, x, of, tol / (x @ H @ x) if of == "value" else tol, hold, limit))),
    "the slowest step size": ("fail", _with(2, _slowest)),
    "start overwritten": ("fail", _with(3, _in_place)),
    "slope from the two ends": ("fail", solution(growth=_ends)),
    "slope of the counts, not of their logarithms": ("fail", solution(growth=lambda k, c: np.polyfit(k, c, 1)[0])),
}
