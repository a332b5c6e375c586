"""Compiled kernels, one per method and kind of sweep, each from one self-contained text.

Numba's disk cache looks at the file of the compiled function only: a kernel that calls a step from
another file keeps running the old step after an edit. So nothing is imported into a kernel. `source`
writes one module text that holds the step itself, `compiled` stores it in a file named by the hash of
the text and compiles that. An edited step is another text, another file, another kernel.

A kernel walks blocks of cells that differ in one hyper-parameter, the inner one. The loop over the cells
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
BUNDLE = 2  # steps for which a coordinate stays in registers
WINDOW = 8  # steps between two looks at the distances, a multiple of BUNDLE
NOISY_WINDOW = 64  # the same in a noisy sweep

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

_JUDGES = """\
@njit(error_model="numpy", forceinline=True)
def glance(cells, distance2, watch_near, far2):
    # number of cells that may have come near for the first time, or gone far: 0 is certain
    events = 0
    for c in range(cells):
        least, total = distance2[0, c], distance2[0, c]
        for j in range(1, {window}):
            square = distance2[j, c]
            least = least if least < square else square
            total += square  # no less than any of them, and NaN if one is
        events += (least <= watch_near[c]) | (not total <= far2)
    return events


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


"""

_KERNEL = _JUDGES + """\
@njit(error_model="numpy", forceinline=True)
def advance(cells, count, t, curvature, fresh, {hypers}, free, x, {states}distance2, i):
    # `count` steps of one coordinate of a block; adds its squares to the squared distances in rows i, i + 1, …
    for c in range(cells):
        hyper = _Hyper({hyper_args})
        point, state = x[c], _State({state_load})
        for j in range(count):
            point, state = _step(point, curvature * point, state, t + j, hyper)
            position = _position(point, state, hyper)
            square = position * position
            distance2[i + j, c] = square if fresh else distance2[i + j, c] + square
        x[c] = point
        {state_store}


@njit(parallel=True, error_model="numpy", cache=CACHE)
def kernel(rows, inner, lam, x0, steps, near2, far2, first, last, reached, diverged, final):
    chunks = (inner.size + {block} - 1) // {block}
    for b in prange(first, last):
        row, low = b // chunks, b % chunks * {block}
        cells = min({block}, inner.size - low)
        {hyper_rows}
        x = np.empty((lam.size, {block}))
        {state_zeros}
        distance2 = np.empty(({window}, {block}))
        near_at, far_at = np.full({block}, np.inf), np.full({block}, np.inf)
        watch_near = np.full({block}, near2)
        free = inner[low : low + cells]
        for d in range(lam.size):
            x[d, :] = x0[d]
        k, running = 0, 1
        while running > 0 and k + {window} <= steps:
            for d in range(lam.size):
                for i in range(0, {window}, {bundle}):
                    t = k + i + 1.0
                    if d == 0:  # apart, so that `fresh` is a constant
                        advance(cells, {bundle}, t, lam[d], True, {hypers}, free, x[d], {state_rows}distance2, i)
                    else:
                        advance(cells, {bundle}, t, lam[d], False, {hypers}, free, x[d], {state_rows}distance2, i)
            if glance(cells, distance2, watch_near, far2) > 0:
                running = judge(cells, {window}, k + 1.0, distance2, near2, far2, near_at, far_at)
                for c in range(cells):
                    if near_at[c] < np.inf:
                        watch_near[c] = -1.0
                    if far_at[c] < np.inf:  # it rests at 0 from here on, where there is no inf and no NaN
                        for d in range(lam.size):
                            x[d, c] = 0.0
                            {state_reset}
            k += {window}
        while running > 0 and k < steps:
            for d in range(lam.size):
                advance(cells, 1, k + 1.0, lam[d], d == 0, {hypers}, free, x[d], {state_rows}distance2, 0)
            running = judge(cells, 1, k + 1.0, distance2, near2, far2, near_at, far_at)
            k += 1
        for c in range(cells):
            diverged[row, low + c] = int(far_at[c]) if far_at[c] < np.inf else -1
            reached[row, low + c] = int(near_at[c]) if near_at[c] < np.inf and far_at[c] == np.inf else -1
            final[row, low + c] = np.inf
            if far_at[c] < np.inf:
                continue
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

_CORRELATE = """\
@njit(error_model="numpy", cache=CACHE)
def correlate(noise, before, fresh_start, rho, fresh):
    # white noise -> AR(1) in place, one row per replica; `before` is the last value of the chunk before
    for r in range(noise.shape[0]):
        if fresh_start:
            before[r] = noise[r, 0]
        for k in range(int(fresh_start), noise.shape[1]):
            before[r] = rho * before[r] + fresh * noise[r, k]
            noise[r, k] = before[r]


"""

_EACH_REPLICA = """\
    chunks = (inner.size + {block} - 1) // {block}
    blocks = rows.shape[0] * chunks
    for b in prange(noise.shape[0] * blocks):
        replica, row, low = b // blocks, b % blocks // chunks, b % chunks * {block}
        cells = min({block}, inner.size - low)
        {hyper_rows}
"""

_NOISY = _CORRELATE + """\
@njit(error_model="numpy", forceinline=True)
def drift(cells, count, t, curvature, noise, i, watch, far2, {hypers}, free, x, {states}last, square, product, far_at):
    # `count` steps of a block; adds up the squares of the positions and the products with their forerunners
    for c in range(cells):
        hyper = _Hyper({hyper_args})
        point, state = x[c], _State({state_load})
        before, squares, products, far = last[c], square[c], product[c], far_at[c]
        for j in range(count):
            point, state = _step(point, curvature * point + noise[i + j], state, t + j, hyper)
            position = _position(point, state, hyper)
            here2 = position * position
            squares += here2
            products += before * position
            before = position
            if watch:  # a constant where this is inlined
                now = np.inf if here2 <= far2 else t + j  # NaN is far
                far = now if now < far else far
        x[c] = point
        {state_store}
        last[c], square[c], product[c] = before, squares, products
        if watch:
            far_at[c] = far


@njit(parallel=True, error_model="numpy", cache=CACHE)
def kernel(rows, inner, curvature, noise, k, far2, memory):
    # steps k + 1, ..., k + noise.shape[1] of every replica and cell; `memory` is what they left behind:
    # stored point, state, last position, sum of squares, sum of products, first far step
""" + _EACH_REPLICA + """\
        free, x = np.empty({block}), np.empty({block})
        {state_empty}
        last, square, product = np.empty({block}), np.empty({block}), np.empty({block})
        far_at = np.empty({block})
        saved = np.empty(({numbers}, {block}))
        shared = memory[:, replica, row, low : low + cells]
        xi = noise[replica]
        alive = -1
        for c in range(cells):
            free[c], x[c] = inner[low + c], shared[0, c]
            {state_read}
            last[c], square[c], product[c], far_at[c] = shared[-4, c], shared[-3, c], shared[-2, c], shared[-1, c]
            alive = c if far_at[c] == np.inf else alive
            if k == 0:
                hyper = _Hyper({hyper_args})
                last[c] = _position(x[c], _State({state_load}), hyper)
        i, steps = 0, xi.size
        while alive >= 0 and i < steps:
            start, stop = i, min(i + {noisy_window}, steps)
            for c in range(cells):
                if far_at[c] < np.inf:  # it repeats a living cell from here on, where there is no inf and no NaN
                    free[c], x[c], last[c] = free[alive], x[alive], last[alive]
                    square[c], product[c] = square[alive], product[alive]
                    {state_clone}
            for c in range(cells):
                saved[0, c], saved[1, c], saved[2, c], saved[3, c] = x[c], last[c], square[c], product[c]
                {state_save}
            while i + {bundle} <= stop:
                drift(cells, {bundle}, k + i + 1.0, curvature, xi, i, False, far2, {hypers}, free, x, {states}last,
                      square, product, far_at)
                i += {bundle}
            while i < stop:
                drift(cells, 1, k + i + 1.0, curvature, xi, i, False, far2, {hypers}, free, x, {states}last,
                      square, product, far_at)
                i += 1
            doubtful = 0
            for c in range(cells):  # what was added is no less than any square, up to rounding
                doubtful += not ((square[c] - saved[2, c] <= 0.5 * far2) & (square[c] <= 1e12 * far2))
            if doubtful > 0:
                for c in range(cells):
                    x[c], last[c], square[c], product[c] = saved[0, c], saved[1, c], saved[2, c], saved[3, c]
                    {state_back}
                for i in range(start, stop):
                    drift(cells, 1, k + i + 1.0, curvature, xi, i, True, far2, {hypers}, free, x, {states}last,
                          square, product, far_at)
                i = stop
                alive = -1
                for c in range(cells):
                    alive = c if far_at[c] == np.inf else alive
        for c in range(cells):
            shared[0, c] = x[c]
            {state_write}
            shared[-4, c], shared[-3, c], shared[-2, c], shared[-1, c] = last[c], square[c], product[c], far_at[c]
"""

_PASSAGE = _JUDGES + _CORRELATE + """\
@njit(error_model="numpy", forceinline=True)
def roam(cells, count, t, noise, i, center, {hypers}, free, {points}{states}distance2, row):
    # `count` steps of a block, all coordinates together; writes the squared distances from the centre
    for c in range(cells):
        hyper = _Hyper({hyper_args})
        {load}
        for j in range(count):
            {move}
            distance2[row + j, c] = {square}
        {store}


@njit(parallel=True, error_model="numpy", cache=CACHE)
def kernel(rows, inner, noise, k, center, near2, far2, memory):
    # steps k + 1, ..., k + noise.shape[2] of every replica and cell; `memory` is what they left behind:
    # stored point, state, squared distance, first near step, first far step
""" + _EACH_REPLICA + """\
        free = np.empty({block})
        {empty}
        near_at, far_at = np.empty({block}), np.empty({block})
        watch_near = np.empty({block})
        distance2 = np.empty(({window}, {block}))
        shared = memory[:, replica, row, low : low + cells]
        xi = noise[replica]
        alive = -1
        for c in range(cells):
            free[c] = inner[low + c]
            {read}
            near_at[c], far_at[c] = shared[-2, c], shared[-1, c]
            watch_near[c] = near2 if near_at[c] == np.inf else -1.0
            alive = c if far_at[c] == np.inf else alive
        i, steps = 0, xi.shape[1]
        while alive >= 0 and i < steps:
            for c in range(cells):
                if far_at[c] < np.inf:  # it repeats a living cell from here on, where there is no inf and no NaN
                    free[c] = free[alive]
                    {clone}
            count, t = min({window}, steps - i), k + i + 1.0
            if count == {window}:
                for j in range(0, {window}, {bundle}):
                    roam(cells, {bundle}, t + j, xi, i + j, center, {hypers}, free, {points}{states}distance2, j)
                doubtful = glance(cells, distance2, watch_near, far2) > 0
            else:
                for j in range(count):
                    roam(cells, 1, t + j, xi, i + j, center, {hypers}, free, {points}{states}distance2, j)
                doubtful = True
            if doubtful:
                judge(cells, count, t, distance2, near2, far2, near_at, far_at)
                alive = -1
                for c in range(cells):
                    watch_near[c] = watch_near[c] if near_at[c] == np.inf else -1.0
                    alive = c if far_at[c] == np.inf else alive
            i += count
            for c in range(cells):
                shared[-3, c] = distance2[count - 1, c]
        for c in range(cells):
            {write}
            shared[-2, c], shared[-1, c] = near_at[c], far_at[c]
"""

_ENTRIES = """\
@njit(error_model="numpy")
def run(x, g, {states}t, {hypers}):
    hyper = _Hyper({hypers})
    for c in range(x.size):
        point, state = _step(float(x[c]), float(g[c]), _State({state_wide}), t, hyper)
        x[c] = point
        {state_store}


@njit(error_model="numpy", nogil=True, cache=CACHE)
def kernel(x, g, {states}t, {hypers}):
    # one step of every entry, in place; entries of another precision are computed in double precision and rounded
    run(x, g, {states}t, {hypers})  # apart, so that its loop becomes vector instructions
"""

_TEMPLATES = {"sweep": _KERNEL, "noisy": _NOISY, "passage": _PASSAGE, "entries": _ENTRIES}


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


@lru_cache(maxsize=64)
def _text(function):
    """(name, text) of a function in a kernel; a lambda has no name of its own."""
    node = _node(function)
    return (None if isinstance(node, ast.Lambda) else node.name), ast.unparse(node)


@lru_cache(maxsize=64)
def _globals_of(code):
    return sorted({i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"})


def _names(function, State, what):
    """Global names that a step, position or gradient uses -> their text in the kernel."""
    if function.__code__.co_freevars:
        hidden = function.__code__.co_freevars[0]
        raise ValueError(
            f"{function.__name__} uses {hidden!r} of an enclosing function, which a compiled sweep cannot "
            "see; define both at the top level of a module or notebook"
        )
    names = {}
    for name in _globals_of(function.__code__):
        value = function.__globals__.get(name, getattr(builtins, name, None))
        if any(value is helper for helper in (elementwise.sqrt, elementwise.quotient, elementwise.maximum)):
            names[name] = f"_{value.__name__}"
        elif State is not None and value is State:
            names[name] = "_State"
        elif type(value) in (int, float) and math.isfinite(value):
            names[name] = repr(value)
        elif value is builtins.abs:
            names[name] = "abs"
        else:
            own = f"{State.__name__}, " if State is not None else ""
            raise ValueError(
                f"{function.__name__} uses the name {name!r}, which a compiled sweep cannot see; a {what} may "
                f"use its arguments, {own}finite numbers, abs, and sqrt, quotient and maximum of "
                "firstorder.elementwise"
            )
    return names


def _functions(method, gradient):
    """(role, function, its State, what it is) of everything that goes into a kernel."""
    parts = [("_step", method.step, method.State, "step"), ("_position", method.position, method.State, "step")]
    return parts if gradient is None else [*parts, ("_gradient", gradient, None, "gradient")]


def _joint(states, dim):
    """The lines of a kernel that moves all coordinates together; coordinate d has p_d, state a_d, arrays x_d."""
    every = range(dim)
    own = [[f"{s}_{d}" for s in states] for d in every]
    arrays = [name for d in every for name in (f"x{d}", *own[d])]
    lines, inner = "\n        ".join, "\n            ".join
    gradients = ", ".join(f"g{d}" for d in every)
    return {
        "points": "".join(f"x{d}, " for d in every),
        "states": "".join(f"{name}, " for d in every for name in own[d]),
        "load": lines(
            f"p{d}, a{d} = x{d}[c], _State({', '.join(f'{name}[c]' for name in own[d])})" for d in every
        ),
        "move": inner([
            f"{gradients} = _gradient({', '.join(f'p{d}' for d in every)})",
            *(f"p{d}, a{d} = _step(p{d}, g{d} + noise[{d}, i + j], a{d}, t + j, hyper)" for d in every),
            *(f"away{d} = _position(p{d}, a{d}, hyper) - center[{d}]" for d in every),
        ]),
        "square": " + ".join(f"away{d} * away{d}" for d in every),
        "store": lines(
            "; ".join([f"x{d}[c] = p{d}", *(f"{name}[c] = a{d}[{i}]" for i, name in enumerate(own[d]))])
            for d in every
        ),
        "empty": "; ".join(f"{name} = np.empty({BLOCK})" for name in arrays),
        "read": "; ".join(f"{name}[c] = shared[{i}, c]" for i, name in enumerate(arrays)),
        "write": "; ".join(f"shared[{i}, c] = {name}[c]" for i, name in enumerate(arrays)),
        "clone": "; ".join(f"{name}[c] = {name}[alive]" for name in arrays),
    }


def _alone(states):
    """The lines of a kernel that moves one coordinate at a time."""
    return {
        "states": "".join(f"{s}, " for s in states),
        "state_zeros": "; ".join(f"{s} = np.zeros((lam.size, {BLOCK}))" for s in states),
        "state_rows": "".join(f"{s}[d], " for s in states),
        "state_load": ", ".join(f"{s}[c]" for s in states),
        "state_wide": ", ".join(f"float({s}[c])" for s in states),
        "state_store": "; ".join(f"{s}[c] = state[{i}]" for i, s in enumerate(states)),
        "state_cells": ", ".join(f"{s}[d, c]" for s in states),
        "state_reset": "; ".join(f"{s}[d, c] = 0.0" for s in states),
        "state_empty": "; ".join(f"{s} = np.empty({BLOCK})" for s in states),
        "state_read": "; ".join(f"{s}[c] = shared[{i + 1}, c]" for i, s in enumerate(states)),
        "state_write": "; ".join(f"shared[{i + 1}, c] = {s}[c]" for i, s in enumerate(states)),
        "state_save": "; ".join(f"saved[{i + 4}, c] = {s}[c]" for i, s in enumerate(states)),
        "state_back": "; ".join(f"{s}[c] = saved[{i + 4}, c]" for i, s in enumerate(states)),
        "state_clone": "; ".join(f"{s}[c] = {s}[alive]" for s in states),
    }


def source(method, inner, kind="sweep", gradient=None):
    """The module text of a method's kernel.

    method    a row of `METHODS`
    inner     the hyper-parameter in which the cells of a block differ; None for "entries"
    kind      "sweep", "noisy", "passage" or "entries"
    gradient  for "passage": a plain function of the coordinates

    Raises ValueError with one sentence if the source of a function cannot be read or uses a foreign name.
    """
    hypers = [f"h{i}" for i in range(len(method.Hyper._fields))]
    states = [f"s{i}" for i in range(len(method.State._fields))]
    free = None if inner is None else method.Hyper._fields.index(inner)
    kernel = _TEMPLATES[kind].format(
        block=BLOCK,
        bundle=BUNDLE,
        window=WINDOW,
        noisy_window=NOISY_WINDOW,
        numbers=4 + len(states),
        hypers=", ".join(hypers),
        hyper_rows="; ".join(f"{h} = rows[row, {i}]" for i, h in enumerate(hypers)),
        hyper_args=", ".join("free[c]" if i == free else h for i, h in enumerate(hypers)),
        **(_alone(states) if gradient is None else _joint(states, gradient.__code__.co_argcount)),
    )
    parts = [
        f"# Kernel ({kind}) of {method.name}. Numba {numba.__version__}, Python {platform.python_version()}.",
        "import math\nfrom collections import namedtuple\n",
        "import numpy as np\nfrom numba import njit, prange\n",
        f'_State = namedtuple("_State", {method.State._fields!r})',
        f'_Hyper = namedtuple("_Hyper", {method.Hyper._fields!r})\n\n',
        _HELPERS,
    ]
    for role, function, State, what in _functions(method, gradient):
        name, text = _text(function)
        if name is None:
            name = role + "_source"
            text = f"{name} = {text}"
        wrap = f'njit(error_model="numpy", forceinline=True)({name})'
        names = _names(function, State, what)
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


def compiled(method, inner, kind="sweep", gradient=None):
    """The module of a method's kernel, each function compiled at its first call or loaded from the disk cache.

    Arguments as for `source`; the kernel itself is called `kernel`.  Raises ValueError with one sentence if
    a function cannot be compiled.
    """
    module = _module(source(method, inner, kind, gradient))
    names = vars(module)
    for role, function, State, what in _functions(method, gradient):
        python = getattr(names[role], "py_func", names[role])  # the function itself under NUMBA_DISABLE_JIT
        if not _same_code(python.__code__, function.__code__):
            raise ValueError(
                f"the source of {function.__name__} was edited after it was loaded; reload it, so that the "
                f"sweep and the Python {what} are the same function"
            )
        for name, meaning in _names(function, State, what).items():
            if names[name] != eval(meaning, names):
                raise ValueError(
                    f"{function.__name__} uses the name {name!r}, which the kernel needs itself; rename it"
                )
    return module
