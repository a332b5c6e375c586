"""Equation tags: the label eq-HB shows as (HB), beside the equation and in {eq} references.

A running number says nothing and changes when a page moves; a tag can be remembered. An equation
without a label is not numbered, since nothing can refer to it.

A formula in a line also keeps the comma that follows it: a browser may break the line between them.
"""
import re

from docutils import nodes
from sphinx.domains.math import MathDomain
from sphinx.util.logging import getLogger

log = getLogger(__name__)
PREFIX = "eq-"


class TaggedMathDomain(MathDomain):
    """Sphinx's math domain, with tags where it has running numbers."""

    def note_equation(self, docname, labelid, location=None):
        super().note_equation(docname, labelid, location)
        others = (label for label in self.equations if label != labelid)
        twin = next((label for label in others if nodes.make_id(label) == nodes.make_id(labelid)), None)
        if twin:  # both would get the same HTML anchor, which ignores case
            log.warning("equation labels %s and %s differ only in case or punctuation", twin, labelid,
                        location=location)
        tag = labelid.removeprefix(PREFIX) if labelid.startswith(PREFIX) else None
        self.equations[labelid] = (docname, tag)


def _keep_punctuation(app, doctree, docname):
    for formula in list(doctree.findall(nodes.math)):
        follower = formula.next_node(descend=False, siblings=True)
        mark = isinstance(follower, nodes.Text) and re.match(r"[,.;:!?)%’”]+", follower)
        if not mark:
            continue
        parent = formula.parent
        i = parent.index(formula)
        parent[i : i + 2] = [nodes.inline("", "", formula, nodes.Text(mark[0]), classes=["math-glued"]),
                             nodes.Text(follower[mark.end():])]


def _configure(app, config):
    config.math_numfig = False  # it would count equations by section instead


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("doctree-resolved", _keep_punctuation)
    app.add_domain(TaggedMathDomain, override=True)
