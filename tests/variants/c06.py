"""Variants of exercise C.6: valley_path, crossings, turning_angles, settles, largest_alpha."""
import numpy as np

L = 501 + np.sqrt(250_601)


def _slope(p):
    x, y = p
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


def path_by(slope=_slope, sign=1, swap=False, late=0, points="position", old=False):
    """valley_path with one thing changed."""

    def valley_path(method, alpha, beta, start, steps):
        x, v, out = np.array(start, float), np.zeros(2), []
        with np.errstate(all="ignore"):
            for _ in range(steps + 1 + late):
                look = (method == "nesterov") != swap
                out.append(x + beta * v if look and points == "look-ahead" else x)
                g = slope(x + beta * v if look else x)
                new = sign * beta * v - alpha * g
                x, v = x + (v if old else new), new
        return np.array(out[late:])

    return valley_path


def _stored(method, alpha, beta, start, steps):
    """Right, another way: the stored point is the look-ahead, as in libraries, and the position read off it."""
    y, v, out = np.array(start, float), np.zeros(2), []
    nesterov = method == "nesterov"
    with np.errstate(all="ignore"):
        for _ in range(steps + 1):
            out.append(y - beta * v if nesterov else y)
            g = _slope(y)
            v = beta * v - alpha * g
            y = y + (beta * v - alpha * g if nesterov else v)
    return np.array(out)


def _crossings(path):
    count, last = 0, 0
    for x, y in path:
        side = int(y > x * x) - int(y < x * x)
        if side:
            count += side == -last
            last = side
    return count


def _angles(path):
    d = np.diff(path, axis=0)
    d = d / np.linalg.norm(d, axis=1)[:, None]
    return np.degrees(np.arccos(np.clip((d[:-1] * d[1:]).sum(1), -1, 1)))


def _complex_angles(path):
    z = np.diff(path[:, 0] + 1j * path[:, 1])
    return np.abs(np.degrees(np.angle(z[1:] / z[:-1])))


def _settles(values, level):
    k = len(values)
    while k > 0 and values[k - 1] <= level:
        k -= 1
    return k if k < len(values) else None


def _first_hit(values, level):
    hits = np.flatnonzero(np.asarray(values) <= level)
    return int(hits[0]) if hits.size else None


def _nan_is_small(values, level):
    bad = np.flatnonzero(np.asarray(values) > level)
    k = bad[-1] + 1 if bad.size else 0
    return int(k) if k < len(values) else None


def _strictly(values, level):
    return _settles(np.nextafter(np.asarray(values, float), np.inf), level)


def _formula(method, beta):
    return 2 * (1 + beta) / L / (1 + 2 * beta if method == "nesterov" else 1)


def _measured(method, beta, path=None, steps=600, start=1e-6):
    """By bisection, with a run close to the minimum."""
    path = path or path_by()
    low, high = 1e-4, 1e-2
    for _ in range(10):
        middle = np.sqrt(low * high)
        away = np.abs(path(method, middle, beta, (1 + start, 1.0), steps) - 1).max()
        low, high = (middle, high) if away < 200 * start else (low, middle)
    return np.sqrt(low * high)


def _radius(method, beta):
    """Right, a third way: bisection on the largest root."""
    low, high = 1e-4, 1e-2
    for _ in range(30):
        a = (low + high) / 2 * L
        poly = [1, -(1 + beta) * (1 - a), beta * (1 - a)] if method == "nesterov" else [1, -(1 + beta - a), beta]
        low, high = (a / L, high) if np.abs(np.roots(poly)).max() < 1 else (low, a / L)
    return low


def solution(path=None, count=_crossings, angles=_angles, settle=_settles, edge=_formula):
    return path or path_by(), count, angles, settle, edge


def _stub(*_):
    raise NotImplementedError("your turn")


def _sign_changes(path):
    """A point on the floor counts as a side of its own."""
    side = np.sign(path[:, 1] - path[:, 0] ** 2)
    return int((side[1:] != side[:-1]).sum())


def _product(path):
    """A crossing through a point on the floor is missed."""
    w = path[:, 1] - path[:, 0] ** 2
    return int((w[1:] * w[:-1] < 0).sum())


def _axis(path):
    w = np.sign(path[:, 0])
    return int((w[1:] != w[:-1]).sum())


class _Leaking:
    v = np.zeros(2)

    def path(self, method, alpha, beta, start, steps):
        x, out = np.array(start, float), []
        with np.errstate(all="ignore"):
            for _ in range(steps + 1):
                out.append(x)
                self.v = beta * self.v - alpha * _slope(x + beta * self.v if method == "nesterov" else x)
                x = x + self.v
        return np.array(out)


def _missing_factor(p):
    x, y = p
    return np.array([-2 * (1 - x) - 200 * x * (y - x * x), 200 * (y - x * x)])


def _cut_short(method, alpha, beta, start, steps):
    path = path_by()(method, alpha, beta, start, steps)
    return path[np.isfinite(path).all(1)]


VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "loops, arc cosine, the formula of the limits": ("pass", solution()),
    "look-ahead stored, complex numbers, bisection on the roots": ("pass", solution(_stored, angles=_complex_angles, edge=_radius)),
    "the limit measured by runs": ("pass", solution(edge=_measured)),
    "sign of the velocity wrong": ("fail", solution(path_by(sign=-1))),
    "the two methods exchanged": ("fail", solution(path_by(swap=True))),
    "look-ahead points returned": ("fail", solution(path_by(points="look-ahead"))),
    "position moved by the old velocity": ("fail", solution(path_by(old=True))),
    "path one step late": ("fail", solution(path_by(late=1))),
    "a factor 2 missing in the gradient": ("fail", solution(path_by(_missing_factor))),
    "velocity kept between two calls": ("fail", solution(_Leaking().path)),
    "path cut where it overflows": ("fail", solution(_cut_short)),
    "floor counted as a third side": ("fail", solution(count=_sign_changes)),
    "crossings through the floor missed": ("fail", solution(count=_product)),
    "crossings of the axis x = 0": ("fail", solution(count=_axis)),
    "angles in radians": ("fail", solution(angles=lambda p: np.radians(_angles(p)))),
    "cosines for angles": ("fail", solution(angles=lambda p: np.cos(np.radians(_angles(p))))),
    "angles with a sign": ("fail", solution(angles=lambda p: np.degrees(np.angle(
        np.diff(p[:, 0] + 1j * p[:, 1])[1:] / np.diff(p[:, 0] + 1j * p[:, 1])[:-1])))),
    "angles against the first displacement": ("fail", solution(angles=lambda p: np.abs(np.degrees(np.angle(
        np.diff(p[:, 0] + 1j * p[:, 1])[1:] / np.diff(p[:, 0] + 1j * p[:, 1])[0]))))),
    "first hit for settling": ("fail", solution(settle=_first_hit)),
    "nan counted as small": ("fail", solution(settle=_nan_is_small)),
    "strictly below the level": ("fail", solution(settle=_strictly)),
    "heavy ball's limit for both": ("fail", solution(edge=lambda m, b: 2 * (1 + b) / L)),
    "limit of descent, 2/L": ("fail", solution(edge=lambda m, b: 2 / L)),
    "limit with the entry 802 for the eigenvalue": ("fail", solution(edge=lambda m, b: _formula(m, b) * L / 802)),
    "answer for β = 0.9 hard-coded": ("fail", solution(edge=lambda m, b: 0.00135 if m == "nesterov" else 0.00379)),
}
