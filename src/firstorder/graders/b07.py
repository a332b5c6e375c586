"""Judge of exercise B.7: effective rates and step counts of Adam on diagonal quadratics."""
import math

import numpy as np

from ..grading import Report, judge_false_step


def _adam(lam, x0, alpha=0.01, beta1=0.9, beta2=0.999, steps=50):
    """Positions x₀ … and ŝ₁ … of Adam on ½λx², written out here so that it can contradict the package."""
    x, m, s, path, seconds = x0, 0.0, 0.0, [x0], []
    for t in range(1, steps + 1):
        g = lam * x
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        seconds.append(s / (1 - beta2**t))
        x -= alpha * (m / (1 - beta1**t)) / math.sqrt(seconds[-1])
        path.append(x)
    return np.array(path), np.array(seconds)


def planted_proof(low=1.0, high=100.0):
    """Whether each step of the wrong proof follows: step -> function () -> bool, by comparing two curvatures."""
    (x_low, s_low), (x_high, s_high) = _adam(low, 1.0), _adam(high, 1.0)
    ratio, weights = high / low, 0.999 ** np.arange(len(s_low))[::-1]
    mean = [(weights * path[:-1] ** 2).sum() / weights.sum() for path in (x_low, x_high)]
    rms = np.sqrt(mean)

    def near(a, b):
        return bool(abs(a / b - 1) < 1e-9)

    return {
        1: lambda: near(s_low[-1], low**2 * mean[0]) and near(s_high[-1], high**2 * mean[1]),
        2: lambda: near(s_high[-1] ** 0.5, high * rms[1]) and near(s_low[-1] ** 0.5, low * rms[0]),
        3: lambda: near(rms[1] / rms[0], ratio**-0.5),
        # the last two use what the step before says, which is false; given it, they are arithmetic
        4: lambda: near(ratio * ratio**-0.5, ratio**0.5),
        5: lambda: near(1 / ratio**0.5, ratio**-0.5),
    }


def _steps_to(lam, tol):
    path = np.abs(np.array([_adam(value, 1.0, steps=400)[0] for value in lam]))
    return int(np.flatnonzero((path <= tol).all(axis=0))[0])


def check(rate_ratio, steps_needed, false_step, seed=None):
    """Judge B.7.

    rate_ratio    function (lam_1, lam_2) -> ratio of the effective rates
    steps_needed  function (steps_one, kappa) -> steps for condition number kappa
    false_step    function () -> int: number of the first false step of the planted proof
    seed          of the drawn curvatures; None draws new ones each time
    """
    report, rng = Report("B.7"), np.random.default_rng(seed)
    name = "rate_ratio(lam_1, lam_2): against runs"
    with report.running(name):
        wrong = 0
        pairs = 10 ** rng.uniform(-3, 3, (12, 2))
        for one, two in pairs:
            t = int(rng.integers(0, 50))
            ran = math.sqrt(_adam(two, 1.0)[1][t] / _adam(one, 1.0)[1][t])
            wrong += not abs(float(rate_ratio(one, two)) / ran - 1) < 1e-6
        report.expect(name, f"0 wrong of {len(pairs)}", f"{wrong} wrong", wrong == 0)
    name = "steps_needed(steps_one, kappa): against runs"
    with report.running(name):
        wrong = 0
        kappas = 10 ** rng.uniform(0.5, 5, 6)
        for kappa in kappas:
            tol = float(rng.uniform(0.05, 0.5))
            wrong += steps_needed(_steps_to([1.0], tol), kappa) != _steps_to(np.geomspace(1.0, kappa, 4), tol)
        report.expect(name, f"0 wrong of {len(kappas)}", f"{wrong} wrong", wrong == 0)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
