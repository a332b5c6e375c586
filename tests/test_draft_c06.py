"""What the draft says around exercise C.6 and the programs C.4 and C.6, recomputed by plain recursions."""
import numpy as np
import pytest

from firstorder import problems


def slope(p):
    x, y = p
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


def height(p):
    return (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2


def run(alpha, beta, n, start=(-1.2, 1.0), look=False):
    """Positions; beta a number or a function of the step number."""
    x = [np.array(start, float)] * 2
    with np.errstate(all="ignore"):
        for k in range(n):
            b = beta(k) if callable(beta) else beta
            y = x[-1] + b * (x[-1] - x[-2])
            x.append(y - alpha * slope(y if look else x[-1]))
    return np.array(x[1:])


def first(path, level):
    with np.errstate(all="ignore"):
        hits = np.flatnonzero(height(path) <= level)
    return int(hits[0]) if hits.size else None


def sides(path):
    s = np.sign(path[:, 1] - path[:, 0] ** 2)
    return int((s[1:] * s[:-1] < 0).sum())


def turns(path):
    d = np.diff(path, axis=0)
    return int(((d[1:] * d[:-1]).sum(1) < 0).sum())


def schedule(k):
    return (k - 1) / (k + 2) if k > 0 else 0.0


@pytest.mark.parametrize("look, down, crossed, back", [(False, 318, 22, 3), (True, 354, 2, 0)])
def test_crossings_and_turns(look, down, crossed, back):
    """Draft: 30 to 50 turns for heavy ball, 15 to 25 for Nesterov, which is 20 % faster."""
    path = run(1e-3, 0.9, 400, look=look)
    assert first(path, 1e-2) == down
    assert (sides(path[: down + 1]), turns(path[: down + 1])) == (crossed, back)


def test_the_first_step_is_the_same():
    assert np.array_equal(run(1e-3, 0.9, 1), run(1e-3, 0.9, 1, look=True))


def test_the_valley_is_flat_along_its_floor():
    """Draft: flat in y, steep in x.  The flat direction at (1, 1) is the tangent (1, 2)/√5 of y = x², nearly."""
    lam, Q = np.linalg.eigh(problems.rosenbrock().hessian(np.ones(2)))
    assert lam == pytest.approx([0.399, 1001.6], rel=1e-3) and lam[1] / lam[0] == pytest.approx(2508, rel=1e-3)
    assert np.abs(Q[:, 0]) == pytest.approx([0.447, 0.894], abs=2e-3)


def test_a_start_at_minus_one_diverges():
    for beta in (0.9, 0.95):
        for look in (False, True):
            assert not np.isfinite(run(1e-3, beta, 200, (-1.0, -1.0), look)[-1]).all()


@pytest.mark.parametrize("alpha, settles", [(1.3e-3, True), (1.5e-3, False), (1.8e-3, False)])
def test_nesterov_beyond_its_limit(alpha, settles):
    late = height(run(alpha, 0.9, 4000, look=True)[-1000:])
    assert (late.max() < 1e-6) == settles
    assert height(run(alpha, 0.9, 4000)[-1000:]).max() < 1e-6  # heavy ball settles at all three


def test_program_c4():
    grown, ball = run(1e-3, schedule, 3000, look=True), run(1e-3, 0.9, 3000)
    f, g = height(grown), height(ball)
    assert (first(grown, 1e-2), first(ball, 1e-2)) == (117, 318)
    assert np.flatnonzero(f > 1e-2)[-1] == 263
    assert (f[1000], g[1000]) == pytest.approx((2.7e-4, 2.5e-5), rel=0.02)
    assert (f[500], g[500]) == pytest.approx((1.54e-3, 1.82e-3), rel=0.01)
    assert f[:1001].min() < 1e-8 and f[1000] > 1e-4  # it comes and goes
    assert (first(grown, 1e-6), first(run(2e-3, 0.95, 500), 1e-6)) == (456, 338)
    assert (first(run(1e-3, 0.95, 500, look=True), 1e-6), first(run(2e-4, 0.98, 500, look=True), 1e-6)) == (474, 286)
    growing = [schedule(k) for k in range(1, 100)]
    assert growing == sorted(growing) and growing[:2] == [0, 0.25]
    larger = [1 - 1 / k for k in range(2, 100)]  # called "too slow" by the draft: it is nearer to 1
    assert all(a > b for a, b in zip(larger, growing[1:]))


def test_program_c6_halves_its_gradient():
    f = lambda x: 0.1 * x * x + 0.5 * np.sin(10 * x) ** 2
    theirs = lambda x: 0.2 * x + 5 * np.sin(10 * x) * np.cos(10 * x)
    x = np.linspace(-2, 2, 41)
    slope = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    assert slope == pytest.approx(2 * theirs(x) - 0.2 * x, abs=1e-6)


def test_program_c6_steps_too_far():
    """First step α/√(1 − β₂) = 3.16; descent with α = 0.1 is beyond 2/f″(0) = 0.02, and its window is 1000 steps."""
    g = 0.2 * 0.5 + 5 * np.sin(10.0)
    assert 0.1 * abs(g) / np.sqrt(0.001 * g * g) == pytest.approx(3.162, abs=1e-3)
    assert 0.2 + 0.5 * 200 == pytest.approx(100.2) and 0.1 * 100.2 > 2
    assert 1 / (1 - 0.999) > 200
