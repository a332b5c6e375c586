"""Equation tags: the label eq-HB shows as (HB), beside the equation and in {eq} references.

A running number says nothing and changes when a page moves; a tag can be remembered. An equation
without a label is not numbered, since nothing can refer to it.
"""
from docutils.nodes import make_id
from sphinx.domains.math import MathDomain
from sphinx.util.logging import getLogger

log = getLogger(__name__)
PREFIX = "eq-"


class TaggedMathDomain(MathDomain):
    """Sphinx's math domain, with tags where it has running numbers."""

    def note_equation(self, docname, labelid, location=None):
        super().note_equation(docname, labelid, location)
        twin = next((k for k in self.equations if k != labelid and make_id(k) == make_id(labelid)), None)
        if twin:  # both would get the same HTML anchor, which ignores case
            log.warning("equation labels %s and %s differ only in case or punctuation", twin, labelid,
                        location=location)
        tag = labelid.removeprefix(PREFIX) if labelid.startswith(PREFIX) else None
        self.equations[labelid] = (docname, tag)


def _configure(app, config):
    config.math_numfig = False  # it would count equations by section instead


def setup(app):
    app.connect("config-inited", _configure)
    app.add_domain(TaggedMathDomain, override=True)
