"""What the draft says about oscillation, recomputed: numbers that the page on theorem 6 does not show."""
import numpy as np
import pytest

from firstorder import theory

MU, L = 1.0, 100.0


def test_the_printed_discriminant_predicts_no_oscillation_at_all():
    """(1 − a)² − 2(1 − a)β + (β − 2)² lies between 1.32 and 10.2 on κ = 100; the true one is negative inside."""
    h = theory.polyak(MU, L).hyper
    a = h.lr * np.linspace(MU, L, 20_001)
    printed = (1 - a)**2 - 2 * (1 - a) * h.beta + (h.beta - 2)**2
    true = (1 + h.beta - a)**2 - 4 * h.beta
    assert (printed.min(), printed.max()) == pytest.approx((1.322, 10.17), abs=5e-3)
    assert (true[1:-1] < 0).all() and true[[0, -1]] == pytest.approx(0, abs=1e-12)


def test_the_two_printed_forms_differ_by_four_minus_beta_squared():
    a, b = 0.3, 0.7
    first = (1 - a)**2 - 2 * (1 - a) * b + b**2 - 4 * b + b**2
    assert (1 - a)**2 - 2 * (1 - a) * b + (b - 2)**2 - first == pytest.approx(4 - b**2)


def test_the_draft_component_formula_of_descent():
    h = theory.descent_optimal(MU, L).hyper
    assert 1 - h.lr * np.array([MU, L]) == pytest.approx(np.array([99, -99]) / 101)


def test_in_the_middle_descent_is_done_and_heavy_ball_turns_by_a_quarter():
    h, middle = theory.polyak(MU, L).hyper, (MU + L) / 2
    roots = np.linalg.eigvals(theory.iteration_matrix("heavy_ball", middle, h))
    assert roots.real == pytest.approx(0, abs=1e-12) and abs(roots.imag) == pytest.approx(9 / 11)


def test_descent_with_one_over_L_has_no_zigzag_at_all():
    assert (1 - np.linspace(MU, L, 101) / L >= 0).all()


@pytest.mark.parametrize("flips", [(0, 19, 50, 100)])
def test_sign_changes_of_four_modes(flips):
    """κ = 100, 100 steps from rest: the modes μ, geometric-ish quarter points and L; one for the angle 0, all for π."""
    h = theory.polyak(MU, L).hyper
    modes = np.array([MU, 10.0, (MU + L) / 2, L])
    z, found = np.stack([np.ones(4), np.zeros(4)], 1), np.zeros(4, int)
    matrix = theory.iteration_matrix("heavy_ball", modes, h)
    for _ in range(100):
        new = np.einsum("nij,nj->ni", matrix, z)
        found += np.sign(np.round(new[:, 0], 14)) * np.sign(z[:, 0]) < 0
        z = new
    assert tuple(found[[0, 3]]) == (flips[0], flips[3])
    assert abs(found[1] - 100 * np.arccos((MU + L - 20) / (L - MU)) / np.pi) < 1
