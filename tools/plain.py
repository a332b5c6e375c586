"""MyST page -> Markdown that reads well in Jupyter: directives become quotes, roles become text.

The page's `.md` is the source; its notebook is what people read in Jupyter, on Binder and on a code
host, where a directive or a role would show as raw text.  An unknown directive or role is an error:
a page may only use what both renderings know.
"""
import os
import re
from pathlib import Path

import yaml

from firstorder import METHODS
from firstorder.conventions import LIBRARIES, ROWS
from firstorder.pages import theorem_number

THEOREM_LIKE = {"definition", "theorem", "lemma", "proposition", "corollary", "remark", "example", "proof", "algorithm"}
ADMONITIONS = {"note", "tip", "warning", "important", "caution", "hint", "seealso", "attention", "danger", "error"}

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\} *(?P<arg>.*)$")
OPTION = re.compile(r"^ *:(?P<key>[\w-]+): *(?P<value>.*)$")
TARGET = re.compile(r"^\((?P<label>[\w:.-]+)\)=\s*$")
EQUATION_END = re.compile(r"^(?P<indent> *)\$\$ *\((?P<label>[\w:.-]+)\)\s*$")
ROLE = re.compile(r"\{(?P<name>[\w:-]+)\}`(?P<body>[^`]+)`")
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<page>[^)\s#:]*\.md)?(?P<hash>#[^)\s]*)?\)")


class PlainError(ValueError):
    """A page uses something that the notebook rendering does not know."""


def _titled(kind, label, name):
    """"Theorem 3b (Ball)": kind, the number that the label says if it does, and the name if there is one."""
    number = theorem_number(label)
    return kind.capitalize() + (f" {number}" if number else "") + (f" ({name})" if name else "")


class Labels:
    """Where every label of the book lives and how a reader calls the thing it names."""

    def __init__(self, root, pages):
        self.root = Path(root)
        self.where = {}  # label -> (page, words)
        self.titles = {}  # page -> title
        for page in pages:
            self._scan(page, (self.root / page).read_text("utf8").splitlines())

    def _add(self, label, page, words):
        if label in self.where and self.where[label][0] != page:
            raise PlainError(f"label {label} is defined on {self.where[label][0]} and on {page}")
        self.where.setdefault(label, (page, words))

    def _scan(self, page, lines):
        opened = []
        for i, line in enumerate(lines):
            if line.startswith("# ") and page not in self.titles:
                self.titles[page] = line[2:].strip()
            if m := TARGET.match(line):
                following = next((l for l in lines[i + 1 :] if l.strip()), "")
                self._add(m["label"], page, following.lstrip("# ").strip())
            elif m := EQUATION_END.match(line):
                self._add(m["label"], page, f"({m['label'].removeprefix('eq-')})")
            elif m := FENCE.match(line):
                opened = [m["name"], m["arg"]]
            elif (m := OPTION.match(line)) and m["key"] in ("label", "name") and opened:
                kind, label = opened[0].removeprefix("prf:").split("-")[0], m["value"].strip()
                self._add(label, page, _titled(kind, label, opened[1]))
            elif m := re.match(r"^ *(?:figure: *\{)?.*\bname: *(fig-[\w-]+)", line):
                self._add(m[1], page, "figure")


class Plain:
    """Converter of one page.

    page      path of the page relative to the root
    labels    `Labels` of the book
    glued     function (page, key) -> text of a glued value; None before the page has run
    notebook  function (page) -> True if the page has a notebook beside it
    cite      function (key) -> "Polyak (1964)"
    claims    function (page) -> list of (claim, verdict) of that page's ledger
    """

    def __init__(self, page, labels, glued, notebook, cite, claims):
        self.page, self.labels, self.glued, self.notebook, self.cite = page, labels, glued, notebook, cite
        self.claims = claims

    # ---- blocks -------------------------------------------------------------------------------

    def convert(self, text):
        return self._clean("\n".join(self._blocks(text.splitlines())))

    @staticmethod
    def _clean(text):
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _blocks(self, lines):
        out, i = [], 0
        while i < len(lines):
            line = lines[i]
            if m := FENCE.match(line):
                if m["fence"][0] == "`" and "`" in m["arg"]:
                    raise PlainError(f"{self.page}: a directive's first line cannot hold a backtick: {line.strip()}")
                j = self._closing(lines, i, m)
                out += self._directive(m["name"], m["arg"].strip(), lines[i + 1 : j], m["indent"])
                i = j + 1
            elif line.lstrip().startswith("```") or line.lstrip().startswith("~~~"):
                mark = re.match(r" *(`{3,}|~{3,})", line)[1]
                j = next((k for k in range(i + 1, len(lines)) if lines[k].strip() == mark), len(lines) - 1)
                out += lines[i : j + 1]
                i = j + 1
            else:
                if TARGET.match(line) or line.startswith("% "):
                    pass
                elif m := EQUATION_END.match(line):
                    out.append(f"{m['indent']}\\tag{{{m['label'].removeprefix('eq-')}}}")
                    out.append(f"{m['indent']}$$")
                else:
                    out.append(self.inline(line))
                i += 1
        return out

    def _closing(self, lines, i, m):
        for j in range(i + 1, len(lines)):
            if lines[j].strip() == m["fence"]:
                return j
        raise PlainError(f"{self.page}: directive {m['name']} ({m['arg']}) is never closed")

    @staticmethod
    def _options(lines):
        options, i = {}, 0
        if lines and lines[0].strip() == "---":
            end = next(k for k in range(1, len(lines)) if lines[k].strip() == "---")
            return yaml.safe_load("\n".join(lines[1:end])) or {}, lines[end + 1 :]
        while i < len(lines) and (m := OPTION.match(lines[i])):
            options[m["key"]] = m["value"].strip()
            i += 1
        return options, lines[i:]

    @staticmethod
    def _quote(lines):
        return ["", *(f"> {l}".rstrip() for l in Plain._clean("\n".join(lines)).splitlines()), ""]

    def _directive(self, name, arg, lines, indent):
        options, body = self._options(lines)
        arg = self.inline(arg)
        base = name.removeprefix("prf:")
        if name.startswith("prf:") and base in THEOREM_LIKE:
            title = _titled(base, options.get("label", ""), arg)
            return self._quote([f"**{title}.**", "", *self._blocks(body)])
        if name in ADMONITIONS or name in ("admonition", "dropdown", "topic"):
            title = arg or name.capitalize()
            return self._quote([f"**{title}**", "", *self._blocks(body)])
        if name == "quiz":
            return self._quote([f"**{arg}** True or false?", "", *self._blocks(body)])
        if name == "reason":
            answer = self._blocks(body)
            return ["", "<details><summary>Answer and reason</summary>", "", *answer, "", "</details>", ""]
        if name == "explorable":
            return [*self._blocks(body), "", "*(Interactive on the website.)*", ""]
        if name in ("figure", "image"):
            return [f"![{options.get('alt', '')}]({arg})", "", *self._blocks(body), ""]
        if name == "claims":
            rows = [f"- {claim} — **{verdict}**" for claim, verdict in self.claims(arg or self.name())]
            return ["", *rows, ""]
        if name == "raw":
            return []
        if name == "ledger":
            return ["", "*(The table is on the website; its rows are the files of `claims/`.)*", ""]
        if name == "conventions":
            return self._conventions()
        if name == "bibliography":
            return ["", "*(The list is on the website; its entries are in `references.bib`.)*", ""]
        if name in ("grid", "grid-item-card", "card", "div", "container"):
            head = [f"**{arg}**", ""] if arg and "card" in name else []
            return ["", *head, *self._blocks(body), ""]
        if name == "glue:figure":
            return ["", *self._blocks(body), ""]
        if name == "math":
            tag = [f"\\tag{{{options['label'].removeprefix('eq-')}}}"] if "label" in options else []
            return ["$$", *body, *tag, "$$"]
        if name == "list-table":
            return self._list_table(body)
        raise PlainError(f"{self.page}: the notebook rendering does not know the directive {name}")

    def _list_table(self, body):
        rows = []
        for line in self._blocks(body):
            if m := re.match(r"^\* - ?(.*)$", line):
                rows.append([m[1]])
            elif m := re.match(r"^  - ?(.*)$", line):
                rows[-1].append(m[1])
            elif line.strip():
                rows[-1][-1] += " " + line.strip()
        table = ["| " + " | ".join(r) + " |" for r in rows]
        table.insert(1, "|" + "---|" * len(rows[0]))
        return ["", *table, ""]

    def _conventions(self):
        """The rows behind the selector as a table, each with a link to its method."""
        table = ["| Library | Optimizer | Setting | In this book | Mind |", "|" + "---|" * 5]
        for row in ROWS:
            link = self.inline(f" {{eq}}`eq-{METHODS[row.method].tag}`") if row.method else ""
            cells = (LIBRARIES[row.library], f"`{row.optimizer}`", row.option, row.book + link, row.warning)
            table.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return ["", *table, ""]

    # ---- roles and links ----------------------------------------------------------------------

    def inline(self, line):
        return LINK.sub(self._link, ROLE.sub(self._role, line))

    def _relative(self, page):
        target = page[:-3] + ".ipynb" if self.notebook(page) else page
        return os.path.relpath(target, os.path.dirname(self.page) or ".").replace(os.sep, "/")

    def name(self):
        return self.page.removeprefix("chapters/").removesuffix(".md")

    def _to(self, label, words=None):
        if label not in self.labels.where:
            raise PlainError(f"{self.page}: nothing is labelled {label}")
        page, known = self.labels.where[label]
        words = self.inline(words or known)
        return words if page == self.page else f"[{words}]({self._relative(page)})"

    def _role(self, m):
        name, body = m["name"], m["body"]
        explicit = re.match(r"^(?P<words>.*?)\s*<(?P<label>[^>]+)>$", body)
        words, label = (explicit["words"], explicit["label"]) if explicit else (None, body)
        if name in ("ref", "prf:ref", "numref", "eq"):
            return self._to(label, words if words and "%s" not in words and "{" not in words else None)
        if name == "doc":
            target = os.path.normpath(os.path.join(os.path.dirname(self.page), label)) + ".md"
            return f"[{words or self.labels.titles[target]}]({self._relative(target)})"
        if name == "glue:text":
            page, _, key = body.rpartition("::")
            page = os.path.normpath(os.path.join(os.path.dirname(self.page), page)) if page else self.page
            return self.glued(page, key.split(":")[0])
        if name in ("cite:t", "cite:p", "cite"):
            texts = [self.cite(key.strip()) for key in body.split(",")]
            return "; ".join(texts) if name == "cite:t" else "(" + "; ".join(t.replace(" (", " ").rstrip(")") for t in texts) + ")"
        if name == "math":
            return f"${body}$"
        if name in ("term", "abbr", "kbd", "code", "sub", "sup"):
            return words or body
        raise PlainError(f"{self.page}: the notebook rendering does not know the role {name}")

    def _link(self, m):
        if not m["page"]:
            if m["hash"] and (label := m["hash"][1:]) in self.labels.where:
                return self._to(label, m["text"] or None)
            return m[0]
        target = os.path.normpath(os.path.join(os.path.dirname(self.page), m["page"]))
        if target not in self.labels.titles:
            raise PlainError(f"{self.page}: links to {m['page']}, which is not a page of the book")
        return f"[{m['text'] or self.labels.titles[target]}]({self._relative(target)})"
