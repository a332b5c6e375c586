"""The ledger has teeth: every row is checked once, every check has a row, and a wrong record turns red."""
import ast
import dataclasses
import re

import jupytext
import nbformat
import pytest

from firstorder.claims import Claim, ClaimError, Ledger, judge, load
from tools.notebooks import ROOT, executed_pages

FILES = sorted((ROOT / "claims").glob("*.yml"))
ROWS = [(path, claim) for path in FILES for claim in load(path).values()]


def _checks(page):
    """Ids that the code cells of a page check, in order."""
    ids = []
    for cell in jupytext.reads((ROOT / page).read_text("utf8"), fmt="md:myst").cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.M))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "check":
                    assert isinstance(node.args[0], ast.Constant), f"{page}: write the id of a claim as a literal"
                    ids.append(node.args[0].value)
    return ids


def test_every_row_is_checked_exactly_once_and_every_check_has_a_row():
    checked = sorted(id for page in executed_pages() for id in _checks(page))
    assert checked == sorted(claim.id for _, claim in ROWS if claim.kind != "citation")


def test_at_most_eight_claims_a_page():
    assert {p.name: len(load(p)) for p in FILES if len(load(p)) > 8} == {}


def _computed():
    """What the executed notebooks computed for each claim: id -> number, or verdict in words."""
    found = {}
    for page in executed_pages():
        nb = nbformat.read((ROOT / page).with_suffix(".ipynb"), 4)
        text = "\n".join(o.get("text", "") for c in nb.cells for o in c.get("outputs", []))
        for id, number, verdict in re.findall(r"^\[([\w-]+)\] (?:claimed \S+, computed (\S+): )?([A-Z ]+)$", text, re.M):
            found[id] = float(number) if number else {"HOLDS": True, "FALSE": False, "ONLY IF": (True, False)}[verdict]
    return found


COMPUTED = _computed()
ID = lambda item: item[1].id if isinstance(item, tuple) else None


@pytest.mark.parametrize("item", [r for r in ROWS if r[1].kind != "citation"], ids=ID)
def test_a_flipped_verdict_or_a_moved_value_turns_red(item):
    _, claim = item
    computed = COMPUTED[claim.id]
    assert judge(claim, computed) == claim.verdict
    for verdict in {"holds", "false", "only if"} - {claim.verdict}:
        with pytest.raises(ClaimError):
            judge(dataclasses.replace(claim, verdict=verdict), computed)
    if claim.kind == "value":
        for sign in (1, -1):
            with pytest.raises(ClaimError):
                judge(dataclasses.replace(claim, truth=claim.truth + sign * 3 * claim.tolerance), computed)
        if claim.verdict == "false":  # the draft's number must not be within reach of the truth
            with pytest.raises(ClaimError):
                judge(dataclasses.replace(claim, claimed=claim.truth), computed)


GOOD = dict(id="x", met="draft", where="here", claim="c", kind="direction", verdict="false", truth="t")


@pytest.mark.parametrize("change, sentence", [
    (dict(verdict="maybe"), "claim x: verdict='maybe' is not one of holds, false, only if"),
    (dict(met="dream"), "claim x: met='dream' is not one of draft, folklore, library, textbook"),
    (dict(kind="value"), "claim x: a claim of kind value needs a number as truth, not 't'"),
    (dict(kind="value", truth=1, claimed=2), "claim x: a claim of kind value needs a number as tolerance, not None"),
    (dict(kind="value", truth=1, claimed=2, tolerance=0), "claim x: tolerance=0 is not in (0, ∞)"),
    (dict(kind="citation"), "claim x: a claim of kind citation needs a bibliography key as cite"),
])
def test_malformed_rows(change, sentence):
    with pytest.raises(ClaimError) as e:
        Claim(**{**GOOD, **change})
    assert str(e.value) == sentence


def test_malformed_files(tmp_path):
    file = tmp_path / "p.yml"
    for text, sentence in (
        ("a: [", "p.yml is not YAML"),
        ("a: 1", "p.yml must be a list of claims"),
        ("- id: x", "p.yml: claim x needs the fields claim, id, kind, met, truth, verdict, where; unknown here: none"),
        ("- {id: x, wher: y}", "unknown here: wher"),
        ("- " + str(GOOD) + "\n- " + str(GOOD), "p.yml: claim x is there twice"),
    ):
        file.write_text(text)
        with pytest.raises(ClaimError, match=re.escape(sentence)):
            load(file)


def test_ledger_refuses_unknown_and_repeated_checks(tmp_path, capsys):
    (tmp_path / "p.yml").write_text("- " + str(GOOD))
    ledger = Ledger("p", tmp_path)
    with pytest.raises(ClaimError, match="no claim 'y' in p.yml; it has x"):
        ledger.check("y", True)
    ledger.check("x", False)
    assert capsys.readouterr().out == "[x] FALSE\n"
    with pytest.raises(ClaimError, match="claim x is checked twice on this page"):
        ledger.check("x", False)
    with pytest.raises(ClaimError, match="the computation says 'holds', the record says 'false'"):
        Ledger("p", tmp_path).check("x", True)


def test_cited_rows_cite_an_entry():
    bib = (ROOT / "references.bib").read_text("utf8")
    for _, claim in ROWS:
        if claim.cite:
            assert f"{{{claim.cite.split()[0].rstrip(',')}," in bib, claim.id
