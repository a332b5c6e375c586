"""The compiled sweep against vectorised NumPy, side by side, in one table.

    python benchmarks/sweep.py [--cells 512] [--steps 300] [--repeats 5] [--clock wall|cpu]

Both run the same step function on a grid of cells × cells values. "NumPy" keeps the sweep's books (first step
near, first step far); "step only" leaves them out. Each number is a median; the runs alternate, so that
a busy machine is unfair to both alike. Compilation is not counted. NumPy uses one thread. With `--clock cpu`
processor time is compared, summed over threads: the ratio is then that of one core to one core.
"""
import argparse
import statistics
import time

import numba
import numpy as np

from firstorder import METHODS, hyper, position, start
from firstorder.sweeps import sweep

TOL, BOUND = 1e-6, 1e12


def grid(name, cells):
    """cells² values: step sizes, and the first other hyper-parameter if the method has one."""
    others = [key for key in METHODS[name].parameters if key != "lr"]
    if not others:
        return {"lr": np.linspace(0.01, 3.9, cells**2)}
    return {"lr": np.linspace(0.01, 3.9, cells), others[0]: np.linspace(0.0, 0.99, cells)}


def vectorised(name, eigenvalues, steps, axes, books):
    """The sweep in NumPy: every operation of a step runs over all cells."""
    values = dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij")))
    h = hyper(name)._replace(**values)
    shape = values["lr"].shape
    lam = np.reshape(eigenvalues, (-1,) + (1,) * len(shape))
    x = np.ones((len(eigenvalues), *shape))
    state = start(name, x)
    reached, diverged = np.full(shape, -1), np.full(shape, -1)
    with np.errstate(all="ignore"):
        for k in range(1, steps + 1):
            x, state = METHODS[name].step(x, lam * x, state, float(k), h)
            if books:
                point = position(name, x, state, h)
                distance2 = np.einsum("d...,d...->...", point, point) / len(eigenvalues)
                reached[(distance2 <= TOL**2) & (reached < 0)] = k
                diverged[~(distance2 <= BOUND**2) & (diverged < 0)] = k
    return reached, diverged


def seconds(run, clock):
    begin = clock()
    run()
    return clock() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=512, help="values per axis")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    options = parser.parse_args()
    clock = time.perf_counter if options.clock == "wall" else time.process_time
    threads = numba.get_num_threads()
    print(f"{options.cells}² cells, {options.steps} steps, {threads} threads, float64, {options.clock} time")
    print("method              d   sweep s  G steps/s   NumPy s  ratio  step only s  ratio")
    for name in METHODS:
        for eigenvalues in ([1.0], [1.0, 0.1]):
            axes = grid(name, options.cells)
            size = options.cells**2 * len(eigenvalues) * options.steps
            limits = {"steps": options.steps, "tol": TOL, "bound": BOUND}
            runs = [
                lambda: sweep(name, eigenvalues, progress=False, **limits, **axes),
                lambda: vectorised(name, eigenvalues, options.steps, axes, books=True),
                lambda: vectorised(name, eigenvalues, options.steps, axes, books=False),
            ]
            runs[0]()  # compile
            times = zip(*([seconds(run, clock) for run in runs] for _ in range(options.repeats)))
            ours, books, bare = map(statistics.median, times)
            print(
                f"{name:<18}{len(eigenvalues):>3}{ours:>10.4f}{size / ours / 1e9:>11.2f}"
                f"{books:>10.3f}{books / ours:>7.1f}{bare:>13.3f}{bare / ours:>7.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
