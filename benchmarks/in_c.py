"""The sweep in C, compiled on the spot with the flags that the targets name."""
import ctypes
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from firstorder import METHODS, _kernels

FLAGS = ["-O3", "-march=native", "-fopenmp", "-fno-math-errno"]
METHODS_IN_C = ("heavy_ball", "nesterov", "rmsprop", "adam")


class NoCompiler(RuntimeError):
    """There is no gcc, or it cannot compile the file."""


@lru_cache(maxsize=None)
def _library(method, extra):
    if shutil.which("gcc") is None:
        raise NoCompiler("gcc was not found, so nothing is compared with C; install it and run again")
    sizes = [f"-D{name}={getattr(_kernels, name)}" for name in ("BLOCK", "BUNDLE", "WINDOW")]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "kernels.so"
        source = Path(__file__).with_name("kernels.c")
        command = ["gcc", *FLAGS, *extra, *sizes, f"-DMETHOD_{method}", "-shared", "-fPIC", source, "-o", target, "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NoCompiler(f"gcc could not compile kernels.c: {done.stderr.strip().splitlines()[0]}")
        return ctypes.CDLL(str(target))  # stays loaded after the file is gone


def sweep_in_c(method, lr, other, steps, tol, bound, threads, extra=()):
    """(iterations, diverged_at, final) of one coordinate with λ = 1 from x₀ = 1, shape (len(other), len(lr)).

    other  values of the first hyper-parameter after lr; the rest have their defaults
    extra  further flags for gcc
    """
    if method not in METHODS_IN_C:
        raise ValueError(f"method={method!r} has no step in kernels.c; those of {', '.join(METHODS_IN_C)} are there")
    fields = METHODS[method].parameters
    swept = list(fields)[1]
    names = {"beta": "beta", "beta1": "beta", "beta2": "beta2", "eps": "eps"}
    table = np.zeros((len(other), 3))
    for key in list(fields)[1:]:
        table[:, ("beta", "beta2", "eps").index(names[key])] = other if key == swept else fields[key].default
    shape = (len(other), len(lr))
    reached, diverged, final = np.empty(shape, np.int64), np.empty(shape, np.int64), np.empty(shape)
    line = np.ascontiguousarray(lr, float)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    number, whole = ctypes.c_double, ctypes.c_int64
    _library(method, tuple(extra)).sweep(
        *shape, pointer(table), pointer(line), number(1), number(1), whole(steps), number(tol**2),
        number(bound**2), pointer(reached), pointer(diverged), pointer(final), threads,
    )
    return reached, diverged, final
