"""The explorables but `momentum` (see test_site): by keyboard, against Python, on a phone, without scripts.

One visit a component for the keyboard, one for the looks, one without scripts.
"""
import re

import numpy as np
import pytest

from firstorder import METHODS, hyper, position, problems, start, theory

from .conftest import announced, pages_with, resize
from .test_pages import UNREACHABLE, WIDER, darken, lighten, violations
from .test_site import SMALL_TARGETS

TOLERANCE = 1e-12  # max |difference| / max |Python|


# ---- what Python says to a state ---------------------------------------------------------------------------

def bias(state):
    b1, b2 = state["beta1"], state["beta2"]
    ratio = theory.bias_correction_ratio(b1, b2, np.arange(1, 400_001))
    off = np.flatnonzero(abs(ratio - 1) > 0.05)
    peak = theory.bias_correction_peak(b1, b2)
    return {
        "first": ratio[0], "last": int(off[-1]) + 1 if off.size else 0,
        "peak": {"t": peak.t, "ratio": peak.ratio} if np.isfinite(peak.t) else None,
        "series": [[t, ratio[t - 1]] for t, _ in state["series"]],
    }


def noise(state):
    found, names = [], ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"]
    for name in names:
        matched = state["step"] == "matched" and name in ("heavy_ball", "nesterov")
        lr = (1 - state["beta"]) * state["a"] if matched else state["a"]
        h = hyper(name, lr=lr) if name == "gradient_descent" else hyper(name, lr=lr, beta=state["beta"])
        stable = lr < theory.stability_limit(name, state["beta"])
        variance = theory.stationary_variance(name, 1.0, h, 1.0) * theory.correlation_factor(
            name, 1.0, h, state["rho"]) if stable else None
        found.append({"method": name, "lr": lr, "variance": variance,
                      "amplification": variance / found[0]["variance"] if found and stable else variance and 1.0})
    return {"methods": found}


def filtered(state):
    name, beta, rho = state["method"], state["beta"], state["rho"]
    h, row = hyper(name, lr=1.0, beta=beta), METHODS[name]
    g, memory, out = problems.stream_noise(rho, 1000, state["draw"]), start(name, 0.0), []
    for k in range(len(g)):
        _, memory = row.step(0.0, g[k], memory, k + 1.0, h)
        out.append(-memory[0] if name == "heavy_ball" else memory[0])
    g, out = g[700:], np.array(out[700:])  # the start is forgotten
    omega = np.linspace(-np.pi, np.pi, 4096, endpoint=False)
    density = (1 - rho**2) / abs(1 - rho * np.exp(-1j * omega)) ** 2
    asked = np.array([w for w, _ in state["gain"]])
    return {
        "input": g.tolist(), "output": out.tolist(), "cutoff": theory.cutoff_frequency(beta),
        "measured": (out @ out) / (g @ g),
        "exact": (abs(theory.frequency_response(name, omega, h)) ** 2 * density).mean(),
        "gain": np.column_stack([asked, abs(theory.frequency_response(name, asked, h))]).tolist(),
    }


def race(state):
    found, kappa = [], state["kappa"]
    for name in (m["method"] for m in state["methods"]):
        key = "heavy_ball" if name == "polyak" else name
        settings = {"lr": state["a"] / kappa, "beta": state["beta"]}
        h = theory.polyak(1.0, kappa).hyper if name == "polyak" else hyper(
            key, **{k: settings[k] for k in METHODS[key].parameters})
        runs = []
        for lam, x in zip((kappa, 1.0), state["start"]):
            memory, run = start(key, x), [x]
            for t in range(1, 4001):
                x, memory = METHODS[key].step(x, lam * x, memory, float(t), h)
                run.append(position(key, x, memory, h))
            runs.append(run)
        points = np.array(runs).T
        distance = np.hypot(*runs)
        near = distance <= 0.01
        outside = np.flatnonzero(~near)[-1]
        cut = state["steps"] + 1
        found.append({
            "method": name, "hyper": list(h), "points": points[:cut].tolist(), "distance": distance[:cut].tolist(),
            "first": int(near.argmax()) if near.any() else None,
            "stays": int(outside) + 1 if outside < 4000 else None,
            "rate": theory.spectral_radius(key, np.array([kappa, 1.0]), h).max(),
        })
    return {"methods": found}


PYTHON = {"race": race, "filter": filtered, "bias": bias, "noise": noise}


def disagreement(ours, python):
    """max |browser − Python| / max |Python| over the numbers of a list or a value; the rest must be the same."""
    if isinstance(python, dict):
        return max(disagreement(ours[key], python[key]) for key in python)
    if isinstance(python, list) and all(isinstance(item, dict) for item in python):
        assert len(ours) == len(python)
        return max(map(disagreement, ours, python), default=0.0)
    if python is None or isinstance(python, (str, bool)):
        assert ours == python
        return 0.0
    theirs = np.array(python, dtype=float)
    assert ours is not None and np.shape(ours) == theirs.shape, (ours, python)
    return np.abs(np.array(ours, dtype=float) - theirs).max() / max(np.abs(theirs).max(), 1e-3)  # a rate may be 0


# ---- what a chart shows, read off its axes -----------------------------------------------------------------

DRAWN = """root => [...root.querySelectorAll('svg[role=img]')].map(chart => {
  const all = selector => [...chart.querySelectorAll(selector)], of = (e, ...keys) => keys.map(k => e.getAttribute(k));
  return {
    ticks: all('.ex-axes text').map(e => [e.textContent, ...of(e, 'x', 'y', 'text-anchor')]),
    marks: all('circle.ex-mark').map(e => of(e, 'class', 'cx', 'cy')),
    lines: all('path.ex-series').map(e => of(e, 'class', 'd')),
  };
})"""


def reader(ticks, log):
    """pixel -> value, from the first two labels [text, pixel] of an axis."""
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    value = lambda text: float(re.sub(r"^10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", "1e", text).translate(plain))
    (a, pa), (b, pb) = [(value(text), pixel) for text, pixel in ticks[:2]]
    if log:
        return lambda p: a * (b / a) ** ((p - pa) / (pb - pa))
    return lambda p: a + (b - a) * (p - pa) / (pb - pa)


def shown(page, number, logs):
    """Marks and lines of a chart in the units of its axes: {series: [(x, y), …]}; logs: which axes are logarithmic."""
    chart = page.root.evaluate(DRAWN)[number]
    across = [(text, float(x)) for text, x, _, anchor in chart["ticks"] if anchor == "middle"]
    up = [(text, float(y) - 4) for text, _, y, anchor in chart["ticks"] if anchor == "end"]
    x, y = reader(across, logs[0]), reader(up, logs[1])
    series = lambda style: re.search(r"ex-s(\d)", style)[1]
    marks = [(series(style), x(float(cx)), y(float(cy))) for style, cx, cy in chart["marks"]]
    lines = {series(style): [(x(float(a)), y(float(b))) for a, b in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", d)]
             for style, d in chart["lines"]}
    return marks, lines


def near(found, wanted, factor=0.01):
    found, wanted = np.array(found), np.array(wanted)
    return found.shape == wanted.shape and (abs(found - wanted) <= factor * abs(wanted) + 0.01).all()


def bias_drawn(page, state):
    marks, lines = shown(page, 0, (True, True))
    wanted = [(1, state["first"])] + ([(state["peak"]["t"], state["peak"]["ratio"])] if state["peak"] else [])
    return near([m[1:] for m in marks], wanted) and near(lines["1"], state["series"])


def noise_drawn(page, state):
    marks, lines = shown(page, 0, (False, True))
    wanted = [(state["beta"], m["variance"]) for m in state["methods"] if m["variance"] is not None]
    at = {m["method"]: m["variance"] for m in state["methods"]}
    line = [y for x, y in lines["1"] if abs(x - state["beta"]) < 0.003]
    return near([m[1:] for m in marks], wanted) and near(line[:1], [at["heavy_ball"]], 0.02)


def filter_drawn(page, state):
    marks, lines = shown(page, 0, (True, True))
    series = shown(page, 1, (False, False))[1]
    wanted = [] if state["cutoff"] is None else [(state["cutoff"], state["gain"][0][1] / 2**0.5)]
    return (near(np.array(marks)[:, 1:].astype(float) if marks else [], wanted, 0.02) and near(lines["1"], state["gain"])
            and near([y for _, y in series["0"]], state["input"], 0.02) and near([y for _, y in series["1"]], state["output"], 0.02))


def race_drawn(page, state):
    paths, distances = shown(page, 0, (False, False))[1], shown(page, 1, (False, True))[1]
    series = {"gradient_descent": "0", "heavy_ball": "1", "heavy_ball_ema": "2", "nesterov": "3", "polyak": "4"}
    steps = min(len(distances["1"]), state["steps"])
    return all(
        near([y for _, y in distances[series[m["method"]]][:steps]], m["distance"][:steps], 0.02)
        and near(paths[series[m["method"]]], [(y, x) for x, y in m["points"]], 0.02)
        for m in state["methods"] if m["rate"] < 1 and max(m["distance"]) < 5 and min(m["distance"]) > 1e-4)


RIGHT = {"race": race_drawn, "filter": filter_drawn, "bias": bias_drawn, "noise": noise_drawn}


# ---- tests -------------------------------------------------------------------------------------------------

@pytest.fixture(params=PYTHON)
def visit(request, open_page):
    """A function that opens the page of a component; the page has its root, state and component."""
    def visit(**options):
        address = pages_with(f'data-explorable="{request.param}"')[0]
        page = open_page(address, **options)
        page.root = page.locator(f'[data-explorable="{request.param}"]').first
        page.component, name = request.param, page.root.get_attribute("id")
        page.state = lambda: page.evaluate("id => firstorder.explorables[id].state()", name)
        return page

    return visit


def told(page):
    return page.root.locator("[role=img]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")


def moved(page, press, changes=True):
    """Press something; the state must be Python's, and another one with another text alternative."""
    before, words = page.state(), told(page)
    press()
    after = page.state()
    assert disagreement(after, PYTHON[page.component](after)) <= TOLERANCE
    if changes:
        assert after != before and told(page) != words
    return after


def test_by_keyboard_equals_python(visit):
    page = visit()
    first = page.state()
    assert disagreement(first, PYTHON[page.component](first)) <= TOLERANCE
    assert RIGHT[page.component](page, first), "a chart does not show the state"
    for slider in page.root.locator("input[type=range]").all():
        slider.focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "Home", "ArrowRight", "End"):
            moved(page, lambda: page.keyboard.press(key), changes=key in ("ArrowRight", "Home"))
        page.keyboard.press("PageDown")
        page.keyboard.press("PageDown")
        assert RIGHT[page.component](page, page.state()), "a chart does not show the state"
        assert slider.get_attribute("aria-valuetext") == slider.locator("xpath=preceding-sibling::span").text_content()
    for group in page.root.locator("fieldset").all():
        boxes = group.locator("input")
        if boxes.first.get_attribute("type") == "radio":
            group.locator("input:checked").focus()
            for _ in range(boxes.count()):  # focus and choice move together, and come round
                moved(page, lambda: page.keyboard.press("ArrowRight"))
        else:
            for box in boxes.all():
                box.focus()
                moved(page, lambda: page.keyboard.press("Space"))
    for button in page.root.locator(".ex-controls button").all():
        button.focus()
        moved(page, lambda: page.keyboard.press("Enter"))
    assert button.text_content() == "Reset" and page.state() == first
    assert page.remote == [] and page.errors == []


# How much taller the component is than the room that is kept for it until its script has run.
JUMP = """root => {
  const live = root.querySelector('.explorable-live'), full = root.offsetHeight;
  live.remove();
  const kept = root.offsetHeight;
  root.append(live);
  return full - kept;
}"""


def test_it_speaks_once_after_a_burst_of_keys(visit):
    page = visit()
    spoken = page.root.locator("[role=status]")
    assert spoken.text_content() == ""  # the first state is not news
    page.root.locator("input[type=range]").first.focus()
    said = announced(page, page.component, "ArrowLeft", 4)
    assert len(said) == 1 and re.search(r"\d", said[0]), said
    assert all(re.search(r"\d", text) and len(text) > 40 for text in told(page))


def test_it_fits_a_phone_and_is_accessible_in_both_schemes(visit):
    page = visit(width=320, height=640)
    assert page.evaluate(WIDER) == 0 and page.evaluate(UNREACHABLE) == []
    assert page.root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.root.evaluate(SMALL_TARGETS) == []
    assert page.root.locator("path.ex-series").count() > 1 and page.root.locator("path[d='']").count() == 0
    assert page.root.evaluate("e => e.getAnimations({subtree: true}).length") == 0
    resize(page, 360, 780)
    assert abs(page.root.evaluate(JUMP)) <= 48, "the page jumps on a phone when the script has run"
    darken(page)
    assert violations(page) == []
    lighten(page)
    resize(page, 1280, 900)
    assert abs(page.root.evaluate(JUMP)) <= 48, "the page jumps when the script has run"
    assert violations(page) == []


def test_without_scripts_it_is_a_figure(visit):
    page = visit(java_script_enabled=False)
    assert page.root.locator(".explorable-static").is_visible() and page.root.locator("input").count() == 0
    replaced = page.root.get_attribute("data-replaces")
    image = page.locator(f"#{replaced} img").first if replaced else page.root.locator("img").first
    image.scroll_into_view_if_needed()
    assert image.is_visible() and image.bounding_box()["height"] > 100
