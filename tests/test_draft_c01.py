"""What the draft says around exercise C.1 and the programs C.1, C.15 and C.19, recomputed by plain recursions."""
import numpy as np
import pytest

from firstorder import theory


def linear(lam, alpha, beta, n, x0, look=False):
    """Positions of heavy ball, or of Nesterov with `look`, in eigen-coordinates; beta a number or a function of k."""
    lam, x = np.asarray(lam, float), [np.asarray(x0, float)] * 2
    for k in range(n):
        b = beta(k) if callable(beta) else beta
        y = x[-1] + b * (x[-1] - x[-2])
        x.append(y - alpha * lam * (y if look else x[-1]))
    return np.array(x[1:])


def loss(lam, x):
    return (np.asarray(lam) * x**2).sum(-1) / 2


def first(lam, x, tol=1e-6):
    hits = np.flatnonzero(np.linalg.norm(np.asarray(lam) * x, axis=-1) <= tol)
    return hits[0] if hits.size else None


START = (0.83, 1.37)
BOWL = np.array([100.0, 1.0])


@pytest.mark.parametrize("kappa, ball, nesterov, descent", [(10, 32, 43, 82), (1000, 440, 513, 10_520)])
def test_the_counts_of_the_discussion(kappa, ball, nesterov, descent):
    """The draft: 25 and 150 steps for momentum, 500 and 10 000 for descent."""
    lam = (1.0, kappa)
    hb, nag, gd = theory.polyak(*lam), theory.nesterov_standard(*lam), theory.descent_optimal(*lam)
    assert first(lam, linear(lam, hb.hyper.lr, hb.hyper.beta, 600, START)) == ball
    assert first(lam, linear(lam, nag.hyper.lr, nag.hyper.beta, 600, START, look=True)) == nesterov
    assert first(lam, linear(lam, gd.hyper.lr, 0.0, 11_000, START)) == descent


def test_a_smaller_beta_is_no_remedy_at_a_million():
    """Double precision holds at κ = 10⁶ with the right β; β = 0.95 and 0.99 are slower."""
    lam = (1.0, 1e6)
    best = theory.polyak(*lam).hyper
    assert best.beta == pytest.approx(0.996, abs=5e-4)
    assert first(lam, linear(lam, best.lr, best.beta, 20_000, START)) == pytest.approx(19_252, abs=50)
    for beta in (0.95, 0.99):
        assert first(lam, linear(lam, 2 * (1 + beta) / 1e6 * 0.999, beta, 20_000, START)) is None


def test_from_the_diagonal_adam_needs_one_step():
    g = np.array([1.0, 1e4]) * np.ones(2)
    assert (np.ones(2) - g / np.sqrt(g * g) == 0).all()  # m̂/√ŝ of the first step, α = 1, ε = 0


def test_program_c1():
    """Final losses 9.5e-5 and 6.7e-2, not 1e-8 and 1e-5; the quotient changes sides on the way."""
    ball, descent = (loss(BOWL, linear(BOWL, 0.01, beta, 100, np.ones(2))) for beta in (0.9, 0.0))
    assert (ball[100], descent[100]) == pytest.approx((9.46e-5, 6.70e-2), rel=1e-3)
    assert [descent[k] / ball[k] for k in (5, 10, 20, 100)] == pytest.approx([1 / 72, 1 / 4.2, 1 / 23, 708], rel=0.02)
    assert linear(BOWL, 0.01, 0.0, 1, np.ones(2))[1, 0] == 0  # descent does not oscillate: one step and done
    for lam in BOWL:
        assert abs(np.roots([1, -(1.9 - 0.01 * lam), 0.9])).max() == pytest.approx(np.sqrt(0.9))
    assert theory.polyak(1.0, 100.0).rate == pytest.approx(9 / 11)  # 0.818, of which the draft's 0.67 is the square


def schedule(k):
    return (k - 1) / (k + 2) if k > 0 else 0.0


def test_program_c15():
    f = loss(BOWL, linear(BOWL, 0.01, schedule, 500, np.ones(2), look=True))
    k = np.arange(1, 51)
    assert np.polyfit(np.log(k), np.log(f[2:52]), 1) == pytest.approx([-2.198, 2.769], abs=1e-3)  # its own k
    assert np.polyfit(np.log(k + 1), np.log(f[2:52]), 1)[0] == pytest.approx(-2.552, abs=1e-3)
    assert (f[10], f[100]) == pytest.approx((0.3392, 5.144e-6), rel=1e-3)  # 1e-3 and 1e-5 in the draft
    assert f[10] / f[100] == pytest.approx(6.6e4, rel=0.01)  # not 100
    assert np.exp(2.769) == pytest.approx(15.9, abs=0.1) and 10**2.769 > 500  # its reference line used the wrong base
    constant = loss(BOWL, linear(BOWL, 0.01, 0.9, 200, np.ones(2), look=True))
    assert constant[100] == pytest.approx(9.45e-8, rel=1e-2) and constant[200] < 1e-4 * f[200]
    ball = loss(BOWL, linear(BOWL, 0.01, 0.9, 500, np.ones(2)))
    assert ball[500] < 1e-20 < 1e-9 < f[500]  # constant momentum is no 1/k here


@pytest.mark.parametrize("beta, slope", [(schedule, -2.01), (lambda k: k / (k + 3), -2.00), (lambda k: k / (k + 2), -1.90),
                                         (lambda k: 0.9, -1.09), (lambda k: 0.0, -1.00)])
def test_slopes_on_a_wide_spectrum(beta, slope):
    """An off-by-one in the schedule costs a few hundredths, not the order."""
    lam = np.geomspace(1e-6, 1, 200)
    f = loss(lam, linear(lam, 1.0, beta, 1000, np.ones(200), look=True))
    k = np.arange(10, 1001)
    assert np.polyfit(np.log(k), np.log(f[10:1001]), 1)[0] == pytest.approx(slope, abs=0.01)


def test_program_c19():
    rng = np.random.RandomState(42)
    X = rng.randn(100, 500)
    K = X @ X.T / 500
    y = np.sin(X[:, 0]) + 0.1 * rng.randn(100)
    lam, Q = np.linalg.eigh(K)
    assert (lam[0], lam[-1], lam[-1] / lam[0]) == pytest.approx((0.308, 2.06, 6.7), rel=0.01)
    start = Q.T @ (rng.randn(100) - np.linalg.solve(K, y))  # in eigen-coordinates, from the solution
    slow, fast = (linear(lam, 0.001, beta, 17_000, start) for beta in (0.0, 0.9))
    sizes = lambda path: (path**2).sum(1) / 2
    assert np.linalg.norm(slow[100] - fast[100]) == pytest.approx(6.44, abs=0.01)  # 1e-6 in the draft
    assert (sizes(slow)[100], sizes(fast)[100]) == pytest.approx((65.2, 16.4), rel=0.01)
    assert np.flatnonzero(sizes(fast) <= sizes(slow)[100])[0] == 18
    target = 1e-4
    needed = [np.flatnonzero(sizes(path) <= target * sizes(path)[0])[0] for path in (slow, fast)]
    assert 8 < needed[0] / needed[1] < 12  # the gain at equal α is 1/(1 − β), not 50 to 100
    h = theory.polyak(lam[0], lam[-1]), theory.descent_optimal(lam[0], lam[-1])
    assert np.log(h[0].rate) / np.log(h[1].rate) == pytest.approx(2.7, abs=0.05)


def test_an_overshoot_measures_every_curvature():
    """RMSProp, β₂ = 0.999, uncorrected: after a first step far too long, αλ/√s ≈ 1 whatever λ and the start."""
    lam = np.array([1.0, 7.0, 1e3, 1e6])
    for x in (np.ones(4), np.array([0.83, -1.37, 2.0, -0.1])):
        s, alpha = np.zeros(4), 100.0
        for _ in range(2):
            g = lam * x
            s = 0.999 * s + 0.001 * g * g
            x = x - alpha * g / np.sqrt(s)
        assert alpha * lam / np.sqrt(s) == pytest.approx(np.ones(4), rel=0.01)
