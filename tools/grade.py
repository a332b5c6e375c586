"""Grade a folder of submitted exercise notebooks into one table: `python -m tools.grade FOLDER`.

Every notebook below the folder is run in a process of its own, in an empty folder, with a limit on time and on memory.
Whatever it does, it becomes a row: a crash, an endless loop or a file that is no notebook stops nothing.

A submission belongs to the exercise whose check cell it holds, or else to the one its name mentions (ada-b03.ipynb,
b03/ada.ipynb). Its own check cells are not run. The book's check cell is, after all other cells, with a seed that
readers cannot know, on freshly loaded graders. Outputs saved in the notebook count for nothing.

The limits stop accidents, not attacks: a submission runs with your rights and may use the network. Grade work of people
whom you do not trust inside a container or a virtual machine.
"""
import argparse
import ast
import csv
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import nbformat

from . import exercises
from .notebooks import ROOT, BookError, is_notebook

VERDICTS = ("passed", "not yet", "not attempted", "error", "out of time", "out of memory", "no verdict", "not an exercise",
            "unreadable")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SHOWN = 400  # characters of a message in the table


@dataclass(frozen=True)
class Row:
    """One submission.

    file      path below the graded folder
    exercise  its name, "" if unknown
    verdict   one of `VERDICTS`
    seconds   wall time of its run
    detail    failed criteria, or what went wrong
    """

    file: str
    exercise: str
    verdict: str
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True)
class Exercise:
    """What the grader knows of an exercise: the generated notebook, and the sources of its check cells."""

    stub: object
    checks: tuple


def _checks(nb):
    return tuple(c.source for c in nb.cells if c.cell_type == "code" and "check" in c.metadata.get("tags", ()))


def known_exercises():
    """name -> `Exercise`, for every exercise that a check cell judges."""
    pages = [exercises.exercise_of(m) for m in exercises.masters()]
    stubs = {Path(p).stem: nbformat.read((ROOT / p).with_suffix(".ipynb"), 4) for p in pages if is_notebook(p)}
    return {name: Exercise(nb, _checks(nb)) for name, nb in stubs.items() if _checks(nb)}


def identify(nb, path, known):
    """Name of the exercise that a submission belongs to, or ""."""
    sources = {c.source.strip() for c in nb.cells if c.cell_type == "code"}
    held = [name for name, e in known.items() if sources & {c.strip() for c in e.checks}]
    if len(held) == 1:
        return held[0]
    named = [name for name in known if re.search(rf"(?<![a-z0-9]){name}(?![0-9])", path.as_posix().lower())]
    return named[0] if len(named) == 1 else ""


def reseeded(source, seed):
    """The check cell with another seed."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "seed":
            node.value = ast.Constant(seed)
    return ast.unparse(tree)


def cells_to_run(nb, exercise):
    """Sources of a submission's code cells, check cells left out."""
    official = {c.strip() for c in exercise.checks}
    return [c.source for c in nb.cells if c.cell_type == "code" and c.source.strip() not in official
            and "check" not in c.metadata.get("tags", ())]


def run(cells, checks, seconds, megabytes):
    """(verdict, detail) of one submission, run in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        work, verdict = Path(folder) / "work", Path(folder) / "verdict.json"
        work.mkdir()
        task = json.dumps({"cells": cells, "checks": checks, "verdict": str(verdict), "seconds": seconds, "megabytes": megabytes})
        env = {**os.environ, **dict.fromkeys(THREADS, "1"), "HOME": str(work), "IPYTHONDIR": str(work), "MPLBACKEND": "agg",
               "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
        with open(Path(folder) / "output", "wb") as output:
            process = subprocess.Popen([sys.executable, "-m", "tools.grade_worker"], cwd=work, env=env, stdin=subprocess.PIPE,
                                       stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            process.communicate(task.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return "out of time", f"still running after {seconds:g} s"
        except BrokenPipeError:
            process.wait()
        finally:
            _end(process)
        if verdict.exists():
            return tuple(json.loads(verdict.read_text("utf8")))
        tail = (Path(folder) / "output").read_bytes()[-2000:].decode("utf8", "replace").strip().splitlines()
        if process.returncode == -getattr(signal, "SIGXCPU", 0):
            return "out of time", f"used {seconds:g} s of processor time"
        how = f"signal {-process.returncode}" if process.returncode < 0 else f"exit code {process.returncode}"
        return "no verdict", f"the process ended with {how} before the check" + (f": {tail[-1]}" if tail else "")


def _end(process):
    """Kill a process and everything it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)  # its group has its number: start_new_session
        except ProcessLookupError:
            pass  # all of it has ended
    else:
        process.kill()
    process.wait()


def grade(path, folder, known, seconds, megabytes, seed):
    """The `Row` of one file; never raises for anything that the file is or does."""
    file, begun = path.relative_to(folder).as_posix(), time.time()
    try:
        nb = nbformat.read(path, 4)
        name = identify(nb, path.relative_to(folder), known)
        attempted = name and not exercises.untouched(nb, known[name].stub)
    except Exception as problem:  # a file can be broken in any way; the way goes into its row
        return Row(file, "", "unreadable", 0.0, f"{type(problem).__name__}: {problem}"[:SHOWN])
    if not name:
        return Row(file, "", "not an exercise", 0.0, "no check cell of this book, and no exercise's name in the file's")
    if not attempted:
        return Row(file, name, "not attempted", 0.0, "the code is the stub's")
    checks = [reseeded(source, seed) for source in known[name].checks]
    verdict, detail = run(cells_to_run(nb, known[name]), checks, seconds, megabytes)
    return Row(file, name, verdict, round(time.time() - begun, 1), " ".join(detail.split())[:SHOWN])


def submissions(folder):
    return [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts and p.is_file()]


def table(rows):
    """The rows as text, columns aligned, details last."""
    lines = [("file", "exercise", "verdict", "s", "detail")]
    lines += [(r.file, r.exercise or "?", r.verdict, f"{r.seconds:.1f}", r.detail) for r in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join("  ".join([*(text.ljust(w) for text, w in zip(line, widths)), line[4]]).rstrip() for line in lines)


def positive(text):
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.grade", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=positive, default=120.0, help="wall time for each submission (120)")
    parser.add_argument("--megabytes", type=positive, default=4096.0, help="address space for each submission (4096)")
    parser.add_argument("--jobs", type=int, default=2, help="submissions at a time (2)")
    parser.add_argument("--seed", type=int, default=None, help="of the drawn inputs, to repeat a grading (default: a new one)")
    parser.add_argument("--csv", type=Path, help="write the table there, too")
    a = parser.parse_args(arguments)
    if not a.folder.is_dir():
        raise BookError(f"{a.folder} is not a folder")
    found = submissions(a.folder)
    if not found:
        raise BookError(f"{a.folder} holds no .ipynb file")
    if a.jobs < 1:
        raise BookError(f"--jobs {a.jobs} is not at least 1")
    seed = secrets.randbelow(10**6) if a.seed is None else a.seed
    known = known_exercises()
    with ThreadPoolExecutor(a.jobs) as pool:
        rows = list(pool.map(lambda p: grade(p, a.folder, known, a.seconds, a.megabytes, seed), found))
    print(table(rows))
    passed = sum(r.verdict == "passed" for r in rows)
    print(f"\n{passed} of {len(rows)} passed; drawn with --seed {seed}")
    if a.csv:
        with open(a.csv, "w", newline="", encoding="utf8") as f:
            writer = csv.DictWriter(f, [field.name for field in fields(Row)])
            writer.writeheader()
            writer.writerows(map(asdict, rows))
    return rows


if __name__ == "__main__":
    main()
