"""How an exercise is judged: one line a criterion, with what was expected and what was found.

A grader is a function that takes the reader's functions, fills a `Report`, and ends with
`report.finish()`, which raises `NotYet` unless every criterion is met.  So a notebook whose check cell
ran through is right, whatever outputs are stored in it.
"""
import contextlib
import io
from typing import Any, NamedTuple

import numpy as np


class NotYet(AssertionError):
    """A solution that fails at least one criterion of its exercise."""


class Report:
    """The criteria of one exercise, printed as they are judged.

    title  the exercise, for the last line: "C.5"
    """

    def __init__(self, title):
        self.title = title
        self.failed = []

    def expect(self, criterion, expected, found, met):
        """Judge one criterion.  expected, found: short texts; met: bool.  Returns met."""
        said = f"{criterion}: expected {expected}, found {found}"
        print(f"{'ok    ' if met else 'NOT YET'} {said}")
        if not met:
            self.failed.append(said)
        return bool(met)

    @contextlib.contextmanager
    def running(self, criterion):
        """Run reader's code; an exception in it fails the criterion, with its message, and judging goes on."""
        try:
            yield
        except NotImplementedError as e:
            self.expect(criterion, "a solution", f"the stub ({e})", False)
        except Exception as e:  # a reader's code may fail in any way; the way is what we report
            self.expect(criterion, "no exception", f"{type(e).__name__}: {e}", False)

    def compare(self, criterion, answer, cases, right):
        """Run a reader's function on cases, tuples of arguments, and judge each answer.

        right  function (said, *case) -> bool
        """
        with self.running(criterion):
            wrong = [case for case in cases if not right(answer(*case), *case)]
            shown = ", ".join(f"{value:.4g}" for value in wrong[0]) if wrong else ""
            found = f"{len(wrong)} wrong" + (f", e.g. at {shown}" if wrong else "")
            self.expect(criterion, f"0 wrong of {len(cases)}", found, not wrong)

    def repeated(self, name, first, again):
        """Two calls with the same arguments must return the same numbers: nothing is kept between them."""
        same = np.array_equal(first, again)
        self.expect(f"{name}: two calls agree", "the same numbers", "them" if same else "others", same)

    def finish(self):
        """Say the result.  Raises NotYet if any criterion failed."""
        if self.failed:
            # the lines once more: a test run shows the exception, not what was printed before it
            raise NotYet("\n  ".join([f"{self.title} is not solved yet", *dict.fromkeys(self.failed)]))
        print(f"{self.title}: passed")


def first_false(proof):
    """Number of the first step of a planted proof that does not follow from the steps before it.

    proof  step number -> function () -> bool: does the step follow?

    >>> first_false({1: lambda: True, 2: lambda: False, 3: lambda: False})
    2
    """
    return next(k for k in sorted(proof) if not proof[k]())


def judge_false_step(report, answer, proof):
    """Judge a reader's answer to "which is the first false step?" without giving it away.

    report  a `Report`
    answer  the reader's function () -> int
    proof   the planted proof, as for `first_false`
    """
    name = "the first false step of the planted proof"
    with report.running(name):
        said = answer()
        right = isinstance(said, int) and not isinstance(said, bool) and said == first_false(proof)
        report.expect(name, "its number", "it" if right else f"{said!r}, which is not it", right)


def judge_verdict(report, answer, truth):
    """Judge a reader's decisions on the statements of an exercise, without telling which one is wrong.

    report  a `Report`
    answer  the reader's function () -> booleans
    truth   booleans that the grader has measured itself
    """
    name = "verdict: the four statements"
    with report.running(name):
        said = tuple(bool(v) for v in answer())
        wrong = sum(s != t for s, t in zip(said, truth))
        found = f"{len(said)} answers" + (f", {wrong} of them not" if wrong else "")
        report.expect(name, f"{len(truth)} answers that the measurements bear out", found, len(said) == len(truth) and not wrong)


class Kill(NamedTuple):
    """What a grader said of one variant: a row of a kill table.

    name    the variant, in words
    wanted  "pass" or "fail"
    passed  whether the grader let it pass
    failed  the criteria it failed, in the order judged
    """

    name: str
    wanted: str
    passed: bool
    failed: Any


def kill_table(check, variants, **options):
    """Run a grader on named variants of a solution.

    check     the grader
    variants  name -> (wanted, functions): "pass" or "fail", and the arguments of `check`
    options   further arguments of `check`, for instance a seed

    Returns a list of `Kill`, one a variant.
    """
    rows = []
    for name, (wanted, functions) in variants.items():
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                check(*functions, **options)
            passed = True
        except NotYet:
            passed = False
        lines = [l.removeprefix("NOT YET ") for l in said.getvalue().splitlines() if l.startswith("NOT YET")]
        rows.append(Kill(name, wanted, passed, [l.split(": expected")[0] for l in lines]))
    return rows
