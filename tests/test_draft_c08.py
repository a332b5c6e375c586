"""What the draft says of exercise C.8 and of its listings C.8 and C.20, recomputed by plain recursions."""
import numpy as np
import pytest

from firstorder import hyper, theory

slope = lambda x: x / 10 + 2 * np.sin(2 * x)
SCALES = np.tile([10.0] + 9 * [1.0], 200)


def squares(g, beta2):
    """s_t, corrected s_t and the largest s so far."""
    s, out = 0.0, []
    for t, one in enumerate(g, 1):
        s = beta2 * s + (1 - beta2) * one * one
        out.append((s, s / (1 - beta2**t)))
    s, corrected = np.array(out).T
    return s, corrected, np.maximum.accumulate(s)


def test_amsgrads_rate_never_grows_and_adams_swings_by_what_the_pattern_says():
    for pattern, beta2, low, high in (([10.0] + 9 * [1.0], 0.9, 1.5, 1.6), ([100.0] + 99 * [1.0], 0.9, 31, 31.5),
                                      ([10.0] + 9 * [1.0], 0.999, 1.0, 1.01), ([4.0, -1.0, -1.0], 1 / 17, 3, 4)):
        s, corrected, largest = squares(np.tile(pattern, 4000 // len(pattern) + 1), beta2)
        assert (np.diff(largest) >= 0).all()
        last = corrected[-len(pattern):]
        assert low < np.sqrt(last.max() / last.min()) < high


@pytest.mark.parametrize("C", [2.5, 3.0, 10.0])
def test_the_stream_needs_its_own_memory(C):
    """β₂ = 1/(1 + C²) leads Adam to +1 and AMSGrad to −1; with β₂ = 0.999 Adam goes to −1 as well."""
    g = np.tile([C, -1.0, -1.0], 3000)
    for beta2, wanted in ((1 / (1 + C * C), (1, -1)), (0.999, (-1, -1))):
        _, corrected, largest = squares(g, beta2)
        for root, end in zip((corrected, largest), wanted):
            x = 0.0
            for t, one in enumerate(g, 1):
                x = min(1.0, max(-1.0, x - 0.5 * one / np.sqrt(t * root[t - 1])))
            assert abs(x - end) < 0.03


def valleys(method, alpha, x0, n=2000):
    """Heavy-ball-free recursion in plain arrays; the path of every start."""
    x, m, s, top = np.array(x0, float), 0.0, 0.0, 0.0
    path = [x]
    for t in range(1, n + 1):
        g = SCALES[t - 1] * slope(x)
        m, s = 0.9 * m + 0.1 * g, 0.9 * s + 0.1 * g * g
        top = np.maximum(top, s)
        if method == "adam":
            x = x - alpha * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.9**t)) + 1e-8)
        else:
            x = x - alpha * m / (np.sqrt(top) + 1e-8)
        path.append(x)
    return np.array(path)


def test_amsgrad_settles_where_adam_hovers_and_not_at_a_large_step():
    near = np.linspace(-0.7, 0.7, 20)
    for alpha in (0.1, 0.3):
        assert abs(valleys("amsgrad", alpha, near)[-1]).max() < 1e-6
        assert (abs(valleys("adam", alpha, near)[-100:]).max(0) > alpha / 10).all()
    assert (abs(slope(valleys("amsgrad", 1.0, near)[-1])) > 1e-6).mean() > 0.5


def test_bias_correction_is_not_over_at_step_100():
    assert theory.bias_correction_ratio(0.9, 0.999, 100) == pytest.approx(3.24, abs=0.005)


def test_the_drafts_counter_repeats_itself():
    """epoch · 10000 // 128 + i // 128 + 1 over batches i = 0, 128, …: 79 steps an epoch, 78.125 counted."""
    counted = [e * 10000 // 128 + i // 128 + 1 for e in range(3) for i in range(0, 10000, 128)]
    assert len(range(0, 10000, 128)) == 79 and 10000 - 78 * 128 == 16
    true = list(range(1, len(counted) + 1))
    assert counted[:79] == true[:79] and counted[79] == 79 and counted[158] == 157
    assert len(set(counted)) < len(counted)


def overlapping(rng, n, d=5):
    """Two classes whose best linear loss is near the one of the draft's data, labels ±1."""
    y = rng.choice([-1.0, 1.0], n)
    return rng.standard_normal((n, d)) + 0.9 / np.sqrt(d) * y[:, None], y


def test_adam_with_a_long_constant_step_stays_above_the_optimum_but_is_bounded():
    """The draft: 0.15 with no tuning, divergence possible at α = 1."""
    X, y = overlapping(np.random.default_rng(0), 4000, 30)
    loss = lambda w: np.logaddexp(0, -y * (X @ w)).mean()
    grad = lambda w, i: -X[i].T @ (y[i] / (1 + np.exp(y[i] * (X[i] @ w)))) / len(y[i])
    w = np.zeros(30)
    for _ in range(20):
        p = 1 / (1 + np.exp(-X @ w))
        w = w - np.linalg.solve(X.T @ ((p * (1 - p))[:, None] * X) / len(y), grad(w, slice(None)))
    optimum, end = loss(w), {}
    for alpha in (0.01, 0.1, 1.0):
        w, m, s, k = np.zeros(30), 0.0, 0.0, 0
        for epoch in range(40):
            for i in range(0, 4000, 128):
                k += 1
                g = grad(w, slice(i, i + 128))
                m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
                w = w - alpha * m / (1 - 0.9**k) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
        end[alpha] = loss(w) - optimum
    assert optimum > 0.15
    assert 0 <= end[0.01] < end[0.1] / 3 < end[1.0] / 9 and end[1.0] < 5


def test_labels_0_and_1_are_no_labels_of_this_loss():
    """With 0 in place of −1 half of the data has the margin 0 whatever w is."""
    X, y = overlapping(np.random.default_rng(1), 100)
    zero_one = (y + 1) / 2
    for w in (np.zeros(5), np.ones(5)):
        assert (np.logaddexp(0, -zero_one * (X @ w))[y < 0] == np.log(2)).all()


def one_dimension(w0, rule, n=500):
    """The draft's run on w² with noise 0.01 (seed 42, drawn as there); returns the losses."""
    noise = np.random.RandomState(42)
    w, m, s, losses = w0, 0.0, 0.0, []
    for k in range(1, n + 1):
        g = 2 * w + noise.randn() * 0.01
        if rule == "adam":
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
            w -= 0.001 * (m / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
        else:
            m = (0.9 if rule == "momentum" else 0.0) * m + g
            w -= 0.001 * m
        losses.append(w * w)
    return np.array(losses)


def test_the_listing_starts_at_the_optimum_and_cannot_converge():
    losses = one_dimension(0.0, "adam")
    assert losses[0] == pytest.approx(1e-6, rel=1e-3) and losses.max() > 1e-5
    slope = np.polyfit(np.arange(1, 201), np.log(np.maximum(losses[1:], 1e-8))[:200], 1)[0]
    assert abs(slope) < 0.01  # the draft: 0.1 to 0.2


def test_the_listing_crashes_when_it_prints():
    with pytest.raises(TypeError, match="format"):
        f"{np.zeros(1):.8f}"


def test_from_1_momentum_alone_is_fastest_and_adam_walks():
    end = {rule: one_dimension(1.0, rule)[-1] for rule in ("adam", "momentum", "descent")}
    assert end["adam"] == pytest.approx(0.314, abs=0.002)
    assert end["descent"] == pytest.approx(0.135, abs=0.001) and end["momentum"] < 1e-7
    assert -np.polyfit(np.arange(200), np.log(one_dimension(1.0, "adam")[:200]), 1)[0] == pytest.approx(0.0021, abs=2e-4)


def test_a_smaller_condition_number_wants_less_momentum():
    """The draft: less dependence on κ allows a larger β₁.  The border is free of κ, the best β falls with it."""
    betas = [theory.polyak(1.0, kappa).hyper.beta for kappa in (10.0, 100.0, 1000.0)]
    assert betas == sorted(betas)
    limits = [theory.stability_limit("heavy_ball", b) for b in (0.5, 0.9, 0.99)]
    assert limits == sorted(limits)
    ratio = {name: theory.stationary_variance(name, 1.0, h, 1.0) / theory.stationary_variance(
        "gradient_descent", 1.0, hyper("gradient_descent", lr=0.1), 1.0)
        for name, h in (("heavy_ball", hyper("heavy_ball", lr=0.1, beta=0.9)),
                        ("heavy_ball_ema", hyper("heavy_ball_ema", lr=0.1, beta=0.9)))}
    assert ratio["heavy_ball"] > 9 and ratio["heavy_ball_ema"] == pytest.approx(0.953, abs=0.001)
