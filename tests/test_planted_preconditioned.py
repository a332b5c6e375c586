"""Planted proofs: the steps before the first false one follow, and that one does not."""
import pytest

from firstorder.graders import b20
from firstorder.grading import first_false


@pytest.mark.parametrize("grader, false", [(b20, 4)])
def test_first_false_step(grader, false):
    proof = grader.planted_proof()
    assert [proof[k]() for k in sorted(proof) if k <= false] == [True] * (false - 1) + [False]
    assert first_false(proof) == false


def test_step_5_of_b20_follows_from_step_4_and_step_6_is_false_by_itself():
    proof = b20.planted_proof()
    assert proof[5]() and not proof[6]()
