"""What the draft says in worked example 2, recomputed by plain recursions and SymPy.

(y − x²)² + 0.01 (1 − x)² from (−1, 1) at rest, α = 0.01 and β = 0.9 unless said otherwise.
"""
import numpy as np
import pytest
import sympy

X, Y = sympy.symbols("x y", real=True)
VALLEY = (Y - X**2) ** 2 + (1 - X) ** 2 / 100
SLOPE = sympy.lambdify((X, Y), [sympy.diff(VALLEY, X), sympy.diff(VALLEY, Y)])
HESSIAN = sympy.hessian(VALLEY, (X, Y))


def walk(alpha, beta, n):
    """Positions and velocities, n + 1 of them."""
    p, v, record = np.array([-1.0, 1.0]), np.zeros(2), [(-1.0, 1.0, 0.0, 0.0)]
    for _ in range(n):
        v = beta * v - alpha * np.array(SLOPE(*p))
        p = p + v
        record.append((*p, *v))
    return np.array(record)


def test_the_gradient():
    assert SLOPE(-1.0, 1.0) == pytest.approx([-0.04, 0.0])
    assert SLOPE(-1.0, 1.1) == pytest.approx([0.36, 0.20])  # the draft: (0.44, 0.2)
    printed = -4 * X * (Y - X**2) + (1 - X) / 50
    assert sympy.simplify(sympy.diff(VALLEY, X) - printed) == -(1 - X) / 25


def test_first_steps():
    assert walk(0.1, 0.0, 1)[1, :2] == pytest.approx([-0.996, 1.0])
    assert walk(0.01, 0.9, 1)[1] == pytest.approx([-0.9996, 1.0, 0.0004, 0.0])  # not v = −0.0004, which would lead to −1.0004
    assert 1 - 0.01 * 0.1 == pytest.approx(0.999)  # a step against a noise of +0.1 goes down


def test_the_curvature_across_is_2_only_in_the_middle():
    for x, largest in ((0.0, 2.0), (1.0, 10.016), (-1.0, 10.016)):
        at = np.array(HESSIAN.subs({X: x, Y: x * x}), float)
        assert np.linalg.eigvalsh(at)[1] == pytest.approx(largest, abs=1e-3)


def test_the_velocity_is_limited_by_the_bend_not_by_friction():
    assert sum(0.9**j for j in range(20)) == pytest.approx(8.784, abs=1e-3)  # the draft: 8.5
    x, _, v, _ = walk(0.01, 0.9, 400).T
    assert (v[20], v.max()) == (pytest.approx(0.000754, abs=1e-6), pytest.approx(0.00129, abs=1e-5))
    assert v[20] < 0.0034 / 4
    friction = 0.01 / 0.1 * 0.02 * (1 - x[60])  # all that friction would allow; the bend takes its share
    assert v[60] == pytest.approx(friction / (1 + 4 * x[60] ** 2), rel=0.02)


@pytest.mark.parametrize("alpha, beta, steps", [(0.01, 0.0, 7302), (0.05, 0.0, 1461), (0.1, 0.0, 731), (0.01, 0.9, 741)])
def test_steps_to_the_middle(alpha, beta, steps):
    assert np.argmax(walk(alpha, beta, steps + 5)[:, 0] >= 0) == steps


def test_the_walk_at_005_arrives():
    p = walk(0.05, 0.0, 23_000)[:, :2]
    assert np.flatnonzero(np.hypot(*(p - 1).T) >= 0.01)[-1] + 1 == 22_579


def test_damping_factors():
    """Heavy ball has √0.9 while it rings; descent has 0.98 in the middle and 0.90 at the ends."""
    for lam, descent in ((2.0, 0.98), (10.0, 0.90)):
        assert abs(np.roots([1, -(1.9 - 0.01 * lam), 0.9])).max() == pytest.approx(np.sqrt(0.9))
        assert 1 - 0.01 * lam == pytest.approx(descent)
    assert 0.9**10 < np.sqrt(0.9) ** 10  # the draft's 0.35 is the square of what is left


def test_the_noise_of_descent_does_not_alternate():
    """u follows a first-order autoregression with the positive coefficient 1 − αλ; its variance is not σ²α²/2."""
    for lam in (2.0, 10.0):
        coefficient = 1 - 0.01 * lam
        assert coefficient > 0
        variance = 0.01**2 * 0.1**2 / (1 - coefficient**2)
        assert variance == pytest.approx(0.01 * 0.1**2 / (lam * (2 - 0.01 * lam)))
        assert variance > 20 * 0.1**2 * 0.01**2 / 2 or lam == 10.0
    assert 0.01 * 0.1**2 / (2 * (2 - 0.02)) == pytest.approx(2.525e-5, rel=1e-3)


def test_matched_steps_in_both_directions_have_about_equal_variance():
    """Heavy ball at α(1 − β) against descent at α, too."""
    heavy = lambda a, lam: a * 0.01 * 1.9 / (lam * 0.1 * (3.8 - a * lam))
    descent = lambda a, lam: a * 0.01 / (lam * (2 - a * lam))
    assert heavy(0.001, 2) / descent(0.01, 2) == pytest.approx(0.991, abs=1e-3)
    assert heavy(0.01, 2) / descent(0.1, 2) == pytest.approx(0.905, abs=1e-3)
    assert heavy(0.01, 2) / descent(0.01, 2) == pytest.approx(9.95, abs=0.01)


def test_the_cut_off_is_a_frequency_and_no_curvature():
    """Half of the power is left at 0.1055 rad a step: from |H|² = (1 − β)²/|1 − βe^{−iω}|²."""
    gain = lambda w: (0.1 / abs(1 - 0.9 * np.exp(-1j * w))) ** 2
    assert gain(0.1055) == pytest.approx(0.5, abs=1e-3)
    assert gain(0.45) < 0.06


def test_the_border_of_heavy_ball():
    with np.errstate(over="ignore", invalid="ignore"):
        assert not np.isfinite(walk(1.0, 0.9, 60)).all()
    assert np.isfinite(walk(0.37, 0.9, 2000)).all()
    modulus = lambda a: abs(np.roots([1, -(1.9 - 10.016 * a), 0.9])).max()
    assert modulus(0.3793) < 1 < modulus(0.3795)


def test_narrower_walls():
    """λ = 1000 in the middle: α = 0.002 is beyond the border at the ends, and β = 0.95 breaks nothing."""
    ends = 1000 * (1 + 4)
    assert 0.002 * ends > 2 and 3e-4 * ends < 2
    assert abs(np.roots([1, -(1.95 - 3e-4 * ends), 0.95])).max() == pytest.approx(np.sqrt(0.95))


def test_the_noise_formula_is_off_by_a_per_cent():
    """What fifteen entries of 20 000 replicas do not resolve, 320 000 do: heavy ball on its way through x = −0.5."""
    n, replicas, alpha, beta, x = 100, 320_000, 0.01, 0.9, -0.5
    rng = np.random.default_rng(5)
    p = np.full(replicas, x - n * alpha / (1 - beta) * 0.02 * (1 - x) / (1 + 4 * x * x))
    q, vp, vq = p * p, 0.0, 0.0
    for _ in range(n):
        u = q - p * p
        vp = beta * vp - alpha * (-4 * p * u - 0.02 * (1 - p) + 0.1 * rng.standard_normal(replicas))
        vq = beta * vq - alpha * (2 * u + 0.1 * rng.standard_normal(replicas))
        p, q = p + vp, q + vq
    off = q - p * p + 0.02 * p * (1 - p) / (1 + 4 * p * p)
    wide = 1 + 4 * x * x
    said = wide * alpha * 0.01 * (1 + beta) / (2 * wide * (1 - beta) * (2 + 2 * beta - alpha * 2 * wide))
    error = np.sqrt(2 / replicas)  # relative standard error of a variance, for nearly normal numbers
    assert 3 * error < 1 - off.var() / said < 0.02


def test_between_02_and_04_the_walls_hold_descent_and_beyond_they_do_not():
    with np.errstate(over="ignore", invalid="ignore"):
        held, lost = walk(0.3, 0.0, 3000), walk(0.5, 0.0, 20)
    assert np.abs(held[:, :2]).max() < 2 and np.hypot(*(held[-1, :2] - 1)) > 0.1
    assert not np.abs(lost[-1, :2]).max() < 1e3


def test_the_height_changes_its_side_once_in_sixteen_steps():
    """An autoregression with correlation 0.98: the sign flips with probability arccos(0.98)/π, not once in fifty."""
    rng, u, flips = np.random.default_rng(6), np.zeros(4000), 0
    for k in range(1500):
        before, u = u, 0.98 * u + rng.standard_normal(4000)
        flips += (u * before < 0).mean() if k >= 500 else 0
    assert 1000 / flips == pytest.approx(np.pi / np.arccos(0.98), rel=0.02)
