"""{quiz}: true or false, answered in the page, with the reason after the answer.

    ::::{quiz} A.6
    :name: quiz-a06
    :answer: true
    Statement (any MyST, with mathematics).

    :::{reason}
    Why (any MyST).
    :::
    ::::

Without scripts the reader sees the statement and a closed "Answer and reason".

Why not a library (the first two tried in Chromium, from disk, with axe-core 4.12; the others read):
- jupyterquiz 2.9.6.4: items are strings in a cell, so no MyST in them; without scripts nothing shows;
  the radio buttons form no named group and the outcome is not announced.
- sphinx-yaq 0.1.0 (its first release, alpha): offline, clean and by keyboard, MyST in the statement;
  but no reason in MyST after an answer, 184 kB gzipped of scripts on every page, and without scripts
  a statement with no answer.
- teachbooks-questions 0.4.0: loads scripts from other hosts, as ES modules, which fail from disk.
- sphinx-quiz 0.1.0: makes a site of quizzes, not an item on a page.
"""
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import SphinxError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from .element import element, make

log = getLogger(__name__)


def _answer(text):
    return directives.choice(text, ("true", "false"))


class Reason(SphinxDirective):
    """The part of a {quiz} that is shown after the answer."""

    has_content = True

    def run(self):
        self.assert_has_content()
        return [make("div", *self.parse_content_to_nodes(), classes=["quiz-why"])]


class Quiz(SphinxDirective):
    """A statement that is true or false, and the reason."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": directives.unchanged_required, "answer": _answer}

    def run(self):
        title = self.arguments[0]
        if "answer" not in self.options:
            raise self.error(f"quiz {title} has no answer; write :answer: true or :answer: false")
        content = self.parse_content_to_nodes()
        reasons = [n for n in content if isinstance(n, element) and "quiz-why" in n["classes"]]
        statement = [n for n in content if n not in reasons]
        if len(reasons) != 1 or not statement:
            raise self.error(f"quiz {title} needs a statement and one reason, "
                             f"it has {len(statement)} blocks of statement and {len(reasons)} reasons")
        reasons[0]["parent_quiz"] = title
        word = self.options["answer"]
        verdict = make("p", nodes.strong("", word.capitalize() + "."), classes=["quiz-verdict"])
        summary = make("summary", nodes.Text("Answer and reason"))
        node = make(
            "div",
            make("p", nodes.Text(f"{title}: true or false?"), classes=["quiz-title"]),
            make("div", *statement, classes=["quiz-statement"]),
            make("details", summary, verdict, reasons[0], classes=["quiz-answer"]),
            classes=["quiz"], assets=("quiz.css", "quiz.js"), data_answer=word, data_title=title,
        )
        self.set_source_info(node)
        self.add_name(node)
        return [node]


def _register(app, doctree):
    """Let {ref}`name` print a quiz's title, as it does for sections and figures."""
    std = app.env.get_domain("std")
    here = (app.env.docname,)
    for node in doctree.findall(element):
        if "quiz" in node["classes"]:
            for name in node["names"]:
                if std.labels.get(name, here)[0] != app.env.docname:
                    log.warning("quiz %s is named in %s, too", name, std.labels[name][0], location=node)
                std.labels[name] = app.env.docname, node["ids"][0], node["attributes"]["data-title"]
        if "quiz-why" in node["classes"] and "parent_quiz" not in node:
            raise SphinxError(f"{app.env.docname}: a reason stands outside a quiz")


def setup(app):
    app.add_directive("quiz", Quiz)
    app.add_directive("reason", Reason)
    app.connect("doctree-read", _register)
