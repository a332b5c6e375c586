"""Compile the sweep kernels of all methods once, so that the first figure of a page need not wait.

    python -m firstorder.warmup
"""
import time

from .methods import METHODS
from .sweeps import sweep


def main():
    for name in METHODS:
        start = time.perf_counter()
        sweep(name, [1.0], steps=1)
        print(f"{name}: ready after {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
