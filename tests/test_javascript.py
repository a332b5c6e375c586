"""The printed JavaScript, run by Node, against the Python steps it came from."""
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from firstorder import METHODS, formulas, hyper, position, start, theory
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


# ---- closed forms -------------------------------------------------------------------------------------------

CALLS = """
var input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(input.map(function (call) {
  var target = call[0] ? firstorder.methods[call[0]] : firstorder.formulas;
  return target[call[1]].apply(null, call[2]);
})));
"""


def called(method, member, arguments):
    """A member of a method, or a formula if method is None, called by Node with each of the argument lists."""
    return np.array(node(CALLS, [[method, member, list(a)] for a in arguments]))


def agrees(ours, reference, tolerance=TOLERANCE):
    reference = np.asarray(reference)
    return np.abs(ours - reference).max() <= tolerance * np.abs(reference).max()


def random_settings(name, n=200, seed=11):
    """λ, hyper and ρ at random, stable and not closer than 2 % to the limit of stability."""
    rng, found = np.random.default_rng(seed), []
    for lam, ratio, beta, rho in rng.uniform((0.1, 0.01, 0, -0.9), (10, 0.98, 0.99, 0.9), (n, 4)):
        lr = ratio * theory.stability_limit(name, beta) / lam
        found.append((lam, settings(name, lr=float(lr), beta=beta), rho))
    return found


@pytest.mark.parametrize("name", LINEAR)
def test_variance_is_that_of_the_theory(name):
    found = random_settings(name)
    ours = called(name, "variance", [(lam, list(h), rho) for lam, h, rho in found])
    for value, (lam, h, rho) in zip(ours, found):
        closed = theory.stationary_variance(name, lam, h, 1.0) * theory.correlation_factor(name, lam, h, rho)
        assert value == pytest.approx(closed, rel=TOLERANCE)
        assert value == pytest.approx(theory.stationary_covariance(name, lam, h, 1.0, rho).position, rel=1e-8)


@pytest.mark.parametrize("name", LINEAR)
def test_limit_is_that_of_the_theory(name):
    beta = np.linspace(0, 0.999, 50)
    assert agrees(called(name, "limit", beta[:, None].tolist()), theory.stability_limit(name, beta), 1e-15)


@pytest.mark.parametrize("name", LINEAR[1:])
def test_memory_is_the_filter_of_the_theory(name):
    rng = np.random.default_rng(7)
    omega = np.exp(rng.uniform(np.log(1e-3), np.log(np.pi), 40))
    cells = [settings(name, lr=0.3, beta=float(beta)) for beta in (0.0, *rng.uniform(0.01, 0.99, 12))]
    gains = called(name, "memoryGain", [(w, list(h)) for h in cells for w in omega]).reshape(-1, len(omega))
    for gain, h in zip(gains, cells):
        assert agrees(gain, np.abs(theory.frequency_response(name, omega, h)))
    correlations, grid = (-0.8, 0.0, 0.6), np.linspace(-np.pi, np.pi, 2**14, endpoint=False)
    variances = called(name, "memoryVariance", [(list(h), rho) for rho in correlations for h in cells])
    for values, rho in zip(variances.reshape(-1, len(cells)), correlations):
        density = (1 - rho**2) / np.abs(1 - rho * np.exp(-1j * grid)) ** 2
        for value, h in zip(values, cells):  # the power that passes, over all frequencies
            power = (np.abs(theory.frequency_response(name, grid, h)) ** 2 * density).mean()
            assert value == pytest.approx(power, rel=1e-10)


def test_methods_without_a_closed_form_have_none():
    members = ["limit", "variance", "memoryGain", "memoryVariance"]
    found = node(f"""
var out = {{}};
Object.keys(firstorder.methods).forEach(function (name) {{
  out[name] = {json.dumps(members)}.filter(function (key) {{ return firstorder.methods[name][key] !== null; }});
}});
console.log(JSON.stringify(out));
""")
    expected = {name: [] for name in METHODS} | {name: members for name in LINEAR} | {LINEAR[0]: members[:2]}
    assert found == expected


def test_formulas_are_those_of_the_theory():
    rng = np.random.default_rng(2)
    mu, kappa = rng.uniform(0.1, 10, 50), np.exp(rng.uniform(0, 12, 50))
    best = [theory.polyak(m, m * k) for m, k in zip(mu, kappa)]
    ours = called(None, "polyak", zip(mu, mu * kappa))
    for column, wanted in zip(ours.T, ([b.hyper.lr for b in best], [b.hyper.beta for b in best], [b.rate for b in best])):
        np.testing.assert_allclose(column, wanted, rtol=1e-14)
    beta = rng.uniform(0.18, 0.9999, 50)
    ours = called(None, "cutoff", beta[:, None].tolist())
    np.testing.assert_allclose(ours, [theory.cutoff_frequency(b) for b in beta], rtol=1e-13)
    assert node("console.log(JSON.stringify(isNaN(firstorder.formulas.cutoff(0.1))));")  # as None in Python
    cells = [(b1, b2, float(t)) for b1, b2 in rng.uniform((0, 0.5), (0.999, 0.9999), (20, 2)) for t in (1, 7, 300, 50_000)]
    cells += [(0.0, 0.9, 1.0), (0.9, 0.0, 3.0)]
    first = called(None, "biasFirst", [(b1, t) for b1, _, t in cells])
    second = called(None, "biasSecond", [(b2, t) for _, b2, t in cells])
    np.testing.assert_allclose(first * second, [theory.bias_correction_ratio(*cell) for cell in cells], rtol=1e-13)


def test_noise_is_the_same_in_both_languages():
    chain = """
var f = firstorder.formulas, s = 1, xi = f.uniform(s), out = [];
for (var k = 0; k < 5000; k++) { out.push([s, xi]); s = f.lehmer(s); xi = f.ar1(xi, f.uniform(s), 0.6); }
console.log(JSON.stringify(out));
"""
    s, xi, expected = 1, formulas.uniform(1), []
    for _ in range(5000):
        expected.append((s, xi))
        s = formulas.lehmer(s)
        xi = formulas.ar1(xi, formulas.uniform(s), 0.6)
    ours, expected = np.array(node(chain)), np.array(expected)
    assert (ours[:, 0] == expected[:, 0]).all()
    assert agrees(ours[:, 1], expected[:, 1])


MUTANTS = [  # table or None, key, wrong formula, the test that must see it
    ("VARIANCES", "nesterov", lambda f: lambda *args: f(*args) * (1 + 1e-9),
     lambda: test_variance_is_that_of_the_theory("nesterov")),
    ("CORRELATION_FACTORS", "heavy_ball", lambda f: lambda lam, lr, beta, rho: f(lam, lr, beta, rho * (1 + 1e-9)),
     lambda: test_variance_is_that_of_the_theory("heavy_ball")),
    ("LIMITS", "nesterov", lambda f: lambda beta: f(beta) * (1 + 1e-9),
     lambda: test_limit_is_that_of_the_theory("nesterov")),
    (None, "one_pole_gain", lambda f: lambda beta, omega, xp: f(beta * (1 - 1e-9), omega, xp),
     lambda: test_memory_is_the_filter_of_the_theory("heavy_ball")),
    (None, "one_pole_variance", lambda f: lambda beta, rho: f(beta, rho) * (1 + beta),
     lambda: test_memory_is_the_filter_of_the_theory("heavy_ball_ema")),
    (None, "bias_second", lambda f: lambda beta2, t, xp: f(beta2, t + 1e-6, xp),
     lambda: test_formulas_are_those_of_the_theory()),
    (None, "half_power_sine", lambda f: lambda beta, xp: f(beta, xp) * (1 + 1e-9),
     lambda: test_formulas_are_those_of_the_theory()),
    (None, "polyak", lambda f: lambda mu, L, xp: f(mu, L * (1 + 1e-9), xp),
     lambda: test_formulas_are_those_of_the_theory()),
]


@pytest.mark.parametrize("table, key, mutate, test", MUTANTS, ids=[key for _, key, _, _ in MUTANTS])
def test_the_comparisons_see_a_wrong_formula(monkeypatch, table, key, mutate, test):
    """A formula is printed wrong, and is right again when Python evaluates it."""
    with monkeypatch.context() as patch:
        if table:
            patch.setitem(getattr(formulas, table), key, mutate(getattr(formulas, table)[key]))
        else:
            patch.setattr(formulas, key, mutate(getattr(formulas, key)))
        text = library()
    monkeypatch.setitem(globals(), "library", lambda names=None: text)
    with pytest.raises(AssertionError):
        test()
