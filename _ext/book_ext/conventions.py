"""{conventions}: choose a library, an optimizer and a setting, and read what runs. No kernel.

    ```{conventions}
    :start: torch-sgd
    ```

The rows are `firstorder.conventions.ROWS`, read when the site is built. Without scripts all of them
stand there, one closed list a library.  `start` is the key of the row that is shown first; a link to
`#convention-KEY` opens the page at that row.
"""
import inspect

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from firstorder import METHODS, conventions
from firstorder.methods import one_of

from .element import make

RELATIONS = {
    "same": "the same method",
    "same, translated": "the same method, other letters or another memory",
    "same, other start": "the same method with another start",
    "another method": "another method",
}


def lines(formula):
    """The parts of a formula below each other, so that a phone can show them.

    >>> print(lines(r"a = b,\\; c = d"))
    \\begin{aligned} & a = b, \\\\ & c = d \\end{aligned}
    """
    return r"\begin{aligned} & " + formula.replace(r",\;", r", \\ &") + r" \end{aligned}"


def _key(text):
    return one_of("start", directives.unchanged_required(text), [row.key for row in conventions.ROWS])


class Conventions(SphinxDirective):
    """All rows of the table of conventions, and what the selector needs to find one."""

    option_spec = {"start": _key}

    def run(self):
        self.env.note_dependency(inspect.getfile(conventions))
        groups = [self.group(key, name) for key, name in conventions.LIBRARIES.items()]
        return [make("div", *groups, classes=["conventions"], assets=("conventions.css", "conventions.js"),
                     data_start=self.options.get("start"))]

    def group(self, library, name):
        rows = [row for row in conventions.ROWS if row.library == library]
        summary = make("summary", nodes.Text(f"{name}: {len(rows)} settings"))
        return make("details", summary, *map(self.row, rows), classes=["conv-library"], data_library=name)

    def row(self, row):
        parts = [
            ("You call", [nodes.literal("", row.asks)]),
            ("It runs", self.parse_text_to_nodes(f"$$\n{lines(row.formula)}\n$$")),
            ("In this book", self.inline(f"{row.book}{self.link(row)}")),
            ("So it is", [make("span", nodes.Text(RELATIONS[row.relation]), classes=["conv-relation"])]),
            ("Mistaken for", [nodes.Text(f"{row.mistake}; in the test the two runs end up {row.cost:g} apart")]),
            ("Mind", [nodes.Text(row.warning)] if row.warning else []),
            ("Defaults", [nodes.literal("", row.defaults)] if row.defaults else []),
        ]
        items = [make("div", make("dt", nodes.Text(term)), make("dd", *value), classes=["conv-part"])
                 for term, value in parts if value]
        return make("dl", *items, classes=["conv-row"], ids=[f"convention-{row.key}"], data_key=row.key,
                    data_optimizer=row.optimizer, data_option=row.option)

    def link(self, row):
        return f" {{eq}}`eq-{METHODS[row.method].tag}`" if row.method else ""

    def inline(self, text):
        parsed, messages = self.state.inline_text(text, self.lineno)
        return parsed + messages


def setup(app):
    app.add_directive("conventions", Conventions)
