"""The answer that a quiz shows is the one that the witness on the page must agree with."""
import ast
import re

import jupytext
import pytest

from tools.notebooks import ROOT, executed_pages

PAGES = [p for p in executed_pages() if "{quiz}" in (ROOT / p).read_text("utf8")]


@pytest.mark.parametrize("page", PAGES)
def test_quiz_and_key_agree(page):
    text = (ROOT / page).read_text("utf8")
    found = re.findall(r"\{quiz\} (\S+)\n(?::name:.*\n)?:answer: (\w+)", text)
    shown = {title: answer == "true" for title, answer in found}
    code = "\n".join(c.source for c in jupytext.reads(text, fmt="md:myst").cells if c.cell_type == "code")
    (key,) = (ast.literal_eval(node.value) for node in ast.walk(ast.parse(code))
              if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KEY")
    assert shown == key and len(shown) == text.count("{quiz}")
    judged = re.findall(r'^witness\("([^"]+)"', code, re.M)
    assert sorted(judged) == sorted(key), "every item has one witness"
