"""The edition for a class: the same site, with every page below solutions/ held back.

`python -m tools.book build --without-solutions` sets BOOK_HOLD_BACK. Pages are read as always, so that theorems keep
their numbers and links their targets. Then each solution page is replaced by its title, a sentence, and the anchors
that other pages link to. Its source, its pictures, its claims and its words in the search index go with it.
"""
import os
from pathlib import Path

from docutils import nodes

FOLDER = "solutions/"
SENTENCE = "This edition of the book holds its solutions back."


def active():
    return os.environ.get("BOOK_HOLD_BACK") == "solutions"


def held(docname):
    return active() and docname.startswith(FOLDER)


def _shorten_contents(app, env):
    """The list of a page's sections keeps the title alone."""
    for docname in filter(held, env.found_docs):
        for below in [item.children[1:] for item in env.tocs[docname].findall(nodes.list_item)][:1]:
            for node in below:
                node.parent.remove(node)


def _replace(app, doctree, docname):
    if not held(docname):
        return
    section = next(doctree.findall(nodes.section))
    title = section.next_node(nodes.title)
    anchors = [i for node in doctree.findall(nodes.Element) for i in node.get("ids", ()) if node is not section]
    doctree.clear()
    notice = nodes.section(ids=section["ids"], names=section["names"])
    notice += [title, nodes.paragraph("", nodes.Text(SENTENCE), *_exercise(app, docname))]
    notice += [nodes.target(ids=[i]) for i in dict.fromkeys(anchors)]
    doctree += notice


def _exercise(app, docname):
    """The way back, if the page has an exercise."""
    page = docname.replace(FOLDER, "exercises/", 1)
    if page not in app.env.found_docs:
        return []
    return [nodes.Text(" Here is "),
            nodes.reference("", "the exercise", internal=True, refuri=app.builder.get_relative_uri(docname, page)), nodes.Text(".")]


def _withhold_sources(app, problem):
    if active() and problem is None:
        for path in (Path(app.outdir) / "_sources" / FOLDER).glob("*"):
            path.write_text(SENTENCE + "\n", "utf8")


def setup(app):
    app.connect("env-check-consistency", _shorten_contents)
    app.connect("doctree-resolved", _replace, priority=900)
    app.connect("build-finished", _withhold_sources)
