"""What the draft says of exercise C.18, recomputed with loops of our own."""
import numpy as np
import pytest

from firstorder.graders import c18


def fit(method, alpha, epochs=2):
    """Net displacement of the last epoch, by scattered sums."""
    tokens, labels, _, _, out, E = c18.data()
    m = s = np.zeros_like(E)
    t = 0
    for _ in range(epochs):
        before = E
        for i in range(0, len(labels), 64):
            t += 1
            rows, y = tokens[i:i + 64], labels[i:i + 64]
            slope = -y / (1 + np.exp(y * (E[rows].mean(1) @ out))) / rows.size
            g = np.zeros_like(E)
            np.add.at(g, rows.ravel(), np.repeat(slope, rows.shape[1])[:, None] * out)
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
            if method == "sgd":
                E = E - alpha * g
            elif method == "rmsprop":
                E = E - alpha * g / (np.sqrt(s) + 1e-8)
            else:
                E = E - alpha * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return abs(E - before)


def test_the_count_depends_on_threshold_and_step_size():
    net = {(method, alpha): fit(method, alpha) for method, alphas in (("sgd", (20, 224)), ("rmsprop", (0.002, 0.02)),
                                                                      ("adam", (0.01, 0.1))) for alpha in alphas}
    share = lambda key, x: (net[key] > x).mean()
    for method, low, high in (("sgd", 20, 224), ("rmsprop", 0.002, 0.02), ("adam", 0.01, 0.1)):
        assert share((method, low), 0.01) < share((method, high), 0.01)  # α alone moves the count
    assert share(("sgd", 224), 0.01) > share(("rmsprop", 0.002), 0.01)
    fine = [share(key, 1e-4) for key in net]
    assert min(fine) > 0.98


def test_data_are_sparse_and_fresh():
    tokens, labels, *_, E = c18.data()
    count = np.bincount(tokens.ravel(), minlength=1000)
    assert np.median(count) < 20 and count.max() > 5000 and set(np.unique(labels)) == {-1.0, 1.0}
    E[:] = 0
    assert c18.data()[-1].any()


@pytest.mark.parametrize("beta1, beta2", [(0.9, 0.999), (0.5, 0.9)])
def test_one_gradient_after_a_long_silence(beta1, beta2):
    """Adam's path is (1 − β₁)/√(1 − β₂)/(1 − q), a share q = β₁/√β₂ of it without a gradient, whatever the gradient is."""
    q = beta1 / np.sqrt(beta2)
    for g in (1e-3, 7.0):
        m, s, steps = 0.0, 0.0, []
        for j in range(400):
            one = g if j == 0 else 0.0
            m, s = beta1 * m + (1 - beta1) * one, beta2 * s + (1 - beta2) * one * one
            steps.append(m / np.sqrt(s))
        assert sum(steps) == pytest.approx((1 - beta1) / np.sqrt(1 - beta2) / (1 - q), rel=1e-9)
        assert sum(steps[1:]) / sum(steps) == pytest.approx(q, rel=1e-9)
        assert g / np.sqrt((1 - beta2) * g * g) == pytest.approx(1 / np.sqrt(1 - beta2))
