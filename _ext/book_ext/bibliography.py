"""The bibliography as a list that assistive technology reads as one.

Docutils writes `role="doc-biblioentry"`, which is deprecated and is no child of a list; the entries
are list items here. sphinxcontrib-bibtex's label and text inside an entry stay as they are.
"""
from docutils import nodes


def _visit(translator, node):
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", classes=["citation"], role="listitem"))


def _depart(translator, node):
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


def setup(app):
    app.add_node(nodes.citation, override=True, html=(_visit, _depart))
