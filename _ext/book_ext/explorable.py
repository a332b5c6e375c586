"""{explorable}: an interactive figure that answers one question, with a static figure as fallback.

    ```{explorable} momentum
    :lr: 0.1
    :beta: 0.7
    :eigenvalues: 1 10
    The static figure and one sentence (any MyST); shown where no script runs.
    ```

A figure that a cell of the page makes cannot stand in the body. It stands after the explorable, in
the same section, and `:replaces: fig-name` tucks it away, with its cell, where scripts run.

The steps that it runs in the browser are those of `firstorder.steps`, printed as JavaScript by
`firstorder.javascript` when the site is built.
"""
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from firstorder import METHODS, hyper
from firstorder.methods import one_of

from .element import element, make

log = getLogger(__name__)

LIBRARY = "firstorder.js"


def _numbers(count, positive):
    def convert(text):
        values = [float(word) for word in text.replace(",", " ").split()]
        if len(values) != count or positive and min(values) <= 0:
            raise ValueError(f"{text!r} is not {count} {'positive ' if positive else ''}numbers")
        return values
    return convert


def _method(text):
    """A method whose hyper-parameters are those that the component has controls for."""
    allowed = [name for name, m in METHODS.items() if set(m.parameters) <= {"lr", "beta"}]
    return one_of("method", text, allowed)


def _methods(text):
    return [_method(word) for word in text.replace(",", " ").split()]


class Explorable(SphinxDirective):
    """The component `momentum`: what do step size and momentum do together, on a quadratic?

    lr, beta     where it starts
    method       the method it starts with
    methods      the methods to choose from
    eigenvalues  the two curvatures of the quadratic
    start        the starting point
    steps        how many steps are drawn
    replaces     name of a later figure that stands in where no script runs
    """

    has_content = True
    required_arguments = 1
    option_spec = {
        "name": directives.unchanged_required,
        "lr": float,
        "beta": float,
        "method": _method,
        "methods": _methods,
        "eigenvalues": _numbers(2, positive=True),
        "start": _numbers(2, positive=False),
        "steps": directives.positive_int,
        "replaces": directives.unchanged_required,
    }

    def run(self):
        component = self.arguments[0]
        if component != "momentum":
            raise self.error(f"explorable {component!r} is not one of momentum")
        self.assert_has_content()
        o = self.options
        method, lr, beta = o.get("method", "heavy_ball"), o.get("lr", 0.1), o.get("beta", 0.7)
        try:
            hyper("heavy_ball", lr=lr, beta=beta)
        except ValueError as problem:
            raise self.error(f"explorable {component}: {problem}") from problem
        methods = o.get("methods", ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"])
        if method not in methods:
            raise self.error(f"explorable {component}: method={method!r} is not one of {', '.join(methods)}")
        node = make(
            "div",
            nodes.raw("", _head(o.get("replaces")), format="html"),
            make("div", *self.parse_content_to_nodes(), classes=["explorable-static"]),
            classes=["explorable"], assets=("explorable.css", LIBRARY, "explorable.js"),
            data_explorable=component, data_method=method, data_lr=repr(lr), data_beta=repr(beta),
            data_methods=" ".join(methods),
            data_eigenvalues=" ".join(map(repr, o.get("eigenvalues", [1.0, 10.0]))),
            data_start=" ".join(map(repr, o.get("start", [1.3, 0.9]))),
            data_steps=str(o.get("steps", 80)), data_replaces=o.get("replaces"),
        )
        self.set_source_info(node)
        self.add_name(node)
        if not node["ids"]:
            node["ids"].append(f"explorable-{component}-{self.env.new_serialno('explorable')}")
        return [node]


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
