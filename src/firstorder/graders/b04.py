"""Judge of exercise B.4: Adam with and without bias correction on a slope."""
import math

import numpy as np

from ..grading import Report, judge_false_step


def _run(beta1, beta2, n, corrected=False):
    """Positions x₀ … x_n in units of α, from the recursion written out here."""
    m = s = x = 0.0
    path = [x]
    for k in range(1, n + 1):
        m, s = beta1 * m + (1 - beta1), beta2 * s + (1 - beta2)
        c1, c2 = (1 - beta1**k, 1 - beta2**k) if corrected else (1.0, 1.0)
        x -= (m / c1) / math.sqrt(s / c2)
        path.append(x)
    return np.array(path)


def planted_proof(beta1=0.9, beta2=0.99):
    """Whether each step of the wrong proof follows: step -> function () -> bool."""
    n = 4000
    path = _run(beta1, beta2, n)
    m, s = [0.0], [0.0]
    for _ in range(n):
        m.append(beta1 * m[-1] + 1 - beta1)
        s.append(beta2 * s[-1] + 1 - beta2)
    k = np.arange(n + 1)
    single = [1 - beta1]  # weights of one gradient in the averages that follow it
    for _ in range(400):
        single.append(beta1 * single[-1])
    return {
        1: lambda: bool(np.allclose(m, 1 - beta1**k) and np.allclose(s, 1 - beta2**k)),
        2: lambda: abs(s[-1] - 1) < 1e-9 and abs((path[-2] - path[-1]) / m[-1] - 1) < 1e-9,
        3: lambda: bool(np.allclose(single, (1 - beta1) * beta1 ** np.arange(401))),
        4: lambda: abs(-path[-1] / (1 / (1 - beta1)) - 1) < 0.1,
        # it uses step 4, which is false; given it, it is the sum of the series
        5: lambda: abs(sum(beta1**j for j in range(2000)) - 1 / (1 - beta1)) < 1e-9,
    }


def check(step_length, mean_step_limit, corrected_position, false_step, seed=None):
    """Judge B.4.

    step_length         function (alpha, beta1, beta2, k) -> length of step k of the uncorrected method
    mean_step_limit     function (alpha) -> limit of x_k/k
    corrected_position  function (alpha, k) -> x_k of Adam with both corrections
    false_step          function () -> int: number of the first false step of the planted proof
    seed                of the drawn settings; None draws new ones each time
    """
    report, rng = Report("B.4"), np.random.default_rng(seed)

    def drawn():
        return float(rng.uniform(0.001, 2)), float(rng.uniform(0.1, 0.98)), float(rng.uniform(0.1, 0.998)), int(rng.integers(1, 60))

    report.compare("step_length(alpha, beta1, beta2, k)", step_length, [drawn() for _ in range(12)],
            lambda said, alpha, b1, b2, k: abs(float(said) / (-alpha * np.diff(_run(b1, b2, k))[-1]) - 1) < 1e-9)
    long = _run(0.9, 0.9, 20_000)
    report.compare("mean_step_limit(alpha)", mean_step_limit, [(drawn()[0],) for _ in range(4)],
            lambda said, alpha: abs(float(said) / (alpha * long[-1] / 20_000) - 1) < 1e-2)
    report.compare("corrected_position(alpha, k)", corrected_position, [(a, k) for a, _, _, k in (drawn() for _ in range(8))],
            lambda said, alpha, k: abs(float(said) / (alpha * _run(0.7, 0.95, k, corrected=True)[-1]) - 1) < 1e-9)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
