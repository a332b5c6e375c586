"""The edition for a class holds no trace of a solution, and all its links lead somewhere."""
import html
import re
import subprocess
import sys
from functools import lru_cache
from urllib.parse import unquote, urldefrag

import pytest

from tools.book import WITHOUT
from tools.exercises import exercise_text, masters
from tools.notebooks import ROOT, toc


@pytest.fixture(scope="module")
def site():
    done = subprocess.run([sys.executable, "-m", "tools.book", "build", "--from-cache", "--without-solutions"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return WITHOUT


def words(text):
    return " ".join(re.findall(r"\w+", text))


def shown_words(page):
    """The words that a page of the site shows."""
    return words(html.unescape(re.sub(r"<[^>]+>", " ", page.read_text("utf8", "ignore"))))


@lru_cache(maxsize=None)
def shown():
    """The words of every page that is no solution."""
    return " ".join(words((ROOT / p).read_text("utf8")) for p in toc() if not p.startswith("solutions/"))


def canaries(master):
    """Plain prose of a master that no page outside solutions/ has, as words."""
    kept = words(exercise_text(master)) + shown()
    for plain in re.split(r"[`$*{}\\|#=_<>\[\]\n]", (ROOT / master).read_text("utf8")):
        said = words(plain)
        if len(said) > 45 and said not in kept and not said.endswith(" solution"):  # the title stays
            yield said


def test_no_page_source_or_index_holds_a_solution(site):
    found = {p: shown_words(p) for p in site.rglob("*")
             if p.suffix in {".html", ".md", ".txt", ".ipynb"} and "_static" not in p.parts}
    whole = " ".join(found.values())
    many = 0
    for master in masters():
        for canary in canaries(master):
            many += 1
            assert canary not in whole, (master, canary)
    assert many > 400
    assert sum("holds its solutions back" in text for text in found.values()) >= 2 * len(masters())


def test_the_whole_site_does_hold_them(site):
    """The canaries would be seen: with the solutions they are there."""
    whole = shown_words(site.with_name("html") / "solutions" / "b03.html")
    assert any(canary in whole for canary in canaries("solutions/b03.md"))


def test_links_within_the_edition_resolve(site):
    ids = {p: set(re.findall(r'\bid="([^"]+)"', p.read_text("utf8"))) for p in site.rglob("*.html")}
    for page in ids:
        for target in re.findall(r'<a [^>]*href="([^"]+)"', page.read_text("utf8")):
            address, anchor = urldefrag(html.unescape(target))
            if re.match(r"\w+:", address):
                continue
            goal = (page.parent / unquote(address)).resolve() if address else page
            assert goal.exists(), (page, target)
            assert not anchor or goal.suffix != ".html" or unquote(anchor) in ids[goal], (page, target)
