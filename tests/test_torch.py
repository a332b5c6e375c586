"""The PyTorch classes: parity with torch.optim and with other recursions, and the optimizer protocol."""
import copy
import dataclasses
import math

import numpy as np
import pytest
import torch

import firstorder.torch
from firstorder import METHODS
from firstorder.minimize import minimize
from firstorder.problems import quadratic
from firstorder.torch import (
    AdaGrad, Adam, AdamW, AMSGrad, GradientDescent, HeavyBall, HeavyBallEma, NAdam, Nesterov, RMSProp,
    StepOptimizer,
)

from .bad_inputs import CASES

STEPS = 300
TOLERANCE = 1e-12  # max |difference| / max |trajectory|
CLASSES = {
    "gradient_descent": GradientDescent, "heavy_ball": HeavyBall, "heavy_ball_ema": HeavyBallEma,
    "nesterov": Nesterov, "adagrad": AdaGrad, "rmsprop": RMSProp, "adam": Adam, "adamw": AdamW,
    "amsgrad": AMSGrad, "nadam": NAdam,
}
BETA, BETA1, BETA2, EPS, DECAY, PSI = 0.9, 0.9, 0.99, 1e-2, 0.3, 0.03

_rng = np.random.default_rng(11)
_Q = np.linalg.qr(_rng.standard_normal((6, 6)))[0]
HESSIAN = torch.tensor(_Q @ np.diag(np.geomspace(0.01, 10.0, 6)) @ _Q.T)
X0 = torch.tensor(_rng.standard_normal(6))
NOISE = torch.tensor(0.3 * _rng.standard_normal((STEPS, 6)))


def gradient(x, k):
    return HESSIAN @ x + 0.1 * torch.sin(x) + NOISE[k]


def constant(k):
    return 0.05


def decaying(k):
    """Down tenfold along a line, up again by a third at step 200."""
    return 0.05 * (1 - 0.9 * k / STEPS) * (4 / 3 if k >= 200 else 1)


def run(make, lr, before=lambda optimizer, x, k: None, read=lambda optimizer, x: x):
    """Points of 300 noisy steps of an optimizer, shape (300, 6); `before` may edit it before step k."""
    x = X0.clone().requires_grad_()
    optimizer = make([x])
    points = []
    for k in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = lr(k)
        before(optimizer, x, k)
        x.grad = gradient(x.detach(), k)
        optimizer.step()
        points.append(read(optimizer, x).detach().clone())
    return torch.stack(points)


def relative(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


def rescale_buffer(lr):
    """SGD keeps α outside its buffer b = −v/α; at a change of α this keeps v."""
    def before(optimizer, x, k):
        if k > 0:
            optimizer.state[x]["momentum_buffer"] *= lr(k - 1) / lr(k)
    return before


def sgd(**values):
    return lambda params: torch.optim.SGD(params, lr=1.0, **values)


# ---- parity with torch.optim ---------------------------------------------------------------------

@pytest.fixture
def double():
    """torch.optim.NAdam keeps its product of momenta in the default dtype, not in that of the parameters."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("lr", [constant, decaying])
@pytest.mark.parametrize("ours, theirs, buffer", [
    (GradientDescent, sgd(), False),
    (lambda p: HeavyBall(p, beta=BETA), sgd(momentum=BETA), True),
    (lambda p: HeavyBallEma(p, beta=BETA), None, True),
    (lambda p: Nesterov(p, beta=BETA), sgd(momentum=BETA, nesterov=True), True),
    (lambda p: AdaGrad(p, eps=EPS), lambda p: torch.optim.Adagrad(p, eps=EPS), False),
    (lambda p: RMSProp(p, beta2=BETA2, eps=EPS),
     lambda p: torch.optim.RMSprop(p, alpha=BETA2, eps=EPS), False),
    (lambda p: Adam(p, beta1=BETA1, beta2=BETA2, eps=EPS),
     lambda p: torch.optim.Adam(p, betas=(BETA1, BETA2), eps=EPS), False),
    (lambda p: AdamW(p, beta1=BETA1, beta2=BETA2, eps=EPS, weight_decay=DECAY),
     lambda p: torch.optim.AdamW(p, betas=(BETA1, BETA2), eps=EPS, weight_decay=DECAY), False),
    (lambda p: NAdam(p, beta1=BETA1, beta2=BETA2, eps=EPS, momentum_decay=PSI),
     lambda p: torch.optim.NAdam(p, betas=(BETA1, BETA2), eps=EPS, momentum_decay=PSI), False),
], ids=[name for name in CLASSES if name != "amsgrad"])
def test_parity_with_torch_optim(ours, theirs, buffer, lr, double):
    points = run(ours, lr)
    if theirs is None:  # EMA keeps η outside as SGD does: m = (1 − β) b, so the step is (1 − β) η
        reference = run(sgd(momentum=BETA), lambda k: (1 - BETA) * lr(k))
    elif buffer:
        reference = run(theirs, lr, before=rescale_buffer(lr))
    else:
        reference = run(theirs, lr)
    assert relative(points, reference) <= TOLERANCE


def test_torchs_nadam_loses_digits_to_the_default_dtype():
    """float64 parameters, float32 product of momenta: nine digits agree.  A new version may mend this."""
    values = dict(betas=(BETA1, BETA2), eps=EPS, momentum_decay=PSI)
    ours = run(lambda p: NAdam(p, beta1=BETA1, beta2=BETA2, eps=EPS, momentum_decay=PSI), constant)
    assert 1e-11 < relative(run(lambda p: torch.optim.NAdam(p, **values), constant), ours) < 1e-7


def test_torchs_amsgrad_is_another_method():
    """It takes the maximum of the biased averages and corrects the bias afterwards; the paper corrects nothing."""
    ours = run(lambda p: AMSGrad(p, beta1=BETA1, beta2=BETA2, eps=EPS), constant)
    theirs = run(lambda p: torch.optim.Adam(p, betas=(BETA1, BETA2), eps=EPS, amsgrad=True), constant)
    assert relative(ours, theirs) > 1e-3


def test_sgd_with_a_changing_rate_is_a_heavy_ball_with_scaled_beta():
    def scaled(optimizer, x, k):
        optimizer.param_groups[0]["beta"] = BETA * (lr(k) / lr(k - 1) if k else 1)

    def lr(k):
        return 0.05 * (1 - 0.9 * k / STEPS)

    reference = run(sgd(momentum=BETA), lr)
    assert relative(run(HeavyBall, lr, before=scaled), reference) <= TOLERANCE
    assert relative(run(lambda p: HeavyBall(p, beta=BETA), lr), reference) > 1e-4  # unmapped they differ


# ---- recursions written another way --------------------------------------------------------------

def polyak(lr):
    """x⁺ = x − α_k g + β (x − x⁻): positions only."""
    x, last, points = X0, X0, []
    for k in range(STEPS):
        x, last = x - lr(k) * gradient(x, k) + BETA * (x - last), x
        points.append(x)
    return torch.stack(points)


def sutskever(lr):
    """v ← β v − α ∇f(x + β v), x ← x + v: stores the position, looks ahead for the gradient."""
    x, v, points = X0, torch.zeros_like(X0), []
    for k in range(STEPS):
        v = BETA * v - lr(k) * gradient(x + BETA * v, k)
        x = x + v
        points.append(x)
    return torch.stack(points)


def kingma_ba(lr, inside=False, corrected=True, beta1=BETA1, beta2=BETA2):
    """Algorithm 1 with sums instead of recursions: m_t = (1 − β₁) Σ β₁^{t−i} g_i."""
    x, gradients, points = X0, [], []
    for t in range(1, STEPS + 1):
        gradients.append(gradient(x, t - 1))
        g = torch.stack(gradients)
        ages = torch.arange(t - 1, -1, -1, dtype=torch.float64)[:, None]
        m = ((1 - beta1) * beta1**ages * g).sum(0)
        s = ((1 - beta2) * beta2**ages * g**2).sum(0)
        if corrected:
            m, s = m / (1 - beta1**t), s / (1 - beta2**t)
        x = x - lr(t - 1) * m / ((s + EPS).sqrt() if inside else s.sqrt() + EPS)
        points.append(x)
    return torch.stack(points)


@pytest.mark.parametrize("lr", [constant, decaying])
def test_against_recursions_written_another_way(lr):
    assert relative(run(lambda p: HeavyBall(p, beta=BETA), lr), polyak(lr)) <= TOLERANCE
    positions = run(lambda p: Nesterov(p, beta=BETA), lr, read=at_position)
    assert relative(positions, sutskever(lr)) <= TOLERANCE
    adam = run(lambda p: Adam(p, beta1=BETA1, beta2=BETA2, eps=EPS), lr)
    assert relative(adam, kingma_ba(lr)) <= TOLERANCE


def at_position(optimizer, x):
    with optimizer.positions():
        return x.detach().clone()


@pytest.mark.parametrize("wrong", [
    {"inside": True}, {"corrected": False}, {"beta1": BETA2, "beta2": BETA1}, {"beta2": 0.999},
], ids=["eps inside the root", "no bias correction", "betas swapped", "other beta2"])
def test_named_wrong_variants_of_adam_fail_the_parity_test(wrong):
    reference = run(lambda p: torch.optim.Adam(p, betas=(BETA1, BETA2), eps=EPS), constant)
    assert relative(kingma_ba(constant), reference) <= TOLERANCE
    assert relative(kingma_ba(constant, **wrong), reference) > 1e-4


@pytest.mark.parametrize("wrong", [
    lambda p: HeavyBall(p, beta=-BETA, unchecked=True), lambda p: Nesterov(p, beta=BETA), HeavyBallEma,
    lambda p: HeavyBall(p, beta=0.9000001),
], ids=["sign of v", "nesterov", "ema without the factor", "seventh digit of beta"])
def test_named_wrong_variants_of_heavy_ball_fail_the_parity_test(wrong):
    assert relative(run(wrong, constant), run(sgd(momentum=BETA), constant)) > 1e-9


# ---- the optimizer protocol ----------------------------------------------------------------------

@pytest.mark.parametrize("name", METHODS)
def test_equal_to_the_numpy_loop(name):
    lam = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)
    loop = minimize(quadratic(lam.tolist()), name, steps=100, lr=0.125)
    x = torch.tensor(loop.problem.x0).requires_grad_()
    optimizer = StepOptimizer([x], name, lr=0.125)
    stored, positions = [], []
    for _ in range(100):
        x.grad = lam * x.detach()
        optimizer.step()
        stored.append(x.detach().clone())
        positions.append(at_position(optimizer, x))
    assert relative(torch.stack(stored), torch.tensor(loop.stored[1:])) <= TOLERANCE
    assert relative(torch.stack(positions), torch.tensor(loop.x[1:])) <= TOLERANCE


@pytest.mark.parametrize("name", METHODS)
def test_a_zero_gradient_with_eps_zero_does_not_move(name):
    values = {key: 0.0 for key in ("eps", "weight_decay") if key in METHODS[name].parameters}
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = StepOptimizer([x], name, **values)
    for _ in range(3):
        x.grad = torch.zeros(2)
        optimizer.step()
    assert x.tolist() == [1.0, -2.0]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_shape_and_memory_stay(name, dtype):
    x = torch.ones(2, 3, dtype=dtype).requires_grad_()
    scalar = torch.tensor(1.0, dtype=dtype, requires_grad=True)
    idle = torch.ones(4, dtype=dtype).requires_grad_()
    address = x.data_ptr()
    optimizer = StepOptimizer([x, scalar, idle], name)
    (x.square().sum() + scalar.square()).backward()
    optimizer.step()
    assert (x.dtype, x.shape, x.data_ptr()) == (dtype, (2, 3), address)
    assert scalar.item() < 1 and idle.tolist() == [1.0] * 4 and idle not in optimizer.state
    assert all(v.dtype == dtype for v in optimizer.state[x].values() if torch.is_tensor(v))


@pytest.mark.parametrize("name", METHODS)
def test_groups_with_their_own_hyper_parameters(name):
    """Two groups move as two optimizers do."""
    a, b = (X0.clone().requires_grad_() for _ in range(2))
    together = StepOptimizer([{"params": [a], "lr": 0.01}, {"params": [b]}], name, lr=0.03)
    c, d = (X0.clone().requires_grad_() for _ in range(2))
    apart = [StepOptimizer([c], name, lr=0.01), StepOptimizer([d], name, lr=0.03)]
    for k in range(20):
        for x in (a, b, c, d):
            x.grad = gradient(x.detach(), k)
        together.step()
        for optimizer in apart:
            optimizer.step()
    assert torch.equal(a, c) and torch.equal(b, d) and not torch.equal(a, b)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("scheduler", [
    lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.5),
    lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=20),
    lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda k: k / 20),
], ids=["step", "cosine to zero", "warm-up from zero"])
def test_a_scheduler_sets_the_rate(name, scheduler):
    x, y = (X0.clone().requires_grad_() for _ in range(2))
    scheduled, by_hand = StepOptimizer([x], name, lr=0.02), StepOptimizer([y], name, lr=0.02)
    plan = scheduler(scheduled)
    for k in range(21):
        x.grad, y.grad = gradient(x.detach(), k), gradient(y.detach(), k)
        by_hand.param_groups[0]["lr"] = scheduled.param_groups[0]["lr"]
        scheduled.step()
        by_hand.step()
        plan.step()
    assert torch.equal(x, y)
    assert scheduled.param_groups[0]["lr"] != 0.02


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("way", ["state_dict", "deepcopy", "file"])
def test_saved_and_restored_it_runs_in_lock_step(name, way, tmp_path):
    x = X0.clone().requires_grad_()
    first = StepOptimizer([x], name, lr=0.02)
    for k in range(20):
        x.grad = gradient(x.detach(), k)
        first.step()
    y = x.detach().clone().requires_grad_()
    if way == "deepcopy":
        second = copy.deepcopy(first)
        y = second.param_groups[0]["params"][0]
    else:
        saved = first.state_dict()
        if way == "file":
            torch.save(saved, tmp_path / "state.pt")
            saved = torch.load(tmp_path / "state.pt")
        second = StepOptimizer([y], name, lr=1.0)
        second.load_state_dict(copy.deepcopy(saved))
    for k in range(20, 40):
        for p, optimizer in ((x, first), (y, second)):
            p.grad = gradient(p.detach(), k)
            optimizer.step()
        assert torch.equal(x, y)
    assert second.state[y]["t"] == 40.0 and second.param_groups[0]["lr"] == 0.02


@pytest.mark.parametrize("name", METHODS)
def test_closure(name):
    x = X0.clone().requires_grad_()
    optimizer = StepOptimizer([x], name)

    def closure():
        optimizer.zero_grad()
        loss = (HESSIAN @ x).dot(x) / 2
        loss.backward()
        return loss

    before = (HESSIAN @ X0).dot(X0) / 2
    assert optimizer.step(closure).item() == before.item() and closure() < before


def test_positions_puts_the_stored_points_back_even_after_an_error():
    x = X0.clone().requires_grad_()
    optimizer = Nesterov([x], lr=0.02)
    with optimizer.positions():  # before the first step x and y are the same
        assert torch.equal(x, X0)
    x.grad = gradient(x.detach(), 0)
    optimizer.step()
    stored = x.detach().clone()
    with pytest.raises(ZeroDivisionError):
        with optimizer.positions():
            assert torch.equal(x, stored - 0.9 * optimizer.state[x]["v"]) and not torch.equal(x, stored)
            1 / 0
    assert torch.equal(x, stored)


def test_the_named_classes_have_the_defaults_of_the_table():
    assert CLASSES.keys() == METHODS.keys()
    for name, cls in CLASSES.items():
        group = cls([X0.clone().requires_grad_()]).param_groups[0]
        assert {key: group[key] for key in METHODS[name].parameters} == {
            key: p.default for key, p in METHODS[name].parameters.items()
        }


# ---- large tensors: the compiled step -------------------------------------------------------------

LARGE = 20_000  # entries


def stepped(name, make=lambda: torch.zeros(LARGE, dtype=torch.float64), steps=30, gradient=lambda g: g, **values):
    """(points, state) after noisy steps; every seventh entry has no gradient."""
    torch.manual_seed(5)
    x = make().requires_grad_()
    optimizer = StepOptimizer([x], name, **values)
    for _ in range(steps):
        g = torch.randn(x.shape, dtype=x.dtype)
        g.view(-1)[::7] = 0
        x.grad = gradient(g)
        optimizer.step()
    return x.detach(), [optimizer.state[x][key] for key in METHODS[name].State._fields]


@pytest.fixture
def kernels(monkeypatch):
    """The names of the methods whose kernel was asked for."""
    asked = []
    compiled = firstorder.torch._compiled
    monkeypatch.setattr("firstorder.torch._compiled", lambda row: asked.append(row.name) or compiled(row))
    return asked


@pytest.mark.parametrize("name, dtype, tolerance", [
    *((name, torch.float64, 1e-14) for name in METHODS),
    *((name, torch.float32, 1e-5) for name in ("heavy_ball", "amsgrad", "nadam")),  # a kernel more costs a second
])
def test_the_compiled_step_is_the_step(name, dtype, tolerance, kernels, monkeypatch):
    compiled, state = stepped(name, lambda: torch.ones(LARGE, dtype=dtype))
    assert kernels == [name] * 30
    monkeypatch.setattr("firstorder.torch.SMALL", LARGE + 1)
    plain, plain_state = stepped(name, lambda: torch.ones(LARGE, dtype=dtype))
    assert len(kernels) == 30
    for ours, theirs in zip((compiled, *state), (plain, *plain_state)):
        assert ours.dtype == dtype and relative(ours, theirs) <= tolerance


def test_large_tensors_have_parity_with_torch_optim(kernels):
    ours, _ = stepped("adamw", lr=0.05, beta1=BETA1, beta2=BETA2, eps=EPS, weight_decay=DECAY)
    assert kernels
    torch.manual_seed(5)
    x = torch.zeros(LARGE, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([x], lr=0.05, betas=(BETA1, BETA2), eps=EPS, weight_decay=DECAY)
    for _ in range(30):
        x.grad = torch.randn(LARGE, dtype=torch.float64)
        x.grad[::7] = 0
        optimizer.step()
    assert relative(ours, x.detach()) <= TOLERANCE


@pytest.mark.parametrize("make, gradient", [
    (lambda: torch.ones(200, 100, dtype=torch.float64).t(), lambda g: g),
    (lambda: torch.ones(100, 200, dtype=torch.float64), lambda g: g[:, :1].expand(100, 200)),
    (lambda: torch.ones(LARGE, dtype=torch.float64), lambda g: torch._neg_view(g)),
    (lambda: torch.ones(LARGE, dtype=torch.bfloat16), lambda g: g),
], ids=["transposed", "an expanded gradient", "a negative view", "bfloat16"])
def test_other_tensors_take_the_operations_of_torch(make, gradient, monkeypatch):
    mixed, _ = stepped("adam", make, gradient=gradient, lr=0.1)
    monkeypatch.setattr("firstorder.torch.SMALL", LARGE + 1)
    plain, _ = stepped("adam", make, gradient=gradient, lr=0.1)
    assert torch.equal(mixed, plain) and not torch.equal(plain, make())


def test_autograd_sees_that_the_compiled_step_wrote():
    x = torch.ones(LARGE, requires_grad=True)
    optimizer = Adam([x])
    x.grad = torch.ones(LARGE)
    late = x.square().sum()
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        late.backward()


def test_a_step_that_no_kernel_can_be_made_of_runs_all_the_same(monkeypatch):
    hidden = 2.0

    def double_speed(x, g, state, t, hyper):
        return x - hidden * hyper.lr * g, state

    row = METHODS["gradient_descent"]
    monkeypatch.setitem(METHODS, "double_speed", dataclasses.replace(row, name="double_speed", step=double_speed))
    x, _ = stepped("double_speed", lr=0.1)
    y, _ = stepped("gradient_descent", lr=0.2)
    assert relative(x, y) <= 1e-14 and x.any()


def test_large_tensors_with_their_own_groups_and_small_neighbours(kernels):
    """One optimizer for all moves each tensor as an optimizer of its own does."""
    def tensors():
        return [torch.ones(n, dtype=torch.float64, requires_grad=True) for n in (LARGE, 3, LARGE)]

    together, apart = tensors(), tensors()
    rates = 0.1, 0.2, 0.3
    optimizers = [StepOptimizer([{"params": [x], "lr": lr} for x, lr in zip(together, rates)], "adam")]
    optimizers += [StepOptimizer([x], "adam", lr=lr) for x, lr in zip(apart, rates)]
    for _ in range(5):
        for x in (*together, *apart):
            x.grad = torch.sin(7 * x.detach())
        for optimizer in optimizers:
            optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(together, apart)) and len(kernels) == 15
    assert together[0][0] != together[2][0]


# ---- bad input -----------------------------------------------------------------------------------

def by_name(method, **values):
    return StepOptimizer([torch.zeros(2, requires_grad=True)], method, **values)


def by_class(method, **values):
    return CLASSES[method]([torch.zeros(2, requires_grad=True)], **values)


def by_group(method, **values):
    optimizer = StepOptimizer([torch.zeros(2, requires_grad=True)], method)
    optimizer.add_param_group({"params": [torch.zeros(2, requires_grad=True)], **values})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("entry_point", [by_name, by_class, by_group])
def test_bad_hyper_parameters_get_their_sentence(entry_point, case):
    if entry_point is by_class and case.kind == "method":
        entry_point = by_name  # a class cannot have an unknown name
    with pytest.raises(case.error) as caught:
        entry_point(case.method, **case.values)
    assert str(caught.value) == case.sentence


@pytest.mark.parametrize("value, error, sentence", [
    (math.nan, ValueError, "lr=nan is not finite; heavy_ball needs lr in (0, ∞) (step size, x²/f)"),
    (-0.1, ValueError, "lr=-0.1 is outside (0, ∞) for heavy_ball (step size, x²/f)"),
    (torch.tensor(0.25), TypeError,
     "lr=tensor(0.2500) is a Tensor, not a real number; heavy_ball needs lr in (0, ∞) (step size, x²/f)"),
])
def test_a_bad_value_set_later_stops_the_next_step_before_anything_moves(value, error, sentence):
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = HeavyBall([{"params": [x]}, {"params": [y]}])
    optimizer.param_groups[1]["lr"] = value
    x.grad, y.grad = torch.ones(2), torch.ones(2)
    with pytest.raises(error) as caught:
        optimizer.step()
    assert str(caught.value) == sentence
    assert x.tolist() == y.tolist() == [1.0, 1.0] and not optimizer.state


def test_a_rate_of_zero_lets_only_the_velocity_move_and_hides_no_other_bad_value():
    x = torch.ones(1, requires_grad=True)
    optimizer = HeavyBall([x], lr=0.5, beta=0.5)
    for lr, expected in ((0.5, 0.5), (0.0, 0.25)):
        optimizer.param_groups[0]["lr"] = lr
        x.grad = torch.ones(1)
        optimizer.step()
        assert x.item() == expected
    optimizer.param_groups[0]["beta"] = 1.5
    with pytest.raises(ValueError, match=r"^beta=1.5 is outside \[0, 1\) for heavy_ball"):
        optimizer.step()


def test_sparse_and_complex_gradients():
    x = torch.ones(3, requires_grad=True)
    x.grad = torch.sparse_coo_tensor([[0]], [1.0], (3,), check_invariants=True)
    with pytest.raises(TypeError) as caught:
        Adam([x]).step()
    assert str(caught.value) == (
        "the gradient of a tensor of shape (3,) is sparse_coo; adam takes dense real gradients"
    )
    z = torch.ones(1, dtype=torch.complex128, requires_grad=True)
    z.grad = torch.ones_like(z)
    with pytest.raises(TypeError, match=r"shape \(1,\) is complex; adam takes dense real gradients$"):
        Adam([z]).step()


def test_state_of_another_method_is_refused():
    x = X0.clone().requires_grad_()
    with pytest.raises(ValueError) as caught:
        HeavyBall([x]).load_state_dict(Adam([x]).state_dict())
    assert str(caught.value) == "this state_dict was saved by method='adam', not by heavy_ball"
    with pytest.raises(ValueError, match="^a group of method='adam' cannot join an optimizer of heavy_ball$"):
        HeavyBall([x]).add_param_group(Adam([torch.ones(1, requires_grad=True)]).param_groups[0])


def test_unchecked_is_an_explicit_choice_and_survives_saving():
    x = torch.ones(1, requires_grad=True)
    optimizer = HeavyBall([x], beta=1.5, unchecked=True)
    restored = HeavyBall([x])
    restored.load_state_dict(optimizer.state_dict())
    x.grad = torch.ones(1)
    restored.step()
    assert restored.param_groups[0]["beta"] == 1.5


def test_maximize_is_not_offered():
    with pytest.raises(TypeError, match="^heavy_ball has no hyper-parameter 'maximize'"):
        HeavyBall([torch.ones(1, requires_grad=True)], maximize=True)
