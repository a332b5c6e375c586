"""{claims} and {ledger}: the claims that the pages test, read from claims/*.yml.

    ```{claims} definitions/momentum
    ```

lists the rows of claims/definitions-momentum.yml on the page that tests them, under the anchor
`claims-definitions-momentum`; `{ledger}` shows the rows of all files, one table a page, with a
search box and a filter, each row linked to its place on the page that tests it.

What a row is, and when it is malformed, is decided by `firstorder.claims`.
"""
from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.errors import SphinxError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from firstorder import claims

from . import held_back
from .element import make

log = getLogger(__name__)


class ClaimsError(SphinxError):
    category = "Claims error"


def load(folder):
    """The claims of every file in a folder: {file stem: [Claim, ...]}, files in alphabetical order.

    Raises ClaimsError, one sentence, for a malformed file or row and for an id used twice.
    """
    pages, seen = {}, {}
    for path in sorted(Path(folder).glob("*.yml")):
        try:
            pages[path.stem] = list(claims.load(path).values())
        except claims.ClaimError as problem:
            raise ClaimsError(str(problem)) from problem
        for row in pages[path.stem]:
            if row.id in seen:
                raise ClaimsError(f"claim id {row.id!r} is used in {seen[row.id]} and in {path.name}")
            seen[row.id] = path.name
    return pages


def _key(page):
    return claims.file_of(page).removesuffix(".yml")


def _anchor(page, row_id=None):
    """Anchor of a page's list of claims, or of one claim in it."""
    return f"claims-{_key(page)}" + (f"-{row_id}" if row_id else "")  # as the file is called


class _Rows(SphinxDirective):
    """What both directives share: reading the files and turning a row into nodes."""

    def load(self):
        folder = Path(self.env.srcdir) / "claims"
        pages = load(folder)
        for name in pages:
            self.env.note_dependency(str(folder / f"{name}.yml"))
        return pages

    def shown(self, pages):
        """The files whose pages this edition shows."""
        return {name: rows for name, rows in pages.items() if not held_back.held(name.replace("-", "/", 1))}

    def inline(self, text):
        parsed, messages = self.state.inline_text(str(text), self.lineno)
        return parsed + messages

    def verdict(self, row):
        name = row.verdict.replace(" ", "-")
        return make("span", nodes.Text(row.verdict.capitalize()), classes=["verdict", f"verdict-{name}"])

    def met(self, row):
        return [nodes.Text(f"{row.met}: "), *self.inline(row.where)]

    def truth(self, row):
        """Claimed value, truth, source and note, in words that need no column heading."""
        parts = []
        if row.claimed is not None:
            parts += [nodes.Text("Claimed: "), *self.inline(row.claimed), nodes.Text(". ")]
        parts += [nodes.Text("True: "), *self.inline(row.truth)]
        if row.tolerance is not None and row.tolerance > 1e-3 * abs(row.truth):  # else nobody could see it
            parts.append(nodes.Text(f" ± {row.tolerance:g}"))
        if row.cite:
            key, _, locator = row.cite.partition(",")
            parts += self.inline(f" ({{cite:t}}`{key.strip()}`{',' if locator else ''}{locator})")
        if row.note:
            if not parts[-1].astext().endswith("."):
                parts.append(nodes.Text("."))
            parts += [nodes.Text(" "), *self.inline(row.note)]
        return parts


class Claims(_Rows):
    """The rows of one page as a list."""

    required_arguments = 1

    def run(self):
        page, pages = self.arguments[0], self.load()
        if _key(page) not in pages:
            raise ClaimsError(f"{self.env.docname}: claims/{_key(page)}.yml does not exist")
        items = [
            make(
                "li",
                make("p", self.verdict(row), nodes.Text(" "), *self.inline(row.claim), nodes.Text(" "),
                     make("span", nodes.Text("("), *self.met(row), nodes.Text(")"), classes=["claim-met"])),
                make("p", *self.truth(row), classes=["claim-truth"]),
                ids=[_anchor(page, row.id)], classes=["claim"],
            )
            for row in pages[_key(page)]
        ]
        self.env.metadata[self.env.docname].setdefault("claims", []).append(_key(page))
        return [make("ul", *items, ids=[_anchor(page)], classes=["claims"], assets=("ledger.css",))]


class Ledger(_Rows):
    """The rows of all pages, one table a page."""

    def run(self):
        pages = self.shown(self.load())
        rows = [row for page in pages.values() for row in page]
        self.env.metadata[self.env.docname]["ledger"] = True
        count = Counter(row.verdict for row in rows)
        counted = ", ".join(f"{v} {count[v]}" for v in claims.VERDICTS if count[v])
        summary = f"Of {len(rows)} claims, by verdict: {counted}."
        tables = [self.table(page, page_rows) for page, page_rows in pages.items() if page_rows]
        return [make("div", make("p", nodes.Text(summary), classes=["ledger-summary"]), *tables,
                     classes=["ledger"], assets=("ledger.css", "ledger.js"))]

    def table(self, page, rows):
        # The roles keep the table a table where a phone shows its rows as cards.
        columns = ("Verdict", "Claim", "Truth")
        headings = (make("th", nodes.Text(c), role="columnheader", scope="col") for c in columns)
        head = make("tr", *headings, role="row")
        name = nodes.make_id(f"ledger-of-{page}")
        return make(
            "div",
            make("h2", self.link(page, None), ids=[name]),
            make("table", make("thead", head, role="rowgroup"),
                 make("tbody", *(self.row(page, row) for row in rows), role="rowgroup"),
                 role="table", aria_labelledby=name),
            classes=["ledger-page"],
        )

    def row(self, page, row):
        met = make("span", nodes.Text("("), *self.met(row), nodes.Text(")"), classes=["claim-met"])
        cells = (
            ("Verdict", [self.verdict(row)]),
            ("Claim", [*self.inline(row.claim), nodes.Text(" "), met]),
            ("Truth", [*self.truth(row), nodes.Text(" "), self.link(page, row)]),
        )
        return make(
            "tr",
            *(make("td", make("span", *parts), role="cell", data_label=label) for label, parts in cells),
            role="row", data_verdict=row.verdict, ids=[f"ledger-{row.id}"],
        )

    def link(self, page, row):
        """A link that `_resolve` completes when every page has been read."""
        text = f"Test {row.id}" if row else page
        return nodes.reference("", text, internal=True, ledger_page=page, ledger_row=row.id if row else None)


def _resolve(app, doctree, docname):
    """Point the ledger's links at the page whose {claims} shows the row."""
    shown = {page: doc for doc, meta in app.env.metadata.items() for page in meta.get("claims", ())}
    for node in doctree.findall(nodes.reference):
        if "ledger_page" not in node:
            continue
        page, row_id = node["ledger_page"], node["ledger_row"]
        if page not in shown:
            if row_id is None:
                log.warning("claims/%s.yml is shown on no page; put {claims} there", page, location=node)
            node["refuri"] = f"#{_anchor(page)}"
            continue
        node["refuri"] = f"{app.builder.get_relative_uri(docname, shown[page])}#{_anchor(page, row_id)}"
        if row_id is None:
            node[0] = nodes.Text(app.env.titles[shown[page]].astext())


def _outdated(app, env, added, changed, removed):
    """A new claims file concerns the ledger, which cannot depend on what did not exist."""
    return [doc for doc, meta in env.metadata.items() if meta.get("ledger")]


def setup(app):
    app.add_directive("claims", Claims)
    app.add_directive("ledger", Ledger)
    app.connect("doctree-resolved", _resolve)
    app.connect("env-get-outdated", _outdated)
