"""Every grader is graded: the stub and all named wrong solutions fail, all different right ones pass."""
import importlib
import pkgutil
import re

import pytest

from firstorder import graders
from firstorder.decision import decide
from firstorder.grading import NotYet, Report, first_false, kill_table
from tools.notebooks import ROOT

from . import variants as folder

NAMES = sorted(m.name for m in pkgutil.iter_modules(graders.__path__))
GRADERS = {
    name: (importlib.import_module(f"firstorder.graders.{name}").check,
           importlib.import_module(f"tests.variants.{name}").VARIANTS)
    for name in NAMES
}


def test_every_grader_has_variants_and_a_published_kill_table():
    pages = "".join(path.read_text("utf8") for path in (ROOT / "solutions").glob("kill_tables*.md"))
    assert sorted(m.name for m in pkgutil.iter_modules(folder.__path__)) == NAMES
    assert [name for name in NAMES if pages.count(f'show_kill_table("{name}"') != 1] == []


@pytest.mark.parametrize("exercise", GRADERS)
def test_kill_table(exercise):
    check, variants = GRADERS[exercise]
    rows = kill_table(check, variants, seed=0)
    assert [r for r in rows if r.passed != (r.wanted == "pass")] == []


@pytest.mark.parametrize("exercise", GRADERS)
@pytest.mark.parametrize("seed", range(1, 6))
def test_right_solutions_pass_whatever_is_drawn(exercise, seed):
    check, variants = GRADERS[exercise]
    right = {name: variant for name, variant in variants.items() if variant[0] == "pass"}
    assert [r for r in kill_table(check, right, seed=seed) if not r.passed] == []


@pytest.mark.parametrize("exercise", GRADERS)
def test_table_is_large_enough(exercise):
    wanted = [wanted for wanted, _ in GRADERS[exercise][1].values()]
    assert wanted.count("pass") >= 3 and wanted.count("fail") >= 9  # reference and two others; stub and eight
    assert "the stub" in GRADERS[exercise][1]


def test_report_says_what_failed(capsys):
    report = Report("X")
    report.expect("first", 1, 1, True)
    with report.running("second"):
        raise KeyError("oops")
    with pytest.raises(NotYet, match="^X is not solved yet\\n  second: expected no exception, found KeyError: 'oops'$"):
        report.finish()
    said = capsys.readouterr().out.splitlines()
    assert said == ["ok     first: expected 1, found 1", "NOT YET second: expected no exception, found KeyError: 'oops'"]


def test_keyboard_interrupt_is_not_a_failed_criterion():
    report = Report("X")
    with pytest.raises(KeyboardInterrupt), report.running("endless"):
        raise KeyboardInterrupt


PLANTED = {name: module for name in NAMES
           if hasattr(module := importlib.import_module(f"firstorder.graders.{name}"), "planted_proof")}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_proof_follows_up_to_its_first_false_step(name):
    """The reference names the one step that does not follow; the steps before it do."""
    proof = PLANTED[name].planted_proof()
    if isinstance(proof[1], tuple):  # hypotheses and statement, to be decided
        proof = {k: lambda row=row: decide(row[1], *row[0]).decided for k, row in proof.items()}
    assert list(proof) == list(range(1, len(proof) + 1)) and len(proof) >= 4
    false = first_false(proof)
    reference = next(functions for wanted, functions in GRADERS[name][1].values() if wanted == "pass")
    assert reference[-1]() == false > 1
    assert all(proof[k]() for k in range(1, false))
    page = (ROOT / "solutions" / f"{name}.md").read_text("utf8")
    (wrong,) = re.findall(r"\*\*A wrong proof\.?\*\*.*?\n\n((?:\d+\. .*\n(?:   .*\n)*)+)", page)
    steps = len(re.findall(r"^\d+\. ", wrong, re.M))
    assert steps in (len(proof), len(proof) + 1), "the page's steps and the planted proof's"
