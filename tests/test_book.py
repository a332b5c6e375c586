"""Pages and files around them: drift, pins, the command line's sentences."""
import re
import subprocess
import sys

import nbformat
import pytest
import yaml

import firstorder
from tools import binder, notebooks
from tools.notebooks import ROOT, BookError, glued_in


def test_every_requirement_is_pinned():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and line[0] not in "#-":
                package, _, version = line.partition("==")
                assert package in pins and version in ("", pins[package]), f"{name}: {line}"


def test_binder_has_the_books_pins():
    assert (ROOT / ".binder" / "environment.yml").read_text() == binder.environment()
    environment = yaml.safe_load(binder.environment())
    conda = {d.split("=")[0]: d.split("=")[1] for d in environment["dependencies"] if isinstance(d, str) and "=" in d}
    pip = dict(p.split("==") for p in environment["dependencies"][-1]["pip"])
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    assert conda["pytorch-cpu"] == pins["torch"]
    assert pip == {k: v for k, v in pins.items() if k not in binder.NOT_THERE}


def test_one_version():
    assert f'version = "{firstorder.__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"version: {firstorder.__version__}" in (ROOT / "CITATION.cff").read_text()


def test_no_machine_in_the_files():
    """No absolute path of a machine, no package host, in anything a reader gets."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if name.endswith((".md", ".py", ".ipynb", ".yml", ".txt", ".toml", ".js", ".css")) and (ROOT / name).exists():
            text = (ROOT / name).read_text("utf8")
            for word in ("/" + "home/", "/" + "root/", "--index" + "-url", "--find" + "-links", "--extra-index" + "-url"):
                assert word not in text, f"{name} contains {word}"


def test_drift_names_the_first_difference(monkeypatch):
    page = "chapters/definitions/momentum.md"
    assert notebooks.drift(page) is None
    nb = notebooks.read(page)
    nb.cells[2].source = nb.cells[2].source.replace("Heavy", "Light") + "!"
    monkeypatch.setattr(notebooks, "read", lambda p: nb)
    assert "differs from its notebook, near" in notebooks.drift(page)


def test_drift_sees_a_number_that_changed_in_the_outputs(monkeypatch):
    """The text quotes glued numbers, so an output that changes without its sentence is a difference."""
    page = "index.md"
    nb = notebooks.read(page)
    values = glued_in(nb)
    key = next(iter(values))
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            if notebooks.GLUE in out.get("data", {}) and out["metadata"]["scrapbook"]["name"] == key:
                out["data"][notebooks.GLUE] = "'12345'"
    monkeypatch.setattr(notebooks, "read", lambda p: nb)
    assert "differs" in notebooks.drift(page)


def test_committed_notebooks_hold_no_pictures_and_every_output_is_numbered():
    for page in notebooks.executed_pages():
        nb = nbformat.read((ROOT / page).with_suffix(".ipynb"), 4)
        code = [c for c in nb.cells if c.cell_type == "code"]
        assert [c.execution_count for c in code] == list(range(1, len(code) + 1)), page
        kinds = {kind for c in code for o in c.outputs for kind in o.get("data", {})}
        assert not kinds & notebooks.IMAGES, page
        assert not any(o.output_type == "error" for c in code for o in c.outputs), page


def test_a_printed_line_is_not_broken_where_the_kernel_flushed():
    piece = {"output_type": "stream", "name": "stdout"}
    other = {"output_type": "display_data", "data": {}, "metadata": {}}
    outputs = [{**piece, "text": "half a "}, {**piece, "text": "line\n"}, other, {**piece, "text": "next\n"}]
    assert notebooks._joined(outputs) == [{**piece, "text": "half a line\n"}, other, {**piece, "text": "next\n"}]


def test_a_failing_page_is_one_sentence(tmp_path, monkeypatch):
    header = (ROOT / "index.md").read_text("utf8").split("# ")[0]
    (tmp_path / "bad.md").write_text(header + "# Bad\n\n```{code-cell} ipython3\nraise ValueError('no')\n```\n")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    with pytest.raises(BookError, match="^bad.md failed: ValueError: no$"):
        notebooks.run("bad.md")
    (tmp_path / "loud.md").write_text(
        header + "# Loud\n\n```{code-cell} ipython3\nimport sys\nprint('oh', file=sys.stderr)\n```\n"
    )
    with pytest.raises(BookError, match="^loud.md writes to stderr in code cell 1: oh$"):
        notebooks.run("loud.md")


@pytest.mark.parametrize("page", notebooks.toc())
def test_formulas_and_proofs_render_everywhere(page):
    """A bare line break in $$ … $$ is one on the website only; a proof that starts with its first step loses its list."""
    text = (ROOT / page).read_text("utf8")
    bare = [m for m in re.findall(r"^\$\$\n(.*?)^\$\$", text, re.M | re.S) if "\\\\" in m and "\\begin{" not in m]
    assert not bare, bare[0]
    assert not re.search(r"\{prf:proof\}[^\n]*\n+1\. ", text), "a proof starts with its first step"


PAGE, TABLES = "chapters/definitions/momentum.md", "solutions/kill_tables.md"


@pytest.mark.parametrize("what, mark", [
    ("src/firstorder/steps.py", lambda: notebooks.stamp()),
    ("constraints.txt", lambda: notebooks.stamp()),
    ("claims/definitions-momentum.yml", lambda: notebooks.page_stamp(PAGE)),
    ("src/firstorder/graders/b03.py", lambda: notebooks.page_stamp(TABLES)),
    ("tests/variants/b03.py", lambda: notebooks.page_stamp(TABLES)),
])
def test_the_cache_does_not_survive_a_change_of(what, mark, monkeypatch):
    before = mark()
    original = (ROOT / what).read_bytes()
    path_type = type(ROOT)
    read = path_type.read_bytes
    monkeypatch.setattr(path_type, "read_bytes",
                        lambda self: original + b"\n" if self == ROOT / what else read(self))
    assert mark() != before


@pytest.mark.parametrize("command", [["serve"], ["zip"]])
def test_commands_without_a_site_say_so(command, tmp_path, monkeypatch):
    from tools import book

    monkeypatch.setattr(book, "SITE", tmp_path / "html")
    with pytest.raises(BookError, match="there is no site in _build/html: run `make book` first"):
        book.need_site()


def test_unknown_command_exits_with_usage():
    run = subprocess.run([sys.executable, "-m", "tools.book", "bild"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2 and "invalid choice: 'bild'" in run.stderr


def test_a_failed_build_leaves_the_last_good_site(tmp_path, monkeypatch):
    from tools import book

    site = tmp_path / "_build" / "html"
    site.mkdir(parents=True)
    (site / "index.html").write_text("good")
    monkeypatch.setattr(book, "SITE", site)
    monkeypatch.setattr(book, "STAGE", tmp_path / "_build" / "stage")
    monkeypatch.setattr(book, "ROOT", tmp_path)
    monkeypatch.setattr(book.exercises, "generate", lambda: [])
    monkeypatch.setattr(book.notebooks, "fresh_cache", lambda: None)
    monkeypatch.setattr(book, "executed_pages", lambda: [])
    monkeypatch.setattr(book, "edition", lambda: ("0", "0"))
    real_labels = book.Labels
    monkeypatch.setattr(book, "Labels", lambda root, pages: real_labels(ROOT, pages))

    def failing(command, stdout, **_):
        stdout.write("index.md:3: WARNING: undefined label: 'nowhere'\n")
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(book.subprocess, "run", failing)
    with pytest.raises(BookError, match=r"^the build failed \(the last good site is untouched\); the whole log is _build/build.log$"):
        book.build()
    assert (site / "index.html").read_text() == "good"


def test_a_missing_package_is_one_sentence():
    run = subprocess.run([sys.executable, "-S", "-m", "tools.book", "check"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("Missing here: firstorder, yaml,") and run.stderr.count("\n") == 1
    assert "make book" in run.stderr


def test_a_missing_browser_is_one_sentence(monkeypatch, capsys):
    from tools import run_tests

    monkeypatch.setattr(run_tests, "browser", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    run_tests.browser_tests(required=False)
    assert "Not run on this machine: the browser tests, no browser found" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="The browser tests cannot run: no browser found"):
        run_tests.browser_tests(required=True)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="The browser tests cannot run"):
        run_tests.browser_tests(required=False)
