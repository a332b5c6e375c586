"""The book's command line: `python -m tools.book COMMAND`.  `make` calls it.

notebooks  execute the pages whose notebooks drifted and rewrite those notebooks (--all: every page)
check      fail if a page and its notebook, or a solution and its exercise, differ; executes nothing
build      build the site: execute what the cache lacks, then write _build/html; a failed build leaves the old site
           --without-solutions: the edition for a class, in _build/html-without-solutions
serve      serve _build/html on this machine
zip        pack _build/html into one file for offline reading
"""
import argparse
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import firstorder

from . import exercises, notebooks
from .notebooks import ROOT, BookError, executed_pages
from .plain import Labels, PlainError

SITE = ROOT / "_build" / "html"
WITHOUT = ROOT / "_build" / "html-without-solutions"
STAGE = ROOT / "_build" / "stage"


def edition():
    """Version and commit that the site and the zip carry."""
    commit = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    state = "+" if changed else ""
    return firstorder.__version__, (commit.stdout.strip() or "unversioned") + state


def check():
    """Every page and its notebook agree, every exercise is what its solution generates."""
    found = exercises.generate(check=True)
    labels = Labels(ROOT, notebooks.toc())
    found += [d for p in executed_pages() if (d := notebooks.drift(p, labels))]
    beside = {p[:-3] + ".ipynb" for p in notebooks.toc() if notebooks.is_notebook(p)}
    for folder in ("chapters", "exercises", "solutions"):
        for path in sorted((ROOT / folder).rglob("*.ipynb")):
            name = path.relative_to(ROOT).as_posix()
            if name not in beside and ".new." not in name and ".ipynb_checkpoints" not in name:
                found.append(f"{name} belongs to no page of the table of contents")
    for line in found:
        print(line, file=sys.stderr)
    if found:
        raise BookError(f"{len(found)} differences: run `make notebooks`")
    print(f"{len(executed_pages())} pages agree with their notebooks, {len(exercises.masters())} exercises with their solutions")


def update(everything, pages):
    exercises.generate()
    notebooks.update(pages or (executed_pages() if everything else None))


def build(from_cache=False, site=None):
    """Build the site.

    from_cache  executing anything is an error (the test run has filled the cache)
    site        where it goes, `SITE` if None; into `WITHOUT` goes the edition without solutions
    """
    site = site or SITE
    exercises.generate()
    cache = notebooks.fresh_cache()
    missing = [p for p in executed_pages() if not notebooks.cached(p, cache)]
    if from_cache and missing:
        raise BookError(f"the cache lacks {', '.join(missing)}: these pages were not validated by this run")
    done = notebooks.execute(missing)
    labels = Labels(ROOT, notebooks.toc())
    for page in done:
        if notebooks.drift(page, labels):
            notebooks.write(page, done[page], lambda p: done.get(p) or notebooks.read(p))
            print(f"  wrote    {page[:-3]}.ipynb")
    version, commit = edition()
    shutil.rmtree(STAGE, ignore_errors=True)
    log = ROOT / "_build" / "build.log"
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(ROOT), "--path-output", str(STAGE)]
    env = {**os.environ, "BOOK_VERSION": version, "BOOK_COMMIT": commit, "PYTHONWARNINGS": "ignore",
           "BOOK_HOLD_BACK": "solutions" if site == WITHOUT else ""}
    with open(log, "w") as f:
        code = subprocess.run([*command, "-W", "-n", "--keep-going", "--all"], cwd=ROOT, env=env, stdout=f, stderr=f).returncode
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text("utf8"))
    if code or "Executing notebook" in text:
        told = [line for line in text.splitlines() if re.search(r"WARNING|ERROR|Error|Executing notebook", line)]
        print("\n".join(told) or text[-3000:], file=sys.stderr)
        kept = "the last good site is untouched" if site.exists() else "there is no site yet"
        raise BookError(f"the build failed ({kept}); the whole log is {log.relative_to(ROOT)}")
    fresh = STAGE / "_build" / "html"
    (fresh / "edition.txt").write_text(f"{version} {commit}\n")
    old = site.with_name(site.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(STAGE, ignore_errors=True)
    print(f"built version {version}, commit {commit}: open {(site / 'index.html').as_uri()}"
          + ("\nor run `make serve`" if site == SITE else ""))


def serve(port):
    need_site()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/   (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def pack():
    need_site()
    version, commit = (SITE / "edition.txt").read_text().split()
    name = f"firstorder-{version}-{commit}"
    target = ROOT / "_build" / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as z:
        for path in sorted(SITE.rglob("*")):
            if path.is_file():
                z.write(path, f"{name}/{path.relative_to(SITE).as_posix()}")
    print(target.relative_to(ROOT).as_posix())


def need_site():
    if not (SITE / "index.html").exists():
        raise BookError("there is no site in _build/html: run `make book` first")


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.book", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    sub = parser.add_subparsers(dest="command", required=True)
    p = sub.add_parser("notebooks")
    p.add_argument("pages", nargs="*", help="pages such as chapters/overview.md")
    p.add_argument("--all", action="store_true")
    sub.add_parser("check")
    p = sub.add_parser("build")
    p.add_argument("--from-cache", action="store_true", help="fail rather than execute")
    p.add_argument("--without-solutions", action="store_true", help="hold back every page below solutions/")
    p = sub.add_parser("serve")
    p.add_argument("--port", type=int, default=8000)
    sub.add_parser("zip")
    a = parser.parse_args()
    try:
        if a.command == "notebooks":
            update(a.all, [Path(p).as_posix() for p in a.pages])
        elif a.command == "check":
            check()
        elif a.command == "build":
            build(a.from_cache, WITHOUT if a.without_solutions else SITE)
        elif a.command == "serve":
            serve(a.port)
        else:
            pack()
    except PlainError as e:
        raise BookError(str(e)) from None


if __name__ == "__main__":
    main()
