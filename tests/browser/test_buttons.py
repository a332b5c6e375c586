"""One line of _config.yml, the address of the repository, switches launch, source and issue buttons on."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebooks import CACHE, ROOT

URL = "https://github.com/example/first-order"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The book built with an address set, from the outputs of the site under test: name -> HTML."""
    if not CACHE.exists():
        pytest.fail("no executed pages in _build/.jupyter_cache: run `make book` first", pytrace=False)
    book = tmp_path_factory.mktemp("buttons") / "book"
    ignore = shutil.ignore_patterns(".venv", "html", ".git", "__pycache__", ".pytest_cache", ".hypothesis")
    shutil.copytree(ROOT, book, ignore=ignore)
    config = book / "_config.yml"
    text = config.read_text("utf8")
    assert text.count('  url: ""\n') == 1
    config.write_text(text.replace('  url: ""\n', f'  url: "{URL}"\n'), "utf8")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book), "-W", "-n", "--keep-going"]
    done = subprocess.run(command, cwd=book, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Executing notebook" not in done.stdout + done.stderr
    site = book / "_build" / "html"
    return {p.relative_to(site).as_posix(): p.read_text("utf8") for p in site.rglob("*.html")}


def test_binder_opens_the_notebook_of_the_page(pages):
    for page in ("index", "chapters/definitions/momentum", "solutions/c05", "exercises/c05"):
        links = re.findall(r'href="(https://mybinder\.org/[^"]+)"', pages[f"{page}.html"])
        assert links and all(l.startswith("https://mybinder.org/v2/gh/example/first-order/main") for l in links), page
        assert any(l.endswith(f"urlpath=lab/tree/{page}.ipynb") for l in links), links


def test_source_and_issue_buttons(pages):
    html = pages["chapters/definitions/momentum.html"]
    assert f'href="{URL}"' in html and f'href="{URL}/issues/new' in html


def test_without_an_address_there_is_no_button(base):
    from urllib.request import urlopen

    html = urlopen(base + "chapters/definitions/momentum.html").read().decode()
    assert "mybinder.org" not in html and "/issues/new" not in html
