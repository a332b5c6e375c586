"""The parts of a benchmark run.  Each returns rows of raw seconds; nothing is divided here."""
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from firstorder import METHODS
from firstorder.sweeps import noisy_sweep, sweep

from . import in_c, rivals

ROOT = Path(__file__).resolve().parents[1]
COMPARED = in_c.METHODS_IN_C
TOL, BOUND = 1e-6, 1e12
STEPS = 300
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def grid(method, cells):
    """cells² settings, all of which stay bounded: no block is finished early, so every cell-step is done."""
    other = list(METHODS[method].parameters)[1]
    return {"lr": np.linspace(0.01, 1.3, cells), other: np.linspace(0.0, 0.99, cells)}


def alternate(runs, repeats, clock):
    """Seconds of each run, name -> list.  They take turns; each timed call follows one of the same kind that is not
    counted, so that its threads are awake and its numbers in the cache."""
    seconds = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            run()
            begin = clock()
            run()
            seconds[name].append(clock() - begin)
    return seconds


def _ours(method, axes, steps):
    return lambda: sweep(method, [1.0], steps=steps, tol=TOL, bound=BOUND, progress=False, **axes)


def _in_c(method, axes, steps, extra=()):
    lr, other = axes.values()
    return lambda: in_c.sweep_in_c(method, lr, other, steps, TOL, BOUND, _threads(), extra)


def _threads():
    import numba

    return numba.get_num_threads()


def has_jax():
    return importlib.util.find_spec("jax") is not None


def agreement(method, cells=64, steps=STEPS):
    """Share of cells in which each rival finds the same first near and first far step as the sweep."""
    axes = grid(method, cells) | {"lr": np.linspace(0.01, 3.9, cells)}  # with divergence
    found = _ours(method, axes, steps)()
    others = {"c": lambda: (a.T for a in _in_c(method, axes, steps)())}
    others |= {name: make(method, axes, steps, TOL, BOUND) for name, make in rivals.RIVALS.items()
               if name != "jax" or has_jax()}
    shares = {}
    for name, run in others.items():
        reached, diverged, _ = run()
        reached = np.where(diverged < 0, reached, -1)
        shares[name] = float(np.mean((found.iterations == reached) & (found.diverged_at == diverged)))
    return shares


def compare(options):
    """Our kernels, C, NumPy, torch and JAX, side by side."""
    rows = []
    for method in COMPARED:
        shares = agreement(method)
        for cells in (128,) if options.quick else (128, 512, 1024):
            axes = grid(method, cells)
            fast = {"firstorder": _ours(method, axes, STEPS), "c": _in_c(method, axes, STEPS),
                    "c, no fma": _in_c(method, axes, STEPS, ("-ffp-contract=off",))}
            rows.append({"method": method, "cells": cells, "steps": STEPS, "agreement": shares,
                         "seconds": alternate(fast, 3 * options.repeats, options.clock)})
            # cost is linear in steps, so on a large grid the slow ones make fewer of them
            steps = STEPS if cells < 512 else STEPS // 5 if cells == 512 else STEPS // 15
            slow = {name: make(method, axes, steps, TOL, BOUND) for name, make in rivals.RIVALS.items()
                    if name != "jax" or has_jax()}
            rows.append({"method": method, "cells": cells, "steps": steps,
                         "seconds": alternate(slow, options.repeats, options.clock)})
            show(*rows[-2:])
    return rows


def show(*rows):
    """Print the medians of rows as they come."""
    for row in rows:
        what = ", ".join(f"{key} {value}" for key, value in row.items() if key not in ("seconds", "agreement"))
        times = ", ".join(f"{name} {statistics.median(s):.4g} s" for name, s in row["seconds"].items())
        print(f"  {what}: {times}", flush=True)


def scaling(options):
    """Time against cells, steps and threads; one quantity varies, the others stay."""
    import numba

    rows = []
    sides = (64, 128, 256) if options.quick else (64, 128, 256, 512, 1024, 2048)
    for method in ("heavy_ball", "adam"):
        lengths = (100, 300, 1000) if options.quick else (100, 300, 1000, 3000, 10000)
        cases = [("cells", s, STEPS) for s in sides] + [("steps", 128, k) for k in lengths]
        for varies, side, steps in cases:
            axes = grid(method, side)
            rows.append({"varies": varies, "method": method, "cells": side, "steps": steps, "threads": _threads(),
                         "seconds": alternate({"firstorder": _ours(method, axes, steps)}, options.repeats,
                                              options.clock)})
        before = _threads()
        for threads in range(1, before + 1):
            numba.set_num_threads(threads)
            axes = grid(method, 128 if options.quick else 512)
            rows.append({"varies": "threads", "method": method, "cells": len(axes["lr"]), "steps": STEPS,
                         "threads": threads,
                         "seconds": alternate({"firstorder": _ours(method, axes, STEPS)}, options.repeats,
                                              options.clock)})
        numba.set_num_threads(before)
    show(*rows)
    return rows


def noisy(options):
    """The noisy sweep against the noise-free one: the same cells, `replicas` times as many cell-steps."""
    rows, replicas = [], 4
    steps, cells = (300, 64) if options.quick else (2000, 256)
    for method in COMPARED:
        axes = grid(method, cells)
        run = {"sigma": 1.0, "steps": steps, "burn": steps // 10, "replicas": replicas, "seed": 0}
        runs = {
            "noise-free": _ours(method, axes, steps),
            "noisy": lambda: noisy_sweep(method, 1.0, progress=False, **run, **axes),
            "noisy, AR(1)": lambda: noisy_sweep(method, 1.0, rho=0.5, progress=False, **run, **axes),
        }
        rows.append({"method": method, "cells": cells, "steps": steps, "replicas": replicas,
                     "seconds": alternate(runs, options.repeats, options.clock)})
        show(rows[-1])
    return rows


def network():
    """A perceptron of about a million parameters, with gradients of one batch."""
    import torch

    torch.manual_seed(0)
    layers = torch.nn.Linear(784, 1000), torch.nn.ReLU(), torch.nn.Linear(1000, 200), torch.nn.ReLU()
    model = torch.nn.Sequential(*layers, torch.nn.Linear(200, 10))
    loss = torch.nn.functional.cross_entropy(model(torch.randn(64, 784)), torch.randint(10, (64,)))
    loss.backward()
    return model


def optimizers(options):
    """Ten optimizer steps with fixed gradients: the classes of firstorder.torch against torch.optim."""
    import torch

    from firstorder import torch as ours

    optim = torch.optim
    pairs = {
        "GradientDescent": (ours.GradientDescent, optim.SGD, {"lr": 1e-3}, {}),
        "HeavyBall": (ours.HeavyBall, optim.SGD, {"lr": 1e-3, "beta": 0.9}, {"lr": 1e-3, "momentum": 0.9}),
        "Nesterov": (ours.Nesterov, optim.SGD, {"lr": 1e-3, "beta": 0.9},
                     {"lr": 1e-3, "momentum": 0.9, "nesterov": True}),
        "AdaGrad": (ours.AdaGrad, optim.Adagrad, {"lr": 1e-3}, {}),
        "RMSProp": (ours.RMSProp, optim.RMSprop, {"lr": 1e-3}, {}),
        "Adam": (ours.Adam, optim.Adam, {"lr": 1e-3}, {}),
        "AdamW": (ours.AdamW, optim.AdamW, {"lr": 1e-3}, {}),
        "AMSGrad": (ours.AMSGrad, optim.Adam, {"lr": 1e-3}, {"lr": 1e-3, "amsgrad": True}),
        "NAdam": (ours.NAdam, optim.NAdam, {"lr": 1e-3}, {}),
    }
    rows = []
    for name, (mine, theirs, values, their_values) in pairs.items():
        made = {
            "firstorder": mine(network().parameters(), **values),
            "torch, foreach off": theirs(network().parameters(), **(their_values or values), foreach=False),
            "torch, default": theirs(network().parameters(), **(their_values or values)),
        }

        def ten(optimizer):
            return lambda: [optimizer.step() for _ in range(10)] and None

        runs = {key: ten(optimizer) for key, optimizer in made.items()}
        size = sum(p.numel() for p in network().parameters())
        rows.append({"method": name, "parameters": size, "steps": 10,
                     "seconds": alternate(runs, 2 * options.repeats, options.clock)})
        show(rows[-1])
    return rows


RELAY = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', *sys.argv[1:]]).returncode)"


def _child(code, **more):
    """Run code in a new process; what it prints, as JSON.

    A small process stands between: the peak memory of a child starts with that of the process that made it.
    more  further variables of its environment
    """
    done = subprocess.run([sys.executable, "-c", RELAY, code], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT,
                          env=os.environ | more)
    return json.loads(done.stdout)


IMPORT = """
import json, sys, time
begin = time.perf_counter()
import firstorder
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "heavy": [name for name in ("torch", "numba") if name in sys.modules]}))
"""


def imports(options):
    """`import firstorder` in new processes; the first one, which may be cold, is not counted."""
    found = [_child(IMPORT) for _ in range(2 * options.repeats + 1)][1:]
    row = {"what": "import firstorder", "loads": sorted(set(sum((f["heavy"] for f in found), []))),
           "seconds": {"import": [f["seconds"] for f in found]}}
    show(row)
    return [row]


LONG = """
import json, resource, sys, time
import numpy as np
from firstorder.sweeps import noisy_sweep, sweep
KIB = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
axes = lambda n: {{"lr": np.linspace(0.01, 1.3, n), "beta": np.linspace(0.0, 0.99, n)}}
call = lambda n, steps: {call}
call(2, 3)  # compile
before = peak()
begin = time.perf_counter()
call({cells}, {steps})
print(json.dumps({{"seconds": time.perf_counter() - begin, "peak": peak(), "before": before}}))
"""


def long(options):
    """The two large runs, each in a process of its own, with its peak memory [bytes]."""
    shrink = 8 if options.quick else 1
    runs = {
        "map": ("sweep('heavy_ball', [1.0], steps=steps, progress=False, **axes(n))", 1024, 1000, 1),
        "noisy": ("noisy_sweep('heavy_ball', 1.0, sigma=1.0, steps=steps, burn=steps // 10, replicas=64, seed=0, "
                  "progress=False, **axes(n))", 256, 10_000, 64),
    }
    rows = []
    for name, (call, cells, steps, replicas) in runs.items():
        cells, steps = cells // shrink, steps // shrink
        found = _child(LONG.format(call=call, cells=cells, steps=steps))
        rows.append({"what": name, "cells": cells, "steps": steps, "replicas": replicas, "peak": found["peak"],
                     "before": found["before"], "seconds": {"firstorder": [found["seconds"]]}})
    show(*rows)
    return rows


BOOK = """
import json, sys, time
from concurrent.futures import ProcessPoolExecutor
from tools import notebooks

def timed(page):
    begin = time.perf_counter()
    notebooks.run(page)
    return page, time.perf_counter() - begin

if __name__ == "__main__":
    begin = time.perf_counter()
    pages = [p for p in notebooks.executed_pages() if p != "chapters/benchmarks.md"]  # it shows these numbers
    with ProcessPoolExecutor(2) as pool:
        pages = dict(pool.map(timed, pages[:{most}]))
    print(json.dumps({{"whole": time.perf_counter() - begin, "pages": pages}}))
"""


def book(options):
    """Every other page of the book, executed once, two at a time, with no kernel compiled before."""
    with tempfile.TemporaryDirectory() as cold:
        found = _child(BOOK.format(most=2 if options.quick else None), FIRSTORDER_CACHE_DIR=cold)
    print(f"  {len(found['pages'])} pages in {found['whole']:.0f} s, the slowest in {max(found['pages'].values()):.0f} s")
    return found


PARTS = {"compare": compare, "scaling": scaling, "noisy": noisy, "optimizers": optimizers, "imports": imports,
         "long": long, "book": book}
