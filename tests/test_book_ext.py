"""The book's Sphinx extension: what a wrong source is told, and what a right one becomes.

Pages are read by Sphinx itself, with a builder that writes nothing; the built site is tested in
tests/browser.
"""
import io
import sys
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from firstorder import METHODS, conventions

sys.path.insert(0, str(Path(__file__).parents[1] / "_ext"))

from book_ext import explorable
from book_ext.explorable import COMPONENTS

CONFIG = {
    "extensions": ["myst_parser", "book_ext"],
    "myst_enable_extensions": ["dollarmath", "amsmath", "colon_fence"],
    "exclude_patterns": ["out"],
}
ROW = ("- {id: %s, met: folklore, where: talks, claim: it holds, kind: identity, "
       "truth: it does, verdict: %s}\n")


@pytest.fixture
def read(tmp_path):
    """A function that reads pages {name: text}; returns the application and its warnings."""
    def read(pages, claims=None):
        for folder, files in (("", {f"{n}.md": t for n, t in pages.items()}), ("claims", claims or {})):
            for name, text in files.items():
                path = tmp_path / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf8")
        warnings = io.StringIO()
        out = tmp_path / "out"
        with patch_docutils(), docutils_namespace():
            app = Sphinx(tmp_path, None, out, out, "dummy", CONFIG,
                         status=None, warning=warnings, freshenv=True)
            app.build(force_all=True)
        return app, warnings.getvalue().replace("\x1b[91m", "").replace("\x1b[39;49;00m", "")

    return read


QUIZ = """# Page

::::{quiz} A.6
:name: quiz-a06
:answer: true
It is $x$.

:::{reason}
Since $y$.
:::
::::

See {ref}`quiz-a06`.
"""


def test_a_quiz_keeps_statement_reason_and_answer_apart(read):
    app, warnings = read({"index": QUIZ})
    assert warnings == ""
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    quiz = next(n for n in tree.findall(nodes.Element) if "quiz" in n["classes"])
    parts = {n["classes"][0]: n for n in quiz.findall(nodes.Element) if n.get("classes")}
    assert quiz["ids"] == ["quiz-a06"] and quiz["attributes"]["data-answer"] == "true"
    assert parts["quiz-statement"].astext() == "It is x."
    assert parts["quiz-why"].astext() == "Since y."
    assert "See A.6." in tree.astext()


@pytest.mark.parametrize("change, sentence", [
    ((":answer: true", ""), "quiz A.6 has no answer; write :answer: true or :answer: false"),
    ((":answer: true", ":answer: maybe"), '"maybe" unknown; choose from "true", or "false"'),
    (("It is $x$.", ""), "it has 0 blocks of statement and 1 reasons"),
    ((":::{reason}\nSince $y$.\n:::", ""), "it has 1 blocks of statement and 0 reasons"),
])
def test_a_bad_quiz_is_told_in_one_sentence(read, change, sentence):
    _, warnings = read({"index": QUIZ.replace(*change).replace("See {ref}`quiz-a06`.", "")})
    assert sentence in warnings


def test_a_reason_outside_a_quiz_stops_the_build(read):
    with pytest.raises(SphinxError, match="index: a reason stands outside a quiz"):
        read({"index": "# Page\n\n:::{reason}\nWhy.\n:::\n"})


def test_two_quizzes_of_one_name_are_told(read):
    _, warnings = read({"index": QUIZ + "\n```{toctree}\nother\n```\n", "other": QUIZ})
    assert "quiz quiz-a06 is named in" in warnings


def test_equations_get_the_tag_of_their_label(read):
    text = ("# Page\n\n$$ a $$ (eq-HB)\n\n$$ b $$ (eq-AdamW)\n\n\\begin{align} c &= d \\end{align}\n\n"
            "{eq}`eq-HB`, {eq}`eq-AdamW`\n")
    app, warnings = read({"index": text})
    assert warnings == ""
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    assert [n["number"] for n in tree.findall(nodes.math_block)] == ["HB", "AdamW", None]
    assert "(HB), (AdamW)" in tree.astext()


def test_a_formula_keeps_the_comma_after_it(read):
    app, _ = read({"index": "# Page\n\nLet $x$, $y$ and $z$.\n"})
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    assert [n.astext() for n in tree.findall(nodes.inline) if "math-glued" in n["classes"]] == ["x,", "z."]
    assert "Let x, y and z." in tree.astext()


def test_equation_labels_that_share_an_anchor_are_told(read):
    _, warnings = read({"index": "# Page\n\n$$ a $$ (eq-HB)\n\n$$ b $$ (eq-hb)\n"})
    assert "equation labels eq-HB and eq-hb differ only in case or punctuation" in warnings


EXPLORABLE = "# Page\n\n```{explorable} %s\n%s\n\nA picture.\n```\n"


@pytest.mark.parametrize("name, option, sentence", [
    ("adam", "", "explorable 'adam' is not one of momentum, race, filter, bias, noise"),
    ("momentum", ":beta: 1.5", "beta=1.5 is outside [0, 1) for heavy_ball"),
    ("momentum", ":lr: -1", "lr=-1.0 is outside (0, ∞) for heavy_ball"),
    ("momentum", ":method: heavyball", "did you mean heavy_ball?"),
    ("momentum", ":methods: gradient_descent adam", "method='adam' is not one of gradient_descent"),
    ("momentum", ":eigenvalues: 1 -2", "'1 -2' is not 2 positive numbers"),
    ("momentum", ":lr: big", "explorable momentum: lr='big' is not a number"),
    ("momentum", ":steps: 1.5", "steps='1.5' is not a whole number from 1 to 10000"),
    ("momentum", ":rho: 0.5", "option='rho' is not one of lr, beta, method, methods, eigenvalues, start, steps"),
    ("bias", ":beta1: 1.0", "explorable bias: beta1=1.0 is outside [0, 0.999] (averaging factor of the gradient)"),
    ("bias", ":beta2: 0.4", "beta2=0.4 is outside [0.5, 0.9999] (averaging factor of the squared gradient)"),
    ("bias", ":beta: 0.9", "option='beta' is not one of beta1, beta2; did you mean beta2?"),
    ("noise", ":a: 2", "a=2.0 is outside [0.01, 1.9] (step size times curvature)"),
    ("noise", ":beta: nan", "beta=nan is outside [0, 0.99] (momentum factor)"),
    ("noise", ":rho: -1", "rho=-1.0 is outside [-0.9, 0.9] (correlation of successive draws)"),
    ("noise", ":step: matching", "step='matching' is not one of equal, matched; did you mean matched?"),
    ("race", ":kappa: 0.5", "kappa=0.5 is outside [1, 1000] (condition number)"),
    ("race", ":a: 4", "a=4.0 is outside [0.01, 3.98] (step size times largest curvature)"),
    ("race", ":methods: nesterov adam", "method='adam' is not one of gradient_descent, heavy_ball, heavy_ball_ema, nesterov, polyak"),
    ("race", ":start: 1", "'1' is not 2 numbers"),
    ("race", ":steps: 1000", "steps='1000' is not a whole number from 1 to 500"),
    ("filter", ":method: nesterov", "method='nesterov' is not one of heavy_ball_ema, heavy_ball"),
    ("filter", ":beta: 1", "beta=1.0 is outside [0, 0.99] (momentum factor)"),
    ("filter", ":draw: 0", "draw='0' is not a whole number from 1 to 50"),
    ("momentum", ":replaces: fig-none", "replaces 'fig-none', but no figure of this page has that name"),
])
def test_a_bad_explorable_is_told_in_one_sentence(read, name, option, sentence):
    _, warnings = read({"index": EXPLORABLE % (name, option)})
    assert sentence in warnings


def test_an_explorable_carries_its_numbers(read):
    app, warnings = read({"index": EXPLORABLE % ("momentum", ":lr: 0.25\n:beta: 0.5\n:eigenvalues: 1 4")})
    assert warnings == ""
    tree = app.env.get_doctree("index")
    data = next(n for n in tree.findall(nodes.Element) if "explorable" in n["classes"])["attributes"]
    assert (data["data-lr"], data["data-beta"], data["data-eigenvalues"]) == ("0.25", "0.5", "1.0 4.0")


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_explorable_loads_its_scripts_in_order_and_starts_with_its_defaults(read, name):
    app, warnings = read({"index": EXPLORABLE % (name, "")})
    assert warnings == ""
    node = next(n for n in app.env.get_doctree("index").findall(nodes.Element) if "explorable" in n["classes"])
    assert node["assets"][1:3] == ("firstorder.js", "explorable.js") and node["assets"][-1] == f"explorable-{name}.js"
    static = Path(explorable.__file__).parent / "static"
    assert all((static / asset).is_file() for asset in node["assets"] if asset != explorable.LIBRARY)
    given = {key.removeprefix("data-") for key in node["attributes"]} - {"explorable"}
    assert given == set(COMPONENTS[name].options)
    code = (static / node["assets"][-1]).read_text("utf8")
    unread = [key for key in given if f"data.{key}" not in code]
    assert unread == [], "an option that the script does not read"


LEDGER = {"index": "# Ledger\n\n```{ledger}\n```\n\n```{toctree}\npage\n```\n",
          "page": "# A page\n\n```{claims} definitions/page\n```\n"}


def test_ledger_rows_link_to_the_page_that_shows_them(read):
    app, warnings = read(LEDGER, {"definitions-page.yml": ROW % ("one", "holds") + ROW % ("two", '"false"')})
    assert warnings == ""
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    assert "Of 2 claims, by verdict: holds 1, false 1." in tree.astext()
    links = [n["refuri"] for n in tree.findall(nodes.reference) if "ledger_page" in n]
    assert [link.split("#")[1] for link in links] == [
        "claims-definitions-page", "claims-definitions-page-one", "claims-definitions-page-two"]
    ids = {i for n in app.env.get_doctree("page").findall(nodes.Element) for i in n.get("ids", ())}
    assert {link.split("#")[1] for link in links} <= ids


def test_claims_that_no_page_shows_are_told(read):
    _, warnings = read({"index": "# Ledger\n\n```{ledger}\n```\n"}, {"lost.yml": ROW % ("one", "holds")})
    assert "claims/lost.yml is shown on no page" in warnings


@pytest.mark.parametrize("claims, sentence", [
    ({"definitions-page.yml": ROW % ("one", "perhaps")},
     "verdict='perhaps' is not one of holds, false, only if"),
    ({"definitions-page.yml": "- {id: one"}, "definitions-page.yml is not YAML"),
    ({"definitions-page.yml": ROW % ("one", "holds"), "other.yml": ROW % ("one", "holds")},
     "claim id 'one' is used in definitions-page.yml and in other.yml"),
    ({}, "page: claims/definitions-page.yml does not exist"),
])
def test_bad_claims_stop_the_build_with_one_sentence(read, claims, sentence):
    with pytest.raises(SphinxError) as told:
        read(LEDGER, claims)
    assert sentence in str(told.value) and "\n" not in str(told.value)


METHOD_PAGE = "# Methods\n\n" + "".join(f"$$ x $$ (eq-{m.tag})\n\n" for m in METHODS.values())


def test_the_selector_of_conventions_holds_every_row_once(read):
    app, warnings = read({"index": METHOD_PAGE + "```{conventions}\n```\n"})
    assert warnings == ""
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    found = [(n.parent["attributes"]["data-library"], n["attributes"]["data-optimizer"], n["attributes"]["data-option"])
             for n in tree.findall(nodes.Element) if "conv-row" in n["classes"]]
    assert found == [(conventions.LIBRARIES[row.library], row.optimizer, row.option)
                     for library in conventions.LIBRARIES for row in conventions.ROWS if row.library == library]
    row = next(row for row in conventions.ROWS if row.key == "keras-adagrad")
    text = next(n for n in tree.findall(nodes.Element) if n["classes"] == ["conv-row"] and row.asks in n.astext()).astext()
    assert row.warning in text and row.book in text and "(AdaGrad)" in text and f"{row.cost:g}" in text


def test_a_selector_that_starts_nowhere_is_told(read):
    _, warnings = read({"index": METHOD_PAGE + "```{conventions}\n:start: torch-sdg\n```\n"})
    assert "start='torch-sdg' is not one of" in warnings and "did you mean torch-sgd?" in warnings


def test_a_formula_in_lines():
    from book_ext.conventions import lines

    assert lines(r"a = b,\; c = d") == r"\begin{aligned} & a = b, \\ & c = d \end{aligned}"
