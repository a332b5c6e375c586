"""The book's own Sphinx extension: what the pages need and no well-kept package gives.

api           {api}: the public names of the package with their docstrings
conventions   {conventions}: which formula a library runs, chosen from three lists, no kernel
edition       version and commit on every page, launch buttons when the repository has an address
held_back     the edition without solutions
equations     an equation labelled eq-HB is numbered (HB), beside it and in {eq} references
bibliography  its entries as a list that assistive technology reads as one
quiz          {quiz} and {reason}: true or false, no kernel, by keyboard
explorable    {explorable}: an interactive figure with a static one as fallback
theorems      a theorem labelled theorem-3-b is Theorem 3b, whatever stands before it
ledger        {claims} and {ledger}: the claims that the pages test, from claims/*.yml
offline       MathJax, icons and scripts from the site itself; no request leaves the machine

`_config.yml` loads it through `sphinx.local_extensions: {book_ext: _ext}`.
"""
from pathlib import Path

from . import api, bibliography, conventions, edition, element, equations, explorable, held_back, ledger, offline, quiz, theorems

STATIC = Path(__file__).parent / "static"


def _find_static(app, config):
    config.html_static_path.append(str(STATIC))
    config.html_favicon = config.html_favicon or str(STATIC / "favicon.svg")  # else browsers ask in vain


def _add_assets(app, pagename, templatename, context, doctree):
    """Scripts and style sheets of a component go to the pages where it occurs, and to no other."""
    if doctree is None:
        return
    for name in dict.fromkeys(a for node in doctree.findall(element.element) for a in node["assets"]):
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def setup(app):
    app.connect("config-inited", _find_static)
    app.connect("html-page-context", _add_assets)
    for part in (api, bibliography, conventions, edition, element, equations, explorable, held_back, ledger, offline, quiz, theorems):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
