"""Exercises, made from their solutions so that the two cannot drift.

`solutions/NAME.md` is the master.  In it
- a code cell tagged `stub` holds the reference solution; the exercise keeps each function's signature
  and docstring and replaces the body;
- everything from `+++ {"tags": ["solution"]}` to `+++ {"tags": ["exercise"]}` (or the end) is left out;
- a code cell tagged `check` judges the reader's work and must stay in it;
- a label `sol-…` becomes `ex-…`, as does a link to it on the same page, `{ref}`words <sol-…>``, and the title
  loses its ending " (solution)".

`exercises/NAME.md` and `exercises/NAME.ipynb` are generated.  A notebook whose code the reader has
changed is never overwritten: a new stub is written beside it.
"""
import ast
import hashlib
import re

import jupytext
import nbformat

from .notebooks import ROOT, BookError, convert, is_notebook, toc
from .plain import Labels

ENDING = " (solution)"
TURN = 'raise NotImplementedError("your turn")'


def masters():
    """Solution pages that have an exercise page in the table of contents."""
    pages = toc()
    return [p for p in pages if p.startswith("solutions/") and exercise_of(p) in pages]


def exercise_of(master):
    return master.replace("solutions/", "exercises/", 1)


def stub_code(source):
    """The code of a stub: every top-level function keeps signature and docstring and loses its body."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef)):
            raise BookError(f"stub {node.name} is no plain function, so its body would stay in the exercise")
        if not isinstance(node, ast.FunctionDef):
            continue
        first = node.body[0]
        documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if not documented:
            raise BookError(f"stub {node.name} has no docstring: its contract is what the reader works from")
        indent = " " * first.col_offset
        lines[first.end_lineno : node.end_lineno] = [indent + TURN]
    return "\n".join(lines)


def exercise_text(master):
    """The MyST text of the exercise page made from a master."""
    text = (ROOT / master).read_text("utf8")
    own = set(re.findall(r"^\((sol-[\w-]+)\)=$", text, flags=re.M))
    nb = jupytext.reads(text, fmt="md:myst")
    cells, leaving_out = [], False
    for cell in nb.cells:
        tags = cell.metadata.get("tags", [])
        leaving_out = "solution" in tags or leaving_out and "exercise" not in tags
        if leaving_out:
            continue
        if "exercise" in tags:
            cell.metadata = {}
        if cell.cell_type == "code" and "stub" in tags:
            cell.source = stub_code(cell.source)
        elif cell.cell_type == "markdown":
            cell.source = re.sub(r"^(# .*)" + re.escape(ENDING) + "$", r"\1", cell.source, flags=re.M)
            cell.source = re.sub(r"^(\(|:name: |:label: )sol-", r"\1ex-", cell.source, flags=re.M)
            cell.source = re.sub(  # a link within the page stays within the page
                r"(?<=<)sol-[\w-]+(?=>`)", lambda m: m[0].replace("sol-", "ex-", 1) if m[0] in own else m[0], cell.source)
        cells.append(cell)
    nb.cells = cells
    return jupytext.writes(nb, fmt="md:myst")


def code_hash(nb):
    code = [c.source.rstrip() for c in nb.cells if c.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()[:16]


def stub_notebook(master, labels=None):
    """The generated notebook of an exercise; it remembers the hash of its own code."""
    page = exercise_of(master)

    def no_numbers(where):
        raise BookError(f"{page} quotes a computed number, but an exercise is not executed")

    nb = convert(page, no_numbers, labels)
    nb.metadata["stub"] = code_hash(nb)
    return nb


def untouched(nb, stub):
    """Whether the code of a reader's notebook is a stub: today's, or the one it was generated as."""
    return code_hash(nb) in (code_hash(stub), nb.metadata.get("stub"))


def generate(check=False):
    """Write the exercise pages and notebooks.  With check=True write nothing, return what differs."""
    differs = []
    for master in masters():
        path = ROOT / exercise_of(master)
        text = exercise_text(master)
        if not path.exists() or path.read_text("utf8") != text:
            differs.append(f"{exercise_of(master)} is not what {master} generates")
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf8")
    labels = Labels(ROOT, toc())
    for master in masters():
        if not is_notebook(exercise_of(master)):
            continue
        path = (ROOT / exercise_of(master)).with_suffix(".ipynb")
        name = path.relative_to(ROOT).as_posix()
        stub = stub_notebook(master, labels)
        old = nbformat.read(path, 4) if path.exists() else None
        if old is not None and nbformat.writes(old) == nbformat.writes(stub):
            continue
        if old is not None and not untouched(old, stub):
            if old.metadata.get("stub") == stub.metadata["stub"]:
                continue  # the reader's work on today's stub
            beside = path.with_suffix(".new.ipynb")
            differs.append(f"{name} holds your work and a newer stub exists")
            if not check:
                nbformat.write(stub, beside)
                print(f"  kept     {name} as you left it; the newer stub is {beside.name}")
            continue
        differs.append(f"{name} is not what {master} generates")
        if not check:
            nbformat.write(stub, path)
            print(f"  wrote    {name}")
    return differs
