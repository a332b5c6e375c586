"""What the draft says around its theorem on Adam's convergence, and its proofs on AdaGrad, recomputed."""

import numpy as np
import pytest
import sympy

from firstorder import hyper, methods, problems, steps
from firstorder.minimize import minimize


def test_the_one_step_bound_needs_the_next_distance():
    """g(x − u) <= (|x − u|² − |x⁺ − u|²)/(2a) + a g²/2 is an identity; without the middle term the sum cannot telescope."""
    x, u, g, a = sympy.symbols("x u g a", real=True)
    after = x - a * g
    assert sympy.expand(((x - u) ** 2 - (after - u) ** 2) / (2 * a) + a * g**2 / 2 - g * (x - u)) == 0


def test_a_square_is_at_most_the_average_over_one_minus_beta2():
    """g² <= s/(1 − β₂): true and homogeneous, unlike E g² <= C √s."""
    rng = np.random.default_rng(0)
    s, h = 0.0, hyper("adam", beta2=0.9)
    state = methods.start("adam", 0.0)
    for t in range(1, 200):
        g = float(rng.standard_normal() * 10 ** rng.uniform(-3, 3))
        _, state = steps.adam(0.0, g, state, float(t), h)
        assert g * g <= state.s / (1 - 0.9) * (1 + 1e-12)


def test_constant_adam_comes_near_and_leaves_again():
    """f = ½x² from 1 with the defaults: within 1e-10 at step 5000, and more than 1e-5 away again later."""
    run = minimize(problems.quadratic([1.0]), "adam", steps=40000)
    assert run.iterations_to(1e-2) == pytest.approx(2203, abs=3)
    assert run.distance[5000] < 1e-10
    assert 1e-5 < run.distance[5000:].max() < 1e-2  # bursts, their size depends on rounding


def test_the_tuned_noise_term_falls_with_the_root_of_the_batch():
    """min over c of Δ/(c√T) + cσ²/(B√T) is 2 √(Δσ²/(BT)): σ/√B, not σ²/B, and no term is irreducible."""
    c, delta, sigma, B, T = sympy.symbols("c Δ σ B T", positive=True)
    total = delta / (c * sympy.sqrt(T)) + c * sigma**2 / (B * sympy.sqrt(T))
    best = sympy.solve(sympy.diff(total, c), c)[0]
    assert sympy.simplify(total.subs(c, best) - 2 * sigma * sympy.sqrt(delta / (B * T))) == 0


def test_adagrads_draft_terms_have_different_units():
    """Multiply f by 10³: D²/(2α) stays, the regret grows by 10³; and D √G/α grows, but with D, not D²."""
    for scale in (1, 1000):
        x, state = 1.0, steps.AdaGradState(0.0)
        after, _ = steps.adagrad(x, float(scale), state, 1.0, hyper("adagrad", lr=0.1, eps=0.0))
        assert after == pytest.approx(0.9)  # the iterates do not see the scale, so the regret is linear in it


def test_adagrad_on_a_parabola_keeps_its_step_size():
    """Σ g² stays bounded for exact gradients: 1.3626 for α = 1/2 from 1, so the step size does not fall to 0."""
    run = minimize(problems.quadratic([1.0]), "adagrad", steps=3000, lr=0.5, eps=0.0)
    assert run.state.G[-1, 0] == pytest.approx(1.3626, abs=5e-5)
    assert run.state.G[-1, 0] - run.state.G[100, 0] < 1e-12
