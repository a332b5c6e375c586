"""The sweep of one coordinate as NumPy, torch and JAX would do it: every operation runs over all cells.

Each function takes (method, axes, steps, tol, bound) and returns a call without arguments that gives
(iterations, diverged_at, final).  All run the step function of the package itself and keep the same books as the
compiled sweep: first step near, first step far.  λ = 1, x₀ = 1, float64.
"""
import types

import numpy as np

from firstorder import METHODS, hyper, position, start


def cells(method, axes):
    """The Hyper of a method with one array entry per cell."""
    return hyper(method)._replace(**dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"))))


def in_numpy(method, axes, steps, tol, bound):
    h = cells(method, axes)
    row = METHODS[method]

    def run():
        x = np.ones(h.lr.shape)
        state = start(method, x)
        reached, diverged = np.full(x.shape, -1), np.full(x.shape, -1)
        with np.errstate(all="ignore"):
            for k in range(1, steps + 1):
                x, state = row.step(x, x, state, float(k), h)
                distance = np.abs(position(method, x, state, h))
                reached[(distance <= tol) & (reached < 0)] = k
                diverged[~(distance <= bound) & (diverged < 0)] = k
        return reached, diverged, distance
    return run


def in_torch(method, axes, steps, tol, bound):
    import torch

    row = METHODS[method]
    h = row.Hyper(*(torch.tensor(v) if np.ndim(v) else v for v in cells(method, axes)))

    @torch.no_grad()
    def run():
        x = torch.ones(h.lr.shape, dtype=torch.float64)
        state = start(method, x)
        reached, diverged = (torch.full(x.shape, -1, dtype=torch.int64) for _ in range(2))
        for k in range(1, steps + 1):
            x, state = row.step(x, x, state, float(k), h)
            distance = position(method, x, state, h).abs()
            reached.masked_fill_((distance <= tol) & (reached < 0), k)
            diverged.masked_fill_(~(distance <= bound) & (diverged < 0), k)
        return reached.numpy(), diverged.numpy(), distance.numpy()
    return run


def _in_jax(function):
    """A step or position whose three helpers are those of JAX."""
    import jax.numpy as jnp

    helpers = {
        "sqrt": jnp.sqrt, "maximum": jnp.maximum,
        "quotient": lambda a, b: jnp.where(b != 0, a / jnp.where(b != 0, b, 1), 0),
    }
    return types.FunctionType(function.__code__, {**function.__globals__, **helpers})


def in_jax(method, axes, steps, tol, bound):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    row = METHODS[method]
    step, where = _in_jax(row.step), _in_jax(row.position)
    h = row.Hyper(*map(jnp.asarray, cells(method, axes)))

    @jax.jit
    def loop(h):
        def body(k, carry):
            x, state, reached, diverged = carry
            x, state = step(x, x, state, jnp.float64(k), h)
            distance = jnp.abs(where(x, state, h))
            reached = jnp.where((distance <= tol) & (reached < 0), k, reached)
            diverged = jnp.where(~(distance <= bound) & (diverged < 0), k, diverged)
            return x, state, reached, diverged

        x = jnp.ones(h.lr.shape)
        never = jnp.full(x.shape, -1)
        x, state, reached, diverged = jax.lax.fori_loop(
            1, steps + 1, body, (x, row.State(*(0 * x for _ in row.State._fields)), never, never))
        return reached, diverged, jnp.abs(where(x, state, h))

    return lambda: tuple(map(np.asarray, jax.block_until_ready(loop(h))))


RIVALS = {"numpy": in_numpy, "torch": in_torch, "jax": in_jax}
