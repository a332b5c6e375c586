"""Theorem numbers that do not move: the label says the number (`firstorder.pages.theorem_number`).

A running number would change when a page before it gains a lemma, and would not be the number of the page.
A statement with another label keeps its running number.
"""
from firstorder.pages import theorem_number


def _renumber(app, env):
    for kinds in env.toc_fignumbers.values():
        for numbers in kinds.values():
            for label in numbers:
                if number := theorem_number(label):
                    numbers[label] = (number,)


def setup(app):
    app.connect("env-check-consistency", _renumber)  # after Sphinx has counted
