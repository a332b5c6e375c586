"""The table of conventions: every row run against the installed library, and every row with a wrong map that must fail.

A row is three runs over the same 300 noisy, nonlinear float64 steps: the library's, the recursion that the row
names (the book's own step wherever the row claims one), and a wrong map: the mistake the row is there to prevent.
"""
import inspect
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib import metadata

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
import pytest

from firstorder import METHODS, hyper, methods
from firstorder.conventions import (
    DEFAULTS, LIBRARIES, ROWS, SETTINGS, TESTED, TOLERANCE, Call, NotRepresentable, from_keras, from_optax, from_torch, to_keras, to_optax, to_torch)

STEPS, DIM = 300, 6
A, B, B1, B2, EPS, LAM = SETTINGS.values()
TAU, RHO = 0.5, 0.1
_rng = np.random.default_rng(11)
_Q = np.linalg.qr(_rng.standard_normal((DIM, DIM)))[0]
H = _Q @ np.diag(np.geomspace(0.01, 10.0, DIM)) @ _Q.T
X0 = _rng.standard_normal(DIM)
NOISE = 0.3 * _rng.standard_normal((STEPS, DIM))


def gradient(x, t):
    return H @ x + 0.1 * np.sin(x) + NOISE[t - 1]


def down(t):
    """A step size that falls tenfold along a line."""
    return A * (1 - 0.9 * (t - 1) / STEPS)


def up(t):
    """The growing momentum t/(t + 3); with (t − 1)/(t + 2) PyTorch would drop the buffer at t = 1, where it is 0."""
    return t / (t + 3)


def closed_loop(step, x=X0):
    """Points x₀ … x_300 of step (x, g, t) -> x."""
    points = [x]
    for t in range(1, STEPS + 1):
        points.append(step(points[-1], gradient(points[-1], t), t))
    return np.array(points)


# ---- the three libraries ------------------------------------------------------------------------


def torch_run(name, change=lambda group, t: None, before=lambda x: None, read=lambda x, optimizer: x, **kwargs):
    import torch

    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default dtype
    try:
        x = torch.tensor(X0, requires_grad=True)
        optimizer = getattr(torch.optim, name)([x], **kwargs)

        def step(_, g, t):
            change(optimizer.param_groups[0], t)
            x.grad = torch.tensor(g)
            before(x)
            optimizer.step()
            seen.append(read(x.detach(), optimizer).numpy().copy())
            return x.detach().numpy().copy()

        seen = [X0]
        closed_loop(step)
        return np.array(seen)
    finally:
        torch.set_default_dtype(default)


def keras_run(name, rate=None, read=lambda x, optimizer: x.value, **kwargs):
    import jax

    jax.config.update("jax_enable_x64", True)
    import keras

    keras.config.set_floatx("float64")
    x = keras.Variable(X0, dtype="float64")
    optimizer = getattr(keras.optimizers, name)(**kwargs)
    optimizer.build([x])

    def step(_, g, t):
        if rate:
            optimizer.learning_rate = rate(t)
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [x])
        seen.append(np.asarray(read(x, optimizer)).copy())
        return np.asarray(x.value).copy()

    seen = [X0]
    closed_loop(step)
    return np.array(seen)


def optax_run(make, read=lambda x, state: x):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    tx = make(optax) if callable(make) else getattr(optax, make.name)(**make.kwargs)
    state = tx.init(jnp.asarray(X0))
    update = jax.jit(tx.update)

    def step(x, g, t):
        nonlocal state
        move, state = update(jnp.asarray(g), state, jnp.asarray(x))
        seen.append(np.asarray(read(x + np.asarray(move), state)))
        return x + np.asarray(move)

    seen = [X0]
    closed_loop(step)
    return np.array(seen)


def optax_sam():
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    tx = optax.contrib.sam(optax.sgd(A), optax.chain(optax.contrib.normalize(), optax.sgd(RHO)), opaque_mode=True)
    state = tx.init(jnp.asarray(X0))

    def step(x, g, t):
        nonlocal state
        move, state = tx.update(jnp.asarray(g), state, jnp.asarray(x), grad_fn=lambda y, _: jnp.asarray(gradient(np.asarray(y), t)))
        return x + np.asarray(move)

    return closed_loop(step)


# ---- the book, and recursions written out here ----------------------------------------------------


def book(name, h=None, settings=lambda h, t: h, decay=0.0, state0=None, **values):
    """The book's step from rest; settings may change the hyper-parameters at step t, decay adds λx to the gradient."""
    row, h = METHODS[name], h or hyper(name, **values)
    state = state0 or methods.start(name, X0)

    def step(x, g, t):
        nonlocal state
        x, state = row.step(x, g + decay * x, state, float(t), settings(h, t))
        return x

    return closed_loop(step)


def recursion(update, **start):
    """update (x, g, t, memory) -> x, with a memory that starts as given (zeros by name)."""
    memory = {k: np.zeros(DIM) + v for k, v in start.items()}
    return closed_loop(lambda x, g, t: update(x, g, t, memory))


def moments(memory, g):
    memory["m"] = B1 * memory["m"] + (1 - B1) * g
    memory["s"] = B2 * memory["s"] + (1 - B2) * g * g
    return memory["m"], memory["s"]


def nesterov_schedule(second):
    def update(x, g, t, memory):
        memory["b"] = up(t) * memory["b"] + g
        return x - A * (g + second(t) * memory["b"])
    return update


def keras_sgd_decay(x, g, t, memory):
    x = (1 - A * LAM) * x
    memory["v"] = B * memory["v"] - A * g
    return x + memory["v"]


def rms(inside, momentum=0.0, centered=False, rate=lambda t: A, rate_inside=False):
    def update(x, g, t, memory):
        memory["s"] = B2 * memory["s"] + (1 - B2) * g * g
        memory["a"] = B2 * memory["a"] + (1 - B2) * g
        s = memory["s"] - memory["a"] ** 2 if centered else memory["s"]
        u = g / (np.sqrt(s + EPS) if inside else np.sqrt(s) + EPS)
        memory["b"] = momentum * memory["b"] + (rate(t) * u if rate_inside else u)
        return x - (1.0 if rate_inside else rate(t)) * memory["b"]
    return update


def adam_root(x, g, t, memory):
    m, s = moments(memory, g)
    return x - A * m / (1 - B1**t) / np.sqrt(s / (1 - B2**t) + EPS)


def adamw_paper(decay):
    """Algorithm 2 of the paper: x ← x − η_t (α u + λ x), its λ given for step t."""
    def update(x, g, t, memory):
        m, s = moments(memory, g)
        u = m / (1 - B1**t) / (np.sqrt(s / (1 - B2**t)) + EPS)
        return x - down(t) / A * (A * u + decay(t) * x)
    return update


def keras_adam(x, g, t, memory):
    m, s = moments(memory, g)
    return x - A * np.sqrt(1 - B2**t) / (1 - B1**t) * m / (np.sqrt(s) + EPS)


def amsgrad(correct_first, eps=EPS):
    def update(x, g, t, memory):
        m, s = moments(memory, g)
        c = 1 - B2**t
        memory["top"] = np.maximum(memory["top"], s / c if correct_first else s)
        s_hat = memory["top"] if correct_first else memory["top"] / c
        return x - A * m / (1 - B1**t) / (np.sqrt(s_hat) + eps)
    return update


def lars(paper, decay=LAM):
    def update(x, g, t, memory):
        u = g + decay * x
        size = np.linalg.norm(g) + decay * np.linalg.norm(x) if paper else np.linalg.norm(u)
        memory["b"] = B * memory["b"] + A * 0.1 * np.linalg.norm(x) / size * u
        return x - memory["b"]
    return update


def lamb(outside, decay=LAM, eps=1e-6):
    def update(x, g, t, memory):
        m, s = moments(memory, g)
        r = m / (1 - B1**t) / (np.sqrt(s / (1 - B2**t)) + eps)
        if outside:
            x = (1 - A * decay) * x
        else:
            r = r + decay * x
        return x - A * np.linalg.norm(x) / np.linalg.norm(r) * r
    return update


def clipped(slack):
    return lambda x, g, t, memory: x - A * g * min(1.0, 1.0 / (np.linalg.norm(g) + slack))


def torch_clip(x):
    import torch

    torch.nn.utils.clip_grad_norm_([x], 1.0)


KEPT = lambda h, t: h._replace(lr=down(t))  # α_t inside the velocity
SCALED = lambda h, t: h._replace(lr=down(t), beta=B * down(t) / down(max(t - 1, 1)))  # α_t outside
CORRECTED = lambda h, t: h._replace(lr=h.lr / (1 - B**t))


def sam(x, g, t, memory):
    return x - A * gradient(x + RHO * g / np.linalg.norm(g), t)


def lars_optax(decay):
    return optax_run(Call("lars", dict(learning_rate=A, weight_decay=decay, trust_coefficient=0.1, momentum=B)))


def lamb_optax(decay):
    return optax_run(Call("lamb", dict(learning_rate=A, b1=B1, b2=B2, eps=1e-6, weight_decay=decay)))


def lamb_keras(decay):
    return keras_run("Lamb", learning_rate=A, beta_1=B1, beta_2=B2, epsilon=1e-6, weight_decay=decay)


HB, NAG, EMA = hyper("heavy_ball", lr=A, beta=B), hyper("nesterov", lr=A, beta=B), hyper("heavy_ball_ema", lr=A, beta=B)
GD = hyper("gradient_descent", lr=A)
FIRST = gradient(X0, 1)
DAMPED = HB._replace(lr=(1 - TAU) * A)
GRAD, RMS = hyper("adagrad", lr=A, eps=EPS), hyper("rmsprop", lr=A, beta2=B2, eps=EPS)
GRAD_0, RMS_0 = GRAD._replace(eps=0.0), RMS._replace(eps=0.0)
WARM = {"state0": METHODS["adagrad"].State(np.full(DIM, 0.1 + EPS))}
ADAM = hyper("adam", lr=A, beta1=B1, beta2=B2, eps=EPS)
ADAM_0 = ADAM._replace(eps=0.0)
ADAMW = hyper("adamw", lr=A, beta1=B1, beta2=B2, eps=EPS, weight_decay=LAM)
ADAMW_0 = ADAMW._replace(eps=0.0)
AMS = hyper("amsgrad", lr=A, beta1=B1, beta2=B2, eps=EPS)
NADAM = hyper("nadam", lr=A, beta1=B1, beta2=B2, eps=EPS, momentum_decay=0.03)
_torch = lambda name, h, **more: lambda: torch_run(to_torch(name, h).name, **to_torch(name, h).kwargs, **more)
_keras = lambda name, h, **more: lambda: keras_run(to_keras(name, h).name, **to_keras(name, h).kwargs, **more)
_optax = lambda name, h: lambda: optax_run(to_optax(name, h))
_book = lambda name, h, **more: lambda: book(name, h, **more)
_rec = lambda update, **start: lambda: recursion(update, **start)

def schedule(count):
    """`down` as Optax counts: from 0."""
    return A * (1 - 0.9 * count / STEPS)


def sgd(change=lambda group, t: None, **kwargs):
    return lambda: torch_run("SGD", change, **kwargs)


def falls(group, t):
    group.update(lr=down(t))


def rises(group, t):
    group.update(momentum=up(t))


_MEMORY = dict(s=0, a=0, b=0)
RMS_IN, RMS_OUT = _rec(rms(True), **_MEMORY), _rec(rms(False), **_MEMORY)
RMS_MOM = {inside: _rec(rms(True, B, rate=down, rate_inside=inside), **_MEMORY) for inside in (True, False)}
CENTRED_IN, CENTRED_OUT = (_rec(rms(inside, centered=True), **_MEMORY) for inside in (True, False))
DECOUPLED, KERAS_ADAM = _rec(keras_sgd_decay, v=0), _rec(keras_adam, m=0, s=0)
AMS_FIRST, AMS_LAST = (_rec(amsgrad(first), m=0, s=0, top=0) for first in (True, False))
SLOWER = _book("gradient_descent", GD._replace(lr=0.99 * A))
PSI = lambda psi: NADAM._replace(momentum_decay=psi)

# key of the row -> (the library, the recursion of the row, the mistake)
RUNS = {
    "torch-descent": (_torch("gradient_descent", GD), _book("gradient_descent", GD), SLOWER),
    "keras-descent": (_keras("gradient_descent", GD), _book("gradient_descent", GD), SLOWER),
    "optax-descent": (_optax("gradient_descent", GD), _book("gradient_descent", GD), SLOWER),
    "torch-sgd": (_torch("heavy_ball", HB), _book("heavy_ball", HB), _book("heavy_ball_ema", EMA)),
    "keras-sgd": (_keras("heavy_ball", HB), _book("heavy_ball", HB), _book("heavy_ball_ema", EMA)),
    "optax-sgd": (_optax("heavy_ball", HB), _book("heavy_ball", HB), _book("heavy_ball_ema", EMA)),
    "torch-sgd-schedule": (
        sgd(falls, lr=A, momentum=B), _book("heavy_ball", HB, settings=SCALED), _book("heavy_ball", HB, settings=KEPT)),
    "keras-sgd-schedule": (
        _keras("heavy_ball", HB, rate=down), _book("heavy_ball", HB, settings=KEPT), _book("heavy_ball", HB, settings=SCALED)),
    "optax-sgd-schedule": (
        lambda: optax_run(lambda o: o.sgd(schedule, momentum=B)),
        _book("heavy_ball", HB, settings=SCALED), _book("heavy_ball", HB, settings=KEPT)),
    "optax-trace-last": (
        lambda: optax_run(lambda o: o.chain(o.scale_by_learning_rate(schedule), o.trace(B))),
        _book("heavy_ball", HB, settings=KEPT), _book("heavy_ball", HB, settings=SCALED)),
    "torch-dampening": (
        sgd(lr=A, momentum=B, dampening=TAU),
        _book("heavy_ball", DAMPED, state0=METHODS["heavy_ball"].State(-TAU / B * A * FIRST)), _book("heavy_ball", DAMPED)),
    "torch-dampening-ema": (
        sgd(lr=A, momentum=B, dampening=B), _book("heavy_ball_ema", EMA, state0=METHODS["heavy_ball_ema"].State(FIRST)),
        _book("heavy_ball_ema", EMA)),
    "optax-ema": (
        lambda: optax_run(lambda o: o.chain(o.ema(B, debias=False), o.scale(-A))), _book("heavy_ball_ema", EMA), _book("heavy_ball", HB)),
    "optax-ema-debiased": (
        lambda: optax_run(lambda o: o.chain(o.ema(B), o.scale(-A))),
        _book("heavy_ball_ema", EMA, settings=CORRECTED), _book("heavy_ball_ema", EMA)),
    "torch-nesterov": (_torch("nesterov", NAG), _book("nesterov", NAG), _book("heavy_ball", HB)),
    "keras-nesterov": (_keras("nesterov", NAG), _book("nesterov", NAG), _book("heavy_ball", HB)),
    "optax-nesterov": (_optax("nesterov", NAG), _book("nesterov", NAG), _book("heavy_ball", HB)),
    "torch-nesterov-schedule": (
        sgd(rises, lr=A, momentum=0.5, nesterov=True), _rec(nesterov_schedule(up), b=0), _rec(nesterov_schedule(lambda t: up(t + 1)), b=0)),
    "torch-sgd-decay": (sgd(lr=A, momentum=B, weight_decay=LAM), _book("heavy_ball", HB, decay=LAM), DECOUPLED),
    "keras-sgd-decay": (
        lambda: keras_run("SGD", learning_rate=A, momentum=B, weight_decay=LAM), DECOUPLED, _book("heavy_ball", HB, decay=LAM)),
    "keras-sgd-decay-plain": (
        lambda: keras_run("SGD", learning_rate=A, weight_decay=LAM),
        _book("gradient_descent", GD, decay=LAM), _book("gradient_descent", GD)),
    "optax-sgd-decay": (
        lambda: optax_run(lambda o: o.chain(o.add_decayed_weights(LAM), o.sgd(A, momentum=B))), _book("heavy_ball", HB, decay=LAM), DECOUPLED),
    "optax-sgdw": (
        lambda: optax_run(lambda o: o.chain(o.trace(B), o.add_decayed_weights(LAM), o.scale_by_learning_rate(A))),
        DECOUPLED, _book("heavy_ball", HB, decay=LAM)),
    "torch-adagrad": (_torch("adagrad", GRAD), _book("adagrad", GRAD), _book("adagrad", GRAD_0, **WARM)),
    "torch-adagrad-start": (
        lambda: torch_run("Adagrad", lr=A, initial_accumulator_value=0.1 + EPS, eps=0.0),
        _book("adagrad", GRAD_0, **WARM), _book("adagrad", GRAD_0)),
    "keras-adagrad": (
        lambda: keras_run("Adagrad", learning_rate=A, epsilon=EPS), _book("adagrad", GRAD_0, **WARM), _book("adagrad", GRAD)),
    "keras-adagrad-0": (_keras("adagrad", GRAD_0), _book("adagrad", GRAD_0), _book("adagrad", GRAD_0, **WARM)),
    "optax-adagrad": (
        lambda: optax_run(Call("adagrad", dict(learning_rate=A, eps=EPS))), _book("adagrad", GRAD_0, **WARM), _book("adagrad", GRAD)),
    "optax-adagrad-0": (_optax("adagrad", GRAD_0), _book("adagrad", GRAD_0), _book("adagrad", GRAD_0, **WARM)),
    "torch-rmsprop": (_torch("rmsprop", RMS), _book("rmsprop", RMS), RMS_IN),
    "keras-rmsprop": (lambda: keras_run("RMSprop", learning_rate=A, rho=B2, epsilon=EPS), RMS_IN, _book("rmsprop", RMS)),
    "keras-rmsprop-0": (_keras("rmsprop", RMS_0), _book("rmsprop", RMS_0), _book("rmsprop", RMS)),
    "optax-rmsprop": (lambda: optax_run(Call("rmsprop", dict(learning_rate=A, decay=B2, eps=EPS))), RMS_IN, _book("rmsprop", RMS)),
    "optax-rmsprop-outside": (_optax("rmsprop", RMS), _book("rmsprop", RMS), RMS_IN),
    "torch-rmsprop-momentum": (
        lambda: torch_run("RMSprop", falls, lr=A, alpha=B2, eps=EPS, momentum=B),
        _rec(rms(False, B, rate=down), **_MEMORY), _rec(rms(False, B, rate=down, rate_inside=True), **_MEMORY)),
    "keras-rmsprop-momentum": (
        lambda: keras_run("RMSprop", rate=down, learning_rate=A, rho=B2, epsilon=EPS, momentum=B), RMS_MOM[True], RMS_MOM[False]),
    "optax-rmsprop-momentum": (
        lambda: optax_run(lambda o: o.rmsprop(schedule, decay=B2, eps=EPS, momentum=B)), RMS_MOM[True], RMS_MOM[False]),
    "torch-rmsprop-centered": (
        lambda: torch_run("RMSprop", lr=A, alpha=B2, eps=EPS, centered=True), CENTRED_OUT, RMS_OUT),
    "keras-rmsprop-centered": (
        lambda: keras_run("RMSprop", learning_rate=A, rho=B2, epsilon=EPS, centered=True), CENTRED_IN, CENTRED_OUT),
    "optax-rmsprop-centered": (
        lambda: optax_run(Call("rmsprop", dict(learning_rate=A, decay=B2, eps=EPS, centered=True))), CENTRED_IN, CENTRED_OUT),
    "torch-adam": (_torch("adam", ADAM), _book("adam", ADAM), KERAS_ADAM),
    "keras-adam": (
        lambda: keras_run("Adam", learning_rate=A, beta_1=B1, beta_2=B2, epsilon=EPS), KERAS_ADAM, _book("adam", ADAM)),
    "keras-adam-0": (_keras("adam", ADAM_0), _book("adam", ADAM_0), _book("adam", ADAM)),
    "optax-adam": (_optax("adam", ADAM), _book("adam", ADAM), KERAS_ADAM),
    "optax-adam-root": (
        lambda: optax_run(Call("adam", dict(learning_rate=A, b1=B1, b2=B2, eps=0.0, eps_root=EPS))), _rec(adam_root, m=0, s=0), _book("adam", ADAM)),
    "torch-adam-decay": (
        lambda: torch_run("Adam", lr=A, betas=(B1, B2), eps=EPS, weight_decay=LAM), _book("adam", ADAM, decay=LAM), _book("adamw", ADAMW)),
    "keras-adam-decay": (
        lambda: keras_run("Adam", learning_rate=A, beta_1=B1, beta_2=B2, epsilon=0.0, weight_decay=LAM),
        _book("adamw", ADAMW_0), _book("adam", ADAM_0, decay=LAM)),
    "torch-adamw": (_torch("adamw", ADAMW), _book("adamw", ADAMW), _book("adam", ADAM, decay=LAM)),
    "torch-adamw-schedule": (
        _torch("adamw", ADAMW, change=falls), _book("adamw", ADAMW, settings=KEPT), _rec(adamw_paper(lambda t: A**2 / down(t) * LAM), m=0, s=0)),
    "keras-adamw": (_keras("adamw", ADAMW_0), _book("adamw", ADAMW_0), _book("adamw", ADAMW)),
    "optax-adamw": (_optax("adamw", ADAMW), _book("adamw", ADAMW), _book("adam", ADAM, decay=LAM)),
    "torch-amsgrad": (
        lambda: torch_run("Adam", lr=A, betas=(B1, B2), eps=EPS, amsgrad=True), AMS_LAST, _book("amsgrad", AMS)),
    "keras-amsgrad": (
        lambda: keras_run("Adam", learning_rate=A, beta_1=B1, beta_2=B2, epsilon=0.0, amsgrad=True),
        _rec(amsgrad(False, eps=0.0), m=0, s=0, top=0), _rec(amsgrad(True, eps=0.0), m=0, s=0, top=0)),
    "optax-amsgrad": (lambda: optax_run(Call("amsgrad", dict(learning_rate=A, b1=B1, b2=B2, eps=EPS))), AMS_FIRST, AMS_LAST),
    "optax-amsgrad-paper": (_optax("amsgrad", AMS), _book("amsgrad", AMS), AMS_FIRST),
    "torch-nadam": (_torch("nadam", NADAM), _book("nadam", NADAM), _book("nadam", PSI(0.004))),
    "keras-nadam": (_keras("nadam", PSI(1.0)), _book("nadam", PSI(1.0)), _book("nadam", PSI(0.004))),
    "optax-nadam": (_optax("nadam", PSI(1e9)), _book("nadam", PSI(1e9)), _book("nadam", PSI(0.004))),
    "optax-rmsprop-corrected": (
        lambda: optax_run(Call("rmsprop", dict(learning_rate=A, decay=B2, eps=EPS, eps_in_sqrt=False, bias_correction=True))),
        _book("adam", ADAM._replace(beta1=0.0)), _book("rmsprop", RMS)),
    "optax-lars": (lambda: lars_optax(LAM), _rec(lars(paper=False), b=0), _rec(lars(paper=True), b=0)),
    "optax-lamb": (lambda: lamb_optax(LAM), _rec(lamb(outside=False), m=0, s=0), _rec(lamb(outside=True), m=0, s=0)),
    "keras-lamb": (lambda: lamb_keras(LAM), _rec(lamb(outside=True), m=0, s=0), _rec(lamb(outside=False), m=0, s=0)),
    "optax-sam": (optax_sam, _rec(sam), _book("gradient_descent", GD)),
    "torch-clip": (sgd(lr=A, before=torch_clip), _rec(clipped(1e-6)), _rec(clipped(0.0))),
    "optax-clip": (
        lambda: optax_run(lambda o: o.chain(o.clip_by_global_norm(1.0), o.sgd(A))), _rec(clipped(0.0)), _rec(clipped(1e-6))),
}


def difference(a, b):
    return np.abs(a - b).max() / np.abs(a).max()


def test_every_row_has_its_run_and_every_run_its_row():
    assert [row.key for row in ROWS] == list(RUNS)
    assert all(row.key.startswith(row.library) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_row(row):
    """The library takes the row's steps.  The mistake does not, and leads as far as the row says: so this test can fail for this row."""
    library, right, wrong = (run() for run in RUNS[row.key])
    assert np.isfinite(library).all()
    assert difference(library, right) <= TOLERANCE
    assert difference(library, wrong) > 1000 * TOLERANCE
    assert difference(library, wrong) == pytest.approx(row.cost, rel=0.06)  # two digits


@pytest.mark.parametrize("row", [row for row in ROWS if row.relation != "another method"], ids=lambda row: row.key)
def test_a_row_that_claims_a_method_of_the_book_is_run_with_it(row):
    """Its recursion is that method's own step: a spoilt step would turn the row red."""
    run = RUNS[row.key][1]
    assert run.__code__ is _book("adam", ADAM).__code__
    assert inspect.getclosurevars(run).nonlocals["name"] == row.method


def test_a_row_is_found_by_library_optimizer_and_option():
    places = [(row.library, row.optimizer, row.option) for row in ROWS]
    assert len(set(places)) == len(places)
    assert all(row.asks.split("(")[0].split(".")[-1] == row.optimizer.split(".")[-1] for row in ROWS)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_versions_are_those_that_the_page_names(library):
    assert metadata.version(library).split("+")[0] == TESTED[library], f"run the rows against {library} and change TESTED"


def test_formulas_as_text():
    assert not [row.text for row in ROWS if re.search(r"[\\\\{}$^]|_(?!max)", row.text.replace("^(tψ)", ""))]


def test_bad_rows_are_one_sentence():
    with pytest.raises(ValueError, match="^library='pytorch' is not one of torch, keras, optax"):
        replace(ROWS[0], library="pytorch")
    with pytest.raises(ValueError, match="^relation='equal' is not one of same, same, translated"):
        replace(ROWS[0], relation="equal")


# what a row says besides its recursion


@pytest.mark.parametrize("run", [
    lambda: torch_run("SGD", lr=A, momentum=B, nesterov=True, read=lambda x, o: x + A * B * next(iter(o.state.values()))["momentum_buffer"]),
    lambda: keras_run("SGD", learning_rate=A, momentum=B, nesterov=True, read=lambda x, o: x.value - B * o.momentums[0].value),
    lambda: optax_run(lambda o: o.sgd(A, momentum=B, nesterov=True), read=lambda x, state: x + A * B * state[0].trace),
], ids=LIBRARIES)
def test_the_position_of_a_librarys_nesterov(run):
    """x = y + αβ b, or y − β v: the point of the two-sequence form, x⁺ = y − α ∇f(y), y⁺ = x⁺ + β (x⁺ − x)."""
    x, y, positions = X0, X0, [X0]
    for t in range(1, STEPS + 1):
        x, before = y - A * gradient(y, t), x
        y = x + B * (x - before)
        positions.append(x)
    assert difference(np.array(positions), run()) <= TOLERANCE
    assert difference(np.array(positions), book("nesterov", NAG)) > 0.01  # y is another point


def test_adamw_in_the_papers_letters():
    """η_t = α_t/α and the paper's λ is αλ."""
    library = torch_run("AdamW", falls, **to_torch("adamw", ADAMW).kwargs)
    assert difference(library, recursion(adamw_paper(lambda t: A * LAM), m=0, s=0)) <= TOLERANCE


def test_lars_and_lamb_agree_without_decay():
    assert difference(lars_optax(0.0), recursion(lars(paper=True, decay=0.0), b=0)) <= TOLERANCE
    assert difference(lamb_optax(0.0), lamb_keras(0.0)) <= TOLERANCE
    assert difference(lamb_optax(0.0), recursion(lamb(outside=True, decay=0.0), m=0, s=0)) <= TOLERANCE


def test_the_paper_of_amsgrad_and_optax_never_let_the_rate_grow():
    """1/√ŝ along the run: PyTorch's, which divides the maximum by 1 − β₂ᵗ, grows; the other two do not."""
    s = top = top_corrected = np.zeros(DIM)
    rates = []
    for t, x in enumerate(optax_run(to_optax("amsgrad", AMS))[:-1], 1):
        s = B2 * s + (1 - B2) * gradient(x, t) ** 2
        top, top_corrected = np.maximum(top, s), np.maximum(top_corrected, s / (1 - B2**t))
        rates.append([top**-0.5, top_corrected**-0.5, (top / (1 - B2**t)) ** -0.5])
    paper, optax, torch = np.diff(np.array(rates), axis=0).transpose(1, 0, 2)
    assert paper.max() <= 0 and optax.max() <= 0 < torch.max()


# ---- the maps -------------------------------------------------------------------------------------

MAPS = {"torch": (to_torch, from_torch), "keras": (to_keras, from_keras), "optax": (to_optax, from_optax)}


@pytest.mark.parametrize("library", MAPS)
@pytest.mark.parametrize("name", METHODS)
def test_there_and_back(library, name):
    """What a map can express comes back as the same iterates' method; what it cannot has a reason."""
    there, back = MAPS[library]
    h = hyper(name, lr=0.03)
    if "eps" in h._fields and library == "keras":
        h = h._replace(eps=0.0)
    if name == "nadam" and library != "torch":
        h = h._replace(momentum_decay=1.0 if library == "keras" else 1e9)
    if name == "adagrad" and library == "optax":
        h = h._replace(eps=0.0)
    try:
        call = there(name, h)
    except NotRepresentable as reason:
        assert (name, library) in {("amsgrad", "torch"), ("amsgrad", "keras")} and str(reason).startswith("amsgrad: ")
        return
    again, found = back(call.name, **call.kwargs)
    if name == "heavy_ball_ema":  # comes back as the heavy ball that it equals
        assert (again, found) == ("heavy_ball", hyper("heavy_ball", lr=(1 - h.beta) * h.lr, beta=h.beta))
    else:
        assert (again, found) == (name, h)


def sayable(library, name):
    """Hyper-parameters that the library can express, or None."""
    h = hyper(name, **{k: v for k, v in dict(lr=A, beta=B, beta1=B1, beta2=B2, eps=EPS, weight_decay=LAM, momentum_decay=0.03).items()
                       if k in METHODS[name].parameters})
    if "eps" in h._fields and name != "nadam" and (library == "keras" or (library, name) == ("optax", "adagrad")):
        h = h._replace(eps=0.0)
    if name == "nadam" and library != "torch":
        h = h._replace(momentum_decay={"keras": 1.0, "optax": 1e9}[library])
    return None if name == "amsgrad" and library != "optax" else h


@pytest.mark.parametrize("library", MAPS)
@pytest.mark.parametrize("name", METHODS)
def test_the_call_of_a_map_takes_the_books_steps(library, name):
    """`to_…` of every method that the library has, run; and the same map with another step size, which must differ."""
    h = sayable(library, name)
    if h is None:
        with pytest.raises(NotRepresentable):
            MAPS[library][0](name, hyper(name))
        return
    call = MAPS[library][0](name, h)
    run = {"torch": lambda: torch_run(call.name, **call.kwargs), "keras": lambda: keras_run(call.name, **call.kwargs),
           "optax": lambda: optax_run(call)}[library]()
    assert difference(run, book(name, h)) <= TOLERANCE
    assert difference(run, book(name, h._replace(lr=0.99 * A))) > 1000 * TOLERANCE


@pytest.mark.parametrize("there, name, values, said", [
    (to_keras, "adam", {}, "^eps=1e-08: Keras adds its epsilon before the bias correction"),
    (to_keras, "rmsprop", {"eps": 0.1}, "^eps=0.1: Keras adds its epsilon inside the root; the two agree for eps = 0 only$"),
    (to_keras, "adagrad", {}, "Keras adds its epsilon inside the root"),
    (to_keras, "nadam", {"eps": 0.0}, "^momentum_decay=0.004: Keras has no such setting, its schedule is that of 1$"),
    (to_keras, "amsgrad", {}, "^amsgrad: Keras corrects the bias after taking the maximum, the paper not at all$"),
    (to_torch, "amsgrad", {}, "^amsgrad: PyTorch corrects the bias after taking the maximum, the paper not at all$"),
    (to_optax, "adagrad", {"eps": 0.1}, "Optax adds its epsilon inside the root"),
    (to_optax, "nadam", {}, "^momentum_decay=0.004: Optax keeps the momentum constant"),
])
def test_what_cannot_be_said_has_a_reason(there, name, values, said):
    with pytest.raises(NotRepresentable, match=said):
        there(name, hyper(name, **values))


@pytest.mark.parametrize("back, name, kwargs, error, said", [
    (from_torch, "SGD", dict(dampening=0.5), NotRepresentable, "^dampening=0.5: the book has no step with it"),
    (from_torch, "SGD", dict(momentum=0.9, weight_decay=0.1), NotRepresentable, "^weight_decay=0.1: the book's momentum methods have no decay"),
    (from_torch, "Adam", dict(weight_decay=0.1), NotRepresentable, "PyTorch's Adam adds it to the gradient"),
    (from_torch, "Adam", dict(amsgrad=True), NotRepresentable, "^amsgrad=True: the book has no step with it"),
    (from_torch, "RMSprop", dict(momentum=0.9), NotRepresentable, "^momentum=0.9: the book's RMSProp has none$"),
    (from_torch, "RMSprop", dict(centered=True), NotRepresentable, "^centered=True"),
    (from_torch, "Adagrad", dict(initial_accumulator_value=0.1), NotRepresentable, "starts at G = 0"),
    (from_keras, "Adagrad", {}, NotRepresentable, "^epsilon=1e-07: Keras adds its epsilon inside the root"),
    (from_keras, "Adam", {}, NotRepresentable, "^epsilon=1e-07: Keras adds its epsilon before the bias correction"),
    (from_optax, "rmsprop", dict(learning_rate=0.1), NotRepresentable, "^eps=1e-08: Optax adds its epsilon inside the root"),
    (from_optax, "amsgrad", dict(learning_rate=0.1), NotRepresentable, "the paper's AMSGrad corrects nothing"),
    (from_optax, "sgd", {}, TypeError, "^sgd of Optax has no default learning rate; give learning_rate$"),
    (from_torch, "SGD", dict(learning_rate=0.1), TypeError, "^SGD of PyTorch has no argument 'learning_rate' here, it has lr, momentum"),
    (from_torch, "Sgd", {}, ValueError, "^name='Sgd' is not one of SGD, Adagrad"),
    (from_torch, "SGD", dict(lr=-1.0), ValueError, r"^lr=-1.0 is outside \(0, ∞\) for gradient_descent"),
    (from_torch, "Adam", dict(betas=0.9), TypeError, r"^betas=0.9 is not a pair of numbers \(β₁, β₂\)$"),
    (from_torch, "Adam", dict(betas=(0.9,)), TypeError, "is not a pair of numbers"),
    (from_torch, "SGD", dict(nesterov=True), ValueError, "^nesterov=True with momentum=0: PyTorch refuses it"),
    (from_keras, "SGD", dict(learning_rate="fast"), TypeError, "^lr='fast' is a str, not a real number; gradient_descent needs lr"),
    (from_torch, "Adam", dict(betas=(0.9, 1.0)), ValueError, r"^beta2=1.0 is outside \[0, 1\) for adam"),
])
def test_calls_without_a_book_method_and_bad_calls(back, name, kwargs, error, said):
    with pytest.raises(error, match=said):
        back(name, **kwargs)


def test_wrong_hyper_is_one_sentence():
    with pytest.raises(TypeError, match="is a AdamHyper; rmsprop needs a RMSPropHyper$"):
        to_torch("rmsprop", ADAM)


@pytest.mark.parametrize("library, name", DEFAULTS)
def test_defaults_are_those_of_the_installed_library(library, name):
    import keras
    import optax
    import torch

    there = {"torch": torch.optim, "keras": keras.optimizers, "optax": optax}[library]
    made = getattr(there, name)
    parameters = inspect.signature(made.__init__ if inspect.isclass(made) else made).parameters
    for key, value in DEFAULTS[library, name].items():
        found = parameters[key].default
        assert (None if found is inspect.Parameter.empty else found) == value, key


def test_it_needs_no_library():
    code = "import sys, firstorder.conventions; print([m for m in ('torch', 'keras', 'optax', 'jax') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert set(LIBRARIES) == {"torch", "keras", "optax"}
