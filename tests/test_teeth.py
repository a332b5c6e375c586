"""One coefficient changed in one step must turn a notebook, a claim and a unit test red."""
import os
import shutil
import subprocess
import sys

import pytest

from tools.notebooks import ROOT

MUTANTS = {  # step file line -> the same with one coefficient changed
    "return y + hyper.beta * v - hyper.lr * g, NesterovState(v)":
        "return y + 0.99 * hyper.beta * v - hyper.lr * g, NesterovState(v)",
}


@pytest.mark.parametrize("line", MUTANTS)
def test_a_changed_coefficient_turns_a_notebook_a_claim_and_a_unit_test_red(line, tmp_path):
    book = tmp_path / "book"
    ignore = shutil.ignore_patterns(".venv", "_build", ".git", "__pycache__", ".pytest_cache", ".hypothesis", "browser")
    shutil.copytree(ROOT, book, ignore=ignore)
    steps = book / "src" / "firstorder" / "steps.py"
    text = steps.read_text("utf8")
    assert text.count(line) == 1
    steps.write_text(text.replace(line, MUTANTS[line]), "utf8")
    env = {**os.environ, "PYTHONPATH": str(book / "src")}  # before the installed package, in kernels too

    def run(*arguments):
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o",
                               "addopts=--nbval-current-env", *arguments], cwd=book, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout

    code, out = run("--nbval", "chapters/definitions/momentum.ipynb")
    assert code == 1, out
    assert "Cell outputs differ" in out  # a number on the page
    assert "claim nag-same-rate: computed" in out  # a claim of the ledger
    code, out = run("tests/test_steps.py", "-k", "nesterov")
    assert code == 1, out
