"""Variants of exercise C.3: adaptive, effective_rates, loss, rates_at_use, rank_and_slope, advantage.

`build(...)` makes the six parts from one optimizer class, so that each variant differs in one thing.
"""
import functools
import math

import numpy as np
import torch
from scipy import stats

from firstorder.torch import StepOptimizer


class Plain(torch.optim.Optimizer):
    """The reference, with the places where one can go wrong as methods."""

    def __init__(self, params, kind, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        if kind not in ("adagrad", "rmsprop", "adam"):
            raise ValueError(kind)
        super().__init__(params, dict(kind=kind, lr=lr, beta1=beta1, beta2=beta2, eps=eps))

    def memory(self, p):
        memory = self.state[p]
        if not memory:
            memory.update(t=0, m=torch.zeros_like(p), s=torch.zeros_like(p))
        return memory

    def accumulate(self, s, g, group):
        return s + g**2 if group["kind"] == "adagrad" else group["beta2"] * s + (1 - group["beta2"]) * g**2

    def correct(self, m, s, t, group):
        if group["kind"] != "adam":
            return m, s
        return m / (1 - group["beta1"] ** t), s / (1 - group["beta2"] ** t)

    def rate(self, s, group):
        return group["lr"] / (s.sqrt() + group["eps"])

    def average(self, m, g, group):
        return group["beta1"] * m + (1 - group["beta1"]) * g if group["kind"] == "adam" else g

    def move(self, p, d):
        p.sub_(d)

    @torch.no_grad()
    def step(self, closure=None):
        value = None
        if closure is not None:
            with torch.enable_grad():
                value = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                memory = self.memory(p)
                memory["t"] += 1
                memory["s"] = self.accumulate(memory["s"], p.grad, group)
                memory["m"] = self.average(memory["m"], p.grad, group)
                m, s = self.correct(memory["m"], memory["s"], memory["t"], group)
                memory["rate"] = self.rate(s, group)
                self.move(p, memory["rate"] * m)
        return value


def _rates(optimizer, p):
    return optimizer.state[p]["rate"]


def _loss(w, X, y):
    return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y)


def _use(cls, rates, kind, gradients, lr, beta2, everywhere=False):
    x = torch.zeros(gradients.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer, total, n = cls([x], kind, lr, beta2=beta2), 0.0, 0
    for g in gradients:
        x.grad = g.clone()
        optimizer.step()
        used = torch.ones_like(g) if everywhere else (g != 0).double()
        total, n = total + used * rates(optimizer, x).detach(), n + used
    return total / n


def _summary(counts, rates, least):
    slope = stats.linregress(np.log(counts[counts >= least]), np.log(rates[counts >= least])).slope
    return stats.spearmanr(counts, rates)[0], slope


def _advantage(p, beta2):
    return 1 / math.sqrt(1 - beta2 + beta2 * p)


def build(cls=Plain, rates=_rates, loss=_loss, use=None, summary=_summary, advantage=_advantage):
    return cls, rates, loss, use or functools.partial(_use, cls, rates), summary, advantage


def change(**methods):
    """The six parts with an optimizer that has other methods."""
    return build(type("Changed", (Plain,), methods))


# right, and different -------------------------------------------------------------------------------------------------
def _book(params, kind, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The package's own optimizer; a group's settings that the method does not have are dropped."""
    if kind not in ("adagrad", "rmsprop", "adam"):
        raise ValueError(kind)
    known = {"adagrad": ("lr", "eps"), "rmsprop": ("lr", "eps", "beta2"), "adam": ("lr", "eps", "beta1", "beta2")}[kind]
    groups = list(params)
    if isinstance(groups[0], dict):
        groups = [{k: v for k, v in group.items() if k == "params" or k in known} for group in groups]
    given = dict(lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return StepOptimizer(groups, kind, **{k: given[k] for k in known})


def _book_rates(optimizer, p):
    memory, group = optimizer.state[p], optimizer.param_groups[0]
    for group in optimizer.param_groups:
        if any(q is p for q in group["params"]):
            break
    s = memory["G"] if "G" in memory else memory["s"]
    if "m" in memory:
        s = s / (1 - group["beta2"] ** memory["t"])
    return group["lr"] / (s.sqrt() + group["eps"])


class Wrapped(torch.optim.Optimizer):
    """Right, another way: a torch optimizer for each parameter, its state copied into ours after each step."""

    def __init__(self, params, kind, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        if kind not in ("adagrad", "rmsprop", "adam"):
            raise ValueError(kind)
        super().__init__(params, dict(kind=kind, lr=lr, beta1=beta1, beta2=beta2, eps=eps))

    def _inner(self, p, g):
        a, e = g["lr"], g["eps"]
        if g["kind"] == "adagrad":
            return torch.optim.Adagrad([p], lr=a, eps=e)
        if g["kind"] == "rmsprop":
            return torch.optim.RMSprop([p], lr=a, alpha=g["beta2"], eps=e)
        return torch.optim.Adam([p], lr=a, betas=(g["beta1"], g["beta2"]), eps=e)

    def step(self, closure=None):
        value = None if closure is None else closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                inner = self._inner(p, group)
                if self.state[p]:
                    inner.state[p].update({k: v for k, v in self.state[p].items() if k != "rate"})
                inner.step()
                kept = dict(inner.state[p])
                s = next(kept[k] for k in ("sum", "square_avg", "exp_avg_sq") if k in kept)
                if group["kind"] == "adam":
                    s = s / (1 - group["beta2"] ** float(kept["step"]))
                self.state[p].update(kept, rate=group["lr"] / (s.sqrt() + group["eps"]))
        return value


def _by_hand(w, X, y):
    """Right: labels mapped to ±1, and a logaddexp."""
    return torch.logaddexp(torch.zeros(()).double(), -(2 * y - 1) * (X @ w)).mean()


def _by_ranks(counts, rates, least):
    a, b = stats.rankdata(counts), stats.rankdata(rates)
    u, v = np.log(counts[counts >= least]), np.log(rates[counts >= least])
    return np.corrcoef(a, b)[0, 1], np.cov(u, v)[0, 1] / np.var(u, ddof=1)


# wrong ----------------------------------------------------------------------------------------------------------------
def _stub(*_, **__):
    raise NotImplementedError("your turn")


class _Elsewhere(Plain):
    """Accumulators in an attribute: lost by state_dict."""

    def __init__(self, *args, **kwargs):
        self.own = {}
        super().__init__(*args, **kwargs)

    def memory(self, p):
        zero = dict(t=0, m=torch.zeros_like(p), s=torch.zeros_like(p))
        memory = self.own.setdefault(id(p), zero)
        self.state[p] = {"rate": torch.zeros_like(p)}
        return memory

    @torch.no_grad()
    def step(self, closure=None):
        value = super().step(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if id(p) in self.own:
                    self.state[p] = {"rate": self.own[id(p)].get("rate")}
        return value


class _OneClock(Plain):
    """One step count for all parameters."""

    def memory(self, p):
        memory = super().memory(p)
        memory["t"] = self.param_groups[0].setdefault("clock", 0)
        if p is self.param_groups[0]["params"][0]:
            self.param_groups[0]["clock"] += 1
        else:
            memory["t"] -= 1
        return memory


class _FixedRate(Plain):
    """Learning rate remembered from the first step of a group."""

    def rate(self, s, group):
        return group.setdefault("first_lr", group["lr"]) / (s.sqrt() + group["eps"])


class _NoClosure(Plain):
    def step(self, closure=None):
        super().step()


class _AnyKind(Plain):
    def __init__(self, params, kind, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        torch.optim.Optimizer.__init__(self, params, dict(kind=kind, lr=lr, beta1=beta1, beta2=beta2, eps=eps))


class _NewStorage(Plain):
    def move(self, p, d):
        p.data = p.data - d  # whatever shares the old storage keeps the old values


class _Normalises(Plain):
    """Clips the gradients in place before using them."""

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad.clamp_(-1, 1)
        return super().step(closure)


class _NewTensor(Plain):
    def move(self, p, d):
        p = p - d  # a new tensor; the parameter stays


def _swapped(self, s, g, group):
    return s + g**2 if group["kind"] == "adagrad" else group["beta1"] * s + (1 - group["beta1"]) * g**2


def _early(self, m, s, t, group):
    return Plain.correct(self, m, s, t + 1, group)


def _all_corrected(self, m, s, t, group):
    if group["kind"] == "rmsprop":
        return m, s / (1 - group["beta2"] ** t)
    return Plain.correct(self, m, s, t, group)


def _uncorrected_rates(optimizer, p):
    memory = optimizer.state[p]
    group = next(g for g in optimizer.param_groups if any(q is p for q in g["params"]))
    return group["lr"] / (memory["s"].sqrt() + group["eps"])


def _plus_minus(w, X, y):
    """The draft's bug: labels 0 and 1 in a loss for −1 and +1."""
    return torch.nn.functional.softplus(-y * (X @ w)).mean()


def _overflowing(w, X, y):
    z = X @ w
    return (torch.log(1 + torch.exp(z)) - y * z).mean()


def _pearson(counts, rates, least):
    return np.corrcoef(counts, rates)[0, 1], _summary(counts, rates, least)[1]


def _all_counts(counts, rates, least):
    return _summary(counts, rates, 0)


def _strict(counts, rates, least):
    return stats.spearmanr(counts, rates)[0], _summary(counts, rates, least + 1)[1]


def _raw_slope(counts, rates, least):
    often = counts >= least
    return stats.spearmanr(counts, rates)[0], np.polyfit(counts[often], rates[often], 1)[0]


def _ordinal(counts, rates, least):
    """Ties broken by position."""
    a, b = (stats.rankdata(v, method="ordinal") for v in (counts, rates))
    return np.corrcoef(a, b)[0, 1], _summary(counts, rates, least)[1]


VARIANTS = {
    "the stub": ("fail", (_stub,) * 6),
    "one class with s, m and t in self.state": ("pass", build()),
    "the package's own torch optimizers": ("pass", build(_book, _book_rates)),
    "torch.optim's optimizers, one a parameter; labels mapped to ±1": ("pass", build(Wrapped, loss=_by_hand, summary=_by_ranks)),
    "ε inside the root": ("fail", change(rate=lambda self, s, group: group["lr"] / (s + group["eps"]).sqrt())),
    "Adam without bias correction": ("fail", change(correct=lambda self, m, s, t, group: (m, s))),
    "RMSProp with bias correction": ("fail", change(correct=_all_corrected)),
    "β₁ and β₂ exchanged": ("fail", change(accumulate=_swapped)),
    "steps counted from 1, then one added": ("fail", change(correct=_early)),
    "AdaGrad with the last gradient only": ("fail", change(
        accumulate=lambda self, s, g, group: g**2 if group["kind"] == "adagrad" else Plain.accumulate(self, s, g, group))),
    "RMSProp adds g² with weight 1": ("fail", change(
        accumulate=lambda self, s, g, group: s + g**2 if group["kind"] == "adagrad" else group["beta2"] * s + g**2)),
    "sign of the step wrong": ("fail", change(move=lambda self, p, d: p.add_(d))),
    "a new tensor instead of the parameter": ("fail", build(_NewTensor)),
    "new storage for the parameter": ("fail", build(_NewStorage)),
    "memory kept outside of self.state": ("fail", build(_Elsewhere)),
    "one step count for all parameters": ("fail", build(_OneClock)),
    "learning rate of the first step kept": ("fail", build(_FixedRate)),
    "closure ignored": ("fail", build(_NoClosure)),
    "any kind accepted": ("fail", build(_AnyKind)),
    "gradients clipped in place": ("fail", build(_Normalises)),
    "effective rates from the uncorrected s": ("fail", build(rates=_uncorrected_rates)),
    "labels 0 and 1 in a loss for ±1": ("fail", build(loss=_plus_minus)),
    "loss summed, not averaged": ("fail", build(loss=lambda w, X, y: _loss(w, X, y) * len(y))),
    "exponential overflows": ("fail", build(loss=_overflowing)),
    "rates averaged over all steps": ("fail", build(use=functools.partial(_use, Plain, _rates, everywhere=True))),
    "Pearson instead of Spearman": ("fail", build(summary=_pearson)),
    "ties broken by position": ("fail", build(summary=_ordinal)),
    "slope over all counts": ("fail", build(summary=_all_counts)),
    "slope over counts above least": ("fail", build(summary=_strict)),
    "slope without logarithms": ("fail", build(summary=_raw_slope)),
    "advantage 1/√p, without end": ("fail", build(advantage=lambda p, b: p**-0.5)),
    "advantage 1/√p, cut off at the ceiling": ("fail", build(advantage=lambda p, b: min(p**-0.5, (1 - b) ** -0.5))),
    "advantage from s before the occurrence is averaged in": ("fail", build(advantage=lambda p, b: (p + 1 - b) ** -0.5)),
    "advantage for β₂ = 0.999 whatever β₂ is": ("fail", build(advantage=lambda p, b: _advantage(p, 0.999))),
}
