"""{explorable}: an interactive figure that answers one question, with a static figure as fallback.

    ```{explorable} momentum
    :lr: 0.1
    :beta: 0.7
    :eigenvalues: 1 10
    The static figure and one sentence (any MyST); shown where no script runs.
    ```

A figure that a cell of the page makes cannot stand in the body. It stands after the explorable, in
the same section, and `:replaces: fig-name` tucks it away, with its cell, where scripts run.

`COMPONENTS` lists the figures, what each can be told, and the scripts it needs. The steps and formulas
that they run in the browser are those of `firstorder.steps` and `firstorder.formulas`, printed as
JavaScript by `firstorder.javascript` when the site is built.
"""
from pathlib import Path
from typing import Callable, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from firstorder import METHODS, hyper
from firstorder.formulas import LIMITS
from firstorder.methods import POSITIVE, Interval, one_of

from .element import element, make

log = getLogger(__name__)

LIBRARY = "firstorder.js"
KIT = "explorable.css", LIBRARY, "explorable.js"
CHART = *KIT, "explorable-chart.js"


# ---- values of options: functions (name, text) -> value, ValueError with one sentence --------------------

def _number(name, text):
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name}={text!r} is not a number") from None


def _within(admissible, meaning):
    def convert(name, text):
        value = _number(name, text)
        if value not in admissible:
            raise ValueError(f"{name}={value} is outside {admissible} ({meaning})")
        return value
    return convert


def _two(positive):
    def convert(name, text):
        values = [float(word) for word in text.replace(",", " ").split()]
        if len(values) != 2 or positive and min(values) <= 0:
            raise ValueError(f"{text!r} is not 2 {'positive ' if positive else ''}numbers")
        return values
    return convert


def _word(*allowed):
    return lambda name, text: one_of(name, text, allowed)


def _words(*allowed):
    singular = lambda name: name.removesuffix("s")
    return lambda name, text: [one_of(singular(name), word, allowed) for word in text.replace(",", " ").split()]


def _count(low, high):
    def convert(name, text):
        if not text.strip().isdigit() or not low <= int(text) <= high:
            raise ValueError(f"{name}={text!r} is not a whole number from {low} to {high}")
        return int(text)
    return convert


# ---- components ------------------------------------------------------------------------------------------

class Component(NamedTuple):
    """An interactive figure.

    question  what it answers
    assets    scripts and style sheets, in the order in which they load
    options   name -> (function (name, text) -> value, default)
    check     called with all values; raises ValueError if they do not go together
    """

    question: str
    assets: tuple
    options: dict
    check: Callable = lambda values: None


TWO = [name for name, m in METHODS.items() if set(m.parameters) <= {"lr", "beta"}]  # with controls for all they have
FIELD = [*LIMITS, "polyak"]  # the methods of a race
MOMENTUM = Interval(0, 0.99)  # the range of the sliders of β
NOISE = Interval(-0.9, 0.9)  # the range of the sliders of ρ


def _check_momentum(values):
    hyper("heavy_ball", lr=values["lr"], beta=values["beta"])
    one_of("method", values["method"], values["methods"])


COMPONENTS = {
    "momentum": Component(
        "What do step size and momentum do together, on a quadratic?",
        (*KIT, "explorable-map.js", "explorable-momentum.js"),
        {
            "lr": (_number, 0.1),  # where it starts
            "beta": (_number, 0.7),
            "method": (_word(*TWO), "heavy_ball"),
            "methods": (_words(*TWO), TWO),  # to choose from
            "eigenvalues": (_two(positive=True), [1.0, 10.0]),  # the two curvatures
            "start": (_two(positive=False), [1.3, 0.9]),
            "steps": (_count(1, 10_000), 80),  # drawn
        },
        _check_momentum,
    ),
    "race": Component(
        "Which of five methods is first at the bottom of a narrow valley, and by which way?",
        (*CHART, "explorable-race.js"),
        {
            "kappa": (_within(Interval(1, 1000), "condition number"), 100.0),
            "a": (_within(Interval(0.01, 3.98), "step size times largest curvature"), 1.0),
            "beta": (_within(MOMENTUM, "momentum factor"), 0.9),
            "methods": (_words(*FIELD), FIELD),  # shown at first
            "start": (_two(positive=False), [1.0, 1.0]),  # along the large curvature, along the small one
            "steps": (_count(1, 500), 40),  # of the paths
        },
    ),
    "filter": Component(
        "What does the memory of a momentum method make of gradient noise, frequency by frequency?",
        (*CHART, "explorable-filter.js"),
        {
            "method": (_word("heavy_ball_ema", "heavy_ball"), "heavy_ball_ema"),
            "beta": (_within(MOMENTUM, "momentum factor"), 0.9),
            "rho": (_within(NOISE, "correlation of successive draws"), 0.0),
            "draw": (_count(1, 50), 1),  # which stretch of the stream of noise
        },
    ),
    "bias": Component(
        "How far off is Adam's step without bias correction?",
        (*CHART, "explorable-bias.js"),
        {
            "beta1": (_within(Interval(0, 0.999), "averaging factor of the gradient"), 0.9),
            "beta2": (_within(Interval(0.5, 0.9999), "averaging factor of the squared gradient"), 0.999),
        },
    ),
    "noise": Component(
        "How much does momentum amplify gradient noise, at equal step and at matched step?",
        (*CHART, "explorable-noise.js"),
        {
            "a": (_within(Interval(0.01, 1.9), "step size times curvature"), 0.1),
            "beta": (_within(MOMENTUM, "momentum factor"), 0.9),
            "rho": (_within(NOISE, "correlation of successive draws"), 0.0),
            "step": (_word("equal", "matched"), "equal"),
        },
    ),
}


class Explorable(SphinxDirective):
    """A component with its options, its static body, and perhaps the figure that it replaces."""

    has_content = True
    required_arguments = 1
    option_spec = dict.fromkeys(
        ["name", "replaces", *(key for c in COMPONENTS.values() for key in c.options)],
        directives.unchanged_required,
    )

    def run(self):
        name = self.arguments[0]
        if name not in COMPONENTS:
            raise self.error(f"explorable {name!r} is not one of {', '.join(COMPONENTS)}")
        self.assert_has_content()
        component = COMPONENTS[name]
        try:
            values = self._values(component)
            component.check(values)
        except ValueError as problem:
            raise self.error(f"explorable {name}: {problem}") from problem
        replaced = self.options.get("replaces")
        node = make(
            "div",
            nodes.raw("", _head(replaced), format="html"),
            make("div", *self.parse_content_to_nodes(), classes=["explorable-static"]),
            classes=["explorable"], assets=component.assets, data_explorable=name,
            **{f"data_{key}": _text(value) for key, value in values.items()}, data_replaces=replaced,
        )
        self.set_source_info(node)
        self.add_name(node)
        if not node["ids"]:
            node["ids"].append(f"explorable-{name}-{self.env.new_serialno('explorable')}")
        return [node]

    def _values(self, component):
        given = {key: text for key, text in self.options.items() if key not in ("name", "replaces")}
        for key in given:
            one_of("option", key, component.options)
        return {key: convert(key, given[key]) if key in given else default
                for key, (convert, default) in component.options.items()}


def _text(value):
    """A value as a data attribute: numbers with all their digits, lists with spaces."""
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return value if isinstance(value, str) else repr(value)


def _head(replaced):
    """Script and style that act before the browser draws, so that nothing flashes and nothing jumps."""
    script = '<script>document.currentScript.parentNode.classList.add("explorable-on")</script>'
    if not replaced:
        return script
    cell = f".explorable-on ~ .cell:has(#{nodes.make_id(replaced)})"
    return f"<style>{cell} {{ display: none; }}</style>{script}"


def _check_replaced(app, doctree):
    for node in doctree.findall(element):
        name = node["attributes"].get("data-replaces")
        if name and name not in doctree.nameids:
            log.warning("explorable replaces %r, but no figure of this page has that name", name,
                        location=node)


def _write_library(app):
    if app.builder.format != "html":
        return
    from firstorder import javascript  # imports SymPy, which only this function needs

    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIBRARY).write_text(javascript.library(), encoding="utf8")


def setup(app):
    app.add_directive("explorable", Explorable)
    app.connect("builder-inited", _write_library)
    app.connect("doctree-read", _check_replaced)
