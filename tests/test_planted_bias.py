"""The planted proofs of B.4, B.9 and B.12 are true up to their first false step."""
import pytest

from firstorder.grading import first_false
from firstorder.graders import b04, b09, b12


@pytest.mark.parametrize("grader", [b04, b09, b12])
def test_steps_before_the_first_false_one_follow(grader):
    proof = grader.planted_proof()
    assert {k: bool(follows()) for k, follows in proof.items()} == {1: True, 2: True, 3: True, 4: False, 5: True}
    assert first_false(proof) == 4
