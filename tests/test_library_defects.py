"""Three defects of PyTorch that a reader of the page *Conventions* can reproduce, and the day they are mended.

A red test here is good news about PyTorch and work for the page.  Each finder is also run on an optimizer
without the defect, or it could not fail.
"""
import math
import re

import pytest
import torch

from firstorder.conventions import ROWS
from firstorder.torch import AMSGrad, GradientDescent, HeavyBall, RMSProp
from tools.notebooks import ROOT

PAGE = "chapters/conventions.md"
NAN = float("nan")


BOXES = {"nan": "A NaN from a constant gradient", "amsgrad": "AMSGrad's rate grows", "lr": "A step size that is not a number"}


def mended(what, box, also=""):
    return (f"PyTorch {torch.__version__} has mended what {PAGE} shows under \"{BOXES[box]}\": {what}. "
            f"Update the box{also}, and turn this test round")


def driven(make, gradients, dtype=torch.float64):
    """Displacement over gradient, step by step, of one parameter under given gradients."""
    x = torch.zeros(1, dtype=dtype, requires_grad=True)
    optimizer = make([x])
    moved = []
    for g in gradients:
        before = x.detach().clone()
        x.grad = torch.full_like(x, g)
        optimizer.step()
        moved.append(((before - x.detach()) / g).item())
    return moved


def first_nan(make, value, steps=4000):
    """Number of the first step that is NaN under a constant gradient, or None."""
    moved = driven(make, [value] * steps)
    return next((k for k, step in enumerate(moved, 1) if math.isnan(step)), None)


def growth(make):
    """Largest growth of the effective step, after a gradient of 1 and 2999 of 0.01, as a factor."""
    moved = driven(make, [1.0] + [0.01] * 2999)
    return max(b / a for a, b in zip(moved, moved[1:]))


def accepts(make, **values):
    try:
        make([torch.zeros(1, requires_grad=True)], **values)
    except (ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize("value", [0.05, 0.1, 0.2])
def test_centered_rmsprop_is_nan_under_a_constant_gradient(value):
    step = first_nan(lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.99, centered=True), value)
    assert step is not None, mended(f"RMSprop(centered=True) survives a constant gradient of {value}", "nan",
                                    ", quiz item T.9 and the warning of the row torch-rmsprop-centered")
    assert step > 1000, "the cause given on the page, rounding near s = ḡ², needs many steps"


def test_without_centering_there_is_no_nan():
    assert first_nan(lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.99), 0.05) is None
    assert first_nan(lambda p: RMSProp(p, lr=1e-3, beta2=0.99), 0.05) is None


def test_amsgrads_rate_grows():
    found = growth(lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.0, 0.999), amsgrad=True))
    assert found > 1.1, mended("the effective step of Adam(amsgrad=True) never grows", "amsgrad",
                               ", quiz item T.5 and the row torch-amsgrad")


def test_the_papers_amsgrad_does_not_grow():
    assert growth(lambda p: AMSGrad(p, lr=1e-3, beta1=0.0, beta2=0.999)) <= 1 + 1e-9


@pytest.mark.parametrize("values", [{"lr": NAN}, {"lr": math.inf}, {"lr": 0.1, "momentum": NAN}, {"lr": 0.1, "momentum": 1.5}],
                         ids=lambda v: ",".join(f"{k}={x}" for k, x in v.items()))
def test_sgd_accepts_what_it_cannot_use(values):
    said = ", ".join(f"{k}={v}" for k, v in values.items())
    assert accepts(torch.optim.SGD, **values), mended(f"SGD({said}) is refused", "lr")


def test_others_refuse_it():
    assert not accepts(torch.optim.Adam, lr=NAN)
    assert not accepts(torch.optim.SGD, lr=-1.0)
    assert not accepts(GradientDescent, lr=NAN) and not accepts(HeavyBall, lr=0.1, beta=1.5)
    assert accepts(torch.optim.SGD, lr=0.1) and accepts(HeavyBall, lr=0.1, beta=0.5)


def test_the_page_has_the_boxes_and_the_sentence_names_them():
    text = (ROOT / PAGE).read_text("utf8")
    for box, title in BOXES.items():
        assert text.count(f"**{title}.**") == 1
        assert PAGE in mended("x", box) and title in mended("x", box) and torch.__version__ in mended("x", box)
    assert {"torch-rmsprop-centered", "torch-amsgrad"} <= {row.key for row in ROWS}
    assert {"T.5", "T.9"} <= set(re.findall(r"\{quiz\} (\S+)", text))
