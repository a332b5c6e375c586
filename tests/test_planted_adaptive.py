"""The planted proofs of B.5 and B.13 are true up to their first false step."""
from firstorder.decision import decide
from firstorder.grading import first_false
from firstorder.graders import b05, b13


def test_planted_proof_of_b05():
    verdicts = {k: decide(statement, *hypotheses).decided for k, (hypotheses, statement) in b05.planted_proof().items()}
    assert verdicts == {1: True, 2: True, 3: True, 4: False, 5: True}
    assert first_false({k: lambda v=v: v for k, v in verdicts.items()}) == 4


def test_planted_proof_of_b13():
    proof = b13.planted_proof()
    assert {k: follows() for k, follows in proof.items()} == {1: True, 2: True, 3: True, 4: True, 5: False}
    assert first_false(proof) == 5
