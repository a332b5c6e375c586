"""One method, thousands of hyper-parameter values, one compiled loop.

`sweep` answers for every point of a grid: how many steps to the minimum, how far away at the end, when
did it leave. `noisy_sweep` answers how far gradient noise keeps the method from the minimum, and how slowly
it moves there. `passage_sweep` takes any gradient of a few coordinates, with or without noise, and tells when
the point first came near a place and when it first left its surroundings: the escape from a saddle. All of
them run the step of `firstorder.steps` itself, compiled by Numba together with the loop.
"""
import inspect
import math
from dataclasses import dataclass

import numpy as np

from . import _kernels, methods
from .minimize import _array
from .problems import CORRELATION, _autoregress, _curvatures

RANGE = methods.Interval(1e-150, 1e150)  # distances whose squares are neither 0 nor infinite
_LONG = 3e9  # coordinate steps, about a second of work: from here on a terminal gets a progress bar
_AT_ONCE = 2**13  # cells × replicas that run together, if the grid is not larger
_CHUNK = 2**13  # steps of noise in memory at most,
_DRAWS = 2**19  # and numbers of noise, for all replicas that run together


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep found.  Arrays have one axis per swept hyper-parameter, in the order of `axes`.

    method       name in `METHODS`
    axes         swept hyper-parameters: name -> values, in the order of the method's Hyper
    hyper        the other hyper-parameters: name -> value
    steps        K, the number of steps
    iterations   first k <= K with ‖x_k‖ <= tol ‖x_0‖; −1 where there is none, or where the run diverged (a
                 point that passes the minimum on its way out has not converged)
    final        ‖x_K‖ / ‖x_0‖, dimensionless; inf where the run diverged
    diverged_at  first k <= K with ‖x_k‖ > bound ‖x_0‖ or NaN; −1 where there is none
    """

    method: str
    axes: dict
    hyper: dict
    steps: int
    iterations: np.ndarray
    final: np.ndarray
    diverged_at: np.ndarray


def _grid(name, unchecked, values):
    """(axes, rest): the hyper-parameters given as arrays, and one checked number for each other one."""
    row = methods.method(name)
    swept = {key: value for key, value in values.items() if isinstance(value, (list, tuple, np.ndarray))}
    scalars = {key: value for key, value in values.items() if key not in swept}
    arrays = {key: np.asarray(value) for key, value in swept.items()}
    for key, array in arrays.items():
        if array.ndim != 1 or array.size == 0:
            raise ValueError(
                f"{key} has shape {array.shape}; a swept hyper-parameter needs shape (n,) with n >= 1"
            )
    if len(arrays) > 2:
        raise ValueError(f"{', '.join(arrays)} are {len(arrays)} arrays; a sweep has at most 2 grid axes")
    for key, array in arrays.items():
        if array.dtype.kind in "fiu":  # sets are intervals: the extremes speak for all, NaN is both
            entries = [array.min().item(), array.max().item()]
        else:
            entries = array.tolist()
        for value in entries:
            methods.hyper(name, unchecked=unchecked, **{**scalars, key: value})
    checked = methods.hyper(name, unchecked=unchecked, **scalars)._asdict()
    axes = {key: arrays[key].astype(float) for key in row.Hyper._fields if key in arrays}
    return axes, {key: float(value) for key, value in checked.items() if key not in axes}


class _Layout:
    """Cells in the order in which kernels walk them: rows of cells that differ in one hyper-parameter.

    row    row of `METHODS`
    inner  the hyper-parameter in which the cells of a row differ
    line   its values, shape (n,)
    table  the other hyper-parameters of each row, shape (m, number of hyper-parameters)
    shape  (m, n)
    """

    def __init__(self, row, axes, rest):
        fields = row.Hyper._fields
        # if the inner one is lr, a power such as β₁ᵗ is computed once per block
        inner = "lr" if "lr" in axes else [*fields[:1], *axes][-1]
        outer = next((key for key in axes if key != inner), None)
        self.row, self.inner = row, inner
        self.line = axes.get(inner, np.array([rest.get(inner)]))
        self.table = np.empty((len(axes[outer]) if outer else 1, len(fields)))
        for i, key in enumerate(fields):  # the column of `inner` is not read
            self.table[:, i] = np.nan if key == inner else axes[key] if key == outer else rest[key]
        self.shape = (len(self.table), len(self.line))
        self._turned = inner == next(iter(axes), inner)
        self._axes = [len(values) for values in axes.values()]

    def result(self, array):
        """An array of shape (m, n) with one axis per swept hyper-parameter instead, in the order of Hyper."""
        return (array.T if self._turned else array).reshape(self._axes)


def _limit(name, value, interval, norm):
    """`value` · ‖x₀‖, squared, or one sentence."""
    value = methods.real(name, value, f"sweep needs {name} in {interval} (fraction of ‖x0‖)")
    if value not in interval:
        raise ValueError(f"{name}={value} is outside {interval} for sweep (fraction of ‖x0‖)")
    if value * norm not in RANGE:
        raise ValueError(f"{name}·‖x0‖={value * norm:g} is outside {RANGE}; scale x0 or {name}")
    return float(value * norm) ** 2


def _bar(parts, work, progress):
    """The parts, under a progress bar if the work is long and there is a terminal."""
    if progress is False or (progress is None and work < _LONG):
        return parts
    from tqdm import tqdm

    return tqdm(parts, disable=None)  # None: on a terminal only


def sweep(
    method, eigenvalues, *, x0=None, steps, tol=1e-6, bound=1e12, unchecked=False, progress=None, **hyper
):
    """Run a method on the quadratic ½ Σ λᵢ xᵢ² for every point of a grid of hyper-parameters.

    method       a name in `METHODS`; a reader's own method sweeps as fast once its row is in the table
    eigenvalues  λ₁ … λ_d, positive [f/x²]
    x0           start, shape (d,); all ones if None
    steps        K, number of steps, an integer >= 1
    tol          counts as reached: ‖x‖ <= tol ‖x0‖, tol in (0, 1)
    bound        counts as diverged: ‖x‖ > bound ‖x0‖, bound > 1
    unchecked    True admits finite hyper-parameters outside their admissible set
    progress     None: a progress bar for long runs; True: always; False: never; on a terminal only
    hyper        hyper-parameters by name, each a number or a 1-D array; at most two arrays

    x is the position (`methods.position`), also for Nesterov.  Returns a `Sweep`.  Memory is linear in the
    number of cells and independent of `steps`; results do not depend on the number of threads.
    Raises ValueError or TypeError with one sentence for a bad name, value or shape.

    >>> s = sweep("heavy_ball", [1.0, 100.0], steps=500, lr=[0.02, 0.05], beta=[0.0, 0.5, 0.9])
    >>> s.iterations
    array([[ -1, 317, 223],
           [ -1,  -1,  -1]])
    >>> s.diverged_at
    array([[-1, -1, -1],
           [21, 23, 28]])
    """
    lam = _curvatures(eigenvalues)
    start = _array("x0", np.ones(len(lam)) if x0 is None else x0, lam.shape)
    steps = methods.integer("steps", steps, low=1)
    axes, rest = _grid(method, unchecked, hyper)
    norm = float(np.linalg.norm(start))
    if norm not in RANGE:
        raise ValueError(f"‖x0‖={norm:g} is outside {RANGE}; a sweep needs a start away from the minimiser")
    near2 = _limit("tol", tol, methods.Interval(0, 1, low_open=True, high_open=True), norm)
    far2 = _limit("bound", bound, methods.Interval(1, np.inf, low_open=True, high_open=True), norm)

    grid = _Layout(methods.method(method), axes, rest)
    reached, diverged, final = np.empty(grid.shape, int), np.empty(grid.shape, int), np.empty(grid.shape)
    kernel = _kernels.compiled(grid.row, grid.inner).kernel
    work = float(reached.size) * len(lam) * steps
    blocks = len(grid.table) * -(-len(grid.line) // _kernels.BLOCK)
    cuts = np.unique(np.linspace(0, blocks, 101 if work >= _LONG or progress else 2).astype(int)).tolist()
    for first, last in _bar(list(zip(cuts, cuts[1:])), work, progress):
        kernel(grid.table, grid.line, lam, start, steps, near2, far2, first, last, reached, diverged, final)
    final /= norm
    return Sweep(method, axes, rest, steps, *map(grid.result, (reached, final, diverged)))


@dataclass(frozen=True, eq=False)
class NoisySweep:
    """What a noisy sweep found.  Arrays have one axis per swept hyper-parameter, in the order of `axes`.

    method, axes, hyper, steps  as in `Sweep`
    lam, sigma, rho, burn, replicas, seed  as they were asked for
    variance            mean square of the position [x²], over the steps after `burn` and over the replicas;
                        inf where a run diverged
    variance_se         its standard error [x²]: that of a mean over independent replicas; inf where diverged
    autocorrelation     mean product of neighbouring positions over their mean square, dimensionless; NaN
                        where a run diverged
    autocorrelation_se  its standard error, that of a ratio of means over replicas
    diverged_at         first k <= K at which the position of some replica left the bound; −1 where none did
    """

    method: str
    axes: dict
    hyper: dict
    steps: int
    lam: float
    sigma: float
    rho: float
    burn: int
    replicas: int
    seed: int
    variance: np.ndarray
    variance_se: np.ndarray
    autocorrelation: np.ndarray
    autocorrelation_se: np.ndarray
    diverged_at: np.ndarray


_NOISE = "standard deviation of the noise, f/x"
_MEMORY = "correlation of successive draws, dimensionless"


def _within(name, value, interval, meaning, caller="noisy_sweep"):
    """`value` as a float in the interval, or one sentence."""
    value = float(methods.real(name, value, f"{caller} needs {name} in {interval} ({meaning})"))
    if value not in interval:
        raise ValueError(f"{name}={value} is outside {interval} for {caller} ({meaning})")
    return value


def replica_noise(sigma, rho, steps, seed, replica, dim=None):
    """The gradient noise that `noisy_sweep` and `passage_sweep` give to one replica, in every cell.

    sigma, rho  as for `noisy_sweep`
    steps       n, number of draws, an integer >= 1
    seed        integer >= 0
    replica     0, 1, …; replicas and seeds have independent streams
    dim         None for `noisy_sweep`, the number of coordinates for `passage_sweep`

    Returns an array (n,) or (n, dim); a longer record starts with the shorter one.

    >>> replica_noise(1.0, 0.0, 2, seed=1, replica=0)
    array([-0.64031853,  0.39277272])
    """
    sigma = _within("sigma", sigma, methods.POSITIVE, _NOISE)
    rho = _within("rho", rho, CORRELATION, _MEMORY)
    steps = methods.integer("steps", steps, low=1)
    stream = _stream(methods.integer("seed", seed, low=0), methods.integer("replica", replica, low=0))
    shape = steps if dim is None else (steps, methods.integer("dim", dim, low=1))
    return _autoregress(sigma * stream.standard_normal(shape), rho)


def _stream(seed, replica):
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replica,)))


class _Noise:
    """The noise of a group of replicas, piece by piece: what `replica_noise` gives, without storing it."""

    def __init__(self, sigma, rho, seed, replicas, dim, module):
        self.sigma, self.rho, self.dim, self.module = sigma, rho, dim, module
        self.streams = [_stream(seed, r) for r in replicas]
        self.before = None  # the last draws, where there are some

    def draw(self, count):
        """The next `count` draws, shape (replicas, dim, count)."""
        if self.sigma == 0:
            return np.zeros((len(self.streams), self.dim, count))
        white = [stream.standard_normal((count, self.dim)).T for stream in self.streams]
        rows = self.sigma * np.reshape(white, (-1, count))
        if self.rho:
            first = self.before is None
            self.before = np.zeros(len(rows)) if first else self.before
            self.module.correlate(rows, self.before, first, self.rho, math.sqrt((1 - self.rho) * (1 + self.rho)))
        return rows.reshape(len(self.streams), self.dim, count)


def _pieces(replicas, cells, dim, *ends):
    """(replicas that run together, k, end): the steps k + 1, …, end of a group, for one piece of noise.

    One replica at a time on a large grid, many on a small one; no piece crosses one of the `ends`.
    """
    size = min(replicas, max(1, _AT_ONCE // cells))
    length = min(_CHUNK, max(1, _DRAWS // (size * dim)))
    cuts = [k for first, end in zip((0, *ends), ends) for k in range(first, end, length)] + [ends[-1]]
    groups = [range(first, min(first + size, replicas)) for first in range(0, replicas, size)]
    return [(group, k, end) for group in groups for k, end in zip(cuts, cuts[1:])]


class _Moments:
    """Means and co-moments over replicas of (mean square, mean product) in every cell, one replica at a time."""

    def __init__(self, shape):
        self.count, self.diverged = 0, np.full(shape, np.inf)
        self.square, self.product = np.zeros(shape), np.zeros(shape)
        self.ss, self.sp, self.pp = np.zeros(shape), np.zeros(shape), np.zeros(shape)

    @np.errstate(invalid="ignore", over="ignore")  # a cell that diverged holds inf and NaN
    def add(self, square, product, diverged):
        """Welford's update: no difference of large sums."""
        self.count += 1
        np.minimum(self.diverged, diverged, out=self.diverged)
        ds, dp = square - self.square, product - self.product
        self.square += ds / self.count
        self.product += dp / self.count
        self.ss += ds * (square - self.square)
        self.sp += ds * (product - self.product)
        self.pp += dp * (product - self.product)

    @np.errstate(invalid="ignore", over="ignore", divide="ignore")
    def results(self):
        """(variance, its standard error, autocorrelation, its standard error, diverged at)."""
        far = np.isfinite(self.diverged)
        over = self.count * (self.count - 1)  # of a mean of independent replicas
        ratio = self.product / self.square
        scatter = self.pp - 2 * ratio * self.sp + ratio**2 * self.ss  # of product − ratio · square
        found = (
            np.where(far, np.inf, self.square), np.where(far, np.inf, np.sqrt(self.ss / over)),
            np.where(far, np.nan, ratio),
            np.where(far, np.nan, np.sqrt(np.maximum(scatter, 0) / over) / self.square),
        )
        return *found, np.where(far, self.diverged, -1).astype(int)


def noisy_sweep(
    method, lam, *, sigma, rho=0.0, steps, burn, replicas, seed, x0=0.0, bound=1e12, unchecked=False,
    progress=None, **hyper
):
    """Run a method on ½ λ x² with noisy gradients for every point of a grid of hyper-parameters.

    ξ₁ ~ N(0, σ²),    ξ_{k+1} = ρ ξ_k + √(1 − ρ²) σ w_k;    the method sees λ · stored point + ξ_k at step k

    method     a name in `METHODS`
    lam        λ > 0, curvature [f/x²]; every method of the table acts on each coordinate alone, so a diagonal
               quadratic is one call per λ
    sigma      σ > 0, standard deviation of every draw of the noise [f/x]
    rho        ρ in (−1, 1), correlation of successive draws; 0 is white noise
    steps      K, number of steps, an integer >= 2
    burn       steps before anything is counted, an integer in [0, K − 1): the run has to forget its start
    replicas   R, number of independent runs of each cell, an integer >= 2
    seed       integer >= 0; replica r has the noise `replica_noise(sigma, rho, steps, seed, r)` in all cells
               (common random numbers), so differences between cells are sharper than their standard errors
    x0         start [x]
    bound      counts as diverged: |x| > bound · max(|x0|, σ/λ), bound > 1
    unchecked, progress, hyper  as for `sweep`

    x is the position (`methods.position`), also for Nesterov.  Squares are taken about the minimiser 0, which
    is the mean of the stationary distribution by symmetry: no mean is estimated, so none biases the result.

    Returns a `NoisySweep`.  Memory is linear in the number of cells and independent of `steps` and
    `replicas`; results do not depend on the number of threads.
    Raises ValueError or TypeError with one sentence for a bad name, value or shape.

    Noise that is correlated in time is worse for the same σ, and momentum makes the point move slowly:

    >>> for rho in (0.0, 0.5):
    ...     s = noisy_sweep("heavy_ball", 1.0, sigma=1.0, rho=rho, steps=3000, burn=500, replicas=8, seed=0,
    ...                     lr=0.1, beta=[0.0, 0.9])
    ...     print(s.variance.round(2), s.autocorrelation.round(2))
    [0.05 0.5 ] [0.9  0.95]
    [0.14 1.27] [0.97 0.95]
    """
    lam = _within("lam", lam, methods.POSITIVE, "curvature, f/x²")
    sigma = _within("sigma", sigma, methods.POSITIVE, _NOISE)
    rho = _within("rho", rho, CORRELATION, _MEMORY)
    start = float(methods.real("x0", x0, "noisy_sweep starts at one real number"))
    bound = _within("bound", bound, methods.Interval(1, math.inf, low_open=True, high_open=True),
                    "multiple of max(|x0|, sigma/lam)")
    steps = methods.integer("steps", steps, low=2)
    burn = methods.integer("burn", burn, low=0)
    if burn > steps - 2:
        raise ValueError(f"burn={burn} leaves fewer than 2 of steps={steps} to count")
    replicas = methods.integer("replicas", replicas, low=2)
    seed = methods.integer("seed", seed, low=0)
    far = bound * max(abs(start), sigma / lam)
    if far not in RANGE:
        raise ValueError(f"bound·max(|x0|, sigma/lam)={far:g} is outside {RANGE}; scale x0, sigma or bound")
    axes, rest = _grid(method, unchecked, hyper)

    grid = _Layout(methods.method(method), axes, rest)
    module = _kernels.compiled(grid.row, grid.inner, "noisy")
    moments = _Moments(grid.shape)
    pieces = _pieces(replicas, moments.square.size, 1, burn, steps)  # counting starts with a piece
    for group, k, end in _bar(pieces, float(moments.square.size) * steps * replicas, progress):
        if k == 0:
            noise = _Noise(sigma, rho, seed, group, 1, module)
            memory = np.zeros((5 + len(grid.row.State._fields), len(group), *grid.shape))
            memory[0], memory[-1] = start, np.inf
        if k == burn:
            memory[-3:-1] = 0
        module.kernel(grid.table, grid.line, lam, noise.draw(end - k)[:, 0], k, far * far, memory)
        if end == steps:
            for square, product, far_at in np.moveaxis(memory[-3:], 1, 0):
                moments.add(square / (steps - burn), product / (steps - burn), far_at)
    return NoisySweep(
        method, axes, rest, steps, lam, sigma, rho, burn, replicas, seed, *map(grid.result, moments.results())
    )


@dataclass(frozen=True, eq=False)
class Passage:
    """What a passage sweep found.  Arrays have one axis per swept hyper-parameter, in the order of `axes`, and
    a last one for the replicas if there are any.

    method, axes, hyper, steps  as in `Sweep`
    near_at  first k <= K with ‖x_k − center‖ <= near; −1 where there is none before the run left
    left_at  first k <= K with ‖x_k − center‖ > radius or NaN; −1 where there is none
    final    ‖x_K − center‖ [x]; inf where the run left
    """

    method: str
    axes: dict
    hyper: dict
    steps: int
    near_at: np.ndarray
    left_at: np.ndarray
    final: np.ndarray


def _gradient(gradient, start):
    """Check that `gradient` is a plain function of as many coordinates as the start has, or one sentence."""
    if not inspect.isfunction(gradient):
        kind = type(gradient).__name__
        raise TypeError(f"gradient={gradient!r} is a {kind}, not a plain function of the coordinates")
    code, d = gradient.__code__, len(start)
    plain = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) == 0 and not code.co_kwonlyargcount
    if not plain or code.co_argcount != d:
        raise ValueError(f"{gradient.__name__} has other arguments than the {d} coordinates of x0")
    value = gradient(*start.tolist())
    if not (isinstance(value, tuple) and len(value) == d if d > 1 else isinstance(value, float)):
        wanted = f"a tuple of {d} numbers" if d > 1 else "one number"
        raise ValueError(f"{gradient.__name__} returns {value!r} at x0={start.tolist()}; it needs {wanted}")


def passage_sweep(
    method, gradient, x0, *, steps, radius, center=None, near=0.0, sigma=0.0, rho=0.0, replicas=None, seed=0,
    unchecked=False, progress=None, **hyper
):
    """First passages of a method on any function of up to four coordinates, for every point of a grid.

    method    a name in `METHODS`; it acts on each coordinate alone, with the gradient at the stored point
    gradient  plain function of d coordinates that returns their d slopes (a number if d = 1), such as
              `problems.saddle_gradient` or a reader's own; it may use its arguments, finite numbers, abs, and
              sqrt, quotient and maximum of `firstorder.elementwise`
    x0        start, shape (d,), 1 <= d <= 4 [x]
    steps     K, number of steps, an integer >= 1
    radius    counts as left: ‖x − center‖ > radius >= ‖x0 − center‖ [x]
    center    the place that matters, shape (d,): a saddle to escape from, a minimiser to reach; 0 if None
    near      counts as near: ‖x − center‖ <= near, 0 <= near < radius [x]
    sigma     σ >= 0, standard deviation of the gradient noise of each coordinate [f/x]; σ > 0 needs `replicas`
    rho       ρ in (−1, 1), correlation of successive draws
    replicas  None for one run without noise, or R >= 1 runs with a stream of noise each, shared by all cells:
              `replica_noise(sigma, rho, steps, seed, r, dim=d)`
    seed      integer >= 0
    unchecked, progress, hyper  as for `sweep`

    ‖·‖ is the Euclidean norm of the position (`methods.position`).  A run that has left is over; one that has
    come near goes on.  With the radius far out, `left_at` is divergence and `near_at` convergence.

    Returns a `Passage`, one number per cell and replica: a mean escape time would hide the runs that never
    left.  Memory is linear in cells × replicas and independent of `steps`; results do not depend on the
    number of threads.  Raises ValueError or TypeError with one sentence for a bad name, value or shape.

    Descent leaves the saddle by the factor 1 + α a step, heavy ball sooner; noise does more than either:

    >>> from firstorder.problems import saddle_gradient
    >>> start = {"x0": [0.0, 1e-9], "steps": 500, "radius": 0.5, "lr": 0.1}
    >>> passage_sweep("heavy_ball", saddle_gradient, beta=[0.0, 0.5, 0.9], **start).left_at
    array([212, 126,  75])
    >>> noisy = passage_sweep("heavy_ball", saddle_gradient, beta=[0.0, 0.9], sigma=0.1, replicas=5, **start)
    >>> noisy.left_at
    array([[47, 41, 34, 37, 42],
           [19, 13, 12, 12, 10]])
    """
    start = np.asarray(x0)
    if start.ndim != 1 or not 1 <= start.size <= 4:
        raise ValueError(f"x0 has shape {start.shape}; it needs shape (d,) with 1 <= d <= 4")
    start = _array("x0", start, start.shape)
    _gradient(gradient, start)
    center = _array("center", np.zeros(len(start)) if center is None else center, start.shape)
    steps = methods.integer("steps", steps, low=1)
    radius = _within("radius", radius, RANGE, "distance from center, x", "passage_sweep")
    if np.linalg.norm(start - center) > radius:
        raise ValueError(f"x0={start.tolist()} is farther than radius={radius:g} from center, so it cannot leave")
    near = _within("near", near, methods.Interval(0, radius, high_open=True), "distance from center, x",
                   "passage_sweep")
    sigma = _within("sigma", sigma, methods.NONNEGATIVE, _NOISE, "passage_sweep")
    rho = _within("rho", rho, CORRELATION, _MEMORY, "passage_sweep")
    seed = methods.integer("seed", seed, low=0)
    if replicas is None and sigma > 0:
        raise ValueError(f"sigma={sigma} without replicas; noise needs the number of replicas")
    count = 1 if replicas is None else methods.integer("replicas", replicas, low=1)
    axes, rest = _grid(method, unchecked, hyper)

    grid = _Layout(methods.method(method), axes, rest)
    module = _kernels.compiled(grid.row, grid.inner, "passage", gradient)
    numbers = len(start) * (1 + len(grid.row.State._fields))
    found = np.empty((3, count, *grid.shape))
    cells = grid.shape[0] * grid.shape[1]
    pieces = _pieces(count, cells, len(start), steps)
    for group, k, end in _bar(pieces, float(cells) * len(start) * steps * count, progress):
        if k == 0:
            noise = _Noise(sigma, rho, seed, group, len(start), module)
            memory = np.zeros((numbers + 3, len(group), *grid.shape))
            memory[: numbers : numbers // len(start)] = start[:, np.newaxis, np.newaxis, np.newaxis]
            memory[-2:] = np.inf
        module.kernel(grid.table, grid.line, noise.draw(end - k), k, center, near * near, radius * radius, memory)
        if end == steps:
            found[:, group.start : group.stop] = memory[-3:]
    return Passage(method, axes, rest, steps, *_passages(grid, found, replicas is None))


def _passages(grid, found, alone):
    """(near_at, left_at, final) from (squared distance, near step, far step), shape (3, replicas, m, n)."""
    distance2, near, far = found
    left = far < np.inf
    results = (
        np.where(near < far, near, -1).astype(int), np.where(left, far, -1).astype(int),
        np.where(left, np.inf, np.sqrt(distance2)),
    )
    stacks = (np.stack([grid.result(one) for one in array], axis=-1) for array in results)
    return [array[..., 0] if alone else array for array in stacks]
