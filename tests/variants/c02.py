"""Variants of exercise C.2: noisy_path, variance_map, autocorrelation, quieter, scaling.

`solution(...)` builds the five from a step and a way to average, so that each variant differs in one thing.
"""
import numpy as np
from scipy.linalg import solve_discrete_lyapunov


def _step(x, v, alpha, beta, lam, xi):
    v = beta * v - alpha * (lam * x + xi)
    return x + v, v


def _late_mean(squares):
    return squares[len(squares) // 3:].mean(0)


def _centred(x):
    """Mean square over the runs, which are the last axis."""
    return (x * x).mean(-1)


def solution(step=_step, x0=0.0, average=_late_mean, spread=_centred, runs=400, steps=900, sigma_power=1, use_lam=True,
             unstable=np.inf, first_lag=0, of_velocity=False, normalise=True, rival=1.0, transpose=False):
    def walk(alpha, beta, lam, noise):
        shape = np.broadcast_shapes(np.shape(alpha), noise.shape[1:])
        x, v = np.full(shape, x0), np.zeros(shape)
        yield x, v
        for xi in noise:
            x, v = step(x, v, alpha, beta, lam if use_lam else 1.0, xi)
            yield x, v

    def noisy_path(alpha, beta, lam, noise):
        return np.array([x for x, _ in walk(alpha, beta, lam, noise)])

    def variance(alphas, betas, lam, sigma):
        """For a list of cells."""
        a, b = np.asarray(alphas)[:, None], np.asarray(betas)[:, None]
        noise = sigma**sigma_power * np.random.default_rng(3).standard_normal((steps, runs))
        with np.errstate(all="ignore"):
            squares = np.array([spread(x) for x, _ in walk(a, b, lam, noise)])
            n = len(squares)
            growing = ~(squares[2 * n // 3:].mean(0) < 4 * squares[n // 3: 2 * n // 3].mean(0))
            return np.where(growing, squares[-1] if unstable is None else unstable, average(squares))

    def variance_map(alphas, betas, lam, sigma):
        a, b = np.meshgrid(alphas, betas)
        found = variance(a.ravel(), b.ravel(), lam, sigma).reshape(a.shape)
        return found.T if transpose else found

    def autocorrelation(alpha, beta, lam, lags):
        noise = np.random.default_rng(4).standard_normal((900, 800))
        x = np.array([z[of_velocity] for z in walk(alpha, beta, lam, noise)])[300:]
        n = len(x) - lags - first_lag
        c = np.array([(x[:n] * x[j: j + n]).mean() for j in range(lags + 1 + first_lag)])
        return c[first_lag:] / c[0] if normalise else c[first_lag:]

    def quieter(alpha, beta, lam):
        plain = alpha / (1 - beta) if rival == "matched" else alpha
        v = variance([alpha, plain], [beta, 0.0], lam, 1.0)
        return v[0] < v[1]

    def scaling():
        v, w, u = variance([0.05, 0.1, 0.05], [0.5, 0.5, 0.75], 1.0, 1.0)
        return np.log2(w / v), np.log2(u / v)

    return noisy_path, variance_map, autocorrelation, quieter, scaling


def _stub(*_):
    raise NotImplementedError("your turn")


def _with(**changed):
    names = ("noisy_path", "variance_map", "autocorrelation", "quieter", "scaling")
    return tuple(changed.get(name, function) for name, function in zip(names, CLOSED))


def _grid(cell):
    """A map from a formula for stable cells."""
    def variance_map(alphas, betas, lam, sigma):
        return np.array([[cell(a, b, lam, sigma) if a * lam < 2 * (1 + b) else np.inf for a in alphas] for b in betas])
    return variance_map


def _closed(alpha, beta, lam, sigma):
    return alpha * sigma**2 * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - alpha * lam))


def _matrix(alpha, beta, lam):
    return np.array([[1 - alpha * lam, beta], [-alpha * lam, beta]])


def _lyapunov(alpha, beta, lam, sigma):
    return solve_discrete_lyapunov(_matrix(alpha, beta, lam), (alpha * sigma) ** 2 * np.ones((2, 2)))[0, 0]


def _two_term(alpha, beta, lam, noise):
    x = [np.zeros(noise.shape[1:])] * 2
    for xi in noise:
        x.append((1 + beta - alpha * lam) * x[-1] - beta * x[-2] - alpha * xi)
    return np.array(x[1:])


def _spectral(alpha, beta, lam, lags):
    """Right, a third way: the covariance matrix, carried on by the iteration matrix."""
    M = _matrix(alpha, beta, lam)
    S = solve_discrete_lyapunov(M, np.ones((2, 2)))
    return np.array([(np.linalg.matrix_power(M, j) @ S)[0, 0] for j in range(lags + 1)]) / S[0, 0]


def _ema(x, v, alpha, beta, lam, xi):
    m = beta * v + (1 - beta) * (lam * x + xi)
    return x - alpha * m, m


def _sign(x, v, alpha, beta, lam, xi):
    v = -beta * v - alpha * (lam * x + xi)
    return x + v, v


def _noise_on_the_point(x, v, alpha, beta, lam, xi):
    v = beta * v - alpha * lam * x
    return x + v + xi, v


def _look_ahead(x, v, alpha, beta, lam, xi):
    v = beta * v - alpha * (lam * (x + beta * v) + xi)
    return x + v, v


def _spoiling(alpha, beta, lam, noise):
    noise *= alpha
    return _two_term(1.0, beta, lam * alpha, noise)


def _snapshot(squares):
    return squares[-1]


def _of_ten(x):
    """The listing's: np.var over ten coordinates, which takes their mean away."""
    return x[:, :x.shape[1] // 10 * 10].reshape(len(x), -1, 10).var(2).mean(1)


CLOSED = (_two_term, _grid(_closed), _spectral, lambda a, b, lam: a * lam > 1 + b, lambda: (1, 1))
VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "simulated, averaged over runs and late steps": ("pass", solution()),
    "closed forms": ("pass", CLOSED),
    "Lyapunov's equation": ("pass", _with(
        variance_map=_grid(_lyapunov), quieter=lambda a, b, lam: _lyapunov(a, b, lam, 1) < _lyapunov(a, 0, lam, 1))),
    "Nesterov instead of heavy ball": ("fail", solution(step=_look_ahead)),
    "EMA form instead of heavy ball": ("fail", solution(step=_ema)),
    "sign of the velocity wrong": ("fail", solution(step=_sign)),
    "noise added to the point, not to the gradient": ("fail", solution(step=_noise_on_the_point)),
    "started at 1": ("fail", solution(x0=1.0)),
    "curvature ignored": ("fail", solution(use_lam=False)),
    "standard deviation used as variance": ("fail", solution(sigma_power=0.5)),
    "no burn-in: averaged from the start": ("fail", solution(average=np.mean, steps=60)),
    "np.var over ten coordinates, as in the listing": ("fail", solution(spread=_of_ten)),
    "one snapshot of forty runs": ("fail", solution(runs=40, average=_snapshot)),
    "the printed law α²σ²/(1 − β)²": ("fail", _with(
        variance_map=_grid(lambda a, b, lam, s: (a * s / (1 - b)) ** 2), scaling=lambda: (2, 2))),
    "the listing's law α²σ²(1 − β)²": ("fail", _with(variance_map=_grid(lambda a, b, lam, s: (a * s * (1 - b)) ** 2))),
    "variance of the velocity, α²σ²/(1 − β²)": ("fail", _with(
        variance_map=_grid(lambda a, b, lam, s: (a * s) ** 2 / (1 - b * b)))),
    "first order in α": ("fail", _with(variance_map=_grid(lambda a, b, lam, s: a * s * s / (2 * lam * (1 - b))))),
    "unstable cells keep their last value": ("fail", solution(unstable=None)),
    "unstable cells are nan": ("fail", solution(unstable=np.nan)),
    "border α(1 + β) < 2, as in the draft": ("fail", _with(variance_map=lambda A, B, lam, s: np.array(
        [[_closed(a, b, lam, s) if a * lam * (1 + b) < 2 else np.inf for a in A] for b in B]))),
    "map transposed": ("fail", solution(transpose=True)),
    "autocorrelation βʲ": ("fail", _with(autocorrelation=lambda a, b, lam, lags: b ** np.arange(lags + 1.0))),
    "autocorrelation of the velocity": ("fail", solution(of_velocity=True)),
    "autocorrelation starts at lag 1": ("fail", solution(first_lag=1)),
    "autocovariance, not divided": ("fail", solution(normalise=False)),
    "rival with the matched step": ("fail", solution(rival="matched")),
    "momentum always reduces the variance": ("fail", _with(quieter=lambda a, b, lam: True)),
    "momentum never does": ("fail", _with(quieter=lambda a, b, lam: False)),
    "noise overwritten": ("fail", _with(noisy_path=_spoiling)),
}
