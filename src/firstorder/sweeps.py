"""One method, thousands of hyper-parameter values, one compiled loop.

`sweep` answers for every point of a grid: how many steps to the minimum, how far away at the end, when
did it leave. It runs the step of `firstorder.steps` itself, compiled by Numba together with the loop.
"""
from dataclasses import dataclass

import numpy as np

from . import _kernels, methods
from .minimize import _array
from .problems import _curvatures

RANGE = methods.Interval(1e-150, 1e150)  # distances whose squares are neither 0 nor infinite
_LONG = 3e9  # coordinate steps, about a second of work: from here on a terminal gets a progress bar


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


def _limit(name, value, interval, norm):
    """`value` · ‖x₀‖, squared, or one sentence."""
    value = methods.real(name, value, f"sweep needs {name} in {interval} (fraction of ‖x0‖)")
    if value not in interval:
        raise ValueError(f"{name}={value} is outside {interval} for sweep (fraction of ‖x0‖)")
    if value * norm not in RANGE:
        raise ValueError(f"{name}·‖x0‖={value * norm:g} is outside {RANGE}; scale x0 or {name}")
    return float(value * norm) ** 2


def _in_parts(part, blocks, work, progress):
    """Call part(first, last) for all blocks: at once, or in a hundred parts under a progress bar."""
    if progress is False or (progress is None and work < _LONG):
        return part(0, blocks)
    from tqdm import tqdm

    cuts = np.unique(np.linspace(0, blocks, 101).astype(int)).tolist()
    pairs = list(zip(cuts, cuts[1:]))
    for first, last in tqdm(pairs, disable=None):  # None: on a terminal only
        part(first, last)


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

    row = methods.method(method)
    fields = row.Hyper._fields
    # cells of a block differ in `inner` alone: if that is lr, a power such as β₁ᵗ is computed once per block
    inner = "lr" if "lr" in axes else [*fields[:1], *axes][-1]
    outer = next((key for key in axes if key != inner), None)
    line = axes.get(inner, np.array([rest.get(inner)]))
    table = np.empty((len(axes[outer]) if outer else 1, len(fields)))
    for i, key in enumerate(fields):  # the column of `inner` is not read
        table[:, i] = np.nan if key == inner else axes[key] if key == outer else rest[key]

    shape = (len(table), len(line))
    reached, diverged, final = np.full(shape, -1), np.full(shape, -1), np.full(shape, np.inf)
    kernel = _kernels.compiled(row, inner)

    def part(first, last):
        kernel(table, line, lam, start, steps, near2, far2, first, last, reached, diverged, final)

    blocks = len(table) * -(-len(line) // _kernels.BLOCK)
    _in_parts(part, blocks, float(reached.size) * len(lam) * steps, progress)
    if inner == next(iter(axes), inner):  # results are (outer, inner)
        reached, diverged, final = reached.T, diverged.T, final.T
    final /= norm
    shape = [len(values) for values in axes.values()]
    return Sweep(method, axes, rest, steps, *(array.reshape(shape) for array in (reached, final, diverged)))
