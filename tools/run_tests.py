"""Everything that CI checks: `make test` calls it.  Each step must pass before the next one starts.

1. pages, notebooks, exercises and solutions agree           (executes nothing)
2. unit tests, doctests and every notebook, by nbval         (executes each page once, fills the build's cache)
3. the site, built from those outputs without a warning      (executes nothing)
4. the site in a real browser, if this machine has Chromium  (CI must have it)
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

from .notebooks import CACHE, ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def step(title, *command):
    print(f"\n== {title}", flush=True)
    begun = time.time()
    code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
    print(f"== {title}: {'passed' if code == 0 else 'FAILED'} in {time.time() - begun:.0f} s", flush=True)
    if code:
        sys.exit(f"`make test` stops here: {title} failed")


def browser_tests(required):
    """Run them; without a browser say so, and fail if they are required (asked for, or in CI)."""
    if path := browser():
        os.environ["CHROMIUM"] = path
        step("the site in a browser", "pytest", "-q", "-n", "2", "tests/browser")
        return
    sentence = f"no browser found (looked for {', '.join(BROWSERS)}; or set CHROMIUM=/path/to/chromium)"
    if required or os.environ.get("CI"):
        sys.exit(f"The browser tests cannot run: {sentence}")
    print(f"\nEverything else passed. Not run on this machine: the browser tests, {sentence}.")


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.run_tests")
    parser.add_argument("--browser-only", action="store_true", help="only the site in a browser; the site must be built")
    only = parser.parse_args().browser_only
    if not only:
        shutil.rmtree(CACHE, ignore_errors=True)
        step("pages and notebooks agree", "tools.book", "check")
        step("unit tests, doctests and notebooks", "pytest", "-q", "-n", "2", "--nbval", "--fill-cache")
        step("the site builds without a warning", "tools.book", "build", "--from-cache")
    browser_tests(required=only)


if __name__ == "__main__":
    main()
