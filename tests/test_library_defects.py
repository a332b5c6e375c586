"""Three surprises of PyTorch that the conventions page shows.  A version that mends one fails here, and the sentence says what to do."""
import math

import pytest
import torch

MENDED = "PyTorch {} no longer does this: update the box in chapters/conventions.md ({}) and its quiz item {}"


def mended(box, item):
    return MENDED.format(torch.__version__, box, item)


def stepped(name, gradients, **kwargs):
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([x], **kwargs)
    for g in gradients:
        x.grad = torch.full_like(x, g)
        optimizer.step()
        yield x.item(), optimizer.state[x]


def test_centered_rmsprop_is_nan_under_a_constant_gradient():
    finite = [math.isfinite(x) for x, _ in stepped("RMSprop", [0.1] * 4000, lr=0.01, centered=True)]
    assert not all(finite), mended("a NaN from a constant gradient", "T.9")
    assert finite[0]


def test_the_rate_of_amsgrad_grows():
    rates = [math.sqrt((1 - 0.999**t) / state["max_exp_avg_sq"].item())
             for t, (_, state) in enumerate(stepped("Adam", [1.0] + [0.1] * 500, lr=1e-3, amsgrad=True), 1)]
    assert rates[-1] > rates[0], mended("AMSGrad's rate grows", "T.5")


def test_sgd_takes_a_step_size_that_is_not_a_number():
    x = torch.zeros(1, requires_grad=True)
    try:
        torch.optim.SGD([x], lr=math.nan)
    except ValueError:
        pytest.fail(mended("a step size that is not a number", "none"))
    with pytest.raises(ValueError, match="Invalid learning rate: nan"):
        torch.optim.Adam([x], lr=math.nan)
