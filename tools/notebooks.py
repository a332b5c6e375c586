"""Pages and the notebooks beside them: conversion, drift, execution, and the cache that the build reads.

A page with a jupytext header is executed.  Its outputs live in two places: text outputs in the
committed `.ipynb` beside it (what `pytest --nbval` compares), everything in `_build/.jupyter_cache`
(what the site shows).  Whoever executes a page, this module or nbval, fills the cache.
"""
import hashlib
import os
import platform
import re
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path

import jupytext
import nbformat
import yaml

from firstorder.claims import file_of, load

from .plain import Labels, Plain, PlainError

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "_build" / ".jupyter_cache"
GLUE = "application/papermill.record/text/plain"
IMAGES = {"image/png", "image/jpeg", "image/svg+xml", "application/pdf", "application/vnd.jupyter.widget-view+json"}
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
TIMEOUT = 300  # seconds for one cell; no page of the book comes near it


class BookError(SystemExit):
    """A message for the terminal: printed as one sentence, exit code 1."""

    def __init__(self, message):
        super().__init__(message)


# ---- which pages there are --------------------------------------------------------------------


def toc():
    """Pages of the table of contents, as paths relative to the root, in reading order."""
    tree = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    found = []

    def walk(node):
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            for key in ("root", "file"):
                if key in node:
                    found.append(node[key] + ".md")
            for key in ("parts", "chapters", "sections"):
                walk(node.get(key, []))

    walk(tree)
    return found


def is_notebook(page):
    return (ROOT / page).read_text("utf8").startswith("---\njupytext:")


def is_exercise(page):
    return page.startswith("exercises/")


def executed_pages():
    """Pages that run: notebooks, except exercises, which are for the reader to run."""
    return [p for p in toc() if is_notebook(p) and not is_exercise(p)]


# ---- page -> notebook -------------------------------------------------------------------------


@lru_cache
def _bibliography():
    from pybtex.database import parse_file

    return parse_file(ROOT / "references.bib", "bibtex").entries


def cite(key):
    """"Polyak (1964)" for a bibliography key."""
    from pybtex.richtext import Text

    if key not in _bibliography():
        raise PlainError(f"references.bib has no entry {key}")
    entry = _bibliography()[key]
    names = [" ".join([*p.prelast_names, *p.last_names]) for p in entry.persons["author"]]
    names = [str(Text.from_latex(n)) for n in names]
    who = names[0] if len(names) == 1 else f"{names[0]} and {names[1]}" if len(names) == 2 else f"{names[0]} et al."
    return f"{who} ({entry.fields['year']})"


def glued_in(nb):
    """The glued strings of an executed notebook: key -> text."""
    values = {}
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            if GLUE in out.get("data", {}):
                values[out["metadata"]["scrapbook"]["name"]] = out["data"][GLUE][1:-1]
    return values


def claims_of(page):
    return [(c.claim, c.verdict) for c in load(ROOT / "claims" / file_of(page)).values()]


def convert(page, outputs_of, labels=None):
    """The notebook of a page, without outputs: code as it is, text as plain Markdown.

    outputs_of: function (page) -> executed notebook whose glued numbers the text quotes.
    """
    labels = labels or Labels(ROOT, toc())

    def glued(where, key):
        values = glued_in(outputs_of(where))
        if key not in values:
            raise PlainError(f"{page}: no cell of {where} glues {key}")
        return values[key]

    plain = Plain(page, labels, glued, lambda p: is_notebook(p), cite, claims_of)
    source = jupytext.reads((ROOT / page).read_text("utf8"), fmt="md:myst")
    cells, seen = [], {}
    for cell in source.cells:
        text = cell.source if cell.cell_type == "code" else plain.convert(cell.source)
        if not text.strip():
            continue
        tags = cell.metadata.get("tags", [])
        new = (nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell)(text)
        new.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        digest = hashlib.sha1((cell.cell_type + cell.source).encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, -1) + 1
        new["id"] = digest if not seen[digest] else f"{digest}-{seen[digest]}"
        cells.append(new)
    nb = nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(KERNEL))
    nb.nbformat_minor = 5
    return nb


def read(page):
    path = (ROOT / page).with_suffix(".ipynb")
    return nbformat.read(path, 4) if path.exists() else None


def _key(nb):
    return [(c.cell_type, c.source, c.get("id"), tuple(c.metadata.get("tags", ()))) for c in nb.cells]


def drift(page, labels=None):
    """None if the notebook beside a page says what the page says; else one sentence."""
    nb = read(page)
    if nb is None:
        return f"{page} has no notebook beside it"
    try:
        wanted = convert(page, read, labels)
    except (PlainError, AttributeError) as e:  # AttributeError: a page it quotes has no notebook yet
        return f"{page}: {e}"
    a, b = _key(wanted), _key(nb)
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return f"{page}: cell {i} differs from its notebook, near {_first_difference(x[1], y[1])!r}"
    if len(a) != len(b):
        return f"{page} has {len(a)} cells, its notebook {len(b)}"
    return None


def _first_difference(a, b):
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            return x[:80]
    return a.splitlines()[0][:80] if a else ""


# ---- execution and cache ----------------------------------------------------------------------


def _hash(paths, start=b""):
    digest = hashlib.sha256(start)
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def stamp():
    """Hash of what every page's outputs depend on: the package without its graders, pins, platform."""
    package = [p for p in ROOT.glob("src/**/*.py") if p.parent.name != "graders"]
    return _hash([*package, ROOT / "constraints.txt"], platform.python_version().encode() + platform.machine().encode())


def page_stamp(page):
    """Hash of what this page's outputs depend on besides: its claims, and graders and variants if it names them."""
    text = (ROOT / page).read_text("utf8")
    claims = ROOT / "claims" / file_of(page.removesuffix(".md").removeprefix("chapters/"))
    paths = [claims] if claims.exists() else []
    graders, variants = ROOT.glob("src/firstorder/graders/*.py"), ROOT.glob("tests/variants/*.py")
    if "show_kill_table" in text:
        paths += [*graders, *variants]
    elif "firstorder.graders" in text:
        paths += graders
    return _hash(paths)


def _mark(page):
    return CACHE / "stamps" / page.replace("/", "-")


def fresh_cache():
    """The cache, emptied first if the package or the pins have changed since it was filled."""
    from jupyter_cache import get_cache

    mark = CACHE / "STAMP"
    if CACHE.exists() and (not mark.exists() or mark.read_text() != stamp()):
        shutil.rmtree(CACHE)
    CACHE.mkdir(parents=True, exist_ok=True)
    mark.write_text(stamp())
    return get_cache(CACHE)


def _joined(outputs):
    """Consecutive pieces of one printed stream as one: where a kernel flushes is chance, and would break lines."""
    joined = []
    for out in outputs:
        last = joined[-1] if joined else None
        if last and out["output_type"] == last["output_type"] == "stream" and out["name"] == last["name"]:
            joined[-1] = {**last, "text": last["text"] + out["text"]}
        else:
            joined.append(dict(out))
    return joined


def store(page, outputs, seconds=0.0):
    """Put a page's outputs (one list per code cell) where the build looks for them."""
    from jupyter_cache.base import CacheBundleIn
    from myst_nb.core.read import myst_nb_reader_plugin

    path = ROOT / page
    nb = myst_nb_reader_plugin(str(path))
    code = [c for c in nb.cells if c.cell_type == "code"]
    if len(code) != len(outputs):
        raise BookError(f"{page} has {len(code)} code cells, but {len(outputs)} were executed: run `make notebooks`")
    for i, (cell, outs) in enumerate(zip(code, outputs)):
        cell.execution_count = i + 1
        cell.outputs = [nbformat.from_dict(dict(o)) for o in _joined(outs)]
        for o in cell.outputs:
            if o.output_type == "execute_result":
                o["execution_count"] = i + 1
    cache = fresh_cache()
    cache.add_nb_to_project(str(path), read_data={"name": "myst_nb_md", "type": "plugin"})
    cache.cache_notebook_bundle(
        CacheBundleIn(nb, str(path), data={"execution_seconds": seconds}), check_validity=False, overwrite=True
    )
    _mark(page).parent.mkdir(exist_ok=True)
    _mark(page).write_text(page_stamp(page))


def cached(page, cache):
    from myst_nb.core.read import myst_nb_reader_plugin

    if not _mark(page).exists() or _mark(page).read_text() != page_stamp(page):
        return False
    try:
        cache.match_cache_notebook(myst_nb_reader_plugin(str(ROOT / page)))
        return True
    except KeyError:
        return False


def run(page):
    """Execute a page in its own folder; return its notebook with all outputs.  Raises BookError in one sentence."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    nb = jupytext.reads((ROOT / page).read_text("utf8"), fmt="md:myst")
    nb.metadata = nbformat.from_dict(KERNEL)
    where = {"metadata": {"path": str((ROOT / page).parent)}}
    try:
        NotebookClient(nb, timeout=TIMEOUT, kernel_name="python3", resources=where, record_timing=False).execute()
    except (CellExecutionError, CellTimeoutError) as e:
        said = re.sub(r"\x1b\[[0-9;]*m", "", str(e)).strip().splitlines()[-1]
        raise BookError(f"{page} failed: {said}") from None
    for n, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
        for out in cell.outputs:
            if out.output_type == "stream" and out.name == "stderr":
                raise BookError(f"{page} writes to stderr in code cell {n}: {out.text.strip()[:200]}")
    return nb


def write(page, executed, outputs_of):
    """Write the notebook beside a page: converted text, code, and text outputs only."""
    nb = convert(page, outputs_of)
    outputs = [c.outputs for c in executed.cells if c.cell_type == "code"]
    for n, (cell, outs) in enumerate(zip((c for c in nb.cells if c.cell_type == "code"), outputs), 1):
        cell.execution_count = n
        cell.outputs = []
        if "nbval-ignore-output" in cell.metadata.get("tags", ()):
            continue
        for out in _joined(outs):
            out = nbformat.from_dict(out)
            if "data" in out:
                out["data"] = {k: v for k, v in out["data"].items() if k not in IMAGES}
                out["metadata"] = out["metadata"] if GLUE in out["data"] else {}
            if out.output_type == "execute_result":
                out["execution_count"] = n
            cell.outputs.append(out)
    nbformat.validate(nb)
    nbformat.write(nb, (ROOT / page).with_suffix(".ipynb"))


def _run_quietly(page):  # in a worker process, where a SystemExit would end the pool
    try:
        return page, run(page), None
    except BookError as e:
        return page, None, str(e)


def execute(pages, processes=2):
    """Execute pages, two at a time, fill the cache, and return page -> executed notebook."""
    done, failed = {}, []
    if not pages:
        return done
    fresh_cache()
    with ProcessPoolExecutor(min(processes, len(pages))) as pool:
        for job in as_completed([pool.submit(_run_quietly, p) for p in pages]):
            page, nb, error = job.result()
            print(f"  {'FAILED  ' if error else 'executed'} {page}", flush=True)
            if error:
                failed.append(error)
                continue
            store(page, [c.outputs for c in nb.cells if c.cell_type == "code"])
            done[page] = nb
    if failed:
        print("\n".join(failed), file=sys.stderr)
        raise BookError(f"{len(failed)} of {len(pages)} pages failed; nothing else was changed")
    return done


def update(pages=None):
    """Execute and rewrite the notebooks of `pages` (default: those that drifted)."""
    labels = Labels(ROOT, toc())
    pages = pages or [p for p in executed_pages() if drift(p, labels)]
    done = execute(pages)
    for page in done:
        write(page, done[page], lambda p: done.get(p) or read(p))
        print(f"  wrote    {page[:-3]}.ipynb")
    # a page that quotes another page's numbers may have drifted by the new numbers alone
    for page in executed_pages():
        if page not in done and (nb := read(page)) is not None and drift(page):
            write(page, nb, read)
            print(f"  rewrote  {page[:-3]}.ipynb (quoted numbers)")
    return done
