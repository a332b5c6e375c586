"""The notebook rendering: what each directive and role becomes, and what is refused."""
import pytest

from firstorder.claims import Claim
from tools.plain import Labels, Plain, PlainError

PAGES = {
    "a.md": "(top)=\n# Page A\n\n```{prf:definition} Ball\n:label: def-ball\nx\n$$\nx = 1\n$$ (eq-HB)\n```\n",
    "sub/b.md": "# Page B\n\n(sec)=\n## Section\n",
}


@pytest.fixture
def plain(tmp_path):
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    labels = Labels(tmp_path, PAGES)
    row = Claim("c", "draft", "here", "Two is three.", "direction", "false", "It is two.")

    def make(page="a.md"):
        return Plain(page, labels, lambda p, k: {"n": "42"}[k], lambda p: p == "a.md", lambda k: "Polyak (1964)",
                     lambda p: [(row.claim, row.verdict)])

    return make


@pytest.mark.parametrize("source, text", [
    ("(label)=\n# Title", "# Title"),
    ("```{prf:theorem} Fast\n:label: thm\nIt is.\n```", "> **Theorem (Fast).**\n>\n> It is."),
    ("```{prf:theorem} Fast\n:label: theorem-3-b\nIt is.\n```", "> **Theorem 3b (Fast).**\n>\n> It is."),
    ("```{note}\nHear.\n```", "> **Note**\n>\n> Hear."),
    ("```{dropdown} More\nText.\n```", "> **More**\n>\n> Text."),
    ("::::{quiz} A.1\n:answer: true\nSo?\n\n:::{reason}\nSo.\n:::\n::::",
     "> **A.1** True or false?\n>\n> So?\n>\n> <details><summary>Answer and reason</summary>\n>\n> So.\n>\n> </details>"),
    ("$$\nx = 1\n$$ (eq-HB)", "$$\nx = 1\n\\tag{HB}\n$$"),
    ("{glue:text}`n` steps", "42 steps"),
    ("{cite:t}`polyak1964`, {cite:p}`polyak1964`", "Polyak (1964), (Polyak 1964)"),
    ("see {prf:ref}`def-ball` and {eq}`eq-HB`", "see Definition (Ball) and (HB)"),
    ("{ref}`sec`, {ref}`here <sec>`", "[Section](sub/b.md), [here](sub/b.md)"),
    ("{doc}`sub/b`, {doc}`there <sub/b>`", "[Page B](sub/b.md), [there](sub/b.md)"),
    ("[text](sub/b.md)", "[text](sub/b.md)"),
    ("```{claims} a\n```", "- Two is three. — **false**"),
    ("```python\n{ref}`not a role here`\n```", "```python\n{ref}`not a role here`\n```"),
    ("% a comment\nText", "Text"),
])
def test_becomes(plain, source, text):
    assert plain().convert(source) == text


def test_links_go_to_notebooks_where_there_is_one(plain):
    assert plain("sub/b.md").convert("{prf:ref}`def-ball`, {doc}`../a`, [x](../a.md)") == (
        "[Definition (Ball)](../a.ipynb), [Page A](../a.ipynb), [x](../a.ipynb)"
    )


@pytest.mark.parametrize("source, sentence", [
    ("```{youtube} x\n```", "a.md: the notebook rendering does not know the directive youtube"),
    ("{pep}`8`", "a.md: the notebook rendering does not know the role pep"),
    ("{ref}`nowhere`", "a.md: nothing is labelled nowhere"),
    ("[x](gone.md)", "a.md: links to gone.md, which is not a page of the book"),
    ("```{note}\nopen", "a.md: directive note () is never closed"),
])
def test_refuses(plain, source, sentence):
    with pytest.raises(PlainError) as e:
        plain().convert(source)
    assert str(e.value) == sentence


def test_one_label_on_two_pages_is_refused(tmp_path):
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("(same)=\n# X\n")
    with pytest.raises(PlainError, match="label same is defined on a.md and on b.md"):
        Labels(tmp_path, ["a.md", "b.md"])


def test_a_backtick_in_a_directives_first_line_is_refused(plain):
    """CommonMark then sees no directive, and the page would show its source."""
    with pytest.raises(PlainError, match="first line cannot hold a backtick: ```{prf:proof} of {ref}`top`$"):
        plain().convert("```{prf:proof} of {ref}`top`\nBecause.\n```")


def test_the_selector_of_conventions_becomes_a_table(tmp_path):
    """One line a row of the table, with the map and a link to the method."""
    from firstorder import METHODS
    from firstorder.conventions import ROWS

    (tmp_path / "m.md").write_text("# Methods\n\n" + "\n\n".join(f"$$\nx\n$$ (eq-{m.tag})" for m in METHODS.values()))
    (tmp_path / "a.md").write_text("# Page\n")
    labels = Labels(tmp_path, ["m.md", "a.md"])
    page = Plain("a.md", labels, None, lambda p: True, None, None)
    lines = page.convert("```{conventions}\n```").splitlines()
    assert lines[0] == "| Library | Optimizer | Setting | In this book | Mind |" and len(lines) == len(ROWS) + 2
    (line,) = [line for line in lines if "| nesterov, changing momentum |" in line]
    assert line.startswith("| PyTorch | `SGD` |") and "βₜ₊₁ in the second place [(NAG)](m.ipynb) |" in line
    assert all(len(line.replace("\\|", "").split("|")) == 7 for line in lines)
