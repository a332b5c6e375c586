"""What the draft says on adaptive methods, recomputed; and what the page says without a cell of its own."""
import math

import numpy as np
import pytest
import torch

from firstorder import hyper, methods, problems, steps
from firstorder.minimize import minimize


def test_a_mean_of_squares_without_its_root_is_no_size():
    """Gradients of 0.01, 1, 100: with the root all step α; without it 100, 1 and 0.01 α."""
    g = np.array([0.01, 1.0, 100.0])
    h = hyper("adagrad", lr=1.0, eps=0.0)
    x, state = steps.adagrad(np.zeros(3), g, methods.start("adagrad", g), 1.0, h)
    assert -x == pytest.approx([1.0, 1.0, 1.0])
    assert g / state.G == pytest.approx([100.0, 1.0, 0.01])


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "amsgrad", "nadam"])
def test_the_scale_of_f_cancels_and_that_of_x_does_not(name):
    """ε = 0: c f has the iterates of f; f(x/c) from c x₀ has c times them only if α is scaled too."""
    lam = np.array([3.0, 0.2])
    plain = minimize(problems.quadratic(lam), name, steps=60, lr=0.05, eps=0.0).x
    scaled = minimize(problems.quadratic(1000 * lam), name, steps=60, lr=0.05, eps=0.0).x
    assert scaled == pytest.approx(plain, rel=1e-9)
    wide = dict(problem=problems.quadratic(lam / 1e6), method=name, x0=1000 * np.ones(2), steps=60, eps=0.0)
    assert minimize(**wide, lr=50.0).x == pytest.approx(1000 * plain, rel=1e-9)
    assert abs(minimize(**wide, lr=0.05).x[-1] / 1000 - plain[-1]).max() > 0.05


def test_adagrads_step_size_never_rises_and_rests_where_the_gradient_is_zero():
    state, h = steps.AdaGradState(np.zeros(2)), hyper("adagrad", eps=0.0)
    rng, before = np.random.default_rng(0), np.zeros(2)
    for t in range(1, 200):
        g = np.array([rng.standard_normal(), rng.standard_normal() if t % 10 == 1 else 0.0])
        _, state = steps.adagrad(np.zeros(2), g, state, float(t), h)
        assert (state.G >= before).all()
        if t % 10 != 1:
            assert state.G[1] == before[1]
        before = state.G


def test_a_rare_feature_keeps_a_longer_step():
    """Equal gradients in every batch and in one of a thousand: the step sizes differ by √1000."""
    G = np.array([1000.0, 1.0])
    assert math.sqrt(G[0] / G[1]) == pytest.approx(31.6, abs=0.05)


def test_adagrad_is_slow_with_a_small_step_but_arrives():
    """½λx² from 1 to 1e-8, ε = 0: λ cancels, so both coordinates of a valley take the same path."""
    for a, steps_needed in ((0.1, 574), (0.01, 46998)):
        x, state, h, n = 1.0, methods.start("adagrad", 1.0), hyper("adagrad", lr=a, eps=0.0), 0
        while x * math.sqrt(2) > 1e-8:  # the distance of (x, x)
            n += 1
            x, state = steps.adagrad(x, x, state, float(n), h)
        assert abs(n - steps_needed) <= 1


@pytest.mark.parametrize("g, outside, inside", [(1e-5, 0.999, 0.0995), (1e-6, 0.990, 0.0100)])
def test_epsilon_inside_the_root_acts_like_its_own_root(g, outside, inside, eps=1e-8):
    x, _ = steps.rmsprop(0.0, -g, steps.RMSPropState(g * g), 1.0, steps.RMSPropHyper(1.0, 0.9, eps))
    assert (x, g / math.sqrt(g * g + eps)) == pytest.approx((outside, inside), rel=1e-3)


@pytest.mark.parametrize("lam", [1.0, 100.0])
@pytest.mark.parametrize("lr", [0.1, 0.01])
@pytest.mark.parametrize("beta2", [0.5, 0.9, 0.99])
def test_rmsprop_with_a_constant_step_ends_in_a_two_cycle(lam, lr, beta2):
    x = minimize(problems.quadratic([lam]), "rmsprop", steps=6000, lr=lr, beta2=beta2, eps=0.0).x[:, 0]
    assert abs(x[-2:]) == pytest.approx([lr / 2] * 2) and x[-1] == pytest.approx(-x[-2])


@pytest.mark.parametrize("eps, converges", [(0.0049, False), (0.0051, True)])
def test_an_epsilon_above_half_alpha_lambda_ends_the_cycle(eps, converges):
    run = minimize(problems.quadratic([1.0]), "rmsprop", steps=20000, lr=0.01, beta2=0.9, eps=eps)
    assert (run.distance[-1] < 1e-9) == converges


def test_a_falling_step_size_lets_rmsprop_converge():
    x, state, h = 1.0, methods.start("rmsprop", 1.0), hyper("rmsprop", lr=0.1, eps=0.0)
    for t in range(1, 20001):
        x, state = steps.rmsprop(x, x, state, float(t), h._replace(lr=0.1 / t))
    assert abs(x) < 1e-4


def test_pytorchs_rmsprop_momentum_adds_up():
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RMSprop([w], lr=0.1, alpha=0.9, eps=0.0, momentum=0.9)
    b, s, x = 0.0, 0.0, 0.0
    for g in (1.0, 3.0, -2.0):
        w.grad = torch.tensor([g], dtype=torch.float64)
        optimizer.step()
        s = 0.9 * s + 0.1 * g * g
        b = 0.9 * b + g / math.sqrt(s)
        x -= 0.1 * b
        assert w.item() == pytest.approx(x)


PYTORCH = {
    "adagrad": ("Adagrad", lambda h: dict(lr=h.lr, eps=h.eps)),
    "rmsprop": ("RMSprop", lambda h: dict(lr=h.lr, alpha=h.beta2, eps=h.eps)),
    "adam": ("Adam", lambda h: dict(lr=h.lr, betas=(h.beta1, h.beta2), eps=h.eps)),
    "adamw": ("AdamW", lambda h: dict(
        lr=h.lr, betas=(h.beta1, h.beta2), eps=h.eps, weight_decay=h.weight_decay)),
    "nadam": ("NAdam", lambda h: dict(
        lr=h.lr, betas=(h.beta1, h.beta2), eps=h.eps, momentum_decay=h.momentum_decay)),
}


@pytest.mark.parametrize("name", PYTORCH)
def test_pytorch_takes_the_steps_of_the_page(name):
    h = hyper(name, lr=0.02, eps=1e-2)
    class_name, arguments = PYTORCH[name]
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, class_name)([w], **arguments(h))
    x = np.array([1.0, -2.0])
    # PyTorch keeps NAdam's product of the μ in its default dtype, float32
    near = dict(rel=1e-8, abs=1e-9) if name == "nadam" else dict(rel=1e-10, abs=1e-12)
    state, noise = methods.start(name, x), problems.gaussian_noise(1.0, steps=200, shape=2, seed=2)
    for t in range(1, 201):
        g = np.array([30.0, 0.5]) * x + 0.1 * np.sin(x) + noise[t - 1]
        w.grad = torch.tensor(g)
        optimizer.step()
        x, state = methods.method(name).step(x, g, state, float(t), h)
        assert w.detach().numpy() == pytest.approx(x, **near)


def test_defaults_to_mind_in_pytorch():
    defaults = torch.optim.RMSprop([torch.zeros(1)]).defaults
    assert (defaults["alpha"], defaults["lr"]) == (0.99, 0.01)


def test_pytorchs_adam_with_weight_decay_is_the_coupled_form():
    w = torch.tensor([0.8], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.001, weight_decay=0.05)
    x, state, h = 0.8, methods.start("adam", 0.8), hyper("adam", lr=0.001)
    for t, g in enumerate((0.02, -0.5, 1.0), 1):
        w.grad = torch.tensor([g], dtype=torch.float64)
        optimizer.step()
        x, state = steps.adam(x, g + 0.05 * x, state, float(t), h)
    assert w.item() == pytest.approx(x, rel=1e-12)


def test_amsgrad_pays_for_one_outlier_for_ever():
    h, a = hyper("amsgrad"), hyper("adam")
    state, forget = methods.start("amsgrad", 0.0), methods.start("adam", 0.0)
    for t in range(1, 20001):
        g = 100.0 if t == 5000 else 1.0
        x, state = steps.amsgrad(0.0, g, state, float(t), h)
        y, forget = steps.adam(0.0, g, forget, float(t), a)
    assert -x / h.lr < 0.35 and -y / a.lr == pytest.approx(1, abs=1e-3)


def test_a_maximum_of_gradients_never_recovers_from_a_spike_and_adam_does():
    """The statistic that the draft ascribes to Adam, a maximum, against Adam's own."""
    h, state, largest = hyper("adam"), methods.start("adam", 0.0), 0.0
    for t in range(1, 10001):
        g = 100.0 if t == 1000 else 1.0
        largest = max(largest, g)
        _, state = steps.adam(0.0, g, state, float(t), h)
    assert largest == 100 and math.sqrt(state.s / (1 - h.beta2**10000)) < 1.01


@pytest.mark.parametrize("C", [3.0, 4.0, 10.0])
def test_a_short_memory_goes_uphill_on_rare_large_gradients(C):
    """β₁ = 0, β₂ = 1/(1 + C²): a period C, −1, −1 moves x up, although its gradients sum to C − 2 > 0."""
    h = hyper("adam", lr=1.0, beta1=0.0, beta2=1 / (1 + C * C), eps=0.0)
    state, moves = methods.start("adam", 0.0), []
    for t in range(1, 61):
        move, state = steps.adam(0.0, C if t % 3 == 1 else -1.0, state, float(t), h)
        moves.append(move)
    assert C - 2 > 0 and sum(moves[-3:]) > 0.2


def test_the_one_step_of_adamw():
    """The draft's numbers: decay 4e-5, step 1e-3, result 0.79896; twice the decay takes 4e-5 more."""
    out = []
    for wd in (0.05, 0.1):
        h = hyper("adamw", lr=0.001, weight_decay=wd)
        x, _ = steps.adamw(0.8, 0.02, methods.start("adamw", 0.8), 1.0, h)
        out.append(x)
    assert out[0] == pytest.approx(0.7989600005, abs=1e-12)
    assert out[0] - out[1] == pytest.approx(4e-5, rel=1e-9)
    coupled = 0.001 * 0.05 * 0.8 / 0.02  # the decay term through the same √ŝ: 50 times as much
    assert coupled / 4e-5 == pytest.approx(50)


@pytest.mark.parametrize("wd, end", [(0.1, 3.0), (0.5, 2.0), (1.0, 1.0), (2.0, 0.5)])
def test_adamw_minimises_in_a_box(wd, end):
    x, state, h = 0.0, methods.start("adamw", 0.0), hyper("adamw", lr=0.002, weight_decay=wd)
    for t in range(1, 20001):
        x, state = steps.adamw(x, x - 3, state, float(t), h)
    assert x == pytest.approx(min(3.0, 1 / wd), abs=0.01) and min(3.0, 1 / wd) == end
