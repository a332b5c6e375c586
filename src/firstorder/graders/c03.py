"""Judge of exercise C.3: rare features under AdaGrad, RMSProp and Adam.

Everything is compared with recursions written out here in NumPy, with closed forms, or with finite
differences.  The optimizer is judged by what it does to parameters, never by the names of its state.
"""
import math

import numpy as np
import torch

from ..grading import Report

KINDS = ("adagrad", "rmsprop", "adam")


class _Truth:
    """One coordinate array under one of the three methods, from the definitions."""

    def __init__(self, kind, x, lr, beta1, beta2, eps):
        self.kind, self.x, self.lr, self.beta1, self.beta2, self.eps = kind, np.array(x, float), lr, beta1, beta2, eps
        self.t, self.first, self.second, self.rate = 0, 0.0, 0.0, None

    def step(self, g):
        self.t += 1
        if self.kind == "adagrad":
            self.second, top, under = self.second + g**2, g, self.second + g**2
        else:
            self.second = self.beta2 * self.second + (1 - self.beta2) * g**2
            top, under = g, self.second
        if self.kind == "adam":
            self.first = self.beta1 * self.first + (1 - self.beta1) * g
            top, under = self.first / (1 - self.beta1**self.t), under / (1 - self.beta2**self.t)
        self.rate = self.lr / (np.sqrt(under) + self.eps)
        self.x = self.x - self.rate * top


def _tensor(x):
    return torch.tensor(np.asarray(x, float), dtype=torch.float64, requires_grad=True)


def _number(said):
    """A Python float from a number or a tensor, with or without a graph."""
    return float(torch.as_tensor(said).detach())


def _off(found, wanted):
    """Largest relative error, inf where something is not finite or not of the shape."""
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    if found.shape != wanted.shape:
        return math.inf
    error = np.abs(found - wanted) / (np.abs(wanted) + 1e-300)
    return float(np.max(np.where(np.isfinite(found), error, np.inf))) if error.size else 0.0


def _settings(rng):
    return dict(lr=float(rng.uniform(0.01, 0.3)), beta1=float(rng.uniform(0.3, 0.9)), beta2=float(rng.uniform(0.5, 0.99)),
                eps=float(10 ** rng.uniform(-2, 0)))


def _gradient(rng, shape):
    """Entries of many sizes, about a third of them 0."""
    return np.sign(rng.normal(size=shape)) * 10.0 ** rng.uniform(-3, 2, shape) * (rng.random(shape) > 0.3)


def check(adaptive, effective_rates, loss, rates_at_use, rank_and_slope, advantage, seed=None):
    """Judge the six parts of C.3: prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.3")
    rng = np.random.default_rng(seed)
    for kind in KINDS:
        _judge_steps(report, adaptive, effective_rates, kind, rng)
    _judge_manners(report, adaptive, rng)
    _judge_loss(report, loss, rng)
    _judge_use(report, rates_at_use, rng)
    _judge_summary(report, rank_and_slope, rng)
    _judge_advantage(report, advantage, rng)
    report.finish()


def _judge_steps(report, adaptive, effective_rates, kind, rng):
    """Two groups with their own settings, a tensor that joins late, a learning rate that changes."""
    name = f"{kind}: 12 steps of the definition"
    with report.running(name):
        starts, settings = [rng.normal(size=3), rng.normal(size=(2, 2)), rng.normal(size=2)], [_settings(rng), _settings(rng)]
        tensors = [_tensor(x) for x in starts]
        views = [p.detach() for p in tensors]  # share the storage, as a weight that is tied to another does
        truths = [_Truth(kind, x, **settings[i > 0]) for i, x in enumerate(starts)]
        groups = [dict(params=[tensors[0]], **settings[0]), dict(params=tensors[1:], **settings[1])]
        optimizer = adaptive(groups, kind, lr=1.0)
        gap, rates, kept = 0.0, 0.0, True
        for k in range(12):
            if k == 6:
                optimizer.param_groups[0]["lr"] = truths[0].lr = settings[0]["lr"] / 3
            given = [_gradient(rng, x.shape) for x in starts]
            for i, (p, g, truth) in enumerate(zip(tensors, given, truths)):
                p.grad = None if i == 2 and k < 3 else torch.tensor(g)  # joins late: its own count of steps
                if p.grad is not None:
                    truth.step(g)
            optimizer.step()
            for i, (p, g, truth) in enumerate(zip(tensors, given, truths)):
                gap = max(gap, _off(p.detach().numpy(), truth.x))
                if p.grad is not None:
                    kept &= np.array_equal(p.grad.numpy(), g)
                    rates = max(rates, _off(effective_rates(optimizer, p).detach().numpy(), truth.rate))
        report.expect(name, "relative error below 1e-8", f"{gap:.1e}", gap < 1e-8)
        shared = all(np.array_equal(v.numpy(), p.detach().numpy()) for v, p in zip(views, tensors))
        report.expect(f"{kind}: parameters", "changed in place", "them" if shared else "new storage", shared)
        report.expect(f"{kind}: effective_rates", "relative error below 1e-8", f"{rates:.1e}", rates < 1e-8)
        report.expect(f"{kind}: gradients", "left as they are", "them" if kept else "changed ones", kept)


def _judge_manners(report, adaptive, rng):
    """What any torch.optim.Optimizer does besides its arithmetic."""
    x0, settings = rng.normal(size=4), _settings(rng)
    name = "a torch.optim.Optimizer"
    with report.running(name):
        p = _tensor(x0)
        made = adaptive([p], "adam", **settings)
        report.expect(name, True, isinstance(made, torch.optim.Optimizer), isinstance(made, torch.optim.Optimizer))
    name = "another kind"
    with report.running(name):
        try:
            adaptive([_tensor(x0)], "adamax", lr=0.1)
            found = "none"
        except ValueError:
            found = "ValueError"
        report.expect(name, "ValueError", found, found == "ValueError")
    name = "closure: evaluated with gradients, its value returned"
    with report.running(name):
        p = _tensor(x0)
        optimizer, calls = adaptive([p], "rmsprop", **settings), []

        def closure():
            calls.append(1)
            optimizer.zero_grad()
            value = (p**2).sum()
            value.backward()
            return value

        said = optimizer.step(closure)
        right = bool(len(calls) == 1 and said is not None and abs(_number(said) - (x0**2).sum()) < 1e-9)
        moved = not np.allclose(p.detach().numpy(), x0)
        report.expect(name, "one call, its value, a step", "them" if right and moved else "something else", right and moved)
    for kind in KINDS:
        name = f"{kind}: state_dict carries a run over"
        with report.running(name):
            whole = _Truth(kind, x0, **settings)
            p = _tensor(x0)
            optimizer = adaptive([p], kind, **settings)
            for k in range(8):
                if k == 4:
                    saved, old = optimizer.state_dict(), p.detach().numpy().copy()
                    p = _tensor(old)
                    optimizer = adaptive([p], kind, **settings)
                    optimizer.load_state_dict(saved)
                g = _gradient(rng, 4)
                whole.step(g)
                p.grad = torch.tensor(g)
                optimizer.step()
            off = _off(p.detach().numpy(), whole.x)
            report.expect(name, "relative error below 1e-8", f"{off:.1e}", off < 1e-8)


def _judge_loss(report, loss, rng):
    name = "loss: mean of log(1 + e^z) − yz, labels 0 and 1"
    with report.running(name):
        w, X = rng.normal(size=6), (rng.random((9, 6)) < 0.4).astype(float)
        y = (np.arange(9) % 2).astype(float)
        z = X @ w
        wanted, slope = np.mean(np.logaddexp(0, z) - y * z), X.T @ (1 / (1 + np.exp(-z)) - y) / 9
        p = _tensor(w)
        said = loss(p, torch.tensor(X), torch.tensor(y))
        off = abs(_number(said) - wanted)
        report.expect(name, f"{wanted:.6f}", f"{_number(said):.6f}", off < 1e-9)
        said.backward()
        off = float(np.max(np.abs(p.grad.numpy() - slope)))
        report.expect("loss: its gradient", "error below 1e-9", f"{off:.1e}", off < 1e-9)
    name = "loss: margins of ±1e4"
    with report.running(name):
        p = _tensor([1e4])
        said = loss(p, torch.tensor([[1.0], [-1.0]], dtype=torch.float64), torch.tensor([0.0, 1.0], dtype=torch.float64))
        said.backward()
        right = abs(_number(said) - 1e4) < 1e-6 and abs(float(p.grad) - 1) < 1e-9
        report.expect(name, "value 10000, slope 1", f"value {_number(said):g}, slope {float(p.grad):g}", right)


def _judge_use(report, rates_at_use, rng):
    for kind in KINDS:
        name = f"rates_at_use: {kind}"
        with report.running(name):
            chance = np.array([1.0, 0.5, 0.1, 0.03, 0.0])
            given = rng.normal(size=(80, 5)) * (rng.random((80, 5)) < chance)
            given[10, 3] = 0.7  # at least one use
            lr, beta2 = float(rng.uniform(0.01, 1)), float(rng.uniform(0.7, 0.99))
            truth, rates = _Truth(kind, np.zeros(5), lr, 0.9, beta2, 1e-8), []
            for g in given:
                truth.step(g)
                rates.append(np.where(g != 0, truth.rate, 0.0))
            wanted = np.sum(rates, 0)[:4] / (given != 0).sum(0)[:4]
            said = np.asarray(rates_at_use(kind, torch.tensor(given), lr, beta2).detach(), float)
            if report.expect(f"{name}: shape", (5,), said.shape, said.shape == (5,)):
                off = _off(said[:4], wanted)
                report.expect(name, "relative error below 1e-7", f"{off:.1e}", off < 1e-7)
                report.expect(f"{name}: a feature never used", "nan", f"{said[4]:g}", bool(np.isnan(said[4])))


def _ranks(values):
    """Mean ranks, by counting: how many are smaller, and half of the others that are equal."""
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def _judge_summary(report, rank_and_slope, rng):
    name = "rank_and_slope: Spearman, ties at their mean rank"
    with report.running(name):
        counts = np.floor(10.0 ** rng.uniform(0, 3.5, 60))
        counts[:3] = 30  # the border of "counts >= least" belongs to it
        rates = counts ** -rng.uniform(0.2, 0.8) * np.exp(0.4 * rng.normal(size=60))
        a, b = _ranks(counts), _ranks(rates)
        spearman = np.corrcoef(a, b)[0, 1]
        often = counts >= 30
        u, v = np.log(counts[often]), np.log(rates[often])
        slope = ((u - u.mean()) @ v) / ((u - u.mean()) @ (u - u.mean()))
        said = rank_and_slope(counts, rates, 30)
        report.expect(name, f"{spearman:.4f}", f"{float(said[0]):.4f}", abs(float(said[0]) - spearman) < 1e-6)
        name = "rank_and_slope: slope over counts ≥ least"
        report.expect(name, f"{slope:.4f}", f"{float(said[1]):.4f}", abs(float(said[1]) - slope) < 1e-6)


def _judge_advantage(report, advantage, rng):
    """E[s | used] = β₂ p + 1 − β₂, from the stationary mean of s by iterating E s ← β₂ E s + (1 − β₂) p."""
    def truth(p, beta2):
        mean = 0.0
        for _ in range(int(40 / (1 - beta2))):
            mean = beta2 * mean + (1 - beta2) * p
        return (beta2 * mean + 1 - beta2) ** -0.5

    cases = [(1.0, 0.9), (1e-6, 0.999), (1e-6, 0.9)]
    cases += [(float(10 ** rng.uniform(-5, 0)), float(rng.choice([0.5, 0.9, 0.99, 0.999]))) for _ in range(9)]
    report.compare("advantage(p, beta2)", advantage, cases, lambda said, p, b: abs(float(said) / truth(p, b) - 1) < 1e-6)
