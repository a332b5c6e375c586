"""Compiled sweep kernels, one per method, each from one self-contained text.

Numba's disk cache looks at the file of the compiled function only: a kernel that calls a step from
another file keeps running the old step after an edit. So nothing is imported into a kernel. `source`
writes one module text that holds the step itself, `compiled` stores it in a file named by the hash of
the text and compiles that. An edited step is another text, another file, another kernel.

The kernel walks blocks of cells that differ in one hyper-parameter, the inner one. The loop over the cells
of a block is innermost, so that the compiler turns it into vector instructions; a coordinate does a few
steps while it is in registers, and a block stays in the first-level cache for all its steps. No fast-math
flag is set: every cell gets the bits that the Python step gives for plain floats.
"""
import ast
import builtins
import dis
import hashlib
import inspect
import math
import os
import platform
import sys
import tempfile
import types
from functools import lru_cache
from pathlib import Path

import numba

from . import elementwise

BLOCK = 128  # cells of a block at most: its numbers fit into the first-level cache
BUNDLE = 4  # steps between two looks at the distances; a coordinate stays in registers that long

_HELPERS = """\
def _sqrt(x):
    return math.sqrt(x)  # NaN for a negative number, as in NumPy


def _quotient(a, b):
    return a / b if b != 0 else 0.0


def _maximum(a, b):
    return a if a >= b or a != a else b  # NaN stays NaN


_sqrt = njit(error_model="numpy", forceinline=True)(_sqrt)
_quotient = njit(error_model="numpy", forceinline=True)(_quotient)
_maximum = njit(error_model="numpy", forceinline=True)(_maximum)
"""

_KERNEL = """\
@njit(error_model="numpy", forceinline=True)
def advance(cells, count, t, curvature, fresh, {hypers}, free, x, {states}distance2):
    # `count` steps of one coordinate of a block; adds its squares to the squared distances of each step
    for c in range(cells):
        hyper = _Hyper({hyper_args})
        point, state = x[c], _State({state_load})
        for j in range(count):
            point, state = _step(point, curvature * point, state, t + j, hyper)
            position = _position(point, state, hyper)
            square = position * position
            distance2[j, c] = square if fresh else distance2[j, c] + square
        x[c] = point
        {state_store}


@njit(error_model="numpy", forceinline=True)
def judge(cells, count, t, distance2, near2, far2, near_at, far_at):
    # first step at which each cell was near, and far; returns how many cells have not been far
    running = 0
    for c in range(cells):
        near, far = np.inf, np.inf
        for i in range(count):
            j = count - 1 - i  # backwards: the earliest step is written last
            near = t + j if distance2[j, c] <= near2 else near
            far = far if distance2[j, c] <= far2 else t + j  # NaN is far
        near_at[c] = near if near < near_at[c] else near_at[c]
        far_at[c] = far if far < far_at[c] else far_at[c]
        running += far_at[c] == np.inf
    return running


@njit(parallel=True, error_model="numpy", cache=CACHE)
def kernel(rows, inner, lam, x0, steps, near2, far2, first, last, reached, diverged, final):
    chunks = (inner.size + {block} - 1) // {block}
    for b in prange(first, last):
        row, low = b // chunks, b % chunks * {block}
        cells = min({block}, inner.size - low)
        {hyper_rows}
        x = np.empty((lam.size, {block}))
        {state_zeros}
        distance2 = np.empty(({bundle}, {block}))
        near_at = np.full({block}, np.inf)
        far_at = np.full({block}, np.inf)
        free = inner[low : low + cells]
        for d in range(lam.size):
            x[d, :] = x0[d]
        k, running = 0, 1
        while running > 0 and k + {bundle} <= steps:
            t = k + 1.0
            for d in range(lam.size):
                if d == 0:  # apart, so that `fresh` is a constant
                    advance(cells, {bundle}, t, lam[d], True, {hypers}, free, x[d], {state_rows}distance2)
                else:
                    advance(cells, {bundle}, t, lam[d], False, {hypers}, free, x[d], {state_rows}distance2)
            running = judge(cells, {bundle}, t, distance2, near2, far2, near_at, far_at)
            k += {bundle}
        while running > 0 and k < steps:
            t = k + 1.0
            for d in range(lam.size):
                advance(cells, 1, t, lam[d], d == 0, {hypers}, free, x[d], {state_rows}distance2)
            running = judge(cells, 1, t, distance2, near2, far2, near_at, far_at)
            k += 1
        for c in range(cells):
            if far_at[c] < np.inf:
                diverged[row, low + c] = int(far_at[c])
                continue
            if near_at[c] < np.inf:
                reached[row, low + c] = int(near_at[c])
            hyper = _Hyper({hyper_args})
            largest = 0.0
            for d in range(lam.size):  # from here on x holds positions
                x[d, c] = _position(x[d, c], _State({state_cells}), hyper)
                largest = max(largest, abs(x[d, c]))
            total = 0.0
            for d in range(lam.size):
                total += (x[d, c] / largest) ** 2 if largest > 0.0 else 0.0
            final[row, low + c] = largest * math.sqrt(total)  # scaled: no square underflows
"""


@lru_cache(maxsize=64)
def _node(function):
    """The `def` or `lambda` that made a function, as a syntax tree."""
    try:
        lines, _ = inspect.findsource(function)
        tree = ast.parse("".join(lines))
    except (OSError, TypeError, SyntaxError) as error:
        name = function.__name__
        raise ValueError(f"{name} has no readable source, so it cannot be compiled: {error}") from None
    line = function.__code__.co_firstlineno
    found = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.Lambda)) and n.lineno == line]
    if len(found) != 1:
        raise ValueError(
            f"{function.__name__} cannot be compiled: the source at line {line} is not one plain function; "
            "write it as a def of its own, without decorators, and reload the module if its file was edited"
        )
    return found[0]


def _names(function, State):
    """Global names that a step or position uses -> their text in the kernel."""
    if function.__code__.co_freevars:
        hidden = function.__code__.co_freevars[0]
        raise ValueError(
            f"{function.__name__} uses {hidden!r} of an enclosing function, which a compiled sweep cannot "
            "see; define both at the top level of a module or notebook"
        )
    names = {}
    for name in sorted({i.argval for i in dis.get_instructions(function) if i.opname == "LOAD_GLOBAL"}):
        value = function.__globals__.get(name, getattr(builtins, name, None))
        if any(value is helper for helper in (elementwise.sqrt, elementwise.quotient, elementwise.maximum)):
            names[name] = f"_{value.__name__}"
        elif value is State:
            names[name] = "_State"
        elif type(value) in (int, float) and math.isfinite(value):
            names[name] = repr(value)
        elif value is builtins.abs:
            names[name] = "abs"
        else:
            raise ValueError(
                f"{function.__name__} uses the name {name!r}, which a compiled sweep cannot see; a step may "
                f"use its arguments, {State.__name__}, finite numbers, abs, and sqrt, quotient and maximum of "
                "firstorder.elementwise"
            )
    return names


def source(method, inner):
    """The module text of a method's kernel.

    method  a row of `METHODS`
    inner   the hyper-parameter in which the cells of a block differ

    Raises ValueError with one sentence if the step's source cannot be read or uses a foreign name.
    """
    hypers = [f"h{i}" for i in range(len(method.Hyper._fields))]
    states = [f"s{i}" for i in range(len(method.State._fields))]
    free = method.Hyper._fields.index(inner)
    kernel = _KERNEL.format(
        block=BLOCK,
        bundle=BUNDLE,
        hypers=", ".join(hypers),
        hyper_rows="; ".join(f"{h} = rows[row, {i}]" for i, h in enumerate(hypers)),
        hyper_args=", ".join("free[c]" if i == free else h for i, h in enumerate(hypers)),
        states="".join(f"{s}, " for s in states),
        state_zeros="; ".join(f"{s} = np.zeros((lam.size, {BLOCK}))" for s in states),
        state_rows="".join(f"{s}[d], " for s in states),
        state_load=", ".join(f"{s}[c]" for s in states),
        state_store="; ".join(f"{s}[c] = state[{i}]" for i, s in enumerate(states)),
        state_cells=", ".join(f"{s}[d, c]" for s in states),
    )
    parts = [
        f"# Sweep kernel of {method.name}. Numba {numba.__version__}, Python {platform.python_version()}.",
        "import math\nfrom collections import namedtuple\n",
        "import numpy as np\nfrom numba import njit, prange\n",
        f'_State = namedtuple("_State", {method.State._fields!r})',
        f'_Hyper = namedtuple("_Hyper", {method.Hyper._fields!r})\n\n',
        _HELPERS,
    ]
    for role, function in (("_step", method.step), ("_position", method.position)):
        node = _node(function)
        name = role + "_source" if isinstance(node, ast.Lambda) else node.name
        text = f"{name} = {ast.unparse(node)}" if isinstance(node, ast.Lambda) else ast.unparse(node)
        wrap = f'njit(error_model="numpy", forceinline=True)({name})'
        names = _names(function, method.State)
        parts += [*(f"{key} = {meaning}" for key, meaning in names.items()), "", text, f"{role} = {wrap}\n"]
    return "\n".join([*parts, "", kernel])


def cache_folder():
    """Where kernels are kept: FIRSTORDER_CACHE_DIR, else NUMBA_CACHE_DIR, else the user's cache folder."""
    for variable in ("FIRSTORDER_CACHE_DIR", "NUMBA_CACHE_DIR"):
        if os.environ.get(variable):
            return Path(os.environ[variable])
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "firstorder"


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _stored(text):
    """Path of a file with exactly this text, or None if the cache folder cannot be written."""
    path = cache_folder() / f"kernel_{_digest(text)}.py"
    try:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)  # atomic: another process sees the old file or the new one, never half
    except OSError:
        return None  # compiled all the same, only not kept for the next process
    return path


def _same_code(a, b):
    return all(getattr(a, n) == getattr(b, n) for n in ("co_code", "co_consts", "co_names", "co_varnames"))


@lru_cache(maxsize=None)
def _module(text):
    path = _stored(text)
    module = types.ModuleType(f"firstorder_kernel_{_digest(text)}")
    sys.modules[module.__name__] = module  # Numba looks a cached kernel's module up by its name
    module.CACHE = path is not None and os.access(path.parent, os.W_OK)
    # the text itself is executed, not what the file may hold by now
    exec(compile(text, str(path or "<firstorder kernel>"), "exec"), vars(module))
    return module


def compiled(method, inner):
    """The kernel of a method, compiled at its first call or loaded from the disk cache.

    Raises ValueError with one sentence if the step cannot be compiled.
    """
    names = vars(_module(source(method, inner)))
    for role, function in (("_step", method.step), ("_position", method.position)):
        python = getattr(names[role], "py_func", names[role])  # the function itself under NUMBA_DISABLE_JIT
        if not _same_code(python.__code__, function.__code__):
            raise ValueError(
                f"the source of {function.__name__} was edited after it was loaded; reload it, so that the "
                "sweep and the Python step are the same function"
            )
        for name, meaning in _names(function, method.State).items():
            if names[name] != eval(meaning, names):
                raise ValueError(
                    f"{function.__name__} uses the name {name!r}, which the kernel needs itself; rename it"
                )
    return names["kernel"]
