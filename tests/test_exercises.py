"""The life of an exercise: generation, the reader's paths, and what no command may do."""
import shutil
import subprocess
import sys

import nbformat
import pytest

from tools import exercises
from tools.notebooks import ROOT, BookError, is_notebook

NAME = "exercises/b03.ipynb"  # the quickest grader
SOLVED = {
    "def converges": "def converges(a, beta):\n    return abs(beta) < 1 and 0 < a < 2 * (1 + beta)",
    "def first_false_step": "def first_false_step():\n    return 4",
}
WRONG = {**SOLVED, "def converges": "def converges(a, beta):\n    return 0 < beta < 1 and 0 < a < 2 * (1 + beta)"}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the book to spoil."""
    copy = tmp_path_factory.mktemp("book") / "copy"
    ignore = shutil.ignore_patterns(".venv", "_build", ".git", "__pycache__", ".pytest_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=ignore)
    return copy


def _write(book, code, outputs=False, drop_check=False):
    """The exercise notebook with some cells replaced, as a reader saves it."""
    shutil.copy(ROOT / NAME, book / NAME)
    nb = nbformat.read(book / NAME, 4)
    if drop_check:
        nb.cells = [c for c in nb.cells if "check" not in c.metadata.get("tags", ())]
    for i, cell in enumerate(c for c in nb.cells if c.cell_type == "code"):
        for start, new in code.items():
            if start in cell.source:
                cell.source = new
        if outputs:
            cell.execution_count = i + 1
            cell.outputs = [nbformat.v4.new_output("stream", text="B.3: passed\n")]
    nbformat.write(nb, book / NAME)


def _nbval(book):
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rs", "--nbval", "-p", "no:cacheprovider", NAME],
                         cwd=book, capture_output=True, text=True)
    return run.returncode, run.stdout


@pytest.mark.parametrize("path, code, options, passes, said", [
    ("untouched", {}, {}, True, f"not attempted: {NAME}"),
    ("wrong", WRONG, {}, False, "B.3 is not solved yet"),
    ("wrong, saved with passing outputs", WRONG, {"outputs": True}, False, "B.3 is not solved yet"),
    ("right", SOLVED, {}, True, "3 passed"),
    ("right, saved with outputs", SOLVED, {"outputs": True}, True, "3 passed"),
    ("check cell deleted", SOLVED, {"drop_check": True}, False, "its check cell is missing or changed"),
])
def test_readers_paths(book, path, code, options, passes, said):
    _write(book, code, **options)
    before = (book / NAME).read_bytes()
    returncode, out = _nbval(book)
    assert (returncode == 0) == passes, out
    assert said in out
    update = subprocess.run([sys.executable, "-c", "from tools.exercises import generate; generate()"], cwd=book)
    assert update.returncode == 0
    assert (book / NAME).read_bytes() == before
    assert not (book / NAME).with_suffix(".new.ipynb").exists()


def test_a_link_within_a_page_stays_within_it():
    master = (ROOT / "solutions" / "a_true_false.md").read_text("utf8")
    text = exercises.exercise_text("solutions/a_true_false.md")
    assert "{ref}`A.1 <sol-a01>`" in master and "{ref}`A.1 <ex-a01>`" in text
    assert "(ex-a01)=" in text and "sol-" not in text


def test_a_newer_stub_is_written_beside_the_readers_work(book):
    _write(book, SOLVED)
    before = (book / NAME).read_bytes()
    master = book / "solutions" / "b03.md"
    text = master.read_text("utf8")
    try:
        master.write_text(text.replace("Returns a bool.", "Returns True or False.", 1), "utf8")
        run = subprocess.run([sys.executable, "-c", "from tools.exercises import generate; generate()"], cwd=book,
                             capture_output=True, text=True)
    finally:
        master.write_text(text, "utf8")
    assert "kept     exercises/b03.ipynb as you left it; the newer stub is b03.new.ipynb" in run.stdout
    assert (book / NAME).read_bytes() == before
    new = (book / NAME).with_suffix(".new.ipynb")
    assert "Returns True or False." in new.read_text("utf8")
    new.unlink()


def test_no_trace_of_a_solution_in_an_exercise():
    for master in exercises.masters():
        page = exercises.exercise_of(master)
        given = (ROOT / page).read_text("utf8")
        if is_notebook(page):
            given += (ROOT / page).with_suffix(".ipynb").read_text("utf8")
        for line in _solution_lines(master):
            assert line not in given, f"{page} contains {line!r} of {master}"


def _solution_lines(master):
    """Lines of a master that are left out of the exercise: bodies of stubs, and everything tagged solution."""
    whole = {l.strip() for l in (ROOT / master).read_text("utf8").splitlines()}
    kept = {l.strip().replace("ex-", "sol-") for l in exercises.exercise_text(master).splitlines()}
    structure = ("```", ":::", "+++", ":tags", "tags:", "---", "import ", "from ", "%")
    return {l for l in whole - kept if len(l) > 15 and not l.startswith(structure) and not l.endswith(exercises.ENDING)}


def test_exercises_store_no_outputs():
    for master in exercises.masters():
        nb = nbformat.read((ROOT / exercises.exercise_of(master)).with_suffix(".ipynb"), 4)
        assert [c.outputs for c in nb.cells if c.cell_type == "code" and c.outputs] == []


def test_a_class_in_a_stub_is_refused():
    with pytest.raises(BookError, match="stub Mine is no plain function, so its body would stay in the exercise"):
        exercises.stub_code("class Mine:\n    'Contract.'\n    def step(self):\n        return 1")


def test_stub_needs_a_docstring():
    with pytest.raises(BookError, match="stub f has no docstring"):
        exercises.stub_code("def f(x):\n    return x")


def test_stub_keeps_signature_docstring_and_imports():
    assert exercises.stub_code('import numpy as np\n\n\ndef f(x):\n    """Doc.\n\n    More.\n    """\n    return x\n') == (
        'import numpy as np\n\n\ndef f(x):\n    """Doc.\n\n    More.\n    """\n    raise NotImplementedError("your turn")'
    )
