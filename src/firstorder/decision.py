"""Deciding a statement about real numbers: a complete procedure looks for a counterexample.

A statement that is polynomial in a fixed number of reals is either true, and then no counterexample
exists, or false, and then there is one.  z3's `qfnra-nlsat` finds out which (D. Jovanović and L. de Moura,
2012, "Solving non-linear arithmetic").  The book labels a result found so *decided*.
"""
from typing import Any, NamedTuple


class Decision(NamedTuple):
    """Outcome of `decide`.

    decided         True: the negation is unsatisfiable over the reals
    counterexample  None, or variable name -> value (Fraction, or float where the value is irrational)
    """

    decided: bool
    counterexample: Any

    def __str__(self):
        if self.decided:
            return "decided: there is no counterexample"
        shown = (f"{name} = {value:.6g}" if isinstance(value, float) else f"{name} = {value}"
                 for name, value in self.counterexample.items())
        return "false, for instance at " + ", ".join(shown)


def decide(statement, *hypotheses):
    """Whether a statement follows from hypotheses, for all real values of its variables.

    statement, hypotheses  z3 expressions over Real variables: polynomials, quotients, comparisons, And, Or

    Returns a `Decision`.  Raises ArithmeticError if z3 gives up, which is neither yes nor no, and
    ValueError if no real numbers satisfy the hypotheses, since anything follows from them.

    >>> import z3
    >>> x, y = z3.Reals("x y")
    >>> print(decide(x * x + y * y >= 2 * x * y))
    decided: there is no counterexample
    >>> print(decide(x * x > 0))
    false, for instance at x = 0
    """
    import z3

    def check(*formulas):
        solver = z3.Tactic("qfnra-nlsat").solver()
        solver.add(*formulas)
        answer = solver.check()
        if answer == z3.unknown:
            raise ArithmeticError(f"z3 could not decide this statement: {solver.reason_unknown()}")
        return solver.model() if answer == z3.sat else None

    if hypotheses and check(*hypotheses) is None:
        raise ValueError("no real numbers satisfy the hypotheses, so the statement would say nothing")
    model = check(*hypotheses, z3.Not(statement))
    if model is None:
        return Decision(True, None)
    return Decision(False, {d.name(): _number(model[d]) for d in sorted(model, key=lambda d: d.name()) if d.arity() == 0})


def _number(value):
    import z3

    if z3.is_algebraic_value(value):
        return float(value.approx(17).as_fraction())
    return value.as_fraction()
