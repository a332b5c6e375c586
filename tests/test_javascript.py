"""The printed JavaScript, run by Node, against the Python steps it came from."""
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from firstorder import METHODS, hyper, position, start, theory
from firstorder.javascript import library

STEPS = 300
TOLERANCE = 1e-12  # max |difference| / max |trajectory|
SETTINGS = {
    "lr": 0.06, "beta": 0.87, "beta1": 0.87, "beta2": 0.97, "eps": 0.01, "weight_decay": 0.3,
    "momentum_decay": 0.02,
}
LAM = np.array([2.0, 0.3, 7.0])
X0 = np.array([1.0, -2.0, 0.5])
NOISE = 0.3 * np.random.default_rng(5).standard_normal((STEPS, 3))

# The same loop as `python_life`. The gradient is λx + x³/10 + noise: Math.sin may differ in the last bit.
LOOP = """
var input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
var method = firstorder.methods[input.method];
var stored = [], positions = [];
var x = input.x0.slice();
var state = x.map(function () { return method.state.map(function () { return 0; }); });
for (var k = 0; k < input.noise.length; k++) {
  for (var i = 0; i < x.length; i++) {
    var g = input.lam[i] * x[i] + 0.1 * x[i] * x[i] * x[i] + input.noise[k][i];
    var next = method.step(x[i], g, state[i], k + 1, input.hyper);
    x[i] = next[0]; state[i] = next[1];
  }
  stored.push(x.slice());
  positions.push(x.map(function (y, i) { return method.position(y, state[i], input.hyper); }));
}
console.log(JSON.stringify({stored: stored, positions: positions, state: state}));
"""


def node(code, data=None, names=None):
    """Run the library and some code in Node; what the code printed, from JSON."""
    program = shutil.which("node")
    if program is None:
        sentence = "node is not on the PATH; install Node.js 18 or later to test the figures' JavaScript"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)  # a reader's machine tests what it can; CI must have it
    done = subprocess.run(
        [program, "-e", library(names) + code],
        input=json.dumps(data), capture_output=True, text=True, encoding="utf-8", timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def javascript_life(name, h, x0=X0, noise=NOISE):
    data = {"method": name, "hyper": list(h), "lam": LAM.tolist(), "x0": x0.tolist(), "noise": noise.tolist()}
    out = node(LOOP, data)
    return np.array(out["stored"]), np.array(out["positions"]), np.array(out["state"]).T


def python_life(name, h, x0=X0, noise=NOISE):
    x, state, stored, positions = x0, start(name, x0), [], []
    for k in range(len(noise)):
        x, state = METHODS[name].step(x, LAM * x + 0.1 * x * x * x + noise[k], state, k + 1.0, h)
        stored.append(x)
        positions.append(position(name, x, state, h))
    return np.array(stored), np.array(positions), np.array(state)


def settings(name, **changes):
    return hyper(name, **{key: (SETTINGS | changes)[key] for key in METHODS[name].parameters})


@pytest.mark.parametrize("name", METHODS)
def test_equal_to_the_numpy_loop_over_300_noisy_steps(name):
    h = settings(name)
    for ours, reference in zip(javascript_life(name, h), python_life(name, h)):
        if reference.size:  # descent has no state
            assert np.abs(ours - reference).max() <= TOLERANCE * np.abs(reference).max()


@pytest.mark.parametrize("name, key", [(m.name, key) for m in METHODS.values() for key in m.parameters])
def test_the_comparison_sees_a_change_in_the_ninth_digit(name, key):
    base = SETTINGS | ({"eps": 1.0} if name == "adagrad" else {})  # beside its growing root a small ε fades
    changed = settings(name, **base | {key: base[key] * (1 + 1e-9)})
    ours, reference = javascript_life(name, changed)[0], python_life(name, settings(name, **base))[0]
    assert np.abs(ours - reference).max() > TOLERANCE * np.abs(reference).max()


def test_zero_divided_by_zero_is_no_move():
    h = settings("adam", eps=0.0)
    silent = np.zeros((5, 3))
    stored, _, state = javascript_life("adam", h, x0=np.zeros(3), noise=silent)
    assert not stored.any() and not state.any()
    once = silent.copy()
    once[0, 1] = 1.0  # one coordinate has seen a gradient, the others have not
    ours, reference = javascript_life("adam", h, np.zeros(3), once), python_life("adam", h, np.zeros(3), once)
    assert (ours[0][:, [0, 2]] == 0).all() and ours[0][0, 1] == pytest.approx(-h.lr, rel=1e-15)
    assert np.abs(ours[0] - reference[0]).max() <= TOLERANCE


def test_names_and_their_order_are_those_of_the_table():
    found = node("""
var out = {};
Object.keys(firstorder.methods).forEach(function (name) {
  var m = firstorder.methods[name];
  out[name] = [m.title, m.hyper, m.state, m.matrix !== null];
});
console.log(JSON.stringify(out));
""")
    assert list(found) == list(METHODS)
    for name, (title, hypers, state, linear) in found.items():
        row = METHODS[name]
        assert (title, hypers, state) == (row.title, list(row.Hyper._fields), list(row.State._fields))
        assert linear == (name in LINEAR)


RADIUS = """
var input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(input.cells.map(function (c) {
  var m = firstorder.methods[input.method].matrix(c[0], c[1]);
  return [m, firstorder.spectralRadius(m)];
})));
"""
LINEAR = ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"]


@pytest.mark.parametrize("name", LINEAR)
def test_matrix_and_spectral_radius_are_those_of_the_theory(name):
    rng = np.random.default_rng(3)
    cells = []
    for _ in range(400):
        h = settings(name, lr=rng.uniform(1e-3, 4.0), beta=rng.uniform(0.0, 0.999))
        cells.append((float(rng.choice([1.0, 0.1, 2.5])), h))
    found = node(RADIUS, {"method": name, "cells": [[lam, list(h)] for lam, h in cells]})
    for (lam, h), (matrix, radius) in zip(cells, found):
        reference = theory.iteration_matrix(name, lam, h)
        assert np.abs(np.array(matrix) - reference.ravel()).max() <= 1e-14 * np.abs(reference).max()
        assert radius == pytest.approx(theory.spectral_radius(name, lam, h), rel=1e-7)
        if abs(np.diff(np.linalg.eigvals(reference))).min(initial=1.0) > 1e-3:  # no double root near
            assert radius == pytest.approx(theory.spectral_radius(name, lam, h), rel=1e-12)
            assert radius == pytest.approx(np.abs(np.linalg.eigvals(reference)).max(), rel=1e-12)


@pytest.mark.parametrize("kappa", [4.0, 10.0, 100.0, 1234.5, 1e6])
def test_spectral_radius_at_polyaks_parameters_is_the_rate(kappa):
    """Both matrices have a double eigenvalue there: a routine that takes roots of noise is off by 1e-8."""
    best = theory.polyak(1.0, kappa)
    found = node(RADIUS, {"method": "heavy_ball", "cells": [[lam, list(best.hyper)] for lam in (1.0, kappa)]})
    for _, radius in found:
        assert radius == pytest.approx((kappa**0.5 - 1) / (kappa**0.5 + 1), rel=1e-14)


def test_spectral_radius_of_matrices_known_by_hand():
    known = {3: [-3], 2: [0.5, 0, 0, -2], 2.5: [0, -6.25, 1, 0], 1: [1, 1, 0, 1], 0: [0, 1, 0, 0]}
    code = """
var matrices = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(matrices.map(firstorder.spectralRadius)));
"""
    assert node(code, list(known.values())) == list(known)
    call = "firstorder.spectralRadius([1, 2, 3])"
    message = node(f"try {{ {call}; }} catch (e) {{ console.log(JSON.stringify(e.message)); }}")
    assert message == "spectralRadius takes 1 or 4 entries, not 3"


def test_one_changed_coefficient_in_a_step_changes_the_text_and_the_numbers(monkeypatch):
    """The library has no second copy of a step, and constants keep all their digits."""
    before = library(["heavy_ball"])

    def wrong(x, g, state, t, hyper):
        v = hyper.beta * state.v - 1.0000000000000002 * hyper.lr * g
        return x + v + 1 / 3, state._replace(v=v)

    monkeypatch.setitem(METHODS, "heavy_ball", replace(METHODS["heavy_ball"], step=wrong))
    assert library(["heavy_ball"]) != before
    assert "1.0000000000000002" in library(["heavy_ball"]) and "0.3333333333333333" in library(["heavy_ball"])
    h = settings("heavy_ball")
    ours, reference = javascript_life("heavy_ball", h)[0], python_life("heavy_ball", h)[0]
    assert np.abs(ours - reference).max() <= TOLERANCE * np.abs(reference).max()


def test_it_is_a_classic_script_and_always_the_same_text():
    text = library()
    assert text == library(list(METHODS)) and text.endswith("})();\n") and "'use strict';" in text
    assert not re.search(r"\b(import|export|require|let|const)\b|=>|`", text)
    assert library(["adam"]).count("methods[") == 1
    defined = "console.log(JSON.stringify([typeof firstorder, typeof methods, typeof spectralRadius]));"
    assert node(defined) == ["object", "undefined", "undefined"]  # one global name


def test_unknown_method():
    with pytest.raises(ValueError, match="^method='newton' is not one of gradient_descent, "):
        library(["newton"])
