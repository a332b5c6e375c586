"""The instructor's command: each submission is a row, whatever it does."""
import csv

import nbformat
import pytest

from tools import grade
from tools.notebooks import ROOT, BookError

SOLVED = {"def converges": "def converges(a, beta):\n    return abs(beta) < 1 and 0 < a < 2 * (1 + beta)",
          "def first_false_step": "def first_false_step():\n    return 4"}
DRAFT = {**SOLVED, "def converges": "def converges(a, beta):\n    return 0 < beta < 1 and 0 < a < 2 * (1 + beta)"}


def submission(code, extra="", drop_check=False, saved="B.3: passed\n"):
    """The notebook of B.3 as a reader hands it in."""
    nb = nbformat.read(ROOT / "exercises" / "b03.ipynb", 4)
    for cell in (c for c in nb.cells if c.cell_type == "code"):
        for start, new in code.items():
            if start in cell.source:
                cell.source = new
        if "check" in cell.metadata.get("tags", ()):
            cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text=saved)], 1
    if extra:
        nb.cells.insert(1, nbformat.v4.new_code_cell(extra))
    if drop_check:
        nb.cells = [c for c in nb.cells if "check" not in c.metadata.get("tags", ())]
    return nb


FOOL = """
import firstorder.grading
firstorder.grading.Report.finish = lambda self: print("B.3: passed")
check = lambda *a, **k: None
"""
CASES = {  # file: (notebook, exercise, verdict, words of the detail)
    "right.ipynb": (submission(SOLVED), "b03", "passed", ""),
    "right-without-check/b03-ada.ipynb": (submission(SOLVED, drop_check=True), "b03", "passed", ""),
    "wrong.ipynb": (submission(DRAFT), "b03", "not yet", "expected"),
    "stub.ipynb": (submission({}), "b03", "not attempted", "stub"),
    "endless.ipynb": (submission(SOLVED, "while True: pass"), "b03", "out of time", "still running after"),
    "endless-asleep.ipynb": (submission(SOLVED, "import subprocess\nsubprocess.run(['sleep', '1000'])"), "b03", "out of time", ""),
    "greedy.ipynb": (submission(SOLVED, "import numpy as np\nx = np.ones(10**10)"), "b03", "out of memory", "a cell"),
    "crash.ipynb": (submission(SOLVED, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"), "b03", "no verdict", "signal 11"),
    "exit.ipynb": (submission(SOLVED, "import os\nos._exit(0)"), "b03", "no verdict", "exit code 0"),
    "scratch-cell-fails.ipynb": (submission(SOLVED, "1 / 0"), "b03", "passed", ""),
    "syntax.ipynb": (submission({**SOLVED, "def converges": "def converges(a, beta: return True"}), "b03", "error", "SyntaxError"),
    "fool.ipynb": (submission(DRAFT, FOOL), "b03", "not yet", "expected"),
    "notes.ipynb": (nbformat.v4.new_notebook(), "", "not an exercise", "no check cell"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submissions")
    for file, (nb, *_) in CASES.items():
        (folder / file).parent.mkdir(exist_ok=True)
        nbformat.write(nb, folder / file)
    (folder / "broken.ipynb").write_text("{", "utf8")
    table = folder / "grades.csv"
    rows = grade.main([str(folder), "--seconds", "20", "--csv", str(table), "--seed", "11", "--megabytes", "8000"])
    return {row.file: row for row in rows}, table


@pytest.mark.parametrize("file", CASES)
def test_each_submission_is_a_row(graded, file):
    _, exercise, verdict, words = CASES[file]
    row = graded[0][file]
    assert (row.exercise, row.verdict) == (exercise, verdict), row
    assert words in row.detail
    assert row.verdict in grade.VERDICTS


def test_a_file_that_is_no_notebook_is_a_row(graded):
    assert graded[0]["broken.ipynb"].verdict == "unreadable"
    assert len(graded[0]) == len(CASES) + 1


def test_the_table_is_written(graded):
    rows = list(csv.DictReader(open(graded[1], encoding="utf8")))
    assert {r["file"]: r["verdict"] for r in rows} == {f: r.verdict for f, r in graded[0].items()}


def test_an_answer_learned_for_the_printed_seed_fails():
    assert grade.reseeded("check(f, g, seed=3)", 44) == "check(f, g, seed=44)"


@pytest.mark.parametrize("arguments, sentence", [
    (["nowhere"], "nowhere is not a folder"),
    (["tools"], "tools holds no .ipynb file"),
    (["exercises", "--jobs", "0"], "--jobs 0 is not at least 1"),
])
def test_bad_input_is_told_in_one_sentence(arguments, sentence, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(BookError, match=sentence):
        grade.main(arguments)


def test_every_exercise_with_a_check_cell_is_known():
    known = grade.known_exercises()
    assert {"b01", "b20", "c05"} <= set(known)
    assert all("seed" in source for e in known.values() for source in e.checks)
