"""A number typed in prose stands in a cell of its page, too: in its code, where it is set or asserted, or in its output.

Text that is glued cannot go stale; what an author types can.  Looked at: decimals and whole numbers of three digits
or more.  A typed decimal may be a rounded one.  Left out: quoted statements, sentences with a citation, code spans.
"""
import re

import jupytext
import pytest

from tools import notebooks
from tools.notebooks import ROOT

SPACED = re.compile(r"(?<=\d)(?:_|\\,|[ \u00a0\u202f])(?=\d{3}(?!\d))")  # 10 000, 10_000
NUMBER = re.compile(r"(\d+\.?\d*)(?:[eE](-?\d+))?")
TYPED = re.compile(r"(?<![\w.\\{/-])(\d+\.\d+|\d{3,})(?![\d.]*\d)")
YEAR = re.compile(r"1[89]\d\d|20[0-2]\d")
ELSEWHERE = {  # (page, number): where it is set
    ("chapters/conventions.md", "300"): "STEPS of tests/test_conventions.py",
    ("chapters/definitions/adaptive.md", "0.96"): "part of NAdam's definition",
    ("chapters/definitions/adaptive.md", "0.004"): "PyTorch's default, run by the row torch-nadam of the conventions",
    ("solutions/b07.md", "100"): "the planted proof of firstorder.graders.b07",
}


def in_cells(nb):
    """All numbers in the code and the outputs of a notebook."""
    texts = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            texts += [out.get("text", ""), *map(str, out.get("data", {}).values())]
    found = set()
    for mantissa, exponent in NUMBER.findall(SPACED.sub("", "\n".join(texts).replace("−", "-"))):
        found |= {float(mantissa), float(f"{mantissa}e{exponent or 0}")}
    return found


def typed(markdown):
    """The numbers that an author typed."""
    lines = (line for line in markdown.splitlines() if not re.match(r">|\*The draft's statement", line))
    sentences = re.split(r"(?<=[.:;?])\s", "\n".join(lines))
    text = "\n".join(s for s in sentences if "{cite" not in s)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|`[^`\n]*`", "", text)
    return [t for t in TYPED.findall(SPACED.sub("", text)) if not YEAR.fullmatch(t)]


def strangers(markdown, numbers):
    """Typed numbers that no cell has, to the digits typed."""
    def known(text):
        digits = len(text.partition(".")[2])
        return any(abs(round(v, digits) - float(text)) < 1e-12 for v in numbers) if digits else float(text) in numbers
    return [text for text in typed(markdown) if not known(text)]


@pytest.mark.parametrize("page", [p for p in notebooks.toc() if notebooks.is_notebook(p) and not notebooks.is_exercise(p)])
def test_a_number_in_prose_stands_in_a_cell(page):
    source = jupytext.reads((ROOT / page).read_text("utf8"), fmt="md:myst")
    prose = "\n\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    missing = set(strangers(prose, in_cells(notebooks.read(page))))
    allowed = {number for where, number in ELSEWHERE if where == page}
    assert missing == allowed, f"{page}: typed in prose and in no cell: {sorted(missing - allowed)}; now in one: {allowed - missing}"


def test_a_stale_number_is_seen():
    numbers = {1660.0, 2.2865}
    assert strangers("It needs 1660 steps, a factor of 2.29.", numbers) == []
    assert strangers("It needs 1661 steps, a factor of 2.28. > no\n> 7.77", numbers) == ["1661", "2.28"]
    assert strangers("{cite:t}`kingma2015` have 0.123. Then {eq}`eq-0.456` gives `0.789`.", numbers) == []
