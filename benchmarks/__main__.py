"""Measure everything, print medians as they come, and write the raw seconds to results.json."""
import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import in_c, parts

RESULTS = Path(__file__).with_name("results.json")


def machine():
    """What the numbers depend on besides the code."""
    import numba

    cpu = platform.processor() or platform.machine()
    features = []
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = dict(line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
        lines = {key.strip(): value.strip() for key, value in lines.items()}
        cpu = lines.get("model name", cpu)
        features = [f for f in ("avx2", "fma", "avx512f") if f in lines.get("flags", "").split()]
    return {
        "cpu": cpu, "features": features, "cores": os.cpu_count(), "threads": numba.get_num_threads(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "system": platform.system(),
        "load": os.getloadavg()[0],
    }


def versions():
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "llvmlite", "torch", "jax"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    gcc = shutil.which("gcc") and subprocess.run([shutil.which("gcc"), "-dumpfullversion"], capture_output=True, text=True)
    return found | {"gcc": gcc.stdout.strip() if gcc else None, "flags": " ".join(in_c.FLAGS)}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=parts.PARTS, help="measure these parts; nothing is written without --out")
    parser.add_argument("--quick", action="store_true", help="small grids, to see that it runs; nothing is written without --out")
    parser.add_argument("--clock", choices=parts.CLOCKS, default="wall",
                        help="cpu: processor time summed over threads, for a machine that others use, too")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each kind, at least 5")
    parser.add_argument("--out", type=Path, help=f"default: {RESULTS.name}, for a whole run")
    options = parser.parse_args(arguments)
    if options.repeats < 5:
        parser.error(f"--repeats {options.repeats} is below 5; a median of fewer runs is not worth printing")
    if not parts.has_jax():
        print("JAX is not installed, so nothing is compared with it")
    chosen = options.only or list(parts.PARTS)
    try:
        if "compare" in chosen:
            in_c.sweep_in_c("heavy_ball", [0.1], [0.5], 1, 0.5, 2.0, 1)
    except in_c.NoCompiler:
        sys.exit("gcc was not found or cannot compile kernels.c; the comparison with C needs it: install gcc, or "
                 "measure the rest with --only " + " ".join(p for p in parts.PARTS if p != "compare"))
    found = {"machine": machine(), "versions": versions(), "clock": options.clock, "quick": options.quick}
    options.clock = parts.CLOCKS[options.clock]
    for name in chosen:
        print(name, flush=True)
        begin = time.perf_counter()
        found[name] = parts.PARTS[name](options)
        print(f"  ({time.perf_counter() - begin:.0f} s)", flush=True)
    out = options.out or (None if options.only or options.quick else RESULTS)
    if out:
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {out.name}")


if __name__ == "__main__":
    main()
