"""One document node that writes one HTML element; other builders see only what it contains."""
from docutils import nodes


class element(nodes.General, nodes.TextElement):
    """An HTML element: `tag`, `attributes` (written as they are), and `assets`, which its page needs.

    Assets are names of scripts and style sheets.
    A text element, since Sphinx expects that around a link.
    """


def make(tag, *children, classes=(), ids=(), assets=(), **attributes):
    """An element; underscores in attribute names become hyphens, attributes that are None are left out.

    >>> make("p", nodes.Text("hi"), data_answer="true")["attributes"]
    {'data-answer': 'true'}
    """
    kept = {k.replace("_", "-"): v for k, v in attributes.items() if v is not None}
    own = {"tag": tag, "attributes": kept, "assets": assets}
    return element("", "", *children, classes=list(classes), ids=list(ids), **own)


def _visit(translator, node):
    translator.body.append(translator.starttag(node, node["tag"], "", **node["attributes"]))


def _depart(translator, node):
    translator.body.append(f"</{node['tag']}>")


def _pass(translator, node):
    pass


def setup(app):
    app.add_node(element, html=(_visit, _depart), latex=(_pass, _pass), text=(_pass, _pass))
