"""A mutated step makes the comparison of a worked example disagree.

Each page predicts in closed form and runs the book's steps. Here the cells of a page run in plain Python, once
with the steps as they are and once with one of them broken; then one of the page's own assertions must fail.
"""
import contextlib
import io
from dataclasses import replace

import jupytext
import matplotlib.pyplot as plt
import numpy as np
import pytest

from firstorder import methods, steps
from firstorder.elementwise import quotient, sqrt
from tools.notebooks import ROOT

ADAM, RMSPROP = steps.adam, steps.rmsprop  # the mutants replace the module's own names


def wrong_sign(x, v, g, hyper):
    """The velocity adds the gradient."""
    v = hyper.beta * v + hyper.lr * g
    return v, x + v


def heavy_ball_wrong_sign(x, g, state, t, hyper):
    v, x = wrong_sign(x, state.v, g, hyper)
    return x, steps.HeavyBallState(v)


def heavy_ball_averaged(x, g, state, t, hyper):
    """The gradient is weighed by 1 − β, as in the EMA form."""
    v = hyper.beta * state.v - (1 - hyper.beta) * hyper.lr * g
    return x + v, steps.HeavyBallState(v)


def nesterov_wrong_sign(y, g, state, t, hyper):
    v, y = wrong_sign(y, state.v, g, hyper)
    return y + hyper.beta * v, steps.NesterovState(v)


def adam_uncorrected(x, g, state, t, hyper):
    _, new = ADAM(x, g, state, 1.0, hyper)
    return x - hyper.lr * quotient(new.m, sqrt(new.s) + hyper.eps), new


def adam_eps_misplaced(x, g, state, t, hyper):
    """ε is added to the average square, uncorrected, under the root."""
    _, new = ADAM(x, g, state, t, hyper)
    root = sqrt(new.s + hyper.eps) / sqrt(1 - hyper.beta2**t)
    return x - hyper.lr * quotient(new.m / (1 - hyper.beta1**t), root), new


def adagrad_forgets(x, g, state, t, hyper):
    """The sum of squares is the last square."""
    return x - hyper.lr * quotient(g, sqrt(g * g) + hyper.eps), steps.AdaGradState(g * g)


def rmsprop_corrected(x, g, state, t, hyper):
    """A correction where RMSProp has none."""
    _, new = RMSPROP(x, g, state, t, hyper)
    return x - hyper.lr * quotient(g, sqrt(new.s / (1 - hyper.beta2**t)) + hyper.eps), new


MUTANTS = [  # page, method, mutated step
    ("e01_acceleration", "heavy_ball", heavy_ball_wrong_sign),
    ("e01_acceleration", "nesterov", nesterov_wrong_sign),
    ("e02_valley", "heavy_ball", heavy_ball_wrong_sign),
    ("e03_lookahead", "nesterov", nesterov_wrong_sign),
    ("e04_filter", "heavy_ball", heavy_ball_wrong_sign),
    ("e05_adagrad_sparse", "adagrad", adagrad_forgets),
    ("e06_rmsprop", "rmsprop", rmsprop_corrected),
    ("e07_bias_correction", "adam", adam_uncorrected),
    ("e09_divergence", "heavy_ball", heavy_ball_averaged),
    ("e11_stationary_noise", "heavy_ball", heavy_ball_averaged),
    ("one_step", "heavy_ball", heavy_ball_wrong_sign),
    ("one_step", "nesterov", nesterov_wrong_sign),
    ("one_step", "adam", adam_uncorrected),
    ("one_step", "adam", adam_eps_misplaced),
]


def run_page(page):
    """Run the code cells of a page in one namespace, silently."""
    source = jupytext.reads((ROOT / "chapters" / "examples" / f"{page}.md").read_text("utf8"), fmt="md:myst")
    names = {"__name__": "page"}
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        try:
            for cell in source.cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, page, "exec"), names)
        finally:
            plt.close("all")


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: None)


@pytest.mark.parametrize("page", sorted({page for page, _, _ in MUTANTS} - {"e05_adagrad_sparse"}))  # half a minute
def test_the_page_as_it_is_agrees(page):
    run_page(page)


@pytest.mark.parametrize("page, name, mutant", MUTANTS, ids=lambda v: getattr(v, "__name__", v))
def test_a_mutated_step_makes_the_page_disagree(page, name, mutant, monkeypatch):
    monkeypatch.setitem(methods.METHODS, name, replace(methods.METHODS[name], step=mutant))
    monkeypatch.setattr(steps, name, mutant)
    with pytest.raises(AssertionError):
        run_page(page)
