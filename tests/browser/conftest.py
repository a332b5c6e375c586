"""The built site in a real browser.

Needs a built site (`make book`; SITE=FOLDER names another one), Playwright (requirements-dev.txt) and
Chromium (CHROMIUM=PATH names one that is not on the PATH).  What is missing fails the run in one
sentence; nothing is skipped.
"""
import functools
import http.server
import os
import shutil
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

SITE = Path(os.environ.get("SITE") or Path(__file__).resolve().parents[2] / "_build" / "html").resolve()
BOOK = SITE.parent.parent  # the folder of the site's sources
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]  # no other machine can be reached
GENERATED = {"genindex.html", "search.html", "prf-prf.html"}  # pages without a source of their own


def missing():
    """The sentence that says what to install or build, or None."""
    if not (SITE / "index.html").is_file():
        return f"the browser tests need a built site, and {SITE} holds none: run `make book`"
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            return f"the browser tests need {package}: pip install -r requirements-dev.txt"
    if not CHROMIUM or not shutil.which(CHROMIUM):
        return (f"the browser tests need Chromium and none of {', '.join(NAMES)} was found: "
                "apt-get install chromium, or set CHROMIUM=/path/to/chromium")
    return None


def pytest_configure(config):
    if sentence := missing():
        raise pytest.UsageError(sentence)


def pages():
    """Every page of the site, as a path relative to its root."""
    return sorted({p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html")
                   if "_static" not in p.relative_to(SITE).parts} - GENERATED)


def pages_with(text):
    """The pages whose HTML contains `text`; there must be one, or the test that asks would test nothing."""
    found = [name for name in pages() if text in (SITE / name).read_text("utf8")]
    assert found, f"no page of {SITE} contains {text!r}"
    return found


@pytest.fixture(scope="session")
def base():
    """Address of the site, served over http."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, base):
    """A function that opens a page in a fresh context and waits until its formulas are typeset.

    The page has `requests` (every address it asked for), `remote` (those outside the site) and
    `errors` (console errors, exceptions, answers that say no).  slow: a script that arrives late.
    """
    contexts = []

    def open_page(name, *, width=1280, height=900, scheme="light", disk=False, slow=None, **options):
        context = browser.new_context(color_scheme=scheme, reduced_motion="reduce",
                                      viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.remote, page.errors, page.requests = [], [], []

        def record(request):
            page.requests.append(request.url)
            if request.url.split(":")[0] not in ("data", "blob", "file") and not request.url.startswith(base):
                page.remote.append(request.url)

        page.on("request", record)
        page.on("response", lambda r: r.status >= 400 and page.errors.append(f"{r.status} {r.url}"))
        page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        if slow:
            page.route(f"**/{slow}*", lambda route: (time.sleep(0.5), route.continue_()))
        page.goto((SITE / name).as_uri() if disk else base + name)
        if options.get("java_script_enabled", True):
            settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


def settle(page):
    """Wait until formulas are typeset, fonts are there, transitions are over and wide boxes are marked."""
    page.evaluate("""async () => {
      const frames = async n => { while (n--) { await new Promise(requestAnimationFrame); } };
      if (window.MathJax) { await MathJax.startup.promise; }
      await document.fonts.ready;
      await frames(2);
      // An animation may be restarted for ever, so the wait has an end.
      const over = Promise.allSettled(document.getAnimations().map(a => a.finished));
      await Promise.race([over, new Promise(done => setTimeout(done, 600))]);
      await frames(3);
    }""")


def resize(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    settle(page)


def announced(page, component, key, presses):
    """What the read-out of an explorable says after a burst of keys on the control that has the focus."""
    page.evaluate("""name => {
      window.said = [];
      const box = document.querySelector(`[data-explorable=${name}] [role=status]`);
      new MutationObserver(() => said.push(box.textContent)).observe(box, {childList: true});
    }""", component)
    for _ in range(presses):
        page.keyboard.press(key)
    page.wait_for_function("said.length > 0")
    page.wait_for_timeout(700)
    return page.evaluate("said")
