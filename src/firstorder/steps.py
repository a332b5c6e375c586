"""Every optimizer of the book, written once.

A step is a pure function

    step(x, g, state, t, hyper) -> (x, state)

x      the stored point: a number, or an array or tensor of any shape; units of the parameter
g      the gradient of f at the stored point; same shape; units of f per unit of x
state  a NamedTuple of numbers or arrays shaped like x (see `firstorder.methods.start` for the first one)
t      the step number as a float, 1.0 for the first step (an integer would change the last bits)
hyper  a NamedTuple of hyper-parameters, checked by `firstorder.methods.hyper`

The same functions step NumPy arrays, torch tensors and `fractions.Fraction`s, are traced by SymPy,
compiled by Numba and printed as JavaScript. So they use `+ - * / **` and the three helpers of
`firstorder.elementwise`, nothing else: no `if` on a value, no in-place change, no NumPy call.

Steps check nothing. Values are checked where they enter (`firstorder.methods.hyper`), once.
"""
from typing import Any, NamedTuple

from .elementwise import maximum, quotient, sqrt


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


class AdaGradHyper(NamedTuple):
    lr: Any  # step size α, units of x
    eps: Any  # ε, added outside the root √G, units of g


class AdaGradState(NamedTuple):
    G: Any  # sum of all squared gradients, shape of x, units of g²


def adagrad(x, g, state, t, hyper):
    """AdaGrad: divide by the root of the sum of all squared gradients so far.

    G ← G + g²,    x ← x − α g / (√G + ε)                                    (AdaGrad)

    α = `lr` step size [x]: the units of x, since g/√G has none; the first step is α whatever the
    gradient.  G sum of squares [f²/x²], G = 0 at the start.  ε = `eps` [f/x] stands outside the root.
    With ε = 0 a coordinate whose gradients were all 0 does not move.

    Source: J. Duchi, E. Hazan and Y. Singer (2011), Algorithm 1 with a diagonal matrix (their δ is ε).

    >>> x, state = adagrad(1.0, -3.0, AdaGradState(G=16.0), 2.0, AdaGradHyper(lr=0.5, eps=1.0))
    >>> x, state  # 1 + 0.5 · 3/(5 + 1)
    (1.25, AdaGradState(G=25.0))
    """
    G = state.G + g * g
    return x - hyper.lr * quotient(g, sqrt(G) + hyper.eps), AdaGradState(G)


class RMSPropHyper(NamedTuple):
    lr: Any  # step size α, units of x
    beta2: Any  # averaging factor β₂ of the squared gradient (ρ in many texts), dimensionless
    eps: Any  # ε, added outside the root √s, units of g


class RMSPropState(NamedTuple):
    s: Any  # moving average of the squared gradient, shape of x, units of g²


def rmsprop(x, g, state, t, hyper):
    """RMSProp: divide by the root of a moving average of the squared gradient.

    s ← β₂ s + (1 − β₂) g²,    x ← x − α g / (√s + ε)                        (RMSProp)

    α = `lr` step size [x], β₂ = `beta2` averaging factor [1], s average square [f²/x²], s = 0 at the
    start and not corrected for it: the first step is α/√(1 − β₂).  ε = `eps` [f/x] stands outside the
    root.  With ε = 0 a coordinate whose gradients were all 0 does not move.

    Source: T. Tieleman and G. Hinton (2012), "Lecture 6.5: rmsprop", which has β₂ = 0.9 and no ε.

    >>> x, state = rmsprop(1.0, -4.0, RMSPropState(s=0.0), 1.0, RMSPropHyper(lr=0.5, beta2=0.75, eps=0.0))
    >>> x, state  # the first step is α/√(1 − β₂) = 2α
    (2.0, RMSPropState(s=4.0))
    """
    s = hyper.beta2 * state.s + (1 - hyper.beta2) * g * g
    return x - hyper.lr * quotient(g, sqrt(s) + hyper.eps), RMSPropState(s)


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


class AdamWHyper(NamedTuple):
    lr: Any  # step size α, units of x
    beta1: Any  # averaging factor β₁ of the gradient, dimensionless
    beta2: Any  # averaging factor β₂ of the squared gradient, dimensionless
    eps: Any  # ε, added outside the root to the corrected √ŝ, units of g
    weight_decay: Any  # decay λ_w, units of 1/x, so that α λ_w is a number


class AdamWState(NamedTuple):
    m: Any  # moving average of the gradient, shape and units of g
    s: Any  # moving average of the squared gradient, shape of x, units of g²


def adamw(x, g, state, t, hyper):
    """AdamW: Adam, and beside it every coordinate shrinks by the same fraction.

    m ← β₁ m + (1 − β₁) g,    s ← β₂ s + (1 − β₂) g²,
    x ← (1 − α λ_w) x − α m̂ / (√ŝ + ε),   m̂ = m/(1 − β₁ᵗ),   ŝ = s/(1 − β₂ᵗ)   (AdamW)

    The decay does not pass through m and s: the averages see g alone.  α = `lr` step size [x]; β₁, β₂
    averaging factors [1]; λ_w = `weight_decay` [1/x], not the curvature λ; m, s moving averages, 0 at
    the start.  ε = `eps` [f/x] stands outside the root and after the correction.  With ε = 0 a
    coordinate whose gradients were all 0 only decays.

    Source: I. Loshchilov and F. Hutter (2019), Algorithm 2.  The paper's schedule η_t multiplies the step
    and the decay, and its decay is not multiplied by α; here it is α λ_w, as in PyTorch, Keras and Optax.

    >>> h = AdamWHyper(lr=0.5, beta1=0.5, beta2=0.75, eps=0.0, weight_decay=0.5)
    >>> adamw(1.0, -3.0, AdamWState(0.0, 0.0), 1.0, h)[0]  # 0.75 from the decay, 0.5 from the first step
    1.25
    """
    m = hyper.beta1 * state.m + (1 - hyper.beta1) * g
    s = hyper.beta2 * state.s + (1 - hyper.beta2) * g * g
    m_hat = m / (1 - hyper.beta1**t)
    s_hat = s / (1 - hyper.beta2**t)
    kept = (1 - hyper.lr * hyper.weight_decay) * x
    return kept - hyper.lr * quotient(m_hat, sqrt(s_hat) + hyper.eps), AdamWState(m, s)


class AMSGradHyper(NamedTuple):
    lr: Any  # step size α, units of x
    beta1: Any  # averaging factor β₁ of the gradient, dimensionless
    beta2: Any  # averaging factor β₂ of the squared gradient, dimensionless
    eps: Any  # ε, added outside the root to √s_max, units of g; 0 in the paper


class AMSGradState(NamedTuple):
    m: Any  # moving average of the gradient, shape and units of g
    s: Any  # moving average of the squared gradient, shape of x, units of g²
    s_max: Any  # the largest s so far, shape of x, units of g²


def amsgrad(x, g, state, t, hyper):
    """AMSGrad: an averaged gradient, divided by the largest root mean square met so far.

    m ← β₁ m + (1 − β₁) g,    s ← β₂ s + (1 − β₂) g²,    s_max ← max(s_max, s),
    x ← x − α m / (√s_max + ε)                                               (AMSGrad)

    The factor α/(√s_max + ε) of a coordinate never grows.  That needs the averages as they are: a bias
    correction, as in PyTorch and Keras, makes it grow.  α = `lr` step size [x]; β₁, β₂ averaging factors
    [1]; m, s and s_max are 0 at the start.  ε = `eps` [f/x] stands outside the root; the paper has none.
    With ε = 0 a coordinate whose gradients were all 0 does not move.

    Source: S. J. Reddi, S. Kale and S. Kumar (2018), Algorithm 2, without its projection and with constant
    α and β₁.

    >>> h = AMSGradHyper(lr=0.5, beta1=0.5, beta2=0.75, eps=0.0)
    >>> amsgrad(1.0, -2.0, AMSGradState(m=0.0, s=0.0, s_max=4.0), 9.0, h)
    (1.25, AMSGradState(m=-1.0, s=1.0, s_max=4.0))
    """
    m = hyper.beta1 * state.m + (1 - hyper.beta1) * g
    s = hyper.beta2 * state.s + (1 - hyper.beta2) * g * g
    s_max = maximum(state.s_max, s)
    return x - hyper.lr * quotient(m, sqrt(s_max) + hyper.eps), AMSGradState(m, s, s_max)


class NAdamHyper(NamedTuple):
    lr: Any  # step size α, units of x
    beta1: Any  # averaging factor β₁ of the gradient, dimensionless
    beta2: Any  # averaging factor β₂ of the squared gradient, dimensionless
    eps: Any  # ε, added outside the root to the corrected √ŝ, units of g
    momentum_decay: Any  # ψ, how fast the momentum rises from about β₁/2 to β₁, dimensionless


class NAdamState(NamedTuple):
    m: Any  # moving average of the gradient, shape and units of g
    s: Any  # moving average of the squared gradient, shape of x, units of g²
    w: Any  # 1 − μ₁ μ₂ ⋯ μ_t, dimensionless: the average of the constant 1 with the factors μ


def nadam(x, g, state, t, hyper):
    """NAdam: Adam with the momentum of the next step applied now, as Nesterov's method does.

    μ_t = β₁ (1 − 0.96^(tψ)/2),    w ← μ_t w + 1 − μ_t,    w⁺ = μ_{t+1} w + 1 − μ_{t+1},
    m ← β₁ m + (1 − β₁) g,    s ← β₂ s + (1 − β₂) g²,    ŝ = s/(1 − β₂ᵗ),
    x ← x − α (μ_{t+1} m/w⁺ + (1 − μ_t) g/w) / (√ŝ + ε)                      (NAdam)

    α = `lr` step size [x]; β₁, β₂ averaging factors [1]; ψ = `momentum_decay` [1]; m, s, w are 0 at the
    start, and w = 1 − μ₁⋯μ_t is the bias correction.  ε = `eps` [f/x] stands outside the root and after
    the correction.  With ε = 0 a coordinate whose gradients were all 0 does not move.  For ψ → ∞ the
    momentum is β₁ from the start, which is Optax's form; Keras has ψ = 1.

    Source: T. Dozat (2016), "Incorporating Nesterov momentum into Adam", in the form of PyTorch, which
    averages m with β₁ and takes the base 0.96 of the schedule from Dozat's report of 2015.

    >>> h = NAdamHyper(lr=0.5, beta1=0.0, beta2=0.75, eps=0.0, momentum_decay=0.004)
    >>> nadam(1.0, -3.0, NAdamState(0.0, 0.0, 0.0), 1.0, h)  # without momentum the first step is α
    (1.5, NAdamState(m=-3.0, s=2.25, w=1.0))
    """
    mu = hyper.beta1 * (1 - 0.96 ** (t * hyper.momentum_decay) / 2)
    mu_next = hyper.beta1 * (1 - 0.96 ** ((t + 1) * hyper.momentum_decay) / 2)
    m = hyper.beta1 * state.m + (1 - hyper.beta1) * g
    s = hyper.beta2 * state.s + (1 - hyper.beta2) * g * g
    w = mu * state.w + (1 - mu)
    ahead = mu_next * m / (mu_next * w + (1 - mu_next)) + (1 - mu) * g / w
    s_hat = s / (1 - hyper.beta2**t)
    return x - hyper.lr * quotient(ahead, sqrt(s_hat) + hyper.eps), NAdamState(m, s, w)
