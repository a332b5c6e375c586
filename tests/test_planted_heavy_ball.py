"""The planted proofs of B.1, B.10 and B.17 are true up to their first false step."""
from firstorder.decision import decide
from firstorder.grading import first_false
from firstorder.graders import b01, b10, b17


def decided(proof):
    return {k: decide(statement, *hypotheses).decided for k, (hypotheses, statement) in proof.items()}


def test_planted_proof_of_b01():
    proof = b01.planted_proof()
    assert {k: follows() for k, follows in proof.items()} == {1: True, 2: True, 3: True, 4: True, 5: False, 6: False}
    assert first_false(proof) == 5


def test_planted_proof_of_b10():
    assert decided(b10.planted_proof()) == {1: True, 2: True, 3: True, 4: False, 5: True, 6: False}


def test_planted_proof_of_b17():
    assert decided(b17.planted_proof()) == {1: True, 2: True, 3: False, 4: True, 5: False}
