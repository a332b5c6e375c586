"""Smaller mistakes of the draft on heavy ball and quadratics that its pages replace without naming them."""
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from firstorder import hyper, steps, theory
from firstorder.symbolic import LAM, Z, characteristic_polynomial


def test_theorem_2_where_the_roots_turn_complex():
    """With α = 1/L and Polyak's β at κ = 100 the modulus is √β only for λ >= 3.31 (μ = 1)."""
    beta = (9 / 11) ** 2
    edge = 100 * (1 - math.sqrt(beta)) ** 2
    assert edge == pytest.approx(3.3058, abs=1e-4)
    at = lambda lam: theory.spectral_radius("heavy_ball", lam, hyper("heavy_ball", lr=0.01, beta=beta))
    assert at(1.001 * edge) == pytest.approx(9 / 11, abs=1e-12) and at(0.99 * edge) > 9 / 11 + 1e-3


def test_theorem_2_the_pair_of_the_draft_is_slower_than_descent_up_to_kappa_24():
    def slower(kappa):
        pair = hyper("heavy_ball", lr=1 / kappa, beta=theory.polyak(1.0, kappa).hyper.beta)
        return theory.spectral_radius("heavy_ball", np.array([1.0, kappa]), pair).max() > theory.descent_optimal(1.0, kappa).rate
    assert [k for k in range(2, 60) if slower(float(k))] == list(range(2, 25))


def test_theorem_2_first_order_excess_of_that_pair():
    """Its rate is 1 − (2 − √3)/√κ + …, against 1 − 2/√κ: 2/(2 − √3) = 7.46 times as many steps in the limit."""
    kappa = 1e10
    pair = hyper("heavy_ball", lr=1 / kappa, beta=theory.polyak(1.0, kappa).hyper.beta)
    rate = theory.spectral_radius("heavy_ball", 1.0, pair)
    assert (1 - rate) * math.sqrt(kappa) == pytest.approx(2 - math.sqrt(3), rel=1e-3)


def test_b1_the_modulus_is_rho_not_its_square():
    settings = theory.polyak(1.0, 100.0).hyper
    assert theory.spectral_radius("heavy_ball", np.array([1.0, 50.0, 100.0]), settings) == pytest.approx([9 / 11] * 3)
    M = theory.iteration_matrix("heavy_ball", 100.0, settings)
    growth = max(np.linalg.norm(np.linalg.matrix_power(M, k), 2) for k in range(40))
    assert growth > 3  # and powers of M are far from ρᵏ at first


def test_b10_the_printed_matrix_has_another_polynomial():
    """[[1 − a + β, −β], [−a, β]] has trace 1 − a + 2β and determinant β(1 + β − 2a)."""
    a, b = sympy.symbols("a b")
    printed = sympy.Matrix([[1 - a + b, -b], [-a, b]])
    assert sympy.expand(printed.trace() - (1 - a + 2 * b)) == 0
    assert sympy.expand(printed.det() - b * (1 + b - 2 * a)) == 0
    lr, beta = sorted(characteristic_polynomial("heavy_ball").free_symbols - {LAM, Z}, key=str)[::-1]
    true = characteristic_polynomial("heavy_ball").subs({lr: a / LAM, beta: b})
    assert sympy.expand(printed.charpoly(Z).as_expr() - true) != 0


def test_b10_the_printed_test_on_sums_refuses_stable_settings():
    """|T₁| + |T₂| < 2(1 − β) fails at αλ₁ = 1, αλ₂ = 1/2, β = 9/10, where every modulus is √0.9."""
    beta, a = 0.9, np.array([1.0, 0.5])
    assert abs(1 + beta - a).sum() > 2 * (1 - beta)
    assert (theory.spectral_radius("heavy_ball", a, hyper("heavy_ball", lr=1.0, beta=beta)) < 1).all()


def test_b10_gradient_size_does_not_matter():
    """Scaling the start scales the run, exactly; scaling the curvature changes its stability."""
    def run(x, lam):
        state = steps.HeavyBallState(v=0 * x)
        for _ in range(30):
            x, state = steps.heavy_ball(x, lam * x, state, 1.0, steps.HeavyBallHyper(Fraction(1), Fraction(1, 2)))
        return x
    assert run(Fraction(1000), Fraction(2)) == 1000 * run(Fraction(1), Fraction(2))
    assert abs(run(Fraction(1), Fraction(2))) < 1 < abs(run(Fraction(1), Fraction(4)))


def test_b17_the_printed_numbers():
    """a = 0.1: β* = 0.4675, ρ* = 0.6838; at the draft's 0.636 the radius is 0.7975, at its trace-zero β 0.9487."""
    at = lambda beta: theory.spectral_radius("heavy_ball", 0.1, steps.HeavyBallHyper(lr=1.0, beta=beta))
    star = (1 - math.sqrt(0.1)) ** 2
    assert (star, at(star), at(0.636), at(-0.9)) == pytest.approx((0.46754, 0.68377, 0.7975, 0.9487), abs=1e-4)
