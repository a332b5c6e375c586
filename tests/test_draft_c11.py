"""What the draft says around exercise C.11 and the programs C.7, C.10 and C.11, recomputed by plain recursions."""
import numpy as np
import pytest

from firstorder import problems


def ratio(t, b1=0.9, b2=0.999):
    return (1 - b1**t) / np.sqrt(1 - b2**t)


def test_how_long_the_difference_lasts():
    """The draft has 50, 100, several hundred and 500."""
    assert [ratio(t) for t in (1, 12, 50, 100, 500, 1000)] == pytest.approx([3.162, 6.569, 4.504, 3.241, 1.594, 1.258], abs=1e-3)
    t = np.arange(1, 10_000)
    assert t[ratio(t).argmax()] == 12
    assert [t[ratio(t) > 1 + d][-1] for d in (0.05, 0.01)] == [2374, 3924]
    assert ratio(t[:100]).max() / ratio(t[:100]).min() == pytest.approx(2.08, abs=0.01)  # not 10 to 100


def test_the_first_average():
    assert [1 / (1 - 0.9**t) for t in (10, 20, 29)] == pytest.approx([1.535, 1.138, 1.049], abs=1e-3)


def test_the_second_average_at_a_thousand():
    assert 1 / (1 - 0.999**1000) == pytest.approx(1.58, abs=0.01)
    assert 1 / (1 - 0.999) == pytest.approx(1000)  # at step 1


def test_no_underflow():
    assert 1e-47 < 0.9**1000 < 1e-45 and 1 - 0.9**1000 == 1.0


def test_program_c7_has_another_gradient():
    x = np.array([0.3, -0.7, 1.2])
    d, r = 3, np.sqrt((x * x).mean())
    theirs = (4 / (d * r) * x / np.linalg.norm(x) * np.exp(-0.2 * r)
              - 2 * np.pi * np.sin(2 * np.pi * x) / d * np.exp(np.cos(2 * np.pi * x).mean()))
    right = problems.ackley(3)
    slope = [(right.f(x + e) - right.f(x - e)) / 2e-6 for e in 1e-6 * np.eye(3)]
    assert right.grad(x) == pytest.approx(np.array(slope), abs=1e-6)
    assert np.abs(theirs - slope).min() > 0.5 and (theirs @ slope) < 0  # it points uphill


def adam(x, grad, alpha, n, correct=True, noise=None):
    m = s = 0 * x
    path = [x]
    for t in range(1, n + 1):
        g = grad(x) if noise is None else grad(x) + noise[t - 1]
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        top, root = (m / (1 - 0.9**t), s / (1 - 0.999**t)) if correct else (m, s)
        x = x - alpha * top / (np.sqrt(root) + 1e-8)
        path.append(x)
    return np.array(path)


def test_program_c7_with_the_right_gradient():
    p, x0 = problems.ackley(10), np.random.RandomState(42).randn(10)
    assert p.f(x0) == pytest.approx(5.101, abs=1e-3)  # 18 in the draft
    for correct in (True, False):
        f = p.f(adam(x0, p.grad, 0.01, 500, correct))
        assert f[-1] == pytest.approx(2.3168, abs=1e-3) and f.max() <= f[0]  # neither diverges


def test_program_c10():
    """Its gradient belongs to another function; half of its coordinates stop at false zeros."""
    x = np.linspace(-1, 1, 9)
    f = lambda x: x * x / 2 + 0.1 * np.sin(100 * x)
    slope = (f(x + 1e-7) - f(x - 1e-7)) / 2e-7
    assert slope == pytest.approx(x + 10 * np.cos(100 * x), abs=1e-4)
    assert np.abs(slope - (x + 0.1 * np.sin(100 * x))).max() > 5
    rng = np.random.RandomState(42)
    x0 = rng.randn(20)
    path = adam(x0, lambda x: x + 0.1 * np.sin(100 * x), 0.01, 1000, noise=0.01 * rng.randn(1000, 20))
    loss = (path**2).sum(1) / 2
    assert loss.min() > 1e-3  # so its last line finds nothing and fails
    assert loss[-1] == pytest.approx(0.0162, abs=1e-3) and np.linalg.norm(path[-1]) == pytest.approx(0.18, abs=0.01)
    stuck = np.abs(np.abs(path[-1]) - 0.057) < 0.005
    assert stuck.sum() == 10
    assert 0.057 + 0.1 * np.sin(5.7) == pytest.approx(0, abs=3e-3)  # a zero of the false gradient, far from 0


def test_an_average_of_ten_reduces_the_variance_nineteen_times():
    assert 1 / ((1 - 0.9) / (1 + 0.9)) == pytest.approx(19)  # 100 in the draft


def test_program_c11():
    rng = np.random.RandomState(42)
    A, truth = rng.randn(500, 20), rng.randn(20)
    b = A @ truth + 0.1 * rng.randn(500)
    w = v = np.zeros(20)
    after = []
    for _ in range(20):
        p = rng.permutation(500)  # the draft's own random numbers
        for i in range(0, 500, 32):
            rows = p[i : i + 32]
            v = 0.9 * v - 0.01 * A[rows].T @ (A[rows] @ w - b[rows]) / len(rows)
            w = w + v
        after.append(((A @ w - b) ** 2).mean())
    exact = np.linalg.lstsq(A, b, rcond=None)[0]
    assert np.linalg.norm(exact - truth) == pytest.approx(0.0187, abs=1e-4)
    assert np.linalg.norm(w - truth) == pytest.approx(0.0191, abs=1e-4)
    assert (b**2).mean() == pytest.approx(14.97, abs=0.01)
    assert after[0] < 2 and after[4] < 0.015 and after[-1] < 0.0093  # not "50 % in five epochs": 99.9 %
    assert abs(after[6] / after[-1] - 1) < 0.01  # flat from epoch 7, not 10 to 15
