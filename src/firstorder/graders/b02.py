"""Judge of exercise B.2: weights of the potential of Nesterov's method on convex functions."""
import numpy as np

from ..grading import Report, judge_false_step


def _run(gradient, L, x0, n):
    """Positions and look-ahead points of Nesterov's method with β_k = (k − 1)/(k + 2), written out here."""
    x = last = x0
    xs, ys = [x], []
    for k in range(n):
        y = x + (k - 1) / (k + 2) * (x - last) if k else x
        x, last = y - gradient(y) / L, x
        xs.append(x)
        ys.append(y)
    return xs, ys


def _functions(rng):
    """(f, ∇f, L, x₀) with minimum 0 at 0: quadratics, log-cosh sums, Huber functions, and one-sided ones.

    On a flat side a run coasts, and the potential moves unless t_{k+1} β_k = t_k − 1: up for too large a left
    side if 0 is the edge of the flat part, for too small a one if 0 lies deep in it.
    """
    lam = np.geomspace(0.001, 1.0, 4)
    yield lambda x: x @ (lam * x) / 2, lambda x: lam * x, 1.0, rng.standard_normal(4)
    A = rng.standard_normal((5, 3))
    yield (lambda x: np.log(np.cosh(A @ x)).sum(), lambda x: A.T @ np.tanh(A @ x), np.linalg.norm(A, 2) ** 2,
           3 * rng.standard_normal(3))
    for tau in (0.02, 0.003):
        yield (lambda x, tau=tau: float(np.where(abs(x) <= tau, x * x / 2, tau * abs(x) - tau * tau / 2)[0]),
               lambda x, tau=tau: np.clip(x, -tau, tau), 1.0, np.ones(1))
    for edge, tau, ahead in ((0.0, 0.02, 1.0), (5.0, 0.02, 1.0), (5.0, 1.0, 0.5)):
        yield (lambda x, edge=edge, tau=tau: float(np.where(x - edge <= tau, np.maximum(x - edge, 0.0) ** 2 / 2,
                                                            tau * (x - edge) - tau * tau / 2)[0]),
               lambda x, edge=edge, tau=tau: np.clip(x - edge, 0.0, tau), 1.0, np.array([edge + ahead]))


def _potentials(weight, rng, n=80):
    """(R², the potential at k = 1 … n) for each test function."""
    for f, gradient, L, x0 in _functions(rng):
        xs, _ = _run(gradient, L, x0, n)
        t = [float(weight(k)) for k in range(1, n + 1)]
        yield x0 @ x0, np.array([2 / L * t[k - 1] ** 2 * f(xs[k]) + np.sum((t[k - 1] * xs[k] - (t[k - 1] - 1) * xs[k - 1]) ** 2)
                                 for k in range(1, n + 1)])


def planted_proof():
    """Whether each step of the wrong proof follows: step -> function () -> bool, on the test functions."""
    records = []
    for f, gradient, L, x0 in _functions(np.random.default_rng(0)):
        xs, ys = _run(gradient, L, x0, 60)
        records.append((f, gradient, L, xs, ys))
    tiny = 1e-12
    products = [np.prod([1 - 2 / (j + 2) for j in range(1, k)]) for k in range(1, 30)]

    def contracts():
        for f, _, L, _, ys in records:
            phi = [f(y) + L / 2 * y @ y for y in ys]
            if any(phi[k + 1] > (1 - 2 / (k + 2)) * phi[k] + tiny for k in range(1, len(phi) - 1)):
                return False
        return True

    return {
        1: lambda: all(f(x) <= f(y) - gradient(y) @ gradient(y) / (2 * L) + tiny
                       for f, gradient, L, xs, ys in records for x, y in zip(xs[1:], ys)),
        2: lambda: all(0 >= f(y) - gradient(y) @ y - tiny for f, gradient, _, _, ys in records for y in ys),
        3: contracts,
        4: lambda: bool(np.allclose(products, [2 / (k * (k + 1)) for k in range(1, 30)])),
        # it uses step 3, which is false; given it, the order is right
        5: lambda: all(2 / (k * (k + 1)) <= 4 / k**2 for k in range(1, 100)),
    }


def check(weight, guarantee, false_step, seed=None):
    """Judge B.2.

    weight      function (k) -> t_k, k = 1, 2, …
    guarantee   function (L, R, k) -> bound of f(x_k) − f*
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn functions; None draws new ones each time
    """
    report, rng = Report("B.2"), np.random.default_rng(seed)
    name = "weight(k): the potential"
    with report.running(name):
        found = list(_potentials(weight, rng))
        rises = max(float((np.diff(E) / R2).max()) for R2, E in found)
        report.expect(f"{name} grows", "nowhere", f"by {rises:.3g} R² in a step" if rises > 1e-9 else "nowhere", rises <= 1e-9)
        start = max(E[0] / R2 for R2, E in found)
        report.expect(f"{name} at k = 1", "at most R²", f"{start:.3g} R²", start <= 1 + 1e-9)
    name = "guarantee(L, R, k)"
    with report.running(name):
        cases = [(float(rng.uniform(0.1, 5)), float(rng.uniform(0.1, 5)), int(rng.integers(1, 200))) for _ in range(10)] + [(1.0, 1.0, 1)]
        # what the potential gives, from the reader's own weights: (2/L) t² δ <= R²
        wrong = [c for c in cases if not abs(float(guarantee(*c)) / (c[0] * c[1] ** 2 / (2 * float(weight(c[2])) ** 2)) - 1) < 1e-9]
        report.expect(name, f"0 wrong of {len(cases)}", f"{len(wrong)} wrong", not wrong)
        weak = [c for c in cases if not float(guarantee(*c)) <= 2 * c[0] * c[1] ** 2 / (c[2] + 1) ** 2 * (1 + 1e-9)]
        report.expect(f"{name} proves the statement", "yes", "no" if weak else "yes", not weak)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
