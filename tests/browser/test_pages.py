"""Every page: offline, without errors, typeset, accessible, no wider than the screen, and light."""
import functools
import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from .conftest import BOOK, SITE, pages, resize, settle

BUDGET = 1_200_000  # bytes, gzipped, that a first visit to a page may load
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Formulas that MathJax left as text, or in which it marked an error (an unknown macro is coloured red).
BAD_MATH = """() => {
  const raw = [...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container'));
  const bad = raw.map(e => 'not typeset: ' + e.textContent);
  for (const item of (window.MathJax ? MathJax.startup.document.math : [])) {
    item.root.walkTree(node => {
      const own = node.attributes && node.attributes.getExplicit && node.attributes.getExplicit('mathcolor');
      if (own === 'red' || (node.isKind && node.isKind('merror'))) { bad.push('error in: ' + item.math); }
    });
  }
  return bad;
}"""

# Boxes that scroll sideways and that the keyboard cannot reach, or that have no name.
UNREACHABLE = """() => [...document.querySelectorAll('article *')].filter(e => {
  const overflow = getComputedStyle(e).overflowX;
  const scrolls = (overflow === 'auto' || overflow === 'scroll') && e.scrollWidth > e.clientWidth + 1
    && e.clientWidth > 0 && e.checkVisibility({visibilityProperty: true});
  const named = e.getAttribute('role') === 'region' && e.getAttribute('aria-label');
  return scrolls && !(e.tabIndex === 0 && named);
}).map(e => e.outerHTML.slice(0, 120))"""

SHORT_ALT = """() => [...document.images].filter(i => (i.getAttribute('alt') || '').length < 20)
  .map(i => i.outerHTML)"""

WIDER = "() => Math.max(0, document.scrollingElement.scrollWidth - innerWidth)"


def violations(page, rules=WCAG, context=None):
    """What axe-core finds against WCAG 2.2, levels A and AA: rule and first element of each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context, {"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:160], v["nodes"][0]["failureSummary"]) for v in found]


@functools.cache
def gzipped(path):
    return len(gzip.compress(Path(path).read_bytes(), 9))


def weight(page, base):
    """Gzipped bytes of all that the page has asked the site for."""
    files = {SITE / unquote(urlsplit(url).path).lstrip("/") for url in page.requests if url.startswith(base)}
    return sum(gzipped(file) for file in files)


WITHOUT_FORMULAS = {"exclude": [["mjx-container"]]}  # thousands of nodes, made by MathJax, in the colour of the text around


def contrast(page):
    """The rule that a colour scheme can break."""
    return violations(page, {"type": "rule", "values": ["color-contrast"]}, WITHOUT_FORMULAS)


def darken(page, scheme="dark"):
    """Change the colour scheme of the system; the theme follows."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    settle(page)


lighten = functools.partial(darken, scheme="light")


def test_the_pages_are_those_of_the_table_of_contents():
    def names(node):
        if isinstance(node, list):
            return [name for child in node for name in names(child)]
        own = [node[key] for key in ("root", "file") if key in node]
        return own + [n for key in ("parts", "chapters", "sections") for n in names(node.get(key, []))]

    toc = yaml.safe_load((BOOK / "_toc.yml").read_text("utf8"))
    assert pages() == sorted(f"{name}.html" for name in names(toc))


def solved(name):
    """An exercise page whose solution page holds every word of it."""
    return re.match(r"exercises/[bc]\d\d", name) is not None


@pytest.mark.parametrize("name", [name for name in pages() if not solved(name)])
def test_over_http(open_page, base, name):
    page = open_page(name)
    assert page.evaluate(BAD_MATH) == []
    assert page.evaluate(SHORT_ALT) == [], "an image needs a text alternative that says what it shows"
    darken(page)
    resize(page, 360, 780)
    assert page.evaluate(WIDER) == 0, "the page scrolls sideways at 360 px"
    assert page.evaluate(UNREACHABLE) == []
    assert page.remote == [] and page.errors == []
    assert weight(page, base) <= BUDGET

    # last, since axe-core asks for style sheets by itself, and for some by a wrong address
    if not name.startswith("solutions/"):  # made of what chapters are made of; one of each kind is looked at below
        assert violations(page, context=WITHOUT_FORMULAS) == [], "dark, at 360 px"


def test_the_frame_of_the_page_in_the_dark(open_page):
    """The side bars, which a phone hides, are the same on every page."""
    assert violations(open_page("index.html", scheme="dark")) == []


def one_of_each_kind():
    """A page for every set of scripts and style sheets: from a disk, pages that load the same files differ in text only."""
    kinds = {}
    for name in pages():
        html = (SITE / name).read_text("utf8")
        loaded = re.findall(r"<(?:script|link)[^>]+(?:src|href)=\"([^\"#?]+\.(?:js|css))", html)
        kinds.setdefault((name.rpartition("/")[0], frozenset(Path(path).name for path in loaded)), name)
    return sorted(kinds.values())


@pytest.mark.parametrize("name", one_of_each_kind())
def test_a_page_of_each_kind_in_the_light(open_page, name):
    """Colours come from the style sheets, which pages of a kind share; formulas from MathJax, on every page the same."""
    page = open_page(name)
    assert contrast(page) == []
    darken(page)
    resize(page, 360, 780)
    assert violations(page) == [], "with its formulas, dark, at 360 px"


@pytest.mark.parametrize("name", one_of_each_kind())
def test_from_disk(open_page, name):
    page = open_page(name, disk=True, scheme="dark", width=360)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(BAD_MATH) == []
    assert page.evaluate(WIDER) == 0
    assert page.remote == [] and page.errors == []
