"""The steps of the book as PyTorch optimizers.

    from firstorder.torch import HeavyBall
    optimizer = HeavyBall(model.parameters(), lr=0.1, beta=0.9)

Parameter groups, closures, learning-rate schedulers and `state_dict` work as for any `torch.optim`
optimizer. The step is the function of `firstorder.steps`, so two conventions differ from torch.optim:

A learning rate that changes.  Here the velocity holds α, v ← β v − α g, as in (HB). `torch.optim.SGD`
keeps α outside, b ← β b + g, x ← x − α b, so that v = −α b. For a constant α the iterates are equal. When
α_{t−1} becomes α_t they part: SGD scales the memory of old steps with α, the heavy ball keeps it. SGD
with momentum β is this heavy ball with β α_t/α_{t−1} in step t. Multiplying SGD's buffer by α_{t−1}/α_t at
each change makes SGD follow this heavy ball, or this Nesterov method, exactly.

Large tensors.  A tensor of at least 2¹⁴ floats in the processor's memory is stepped by the compiled step,
once through the memory, in double precision, rounded when stored. Others take the step as operations of
torch. The two agree to the last digits of the tensor's type, not in every bit.

Nesterov's point.  The parameters are the look-ahead points y, as in torch.optim. Theorems speak of
x = y − β v: `with optimizer.positions(): ...` puts x into the parameters for the length of the block.
"""
from contextlib import contextmanager

import torch

from . import methods
from .methods import METHODS


# what a parameter group holds besides hyper-parameters
_OTHER_KEYS = {"params", "param_names", "initial_lr", "method", "unchecked"}


SMALL = 2**14  # entries of a tensor; below that, operations of torch are fast enough and nothing is compiled


def _suits(tensors):
    """True if a kernel can walk through these tensors of one shape: many entries, one plain type, one order."""
    first = tensors[0]
    return first.numel() >= SMALL and first.dtype in (torch.float32, torch.float64) and all(
        type(t) in (torch.Tensor, torch.nn.Parameter) and t.device.type == "cpu" and t.dtype == first.dtype
        and t.is_contiguous() and not t.is_neg()
        for t in tensors
    )


def _compiled(row):
    """The kernel of a method, or None: a reader's step may be one that no kernel can be made of."""
    from . import _kernels  # Numba is imported when it is needed

    try:
        return _kernels.compiled(row, None, "entries").kernel
    except ValueError:  # no readable source, or a name that a kernel cannot see; torch runs the step all the same
        return None


class StepOptimizer(torch.optim.Optimizer):
    """Any method of the table as a PyTorch optimizer.

    params     tensors or parameter groups; a group may set its own hyper-parameters
    method     a name in `METHODS`
    unchecked  True admits finite hyper-parameters outside their admissible set
    values     hyper-parameters by name, as Python numbers

    Each tensor's state holds the fields of the method's State and `t`, its number of steps so far.
    Hyper-parameters are checked here, when a group is added, and again at each step, because a
    scheduler writes into the groups; there lr = 0 is let through, as some schedules end or begin with it.
    Raises ValueError or TypeError with one sentence; nothing has moved then.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = StepOptimizer([x], "heavy_ball", lr=0.25, beta=0.5)
    >>> (2 * x.square().sum()).backward()
    >>> optimizer.step()
    >>> x.detach(), optimizer.state[x]["v"]
    (tensor([0., 0.]), tensor([-1., -2.]))
    """

    def __init__(self, params, method, *, unchecked=False, **values):
        checked = methods.hyper(method, unchecked=unchecked, **values)
        super().__init__(params, {**checked._asdict(), "method": method, "unchecked": unchecked})

    def add_param_group(self, param_group):
        method = self.defaults["method"]
        theirs = param_group.get("method", method)
        if theirs != method:
            raise ValueError(f"a group of method={theirs!r} cannot join an optimizer of {method}")
        own = {key: value for key, value in param_group.items() if key not in _OTHER_KEYS}
        values = {key: self.defaults[key] for key in METHODS[method].parameters} | own
        unchecked = param_group.get("unchecked", self.defaults["unchecked"])
        checked = methods.hyper(method, unchecked=unchecked, **values)
        super().add_param_group({**param_group, **checked._asdict()})

    def load_state_dict(self, state_dict):
        method = self.defaults["method"]
        for group in state_dict["param_groups"]:
            theirs = group.get("method")
            if theirs != method:
                raise ValueError(f"this state_dict was saved by method={theirs!r}, not by {method}")
        super().load_state_dict(state_dict)

    @torch.no_grad()
    def step(self, closure=None):
        """One step for every tensor that has a gradient.  Returns what `closure` returns, if one is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        todo = [(p, hyper, row) for p, hyper, row in self._tensors() if p.grad is not None]
        for p, _, row in todo:
            if p.grad.layout != torch.strided or p.is_complex():
                kind = "complex" if p.is_complex() else str(p.grad.layout).removeprefix("torch.")
                raise TypeError(
                    f"the gradient of a tensor of shape {tuple(p.shape)} is {kind}; "
                    f"{row.name} takes dense real gradients"
                )
        kernel = _compiled(todo[0][2]) if any(_suits([p, p.grad]) for p, _, _ in todo) else None
        for p, hyper, row in todo:
            memory = self.state[p]
            if not memory:
                memory.update(t=0.0, **methods.start(row.name, p)._asdict())
            memory["t"] += 1.0
            tensors = p, p.grad, *self._state(p, row)
            if kernel and _suits(tensors):
                kernel(*(t.detach().view(-1).numpy() for t in tensors), memory["t"], *hyper)
                torch.autograd.graph.increment_version([p, *tensors[2:]])  # as any operation in place does
            else:
                new, state = row.step(p, p.grad, row.State(*tensors[2:]), memory["t"], hyper)
                for target, value in zip((p, *tensors[2:]), (new, *state)):
                    target.copy_(value)
        return loss

    @contextmanager
    def positions(self):
        """Inside the block the parameters hold positions, the x of the theorems; then the old values."""
        moved = [(p, hyper, row) for p, hyper, row in self._tensors() if self.state.get(p)]
        stored = [(p, p.detach().clone(), hyper, row) for p, hyper, row in moved]
        try:
            with torch.no_grad():
                for p, y, hyper, row in stored:
                    p.copy_(row.position(y, self._state(p, row), hyper))
            yield
        finally:
            with torch.no_grad():
                for p, y, _, _ in stored:
                    p.copy_(y)

    def _state(self, p, row):
        return row.State(*(self.state[p][key] for key in row.State._fields))

    def _tensors(self):
        """(tensor, checked Hyper, row of the table) for every tensor, as a list: all are checked first."""
        row = METHODS[self.defaults["method"]]
        found = []
        for group in self.param_groups:
            values = {key: group[key] for key in row.parameters}
            resting = values["lr"] == 0
            if resting:
                values["lr"] = row.parameters["lr"].default
            hyper = methods.hyper(row.name, unchecked=group["unchecked"], **values)
            hyper = hyper._replace(lr=0.0) if resting else row.Hyper(*map(float, hyper))
            found += [(p, hyper, row) for p in group["params"]]
        return found


def _default(method, key):
    return METHODS[method].parameters[key].default


class GradientDescent(StepOptimizer):
    """(GD) as a PyTorch optimizer: `firstorder.steps.gradient_descent`."""

    def __init__(self, params, lr=_default("gradient_descent", "lr"), *, unchecked=False, **unknown):
        super().__init__(params, "gradient_descent", lr=lr, unchecked=unchecked, **unknown)


class HeavyBall(StepOptimizer):
    """(HB) as a PyTorch optimizer: `firstorder.steps.heavy_ball`."""

    def __init__(
        self, params, lr=_default("heavy_ball", "lr"), beta=_default("heavy_ball", "beta"),
        *, unchecked=False, **unknown,
    ):
        super().__init__(params, "heavy_ball", lr=lr, beta=beta, unchecked=unchecked, **unknown)


class HeavyBallEma(StepOptimizer):
    """(EMA) as a PyTorch optimizer: `firstorder.steps.heavy_ball_ema`."""

    def __init__(
        self, params, lr=_default("heavy_ball_ema", "lr"), beta=_default("heavy_ball_ema", "beta"),
        *, unchecked=False, **unknown,
    ):
        super().__init__(params, "heavy_ball_ema", lr=lr, beta=beta, unchecked=unchecked, **unknown)


class Nesterov(StepOptimizer):
    """(NAG) as a PyTorch optimizer: `firstorder.steps.nesterov`.  Parameters are the look-ahead points."""

    def __init__(
        self, params, lr=_default("nesterov", "lr"), beta=_default("nesterov", "beta"),
        *, unchecked=False, **unknown,
    ):
        super().__init__(params, "nesterov", lr=lr, beta=beta, unchecked=unchecked, **unknown)


class AdaGrad(StepOptimizer):
    """(AdaGrad) as a PyTorch optimizer: `firstorder.steps.adagrad`."""

    def __init__(
        self, params, lr=_default("adagrad", "lr"), eps=_default("adagrad", "eps"),
        *, unchecked=False, **unknown,
    ):
        super().__init__(params, "adagrad", lr=lr, eps=eps, unchecked=unchecked, **unknown)


class RMSProp(StepOptimizer):
    """(RMSProp) as a PyTorch optimizer: `firstorder.steps.rmsprop`."""

    def __init__(
        self, params, lr=_default("rmsprop", "lr"), beta2=_default("rmsprop", "beta2"),
        eps=_default("rmsprop", "eps"), *, unchecked=False, **unknown,
    ):
        super().__init__(params, "rmsprop", lr=lr, beta2=beta2, eps=eps, unchecked=unchecked, **unknown)


class Adam(StepOptimizer):
    """(Adam) as a PyTorch optimizer: `firstorder.steps.adam`."""

    def __init__(
        self, params, lr=_default("adam", "lr"), beta1=_default("adam", "beta1"),
        beta2=_default("adam", "beta2"), eps=_default("adam", "eps"), *, unchecked=False, **unknown,
    ):
        values = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
        super().__init__(params, "adam", unchecked=unchecked, **values, **unknown)


class AdamW(StepOptimizer):
    """(AdamW) as a PyTorch optimizer: `firstorder.steps.adamw`."""

    def __init__(
        self, params, lr=_default("adamw", "lr"), beta1=_default("adamw", "beta1"),
        beta2=_default("adamw", "beta2"), eps=_default("adamw", "eps"),
        weight_decay=_default("adamw", "weight_decay"), *, unchecked=False, **unknown,
    ):
        values = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, "adamw", unchecked=unchecked, **values, **unknown)


class AMSGrad(StepOptimizer):
    """(AMSGrad) as a PyTorch optimizer: `firstorder.steps.amsgrad`; not `torch.optim.Adam(amsgrad=True)`."""

    def __init__(
        self, params, lr=_default("amsgrad", "lr"), beta1=_default("amsgrad", "beta1"),
        beta2=_default("amsgrad", "beta2"), eps=_default("amsgrad", "eps"), *, unchecked=False, **unknown,
    ):
        values = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
        super().__init__(params, "amsgrad", unchecked=unchecked, **values, **unknown)


class NAdam(StepOptimizer):
    """(NAdam) as a PyTorch optimizer: `firstorder.steps.nadam`."""

    def __init__(
        self, params, lr=_default("nadam", "lr"), beta1=_default("nadam", "beta1"),
        beta2=_default("nadam", "beta2"), eps=_default("nadam", "eps"),
        momentum_decay=_default("nadam", "momentum_decay"), *, unchecked=False, **unknown,
    ):
        values = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "momentum_decay": momentum_decay}
        super().__init__(params, "nadam", unchecked=unchecked, **values, **unknown)
