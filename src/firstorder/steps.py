"""Every optimizer of the book, written once.

A step is a pure function

    step(x, g, state, t, hyper) -> (x, state)

x      the stored point: a number, or an array or tensor of any shape; units of the parameter
g      the gradient of f at the stored point; same shape; units of f per unit of x
state  a NamedTuple of numbers or arrays shaped like x (see `firstorder.methods.start` for the first one)
t      the step number as a float, 1.0 for the first step (an integer would change the last bits)
hyper  a NamedTuple of hyper-parameters, checked by `firstorder.methods.hyper`

The same functions step NumPy arrays, torch tensors and `fractions.Fraction`s, are traced by SymPy,
compiled by Numba and printed as JavaScript. So they use `+ - * / **` and the two helpers of
`firstorder.elementwise`, nothing else: no `if` on a value, no in-place change, no NumPy call.

Steps check nothing. Values are checked where they enter (`firstorder.methods.hyper`), once.
"""
from typing import Any, NamedTuple

from .elementwise import quotient, sqrt


class GradientDescentHyper(NamedTuple):
    lr: Any  # step size α, units of x² per unit of f


class GradientDescentState(NamedTuple):
    pass  # descent remembers nothing


def gradient_descent(x, g, state, t, hyper):
    """Gradient descent: move against the gradient, remember nothing.

    x ← x − α g                                                              (GD)

    α = `lr` step size [x²/f].  State: none.  ε: none.

    Source: A. Cauchy (1847), the method of steepest descent.

    >>> gradient_descent(1.0, 4.0, GradientDescentState(), 1.0, GradientDescentHyper(lr=0.25))
    (0.0, GradientDescentState())
    """
    return x - hyper.lr * g, state


class HeavyBallHyper(NamedTuple):
    lr: Any  # step size α, units of x² per unit of f
    beta: Any  # momentum factor β, dimensionless


class HeavyBallState(NamedTuple):
    v: Any  # velocity, shape and units of x


def heavy_ball(x, g, state, t, hyper):
    """Heavy ball: keep a fraction β of the last displacement, add a gradient step.

    v ← β v − α g,    x ← x + v                                              (HB)

    α = `lr` step size [x²/f], β = `beta` momentum factor [1], v velocity [x], v = 0 at the start.
    ε: none.  Written with positions only: x⁺ = x − α g + β (x − x⁻).

    Source: B. T. Polyak (1964), "Some methods of speeding up the convergence of iteration methods".

    >>> x, state = heavy_ball(1.0, 4.0, HeavyBallState(v=0.5), 1.0, HeavyBallHyper(lr=0.25, beta=0.5))
    >>> x, state.v
    (0.25, -0.75)
    """
    v = hyper.beta * state.v - hyper.lr * g
    return x + v, HeavyBallState(v)


class HeavyBallEmaHyper(NamedTuple):
    lr: Any  # step size η of the EMA form, units of x² per unit of f
    beta: Any  # averaging factor β, dimensionless


class HeavyBallEmaState(NamedTuple):
    m: Any  # moving average of the gradient, shape and units of g


def heavy_ball_ema(x, g, state, t, hyper):
    """Heavy ball, EMA form: average the gradients, step against the average.

    m ← β m + (1 − β) g,    x ← x − η m                                      (EMA)

    η = `lr` step size [x²/f], β = `beta` averaging factor [1], m average gradient [f/x], m = 0 at
    the start.  ε: none.  Same iterates as (HB) with α = (1 − β) η and the same β.

    Source: the form inside Adam, D. P. Kingma and J. Ba (2015), Algorithm 1.

    >>> x, state = heavy_ball_ema(1.0, 4.0, HeavyBallEmaState(m=2.0), 1.0, HeavyBallEmaHyper(lr=0.25, beta=0.5))
    >>> x, state.m
    (0.25, 3.0)
    """
    m = hyper.beta * state.m + (1 - hyper.beta) * g
    return x - hyper.lr * m, HeavyBallEmaState(m)


class NesterovHyper(NamedTuple):
    lr: Any  # step size α, units of x² per unit of f
    beta: Any  # momentum factor β, dimensionless


class NesterovState(NamedTuple):
    v: Any  # velocity, shape and units of x


def nesterov(y, g, state, t, hyper):
    """Nesterov: heavy ball with the gradient taken where the momentum is about to carry the point.

    v ← β v − α ∇f(y),    y ← y + β v − α ∇f(y)                              (NAG)

    The stored point is the look-ahead y = x + β v, as in PyTorch, Keras and Optax, so `g` is the
    gradient at the stored point here too; the position is x = y − β v (`firstorder.methods.position`).
    α = `lr` step size [x²/f], β = `beta` momentum factor [1], v velocity [x], v = 0 at the start.
    ε: none.

    Source: Yu. E. Nesterov (1983); the velocity form: I. Sutskever et al. (2013), equations 3 and 4.

    >>> y, state = nesterov(1.0, 4.0, NesterovState(v=0.5), 1.0, NesterovHyper(lr=0.25, beta=0.5))
    >>> y, state.v
    (-0.375, -0.75)
    """
    v = hyper.beta * state.v - hyper.lr * g
    return y + hyper.beta * v - hyper.lr * g, NesterovState(v)


class AdamHyper(NamedTuple):
    lr: Any  # step size α, units of x
    beta1: Any  # averaging factor β₁ of the gradient, dimensionless
    beta2: Any  # averaging factor β₂ of the squared gradient, dimensionless
    eps: Any  # ε, added outside the root to the corrected √ŝ, units of g


class AdamState(NamedTuple):
    m: Any  # moving average of the gradient, shape and units of g
    s: Any  # moving average of the squared gradient, shape of x, units of g²


def adam(x, g, state, t, hyper):
    """Adam: an averaged gradient, divided coordinate by coordinate by its root mean square.

    m ← β₁ m + (1 − β₁) g,    s ← β₂ s + (1 − β₂) g²,
    x ← x − α m̂ / (√ŝ + ε),   m̂ = m/(1 − β₁ᵗ),   ŝ = s/(1 − β₂ᵗ)             (Adam)

    α = `lr` step size [x]: the units of x, since the quotient has none; β₁ = `beta1`, β₂ = `beta2`
    averaging factors [1]; m, s moving averages, 0 at the start.  ε = `eps` [f/x] stands outside the
    root and after the correction.  With ε = 0 a coordinate whose gradients were all 0 does not move.

    Source: D. P. Kingma and J. Ba (2015), Algorithm 1 (their v is the s here; v is a velocity in this book).

    >>> x, state = adam(1.0, -3.0, AdamState(0.0, 0.0), 1.0, AdamHyper(lr=0.5, beta1=0.5, beta2=0.75, eps=0.0))
    >>> x, state  # the first step is α, whatever the gradient
    (1.5, AdamState(m=-1.5, s=2.25))
    """
    m = hyper.beta1 * state.m + (1 - hyper.beta1) * g
    s = hyper.beta2 * state.s + (1 - hyper.beta2) * g * g
    m_hat = m / (1 - hyper.beta1**t)
    s_hat = s / (1 - hyper.beta2**t)
    return x - hyper.lr * quotient(m_hat, sqrt(s_hat) + hyper.eps), AdamState(m, s)
