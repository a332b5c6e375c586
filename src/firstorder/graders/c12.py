"""Judge of exercise C.12, policy gradient when the rewards change their scale.

The longest step is compared with closed forms and with a long recursion, the gradient with differences of the logarithm
of the policy, training with a recursion of our own; the verdict is measured with that recursion.
"""
import functools
import math

import numpy as np

from ..grading import Report, judge_verdict

MEANS = np.array([1, 0.8, 0.6, 0.4, 0.2])


def _longest(ratio, method, beta1, beta2):
    """The recursion itself, from averages that have settled at 1, until they have settled again."""
    m = s = longest = 1.0
    for _ in range(int(60 / (1 - max(beta1, beta2)))):
        m, s = beta1 * m + (1 - beta1) * ratio, beta2 * s + (1 - beta2) * ratio * ratio
        longest = max(longest, (ratio if method == "rmsprop" else m) / math.sqrt(s))
    return longest


def _softmax(theta):
    weights = np.exp(theta - np.max(theta, axis=-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def _train(means, uniforms, noise, scales, method, alphas, beta1, beta2):
    """Values of the policy for stacks of settings: scales (n, S), alphas (A,) -> (n + 1, S, A, runs)."""
    n, runs = uniforms.shape
    shape = scales.shape[1], len(alphas), runs, len(means)
    theta, first, second = np.zeros((3, *shape))
    step, values = np.asarray(alphas)[:, None, None], np.empty((n + 1, *shape[:-1]))
    values[0] = means.mean()
    for t in range(n):
        p = _softmax(theta)
        arm = np.minimum((p.cumsum(-1) <= uniforms[t][:, None]).sum(-1), len(means) - 1)
        reward = scales[t][:, None, None] * (means[arm] + noise[t])
        g = p * reward[..., None]
        np.put_along_axis(g, arm[..., None], np.take_along_axis(g, arm[..., None], -1) - reward[..., None], -1)
        second = beta2 * second + g * g
        if method == "adam":
            first = beta1 * first + g
            mean = first * (1 - beta1) / (1 - beta1 ** (t + 1))
            root = np.sqrt(second * (1 - beta2) / (1 - beta2 ** (t + 1)))
        else:
            mean, root = g, np.sqrt(second * (1 - beta2))
        theta = theta - step * mean / (root + 1e-8)
        values[t + 1] = _softmax(theta) @ means
    return values


@functools.cache
def measured():
    """The four statements, measured: a tuple of bools."""
    n, rng = 2000, np.random.default_rng(12)
    uniforms, noise = rng.random((n, 60)), 0.5 * rng.standard_normal((n, 60))
    scales = np.ones((n, 3))
    scales[n // 2:] = 1.0, 10.0, 0.1
    lower = []
    for method in ("rmsprop", "adam"):
        late = _train(MEANS, uniforms, noise, scales, method, np.geomspace(0.001, 0.1, 5), 0.9, 0.999)[n // 2 + 1:].mean(0)
        control, *changed = late[:, late[0].mean(-1).argmax()]
        effects = [c - control for c in changed]
        lower.append([bool(d.mean() + 2 * d.std(ddof=1) / math.sqrt(d.size) < 0) for d in effects])
    adam = _longest(10, "adam", 0.9, 0.999)
    return (_longest(10, "rmsprop", 0.9, 0.999) > adam, _longest(10, "rmsprop", 0.9, 0.9) > adam,
            lower[0][0] or lower[1][0], lower[0][1] and lower[1][1])


def check(longest_step, policy, policy_gradient, train, verdict, seed=None):
    """Judge the five functions of C.12.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.12")
    rng = np.random.default_rng(seed)
    _judge_longest(report, longest_step, rng)
    _judge_policy(report, policy, policy_gradient, rng)
    _judge_train(report, train, rng)
    judge_verdict(report, verdict, measured())
    report.finish()


def _judge_longest(report, longest_step, rng):
    for method in ("rmsprop", "adam"):
        name = f"longest_step, {method}"
        with report.running(name):
            worst = 0.0
            for ratio in (1.5, 10.0, 100.0, float(rng.uniform(2, 50))):
                for beta1, beta2 in ((0.9, 0.999), (0.9, 0.9), (0.99, 0.999), (float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.5, 0.99)))):
                    truth = _longest(ratio, method, beta1, beta2)
                    worst = max(worst, abs(float(longest_step(ratio, method, beta1, beta2)) / truth - 1))
            report.expect(name, "within 1e-6 of the recursion", f"off by {worst:.1e}", worst < 1e-6)


def _judge_policy(report, policy, policy_gradient, rng):
    theta = rng.normal(0, 2, (6, 4))
    with report.running("policy"), np.errstate(all="ignore"):
        given = theta.copy()
        off = np.max(np.abs(np.asarray(policy(given), float) - _softmax(theta)))
        report.expect("policy: softmax of each row", "within 1e-12", f"off by {off:.1e}", off < 1e-12)
        kept = np.array_equal(given, theta)
        report.expect("policy: its argument", "left as it was", "it" if kept else "changed", kept)
        far = np.asarray(policy(np.array([[1000.0, 0.0, -1000.0]])), float)
        fine = far.shape == (1, 3) and np.allclose(far, [[1, 0, 0]], atol=1e-12)
        report.expect("policy: θ of size 1000", "1, 0, 0", ", ".join(f"{v:.3g}" for v in far.ravel()), fine)
    name = "policy_gradient: slope of −r log π"
    with report.running(name):
        arm, reward = rng.integers(0, 4, 6), rng.normal(0, 3, 6)
        found = np.asarray(policy_gradient(theta.copy(), arm, reward), float)
        loss = lambda x: -reward * np.log(_softmax(x)[np.arange(6), arm])
        wanted = np.stack([(loss(theta + e) - loss(theta - e)) / 2e-5 for e in 1e-5 * np.eye(4)], axis=1)
        if report.expect("policy_gradient: shape", wanted.shape, found.shape, found.shape == wanted.shape):
            off = np.max(np.abs(found - wanted))
            report.expect(name, "within 1e-6 of differences", f"off by {off:.1e}", off < 1e-6)


def _judge_train(report, train, rng):
    for method in ("rmsprop", "adam"):
        n, runs, arms = 150, 8, int(rng.integers(3, 6))
        means, uniforms, noise = rng.uniform(-1, 1, arms), rng.random((n, runs)), rng.standard_normal((n, runs))
        scales, alpha = 10.0 ** rng.integers(-1, 2, n), float(rng.uniform(0.02, 0.1))
        beta1, beta2 = float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.91, 0.99))
        name = f"train, {method}"
        with report.running(name):
            given = [a.copy() for a in (means, uniforms, noise, scales)]
            wanted = _train(means, uniforms, noise, scales[:, None], method, [alpha], beta1, beta2)[:, 0, 0]
            found = np.asarray(train(*given, method, alpha, beta1, beta2), float)
            if report.expect(f"{name}: shape", wanted.shape, found.shape, found.shape == wanted.shape):
                off = np.max(np.abs(found - wanted))
                report.expect(f"{name}: values", "within 1e-8", f"off by {off:.1e}", off < 1e-8)
                again = np.asarray(train(*given, method, alpha, beta1, beta2), float)
                report.repeated(name, found, again)
