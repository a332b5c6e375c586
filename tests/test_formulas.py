"""Closed forms against the steps: what a formula says is what the algebra of the step implies."""
import math

import numpy as np
import pytest
import sympy
from sympy.polys.matrices import DomainMatrix

from firstorder import METHODS, formulas, hyper, problems, symbolic, theory

LINEAR = list(formulas.VARIANCES)
RHO = sympy.Symbol("rho", real=True)


def stationary(matrix, kick, readout, rho):
    """Variance of readout · z for z⁺ = matrix z + kick ξ and ξ⁺ = ρ ξ + √(1 − ρ²) w: Σ = A Σ Aᵀ + Q, solved exactly."""
    n = matrix.rows
    A = sympy.diag(matrix, rho)
    A[:n, n] = kick
    S = sympy.Matrix(n + 1, n + 1, lambda i, j: sympy.Symbol(f"S{min(i, j)}{max(i, j)}"))
    Q = sympy.zeros(n + 1, n + 1)
    Q[n, n] = 1 - rho**2
    cells = [(i, j) for i in range(n + 1) for j in range(i, n + 1)]
    unknown, equations = [S[c] for c in cells], (S - A * S * A.T - Q).applyfunc(sympy.expand)
    left, right = sympy.linear_eq_to_matrix([equations[c] for c in cells], unknown)
    field = sympy.QQ.frac_field(*sorted(left.free_symbols | right.free_symbols, key=str))
    solve = lambda m: DomainMatrix.from_Matrix(m).convert_to(field)
    found = solve(left).lu_solve(solve(right)).to_Matrix()
    return (readout.T * S.subs(dict(zip(unknown, found)))[:n, :n] * readout)[0]


def position_readout(name):
    tr = symbolic.trace(name)
    position = METHODS[name].position(tr.x, tr.state, tr.hyper)
    return sympy.Matrix([position.diff(symbol) for symbol in (tr.x, *tr.state)])


@pytest.mark.parametrize("name", LINEAR)
def test_variance_under_noise_with_a_memory_is_what_the_step_implies(name):
    h = symbolic.trace(name).hyper
    matrix, kick = symbolic.iteration_matrix_symbolic(name), symbolic.kick_symbolic(name)
    derived = stationary(matrix, kick, position_readout(name), RHO)
    formula = formulas.VARIANCES[name](symbolic.LAM, *h, False) * formulas.CORRELATION_FACTORS[name](symbolic.LAM, *h, RHO)
    assert sympy.cancel(derived - formula) == 0
    assert sympy.simplify(formulas.CORRELATION_FACTORS[name](symbolic.LAM, *h, 0)) == 1


@pytest.mark.parametrize("name", LINEAR)
def test_correlation_factor_against_lyapunov(name):
    rng = np.random.default_rng(4)
    for lam, ratio, beta, rho in rng.uniform((0.1, 0.02, 0, -0.95), (10, 0.98, 0.98, 0.95), (50, 4)):
        lr = ratio * theory.stability_limit(name, beta) / lam
        h = hyper(name, lr=lr) if name == "gradient_descent" else hyper(name, lr=lr, beta=beta)
        solved = theory.stationary_covariance(name, lam, h, 1.0, rho).position
        closed = theory.stationary_variance(name, lam, h, 1.0) * theory.correlation_factor(name, lam, h, rho)
        assert closed == pytest.approx(solved, rel=1e-8)


def test_correlation_factor_takes_arrays_and_refuses_what_is_unstable():
    h = hyper("heavy_ball", lr=0.1)
    factors = theory.correlation_factor("heavy_ball", 1.0, h, [-0.5, 0.0, 0.5])
    assert factors.shape == (3,) and factors[1] == 1 and factors[0] < 1 < factors[2]
    with pytest.raises(ValueError, match="heavy_ball is unstable at lam=40.0"):
        theory.correlation_factor("heavy_ball", 40.0, h, 0.5)
    with pytest.raises(ValueError, match=r"^rho=1.0 is outside \(-1, 1\); noise needs a correlation ρ"):
        theory.correlation_factor("heavy_ball", 1.0, h, 1.0)


@pytest.mark.parametrize("name", LINEAR[1:])
def test_memory_gain_and_variance_are_what_the_step_implies(name):
    factor, weight = symbolic.memory(name)
    one, omega = sympy.Matrix([1]), sympy.Symbol("omega", real=True)
    derived = stationary(sympy.Matrix([factor]), sympy.Matrix([weight]), one, RHO)
    assert sympy.cancel(derived - weight**2 * formulas.one_pole_variance(factor, RHO)) == 0
    response = weight / (1 - factor * sympy.exp(-sympy.I * omega))  # c (I − e^{−iω} M)⁻¹ b
    power = sympy.expand(response * response.conjugate(), complex=True)
    gain = sympy.Abs(weight) * formulas.one_pole_gain(factor, omega, sympy)
    assert sympy.simplify(power - gain**2) == 0


def test_memory_of_methods():
    assert symbolic.memory("gradient_descent") is None
    with pytest.raises(ValueError, match="^adam has no iteration matrix"):
        symbolic.memory("adam")
    with pytest.raises(ValueError, match="^rmsprop is not linear in its gradient: the derivative depends on"):
        symbolic.kick_symbolic("rmsprop")


def test_half_of_the_power_is_left_at_the_cutoff():
    beta = np.linspace(0.2, 0.999, 100)
    omega = formulas.cutoff(beta)
    np.testing.assert_allclose(
        formulas.one_pole_gain(beta, omega) ** 2, formulas.one_pole_gain(beta, 0) ** 2 / 2, rtol=1e-12)


def test_the_stream_of_draws():
    """The value that a right generator must give, and a mean, a variance and a correlation near those of chance."""
    s = 1
    for _ in range(10_000):
        s = formulas.lehmer(s)
    assert s == 399268537  # what the C++ standard demands of minstd_rand's 10 000th value
    draws = np.array([formulas.uniform(s := formulas.lehmer(s)) for _ in range(40_000)])
    n = len(draws)
    assert abs(draws.mean()) < 4 / math.sqrt(n) and abs(draws.var() - 1) < 4 * math.sqrt(0.8 / n)  # E w⁴ = 9/5
    assert abs((draws[1:] * draws[:-1]).mean()) < 4 / math.sqrt(n)
    assert abs(draws).max() <= math.sqrt(3)


def test_noise_with_a_memory_keeps_its_variance():
    """Var(ρ ξ + √(1 − ρ²) w) = ρ² + (1 − ρ²) = 1 and Cov(ξ⁺, ξ) = ρ, from the formula itself."""
    xi, w, rho = sympy.symbols("xi w rho", real=True)
    after = formulas.ar1(xi, w, rho, sympy)
    assert sympy.simplify(after.coeff(xi) ** 2 + sympy.expand(after).coeff(w) ** 2 - 1) == 0
    assert after.subs(w, 0) == rho * xi


def test_stretches_of_the_stream_do_not_overlap():
    whole = problems.stream_noise(0.0, 30)
    for draw in (1, 2, 3):
        np.testing.assert_array_equal(problems.stream_noise(0.0, 10, draw), whole[10 * (draw - 1):10 * draw])
    w, xi = problems.stream_noise(0.0, 50), problems.stream_noise(-0.7, 50)
    np.testing.assert_allclose(xi[1:] + 0.7 * xi[:-1], math.sqrt(1 - 0.49) * w[1:], atol=1e-15)
    assert xi[0] == w[0]


@pytest.mark.parametrize("arguments, error, sentence", [
    ((1.0, 10), ValueError, "rho=1.0 is outside (-1, 1) (correlation of successive draws, dimensionless)"),
    ((0.0, 0), ValueError, "steps=0 is below 1; it needs an integer >= 1"),
    ((0.0, 10, 0), ValueError, "draw=0 is below 1; it needs an integer >= 1"),
    ((None, 10), TypeError, "rho=None is a NoneType, not a real number; noise needs rho in (-1, 1)"),
])
def test_stream_noise_refuses_in_one_sentence(arguments, error, sentence):
    with pytest.raises(error) as told:
        problems.stream_noise(*arguments)
    assert sentence in str(told.value) and "\n" not in str(told.value)
