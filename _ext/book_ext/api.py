"""{api}: every public name of the package, read from its source, with its docstring.

    ```{api}
    ```

The docstrings are aligned plain text, not reStructuredText.  They are taken apart at their blank lines, and
each block becomes what it looks like: prose, a formula with its tag, a table of names, a session at the
prompt.  A block that looks like none of these is shown as it stands.  Nothing is imported, so the page costs
the build some milliseconds and not the import of torch; nothing is interpreted, so no docstring can warn.

Why not sphinx.ext.autodoc: it reads docstrings as reStructuredText, in which the aligned tables become
definition lists of one run-on term, β₁ᵗ* or |x| an error, and every annotation a reference to resolve.  Shown
as literal blocks through its event, they are 110 characters wide on a phone that shows 40.
"""
import ast
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import firstorder

from .element import make

PACKAGE = Path(firstorder.__file__).parent
TAG = re.compile(r"\s{3,}\((\w+)\)$")
TERM = re.compile(r"^(\S+(?: \S+){0,7}(?<![.,:;?!])) {2,}(\S.*)$")  # not the two spaces after a sentence
GAP = re.compile(r"\S {3,}\S")


class Entry(NamedTuple):
    """A public name.

    name       as written in its module, `Class.method` for a method
    kind       "function", "class", "method", "property" or "constant"
    signature  as written, without the names of decorators
    doc        docstring, or the comment beside a constant; "" where there is none
    fields     (name, comment) of the fields of a class that has no docstring
    """

    name: str
    kind: str
    signature: str
    doc: str
    fields: tuple = ()


def modules():
    """Public modules of the package, in alphabetical order, the package first: name -> file."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(part.startswith("_") for part in name.split(".")):
            found[name] = path
    return dict(sorted(found.items()))


def _comment(lines, node):
    """The comment behind an assignment, or else the lines of comment right above it."""
    if behind := re.search(r"  # (.*)$", lines[node.end_lineno - 1]):
        return behind[1]
    above = []
    for line in reversed(lines[: node.lineno - 1]):
        if not line.strip().startswith("# "):
            break
        above.insert(0, line.strip()[2:])
    return " ".join(above)


def _function(node, prefix=""):
    decorators = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
    if "property" in decorators:
        return Entry(prefix + node.name, "property", prefix + node.name, ast.get_docstring(node) or "")
    arguments = ast.unparse(node.args)
    if prefix and "staticmethod" not in decorators:
        arguments = re.sub(r"^(self|cls)(, )?", "", arguments)
    kind = "method" if prefix else "function"
    return Entry(prefix + node.name, kind, f"{prefix}{node.name}({arguments})", ast.get_docstring(node) or "")


def _class(node, lines):
    base = ", ".join(ast.unparse(b) for b in node.bases)
    doc = ast.get_docstring(node) or ""
    fields = () if doc else tuple(
        (item.target.id, _comment(lines, item)) for item in node.body if isinstance(item, ast.AnnAssign)
    )
    yield Entry(node.name, "class", f"class {node.name}" + (f"({base})" if base else ""), doc, fields)
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            yield _function(item, f"{node.name}.")


def _constants(node, lines):
    """An entry for each name that an assignment gives a value; NAME, OTHER = 1, 2 gives two."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    pairs = zip(target.elts, node.value.elts) if isinstance(target, ast.Tuple) else [(target, node.value)]
    for name, value in pairs:
        text = ast.unparse(value)
        shown = f"{name.id} = {text}" if len(text) <= 60 else name.id
        yield Entry(name.id, "constant", shown, _comment(lines, node))


def entries(path):
    """The docstring of a module, and an `Entry` for each of its public names, in the order of the source."""
    text = path.read_text("utf8")
    tree, lines, found = ast.parse(text), text.splitlines(), []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append(_function(node))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += _class(node, lines)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            found += _constants(node, lines)
    return ast.get_docstring(tree) or "", [e for e in found if not e.name.startswith("_")]


def blocks(doc):
    """A docstring as (kind, content) pairs; the characters stay, only the white space changes.

    kind "prose" and "plain": a text; "session": its lines; "formula": (parts, tag or None);
    "terms": [(name, text)]

    >>> blocks("Move.\\n\\nx ← x − α g      (GD)\\n\\nx  the point\\n   [x]")
    [('prose', 'Move.'), ('formula', (['x ← x − α g'], 'GD')), ('terms', [('x', 'the point [x]')])]
    """
    found = []
    for block in re.split(r"\n\s*\n", doc.strip("\n")):
        lines = block.split("\n")
        if lines[0].startswith(">>>"):
            found.append(("session", block))
        elif lines[0].startswith(" "):
            inner = textwrap.dedent(block)
            found.append(_terms(inner.split("\n")) or ("plain", inner))
        elif any(re.match(r"[-*] |\d+\. ", line) for line in lines):
            found.append(("plain", block))
        elif TERM.match(lines[0]) and not TAG.search(lines[-1]):
            found.append(_terms(lines) or ("plain", block))
        elif TAG.search(block) or any(GAP.search(line) for line in lines):
            tag = TAG.search(block)
            parts = re.split(r" {3,}|\n\s*", TAG.sub("", block))
            found.append(("formula", (parts, tag and tag[1])))
        elif any(line.startswith(" ") for line in lines):
            found.append(("plain", block))
        else:
            found.append(("prose", " ".join(lines)))
    return found


def _terms(lines):
    """("terms", …) if every line names something or continues the line above, else None."""
    pairs = []
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else ""
        if line.startswith("  ") and pairs:
            pairs[-1][1].append(line.strip())
        elif m := TERM.match(line):
            pairs.append((m[1], [m[2]]))
        elif pairs and following.startswith("  "):
            pairs.append((line, []))
        else:
            return None
    # lines flow together, but a formula keeps its line
    return "terms", [(name, re.sub(r"\n(?!\S+ = )", " ", "\n".join(text))) for name, text in pairs]


# ---- nodes ----------------------------------------------------------------------------------------


def _verbatim(tag, *children, **options):
    """An element whose straight quotes stay straight: they are Python's."""
    node = make(tag, *children, **options)
    node["support_smartquotes"] = False  # read by sphinx.util.nodes.is_smartquotable
    return node


def _inline(text):
    """Text with `names` in backticks set as code."""
    parts = re.split(r"`([^`]+)`", text)
    return [nodes.literal("", part) if i % 2 else nodes.Text(part) for i, part in enumerate(parts) if part]


def _body(doc):
    for kind, content in blocks(doc) if doc else ():
        if kind == "prose":
            yield _verbatim("p", *_inline(content))
        elif kind == "terms":
            cells = [(tag, text) for pair in content for tag, text in zip(("dt", "dd"), pair)]
            yield make("dl", *(_verbatim(tag, *_inline(text)) for tag, text in cells), classes=["api-terms"])
        elif kind == "formula":
            parts, tag = content
            shown = [_verbatim("span", nodes.Text(part + " "), classes=["api-part"]) for part in parts]
            mark = [make("span", nodes.Text(f"({tag})"), classes=["api-tag"])] if tag else []
            yield make("p", *shown, *mark, classes=["api-formula"])
        else:
            language = "pycon" if kind == "session" else "text"
            yield nodes.literal_block(content, content, language=language, classes=["api-code"])


class Api(SphinxDirective):
    """A section for each public module."""

    def run(self):
        return [self.section(name, path) for name, path in modules().items() if any(entries(path))]

    def section(self, module, path):
        self.env.note_dependency(str(path))
        doc, found = entries(path)
        section = nodes.section(ids=[nodes.make_id(module)], names=[module])
        self.state.document.note_explicit_target(section)
        section += nodes.title("", module.removeprefix("firstorder."))
        section += [*_body(doc), *(self.item(module, entry) for entry in found)]
        self.note(module, "module", section["ids"][0])
        return section

    def item(self, module, entry):
        """A line with name and first sentence that opens to the rest."""
        anchor = f"{module}.{entry.name}"
        self.note(anchor, {"constant": "data"}.get(entry.kind, entry.kind), anchor)
        first = " ".join(entry.doc.split("\n\n")[0].split("\n")).partition(".  ")[0]
        if not first:  # the fields, or the value
            named = ", ".join(n for n, _ in entry.fields) or "no fields"
            first = named if entry.kind == "class" else entry.signature.removeprefix(entry.name)
        summary = make("summary", nodes.literal("", entry.name),
                       _verbatim("span", *_inline(" " + first), classes=["api-first"]))
        fields = "\n".join(f"{name}  {comment}" for name, comment in entry.fields)
        # the anchor is inside, since a browser opens what it has to show
        signature = make("p", nodes.literal("", entry.signature), ids=[anchor], classes=["api-signature"])
        return make("details", summary, signature, *_body(entry.doc or fields),
                    classes=["api-item", f"api-{entry.kind}"], assets=("api.css",))

    def note(self, name, kind, anchor):
        """Let the search box and {py:obj} find the name."""
        python = self.env.get_domain("py")
        python.note_object(name, kind, anchor, location=self.get_location())
        if kind == "module":
            python.note_module(name, anchor, "", "", False)


def setup(app):
    app.add_directive("api", Api)
