"""How `pytest --nbval` treats the book's notebooks.

- `--fill-cache`: what nbval has just computed goes into the cache that the build reads, so a page is
  executed once, by the run that validates it.
- Exercises: an untouched stub is skipped by name; a changed one is run and judged by its check cell
  alone, so outputs saved in it prove nothing.
- With CI=true, a skipped test that is not an untouched stub fails the run.
- Where strings are not comparable (not Linux on x86-64), outputs are not compared and the run says so.
"""
import os
import platform
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
REFERENCE = platform.system() == "Linux" and platform.machine() == "x86_64"
collect_ignore_glob = ["*.new.ipynb"]
skipped = []  # (nodeid, reason) seen by the process that reports


def pytest_addoption(parser):
    parser.addoption("--fill-cache", action="store_true", help="store the outputs of passing notebooks for the build")


def _notebook(item):
    """Path of the notebook an nbval item belongs to, relative to the root; None for other items."""
    if not hasattr(item, "cell_num"):
        return None
    return Path(item.parent.path).relative_to(ROOT).as_posix()


def pytest_collection_modifyitems(items):
    from tools.notebooks import is_exercise

    stubs = {}
    for item in items:
        name = _notebook(item)
        if name is None:
            continue
        if not REFERENCE:
            item.options["check"] = False
        if is_exercise(name):
            item.options["check"] = False
            item.cell.outputs = []  # nbval refuses stored outputs of a cell that was never numbered
            if name not in stubs:
                stubs[name] = _state_of(name)
            if stubs[name] == "untouched":
                item.add_marker(pytest.mark.skip(reason=f"not attempted: {name}"))
            item.parent.__dict__["_lacks_check"] = stubs[name] == "lacks its check"


def _state_of(name):
    """Whether an exercise notebook is "untouched", "attempted" or "lacks its check"."""
    import nbformat

    from tools.exercises import stub_notebook, untouched

    nb = nbformat.read(ROOT / name, 4)
    stub = stub_notebook(name.replace("exercises/", "solutions/", 1).replace(".ipynb", ".md"))
    if untouched(nb, stub):
        return "untouched"
    checks = {c.source.strip() for c in stub.cells if "check" in c.metadata.get("tags", ())}
    there = {c.source.strip() for c in nb.cells if c.cell_type == "code"}
    return "attempted" if checks <= there else "lacks its check"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if getattr(item.parent, "_lacks_check", False):
        pytest.fail(
            f"{_notebook(item)}: its check cell is missing or changed; copy it back from the exercise page", pytrace=False
        )
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if _notebook(item) and report.failed:
        item.parent.__dict__["_failed"] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    result = yield
    if (name := _notebook(item)) and item.config.getoption("--fill-cache"):
        outputs = item.parent.__dict__.setdefault("_outputs", [])
        outputs.append(item.test_outputs or [])
        last = nextitem is None or nextitem.parent is not item.parent
        if last and not item.parent.__dict__.get("_failed"):
            from tools.notebooks import executed_pages, store

            page = name.removesuffix(".ipynb") + ".md"
            if page in executed_pages():
                store(page, outputs)
    return result


def pytest_runtest_logreport(report):
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped.append((report.nodeid, reason))


def pytest_sessionfinish(session):
    if hasattr(session.config, "workerinput"):
        return
    if os.environ.get("CI") and any("not attempted: " not in reason for _, reason in skipped):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    say = terminalreporter.write_line
    for name in sorted({reason.split("not attempted: ")[1] for _, reason in skipped if "not attempted: " in reason}):
        say(f"not attempted: {name}")
    for nodeid, reason in skipped:
        if "not attempted: " not in reason:
            say(f"{'FAILED, since nothing else may be skipped' if os.environ.get('CI') else 'not run here'}: {nodeid} ({reason})")
    if not REFERENCE and (terminalreporter.config.option.nbval or terminalreporter.config.option.nbval_lax):
        say("This is not Linux on x86-64: notebooks ran and their checks decided, but no output strings were compared.")
