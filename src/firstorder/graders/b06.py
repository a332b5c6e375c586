"""Judge of exercise B.6: the stationary variance of heavy ball under bounded noise."""
import numpy as np

from ..grading import Report, judge_false_step
from .b14 import by_doubling


def _variance(alpha, beta, lam):
    """Variance of the position under unit white noise."""
    return by_doubling(alpha, beta, lam, 1.0)[0, 0]


def planted_proof(eta=0.1, beta=0.9):
    """Whether each step of the wrong proof follows: step -> function () -> bool, at λ = σ = 1, α = (1 − β)η."""
    alpha = (1 - beta) * eta
    velocity = alpha**2 * sum(beta ** (2 * j) for j in range(1000))  # what step 1 leaves, term by term
    position = _variance(alpha, beta, 1.0)
    rng = np.random.default_rng(0)
    xi, v = rng.standard_normal(60), 0.0
    for value in xi:
        v = beta * v - alpha * value
    quiet = (1 + beta) / (1 - beta)
    return {
        1: lambda: abs(v + alpha * sum(beta**j * value for j, value in enumerate(xi[::-1]))) < 1e-12,
        2: lambda: abs(velocity / (alpha**2 / (1 - beta**2)) - 1) < 1e-9,
        3: lambda: abs(velocity / (eta**2 / quiet) - 1) < 1e-9,
        4: lambda: abs(position / velocity - 1) < 1e-3,
        # it uses step 4, which is false; given it, it repeats step 3
        5: lambda: abs((eta**2 / velocity) / quiet - 1) < 1e-9,
    }


def check(bound, same_step, same_reach, false_step, seed=None):
    """Judge B.6.

    bound       function (alpha, beta, lam, sigma) -> smallest bound of the stationary variance
    same_step   function (beta) -> limit of the ratio to descent at equal α
    same_reach  function (beta) -> limit of the ratio to descent at equal α/(1 − β)
    false_step  function () -> int: number of the first false step of the planted proof
    seed        of the drawn settings; None draws new ones each time
    """
    report, rng = Report("B.6"), np.random.default_rng(seed)

    def compare(name, answer, cases, truth, rel):
        report.compare(name, answer, cases, lambda said, *case: abs(float(said) / truth(*case) - 1) < rel)

    cases = []
    for _ in range(12):
        beta, lam = float(rng.uniform(-0.6, 0.95)), float(10 ** rng.uniform(-1, 1))
        cases.append((float(rng.uniform(0.05, 0.9)) * 2 * (1 + beta) / lam, beta, lam, float(rng.uniform(0.3, 3.0))))
    compare("bound(alpha, beta, lam, sigma)", bound, cases, lambda al, b, l, s: s**2 * _variance(al, b, l), 1e-8)
    betas, small = [(float(b),) for b in rng.uniform(0.05, 0.95, 6)], 1e-4
    compare("same_step(beta)", same_step, betas, lambda b: _variance(small, b, 1.0) / _variance(small, 0.0, 1.0), 1e-3)
    compare("same_reach(beta)", same_reach, betas,
            lambda b: _variance((1 - b) * small, b, 1.0) / _variance(small, 0.0, 1.0), 1e-3)
    judge_false_step(report, false_step, planted_proof())
    report.finish()
