"""The benchmarks compare like with like, and say in a sentence what they miss."""
import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import in_c, parts, rivals
from benchmarks.__main__ import RESULTS
from firstorder import _kernels
from firstorder.sweeps import sweep
from tools.notebooks import ROOT

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
MIXED = {"lr": np.linspace(0.01, 3.9, _kernels.BLOCK + 5)}  # a whole block and a part; some cells diverge


def mixed(method):
    return parts.grid(method, 5) | MIXED


@needs_gcc
@pytest.mark.parametrize("steps", [3, 64, 301])
@pytest.mark.parametrize("method", parts.COMPARED)
def test_c_does_the_same_work(method, steps):
    """Without fused operations to the bit; Adam's powers come from another library."""
    axes = mixed(method)
    found = sweep(method, [1.0], steps=steps, tol=1e-6, bound=1e12, **axes)
    reached, diverged, final = (a.T for a in in_c.sweep_in_c(method, *axes.values(), steps, 1e-6, 1e12, 2,
                                                             ("-ffp-contract=off",)))
    if method == "adam":
        assert np.mean(reached == found.iterations) > 0.98
        return
    assert np.array_equal(reached, found.iterations) and np.array_equal(diverged, found.diverged_at)
    assert np.array_equal(final, found.final)
    assert steps < 100 or method == "rmsprop" or ((diverged > 0).any() and (reached > 0).any())


@pytest.mark.parametrize("name", rivals.RIVALS)
@pytest.mark.parametrize("method", parts.COMPARED)
def test_rivals_do_the_same_work(name, method):
    pytest.importorskip(name)
    axes = mixed(method)
    found = sweep(method, [1.0], steps=100, tol=1e-6, bound=1e12, **axes)
    reached, diverged, _ = rivals.RIVALS[name](method, axes, 100, 1e-6, 1e12)()
    reached = np.where(diverged < 0, reached, -1)
    assert np.mean((reached == found.iterations) & (diverged == found.diverged_at)) > 0.97


@pytest.mark.parametrize("method", parts.COMPARED)
def test_on_the_timed_grid_nothing_is_finished_early(method):
    assert (sweep(method, [1.0], steps=3000, **parts.grid(method, 64)).diverged_at == -1).all()


def test_runs_take_turns_each_after_one_that_is_not_counted():
    log, ticks = [], iter(range(99))
    seconds = parts.alternate({"a": lambda: log.append("a"), "b": lambda: log.append("b")}, 3, lambda: next(ticks))
    assert log == ["a", "a", "b", "b"] * 3 and seconds == {"a": [1, 1, 1], "b": [1, 1, 1]}


@needs_gcc
def test_agreement_sees_a_difference(monkeypatch):
    monkeypatch.setattr(rivals, "RIVALS", {"numpy": lambda *a: lambda: [np.full((16, 16), 7)] * 3})
    shares = parts.agreement("heavy_ball", cells=16)
    assert shares["numpy"] < 0.1 and shares["c"] > 0.9


def run(*arguments, **environment):
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, **environment}, timeout=300)


def test_some_parts_in_a_hurry(tmp_path):
    out = tmp_path / "quick.json"
    done = run("--quick", "--only", "noisy", "imports", "long", "--out", str(out))
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert found["quick"] and {"noisy", "imports", "long"} <= set(found) and "compare" not in found
    assert all(len(s) >= 5 for row in found["noisy"] for s in row["seconds"].values())
    assert found["imports"][0]["loads"] == []  # neither torch nor numba
    before, peak = found["long"][0]["before"], found["long"][0]["peak"]
    assert 2**26 < before <= peak < 2**30


def test_without_gcc_there_is_a_sentence(tmp_path):
    done = run("--quick", "--only", "compare", PATH=str(tmp_path))
    assert done.returncode == 1 and done.stderr.strip() == (
        "gcc was not found or cannot compile kernels.c; the comparison with C needs it: install gcc, or measure the "
        "rest with --only scaling noisy optimizers imports long book"
    )


def test_a_median_of_few_runs_is_refused():
    done = run("--repeats", "3")
    assert done.returncode == 2 and "below 5; a median of fewer runs is not worth printing" in done.stderr


def test_an_unknown_method_in_c():
    with pytest.raises(ValueError, match="^method='lion' has no step in kernels.c; those of heavy_ball, nesterov, "):
        in_c.sweep_in_c("lion", [0.1], [0.5], 1, 0.5, 2.0, 1)


def test_the_published_results_are_a_whole_run():
    found = json.loads(RESULTS.read_text("utf8"))
    assert not found["quick"] and found["clock"] in parts.CLOCKS and set(parts.PARTS) <= set(found)
    assert {(r["method"], r["cells"]) for r in found["compare"]} == {
        (m, n) for m in parts.COMPARED for n in (128, 512, 1024)}
    for part in ("compare", "scaling", "noisy", "optimizers", "imports"):
        assert all(len(s) >= 5 for row in found[part] for s in row["seconds"].values()), part
    long = {row["what"]: row for row in found["long"]}
    assert (long["map"]["cells"], long["map"]["steps"]) == (1024, 1000)
    assert (long["noisy"]["cells"], long["noisy"]["steps"], long["noisy"]["replicas"]) == (256, 10_000, 64)
    assert len(found["optimizers"]) == 9


def test_options_have_what_parts_need():
    """A part is a function of (quick, repeats, clock)."""
    options = SimpleNamespace(quick=True, repeats=5, clock=parts.CLOCKS["cpu"])
    row, = parts.imports(options)
    assert 0 < min(row["seconds"]["import"]) < 5
