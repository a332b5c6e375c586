"""The compiled sweep: against plain loops, in blocks and threads, and never an old step after an edit."""
import importlib.util
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstorder import METHODS, _kernels, hyper, position, start, steps, theory
from firstorder.elementwise import maximum, quotient, sqrt
from firstorder.minimize import minimize
from firstorder.problems import quadratic
from firstorder.sweeps import sweep

from .bad_inputs import CASES

GRIDS = {  # values that converge, crawl and diverge, two axes where there are two
    "gradient_descent": {"lr": [0.01, 0.3, 0.5, 0.66, 0.7, 3.0]},
    "heavy_ball": {"lr": [0.01, 0.3, 1.0, 1.3, 3.0], "beta": [0.0, 0.5, 0.9]},
    "heavy_ball_ema": {"lr": [0.1, 0.6, 3.0, 13.0], "beta": [0.0, 0.5, 0.9]},
    "nesterov": {"lr": [0.01, 0.3, 0.5, 0.7, 3.0], "beta": [0.0, 0.5, 0.9]},
    "adagrad": {"lr": [0.01, 0.5, 2.0], "eps": [0.0, 0.3]},
    "rmsprop": {"lr": [0.01, 0.1, 1.0], "eps": [1e-8, 0.5, 1.0]},
    "adam": {"lr": [0.01, 0.1, 1.0], "beta1": [0.0, 0.5, 0.95]},
    "adamw": {"lr": [0.01, 0.1, 1.0], "weight_decay": [0.0, 0.3, 3.0]},
    "amsgrad": {"lr": [0.01, 0.1, 1.0], "beta1": [0.0, 0.5, 0.95]},
    "nadam": {"lr": [0.01, 0.1, 1.0], "momentum_decay": [0.0, 0.004, 50.0]},
}
LAM = [0.2, 1.0, 3.0]
X0 = [1.0, -2.0, 0.5]


def plain_loop(method, lam, x0, count, tol, bound, h):
    """(iterations, final, diverged_at) of one cell, coordinate by coordinate on Python floats."""
    x, states = list(x0), [start(method, x) for x in x0]
    norm, reached = np.linalg.norm(x0), -1
    for k in range(1, count + 1):
        where = []
        for i, curvature in enumerate(lam):
            x[i], states[i] = METHODS[method].step(x[i], curvature * x[i], states[i], float(k), h)
            where.append(position(method, x[i], states[i], h))
        distance = np.linalg.norm(where)
        if not distance <= bound * norm:
            return -1, np.inf, k
        if reached < 0 and distance <= tol * norm:
            reached = k
    return reached, distance / norm, -1


def assert_equal_to_plain_loop(method, grid, lam=LAM, x0=X0, count=303, tol=1e-6, bound=1e12):
    found = sweep(method, lam, x0=x0, steps=count, tol=tol, bound=bound, **grid)
    assert list(found.axes) == [key for key in METHODS[method].parameters if np.ndim(grid.get(key, 0))]
    for cell in np.ndindex(*found.iterations.shape):
        values = {key: axis[i] for (key, axis), i in zip(found.axes.items(), cell)}
        h = METHODS[method].Hyper(**{key: float(v) for key, v in (found.hyper | values).items()})
        reached, final, diverged = plain_loop(method, lam, x0, count, tol, bound, h)
        assert (found.iterations[cell], found.diverged_at[cell]) == (reached, diverged), (method, values)
        assert found.final[cell] == pytest.approx(final, rel=1e-14), (method, values)
    return found


# ---- what it computes ----------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
def test_every_cell_equals_the_plain_loop(method):
    found = assert_equal_to_plain_loop(method, GRIDS[method])
    assert (found.iterations > 0).any() and (found.iterations == -1).any()
    assert (found.diverged_at > 0).any() or not theory.is_linear(method)


@pytest.mark.parametrize("method", METHODS)
def test_the_bits_are_those_of_the_python_step(method):
    """In one dimension from x = 1 `final` is |x| itself, so a fused or reordered operation shows."""
    rest = {"beta2": 0.99} if "beta2" in METHODS[method].parameters else {}
    found = sweep(method, [0.7], steps=50, lr=np.linspace(0.02, 0.4, 40), **rest)
    for lr, final in zip(found.axes["lr"], found.final):
        h = METHODS[method].Hyper(**{"lr": float(lr), **found.hyper})
        assert plain_loop(method, [0.7], [1.0], 50, 1e-6, 1e12, h)[1] == final


@pytest.mark.parametrize("count", range(1, 10))
def test_any_number_of_steps(count):
    """Also those that are no multiple of the bundle."""
    assert_equal_to_plain_loop("heavy_ball", GRIDS["heavy_ball"], count=count, tol=0.5, bound=1.5)


@pytest.mark.parametrize("method", METHODS)
def test_equal_to_vectorised_numpy(method):
    """The same step on arrays of cells; ε is large enough for Adam not to be chaotic."""
    lr, second = np.linspace(0.05, 0.4, 9), np.linspace(0.0, 0.9, 5)
    key = next((k for k in ("beta", "beta1") if k in METHODS[method].parameters), None)
    rest = {"eps": 0.1} if "eps" in METHODS[method].parameters else {}
    found = sweep(method, LAM, x0=X0, steps=300, lr=lr, **({key: second} if key else {}), **rest)
    cells = np.meshgrid(lr, second, indexing="ij") if key else [lr]
    h = hyper(method, **rest)._replace(lr=cells[0], **({key: cells[1]} if key else {}))
    lam, x0 = (np.reshape(values, (3,) + (1,) * cells[0].ndim) for values in (LAM, X0))
    x = np.broadcast_to(x0, (3, *cells[0].shape))
    state, largest = start(method, x), 0.0
    for k in range(300):
        x, state = METHODS[method].step(x, lam * x, state, k + 1.0, h)
        largest = np.maximum(largest, np.linalg.norm(x, axis=0))
    final = np.linalg.norm(position(method, x, state, h), axis=0)
    norm = np.linalg.norm(X0)
    assert (np.abs(found.final * norm - final) / np.maximum(largest, norm)).max() <= 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_equal_to_minimize(method):
    values = {"lr": 0.3}
    found = sweep(method, LAM, x0=X0, steps=300, tol=1e-3, **values)
    run = minimize(quadratic(LAM), method, x0=np.array(X0), steps=300, **values)
    hit = run.iterations_to(1e-3 * np.linalg.norm(X0))
    assert found.iterations == (-1 if hit is None else hit)
    assert found.final == pytest.approx(run.distance[-1] / run.distance[0], rel=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(lr=st.floats(1e-3, 5.0), beta=st.floats(0.0, 0.999), lam=st.floats(0.01, 10.0))
def test_heavy_ball_against_the_two_term_recursion(lr, beta, lam):
    """x⁺ = (1 + β − αλ) x − β x⁻ has no velocity at all."""
    found = sweep("heavy_ball", [lam], steps=100, bound=1e30, lr=lr, beta=beta)
    x, last, largest = 1.0, 1.0, 1.0
    for k in range(1, 101):
        x, last = (1 + beta - lr * lam) * x - beta * last, x
        largest = max(largest, abs(x))
        if largest > 1e30:
            break
    if abs(np.log(largest / 1e30)) > 1e-9:  # else rounding decides
        assert found.diverged_at == (k if largest > 1e30 else -1)
    if largest < 1e29:
        assert abs(found.final - abs(x)) <= 1e-11 * largest


@pytest.mark.parametrize("method", ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"])
def test_it_converges_exactly_where_the_spectral_radius_is_below_one(method):
    lr = np.linspace(0.02, 4.5, 50)
    axes = {"lr": lr} if method == "gradient_descent" else {"lr": lr, "beta": np.linspace(0.0, 0.95, 9)}
    found = sweep(method, [1.0], steps=3000, bound=1e6, **axes)
    grid = np.meshgrid(*found.axes.values(), indexing="ij")
    radius = theory.spectral_radius(method, 1.0, METHODS[method].Hyper(*grid))
    clear = np.abs(radius - 1) > 0.02  # nearer to the edge 3000 steps do not decide
    assert clear.mean() > 0.9
    assert np.array_equal((found.iterations > 0)[clear], (radius < 1)[clear])
    assert np.array_equal((found.diverged_at > 0)[clear], (radius > 1)[clear])


def test_iterations_at_polyaks_parameters_follow_the_rate():
    lam = [1.0, 100.0]
    best = theory.polyak(1.0, 100.0).hyper
    found = sweep("heavy_ball", lam, steps=400, tol=1e-9, lr=best.lr, beta=best.beta)
    predicted = np.log(1e-9) / np.log(9 / 11)
    assert predicted < found.iterations < 1.4 * predicted  # the double root adds a factor k


def test_axes_come_in_the_order_of_the_method_and_lists_are_axes():
    a = sweep("heavy_ball", LAM, steps=50, beta=[0.1, 0.5], lr=[0.1, 0.2, 0.3])
    assert list(a.axes) == ["lr", "beta"]
    assert a.iterations.shape == a.final.shape == a.diverged_at.shape == (3, 2)
    one = sweep("heavy_ball", LAM, steps=50, beta=np.array([0.1, 0.5]), lr=0.2)
    assert list(one.axes) == ["beta"] and np.array_equal(one.final, a.final[1])
    none = sweep("heavy_ball", LAM, steps=50, beta=0.5, lr=0.2)
    assert none.axes == {} and none.final.shape == () and none.final == a.final[1, 1]
    assert none.hyper == {"lr": 0.2, "beta": 0.5} and one.hyper == {"lr": 0.2}
    backwards = sweep("heavy_ball", LAM, steps=50, beta=[0.5, 0.1], lr=np.array([0.1, 0.2, 0.3])[::-1])
    assert np.array_equal(backwards.final, a.final[::-1, ::-1])
    integers = sweep("gradient_descent", [0.1], steps=5, lr=np.array([1, 2]))
    assert np.array_equal(integers.final, sweep("gradient_descent", [0.1], steps=5, lr=[1.0, 2.0]).final)


def test_grids_without_the_step_size():
    grid = {"beta1": [0.0, 0.9], "beta2": [0.9, 0.99, 0.999], "lr": 0.1}
    assert_equal_to_plain_loop("adam", grid, count=100)


BLOCK = _kernels.BLOCK


@pytest.mark.parametrize("cells", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_a_cell_does_not_depend_on_the_cells_around_it(cells):
    lr = np.linspace(0.01, 1.5, cells)
    together = sweep("heavy_ball", LAM, steps=60, lr=lr, beta=[0.3, 0.8])
    for i in {0, 1 % cells, cells // 2, cells - 2, cells - 1}:
        alone = sweep("heavy_ball", LAM, steps=60, lr=lr[i], beta=0.8)
        for field in ("iterations", "final", "diverged_at"):
            assert getattr(together, field)[i, 1] == getattr(alone, field)


@pytest.mark.parametrize("method", ["heavy_ball", "nesterov"])  # Nesterov's position becomes ∞ − ∞ = NaN
def test_cells_that_leave_the_finite_numbers_do_not_poison_others(method):
    lr = np.array([0.3, 1e200, 0.3, 1e-300, 1e308, 0.3])
    found = sweep(method, LAM, steps=200, bound=1e140, lr=lr, beta=0.5)
    assert found.diverged_at.tolist() == [-1, 1, -1, -1, 1, -1]
    assert np.isinf(found.final).tolist() == [False, True, False, False, True, False]
    assert found.iterations[0] == found.iterations[2] == found.iterations[5] > 0
    assert found.final[3] == pytest.approx(1.0) and not np.isnan(found.final).any()


def test_a_run_that_passes_the_minimum_on_its_way_out_has_not_converged():
    """β > 1: a growing oscillation that comes near 0 again and again before it reaches the bound."""
    values = {"tol": 0.9, "lr": 1.0, "beta": 1.05, "unchecked": True}
    early, late = (sweep("heavy_ball", [1.0], steps=count, **values) for count in (200, 2000))
    assert early.diverged_at == -1 and early.iterations > 0
    assert late.diverged_at > 200 and late.iterations == -1 and late.final == np.inf


def test_final_is_exact_far_below_the_square_root_of_the_smallest_number():
    found = sweep("gradient_descent", [1.0], steps=800, lr=0.5)
    assert found.final == 0.5**800


@pytest.mark.parametrize("method", METHODS)
def test_a_coordinate_without_gradient_stays_where_it_is(method):
    """0/0 with ε = 0 means no move: with x₀ = (1, 0) the second coordinate changes nothing."""
    rest = {"eps": 0.0} if "eps" in METHODS[method].parameters else {}
    one = sweep(method, [1.0], x0=[1.0], steps=57, lr=[0.1, 0.2], **rest)
    two = sweep(method, [1.0, 1.0], x0=[1.0, 0.0], steps=57, lr=[0.1, 0.2], **rest)
    assert np.array_equal(one.final, two.final) and np.isfinite(one.final).all()


def test_the_kernels_scalar_helpers_are_those_of_elementwise():
    namespace = {"math": __import__("math"), "njit": lambda **options: lambda function: function}
    exec(_kernels._HELPERS, namespace)
    for a in (0.0, -0.0, 1.0, -3.0, 1e-310, 1e308):
        for b in (0.0, -0.0, 1.0, -7.0, 5e-324):
            with np.errstate(over="ignore"):
                assert namespace["_quotient"](a, b) == quotient(np.float64(a), np.float64(b))
    for a in (0.0, 2.0, 1e-310, 1e308):
        assert namespace["_sqrt"](a) == sqrt(a)
    for a in (0.0, 2.0, -1.0, np.inf, np.nan):
        for b in (0.0, 3.0, -np.inf, np.nan):
            np.testing.assert_array_equal(namespace["_maximum"](a, b), maximum(np.float64(a), np.float64(b)))


# ---- threads, memory, progress -------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
def test_bitwise_the_same_on_one_and_two_threads_and_again(method):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.fail("this test needs two threads; unset NUMBA_NUM_THREADS")
    grid = {"lr": np.geomspace(1e-3, 5.0, 300), **{k: v for k, v in GRIDS[method].items() if k != "lr"}}
    before = numba.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 2, 1):
            numba.set_num_threads(threads)
            results.append(sweep(method, LAM, steps=100, **grid))
    finally:
        numba.set_num_threads(before)
    for field in ("iterations", "final", "diverged_at"):
        assert len({getattr(found, field).tobytes() for found in results}) == 1


def test_a_sweep_in_parts_is_the_same_and_silent_without_a_terminal(capfd):
    grid = {"lr": np.linspace(0.01, 1.0, 1000), "beta": [0.5, 0.9]}
    whole, parts = (sweep("heavy_ball", LAM, steps=50, progress=p, **grid) for p in (False, True))
    for field in ("iterations", "final", "diverged_at"):
        assert np.array_equal(getattr(whole, field), getattr(parts, field))
    assert capfd.readouterr() == ("", "")


def test_a_terminal_gets_a_progress_bar_for_a_long_run_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    sweep("heavy_ball", LAM, steps=50, lr=[0.1, 0.2])
    assert terminal.getvalue() == ""
    monkeypatch.setattr("firstorder.sweeps._LONG", 100)
    sweep("heavy_ball", LAM, steps=50, lr=[0.1, 0.2])
    assert "100%" in terminal.getvalue()


RELAY = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', *sys.argv[1:]]).returncode)"


def python(code, *arguments, **environment):
    """Run code in a new process; its standard output, and a failure with its error output.

    A small process stands between: the peak memory of a child starts with that of the process that made it.
    """
    done = subprocess.run(
        [sys.executable, "-c", RELAY, code, *map(str, arguments)],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_memory_does_not_grow_with_the_number_of_steps():
    grown = python("""
import resource
from firstorder.sweeps import sweep
peaks = []
for steps in (1000, 3_000_000):
    sweep("heavy_ball", [1.0], steps=steps, lr=0.1, beta=0.5)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
""")
    assert int(grown) < 4096  # KiB; one float64 per step would be 23 MiB


# ---- never an old step ---------------------------------------------------------------------------

MODULE = """
from typing import Any, NamedTuple
from dataclasses import replace
from firstorder import METHODS
from firstorder.elementwise import quotient, sqrt as root

FACTOR = 1.5


class MineHyper(NamedTuple):
    lr: Any
    beta: Any


class MineState(NamedTuple):
    v: Any
    s: Any


def mine(x, g, state, t, hyper):
    v = hyper.beta * state.v - FACTOR * hyper.lr * g
    s = state.s + g * g
    return x + quotient(v, root(s) + abs(s)), MineState(s=s, v=v)


METHODS["mine"] = replace(
    METHODS["heavy_ball"], name="mine", step=mine, Hyper=MineHyper, State=MineState,
    position=lambda stored, state, hyper: stored - hyper.beta * state.v)
"""

COMPARE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import mine_module
from firstorder import METHODS, _kernels, position, start
from firstorder.sweeps import sweep

h = mine_module.MineHyper(lr=0.3, beta=0.5)
x, state = 1.0, start("mine", 1.0)
for k in range(30):
    x, state = METHODS["mine"].step(x, 2.0 * x, state, k + 1.0, h)
found = sweep("mine", [2.0], steps=30, lr=0.3, beta=0.5)
kernel = _kernels.compiled(METHODS["mine"], "lr").kernel
hits = sum(kernel.stats.cache_hits.values()) if hasattr(kernel, "stats") else None
print(json.dumps([float(found.final), abs(position("mine", x, state, h)), hits]))
"""


@pytest.fixture
def mine(tmp_path):
    """Write the reader's module, edited; compare its sweep with its Python step in a new process."""
    def compare(old="", new="", **environment):
        text = MODULE.replace(old, new)
        assert (text != MODULE) == (old != new)
        (tmp_path / "mine_module.py").write_text(text)
        settings = {"FIRSTORDER_CACHE_DIR": str(tmp_path / "cache"), **environment}
        return json.loads(python(COMPARE, tmp_path, **settings))
    return compare


EDITS = {
    "the step": ("hyper.beta * state.v -", "hyper.beta * state.v * 0.5 -"),
    "a constant": ("FACTOR = 1.5", "FACTOR = 1.25"),
    "a helper's alias": ("sqrt as root", "quotient as unused; root = abs"),
    "the position": ("stored - hyper.beta * state.v", "stored + hyper.beta * state.v"),
}


def test_an_edited_step_is_swept_by_a_new_process_and_an_unedited_one_comes_from_the_cache(mine):
    sweep_0, step_0, hits = mine()
    assert sweep_0 == pytest.approx(step_0, rel=1e-14) and hits == 0
    assert mine() == [sweep_0, step_0, 1]
    seen = {sweep_0}
    for old, new in EDITS.values():
        found, expected, hits = mine(old, new)
        assert found == pytest.approx(expected, rel=1e-14) and hits == 0
        seen.add(found)
    assert len(seen) == 1 + len(EDITS)
    assert mine() == [sweep_0, step_0, 1]  # and back


def test_a_spoilt_file_in_the_cache_is_replaced(mine, tmp_path):
    right = mine()
    path, = (tmp_path / "cache").glob("kernel_*.py")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("FACTOR = 1.5", "FACTOR = 9.5"), encoding="utf-8")
    assert mine()[:2] == right[:2] and path.read_text(encoding="utf-8") == text


def test_without_a_writable_folder_it_compiles_all_the_same(mine, tmp_path):
    right = mine()
    (tmp_path / "file").write_text("not a folder")
    assert mine(FIRSTORDER_CACHE_DIR=str(tmp_path / "file" / "cache")) == [*right[:2], 0]


def test_without_compilation_the_numbers_are_the_same(mine):
    assert mine(NUMBA_DISABLE_JIT="1")[:2] == mine()[:2]


def test_the_cache_folder_is_the_one_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.setenv("FIRSTORDER_CACHE_DIR", str(tmp_path / "own"))
    assert _kernels.cache_folder() == tmp_path / "own"
    monkeypatch.delenv("FIRSTORDER_CACHE_DIR")
    assert _kernels.cache_folder() == tmp_path / "numba"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert _kernels.cache_folder() == tmp_path / "user" / "firstorder"


# ---- a reader's own step -------------------------------------------------------------------------

def load(path, text):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """Load the reader's module with an edit; the row it adds to the table is taken out again."""
    monkeypatch.setitem(METHODS, "mine", METHODS["heavy_ball"])
    monkeypatch.setenv("FIRSTORDER_CACHE_DIR", str(tmp_path / "cache"))
    count = iter(range(9))

    def make(old="", new=""):
        assert old in MODULE
        return load(tmp_path / f"mine_{next(count)}.py", MODULE.replace(old, new))
    return make


MAY_USE = (
    "; a step may use its arguments, MineState, finite numbers, abs, and sqrt, quotient and maximum of "
    "firstorder.elementwise"
)


@pytest.mark.parametrize("old, new, sentence", [
    ("FACTOR = 1.5", "import numpy\nFACTOR = numpy.ones(1)",
     "mine uses the name 'FACTOR', which a compiled sweep cannot see" + MAY_USE),
    ("abs(s)", "max(s, 1)",
     "mine uses the name 'max', which a compiled sweep cannot see" + MAY_USE),
    ("FACTOR", "advance",
     "mine uses the name 'advance', which the kernel needs itself; rename it"),
    ("stored - hyper.beta * state.v)", "stored - SHIFT * state.v)",
     "<lambda> uses the name 'SHIFT', which a compiled sweep cannot see" + MAY_USE),
])
def test_names_that_a_kernel_cannot_see(reader, old, new, sentence):
    reader(old, new)
    with pytest.raises(ValueError) as caught:
        sweep("mine", LAM, steps=3, lr=0.1, beta=0.5)
    assert str(caught.value) == sentence


def test_a_step_inside_another_function(monkeypatch):
    factor = 2.0

    def nested(x, g, state, t, hyper):
        return x - factor * hyper.lr * g, state

    monkeypatch.setitem(METHODS, "nested", replace(METHODS["gradient_descent"], name="nested", step=nested))
    with pytest.raises(ValueError) as caught:
        sweep("nested", LAM, steps=3)
    assert str(caught.value) == (
        "nested uses 'factor' of an enclosing function, which a compiled sweep cannot see; "
        "define both at the top level of a module or notebook"
    )


def test_a_step_without_source(monkeypatch):
    namespace = {}
    exec("def ghost(x, g, state, t, hyper):\n    return x, state", namespace)
    row = replace(METHODS["gradient_descent"], name="ghost", step=namespace["ghost"])
    monkeypatch.setitem(METHODS, "ghost", row)
    with pytest.raises(ValueError, match="^ghost has no readable source, so it cannot be compiled: "):
        sweep("ghost", LAM, steps=3)


def test_a_file_edited_behind_the_back_of_a_running_process(reader):
    """The kernel would be the new step and the Python loop the old one."""
    module = reader()
    with open(module.__file__, "w") as file:
        file.write(MODULE.replace("- FACTOR *", "+ FACTOR *"))
    with pytest.raises(ValueError) as caught:
        sweep("mine", LAM, steps=3, lr=0.1, beta=0.5)
    assert str(caught.value) == (
        "the source of mine was edited after it was loaded; reload it, so that the sweep and the Python step "
        "are the same function"
    )


def test_every_step_of_the_book_gives_a_text_of_its_own():
    texts = {_kernels.source(row, key) for row in METHODS.values() for key in row.parameters}
    assert len(texts) == sum(len(row.parameters) for row in METHODS.values())
    assert steps.heavy_ball.__doc__.splitlines()[0] in _kernels.source(METHODS["heavy_ball"], "lr")


# ---- bad input -----------------------------------------------------------------------------------

def is_axis(case):
    return any(isinstance(value, (list, np.ndarray)) for value in case.values.values())


@pytest.mark.parametrize("case", [c for c in CASES if not is_axis(c)], ids=lambda case: case.label)
def test_bad_hyper_parameters_get_their_sentence(case):
    with pytest.raises(case.error) as caught:
        sweep(case.method, [1.0, 2.0], steps=1, **case.values)
    assert str(caught.value) == case.sentence


@pytest.mark.parametrize("case", [c for c in CASES if c.kind in ("value", "type") and not is_axis(c)],
                         ids=lambda case: case.label)
def test_one_bad_entry_of_an_axis_gets_the_same_sentence(case):
    (key, bad), = case.values.items()
    good = METHODS[case.method].parameters[key].default
    with pytest.raises(case.error) as caught:
        sweep(case.method, [1.0], steps=1, **{key: np.array([good, bad, good], dtype=object)})
    assert str(caught.value) == case.sentence
    if case.kind == "value":
        with pytest.raises(case.error) as caught:
            sweep(case.method, [1.0], steps=1, **{key: np.array([good, bad, good])})
        assert str(caught.value) == case.sentence


@pytest.mark.parametrize("changes, error, sentence", [
    ({"lr": [[0.1]]}, ValueError,
     "lr has shape (1, 1); a swept hyper-parameter needs shape (n,) with n >= 1"),
    ({"lr": []}, ValueError, "lr has shape (0,); a swept hyper-parameter needs shape (n,) with n >= 1"),
    ({"lr": np.array(0.1)}, ValueError,
     "lr has shape (); a swept hyper-parameter needs shape (n,) with n >= 1"),
    ({"lr": [0.1], "beta1": [0.5], "eps": [0.1]}, ValueError,
     "lr, beta1, eps are 3 arrays; a sweep has at most 2 grid axes"),
    ({"steps": 0}, ValueError, "steps=0 is below 1; it needs an integer >= 1"),
    ({"steps": 2.0}, TypeError, "steps=2.0 is a float, not an integer; it needs an integer >= 1"),
    ({"x0": [1.0]}, ValueError, "x0 has shape (1,); it needs shape (2,)"),
    ({"x0": [0.0, 0.0]}, ValueError,
     "‖x0‖=0 is outside [1e-150, 1e+150]; a sweep needs a start away from the minimiser"),
    ({"tol": 0}, ValueError, "tol=0.0 is outside (0, 1) for sweep (fraction of ‖x0‖)"),
    ({"tol": 1.5}, ValueError, "tol=1.5 is outside (0, 1) for sweep (fraction of ‖x0‖)"),
    ({"tol": "tiny"}, TypeError,
     "tol='tiny' is a str, not a real number; sweep needs tol in (0, 1) (fraction of ‖x0‖)"),
    ({"tol": 1e-200}, ValueError, "tol·‖x0‖=1.41421e-200 is outside [1e-150, 1e+150]; scale x0 or tol"),
    ({"bound": 1}, ValueError, "bound=1.0 is outside (1, ∞) for sweep (fraction of ‖x0‖)"),
    ({"bound": 1e200}, ValueError, "bound·‖x0‖=1.41421e+200 is outside [1e-150, 1e+150]; scale x0 or bound"),
])
def test_other_bad_input(changes, error, sentence):
    values = {"method": "adam", "eigenvalues": [1.0, 2.0], "steps": 1, **changes}
    with pytest.raises(error) as caught:
        sweep(**values)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("eigenvalues", [[], [[1.0]], [1.0, -1.0], [0.0], [float("nan")], ["1"], None])
def test_bad_eigenvalues_get_the_sentence_of_the_quadratic(eigenvalues):
    with pytest.raises((ValueError, TypeError)) as wanted:
        quadratic(eigenvalues)
    with pytest.raises(type(wanted.value)) as caught:
        sweep("adam", eigenvalues, steps=1)
    assert str(caught.value) == str(wanted.value)


def test_unchecked_admits_values_outside_the_set():
    found = sweep("heavy_ball", [1.0], steps=500, lr=0.1, beta=[0.5, 1.5], unchecked=True)
    assert found.diverged_at[0] == -1 and found.diverged_at[1] > 0
