"""Closed forms, each written once: plain functions of numbers, arrays and symbols.

`firstorder.theory` checks arguments and evaluates them, `firstorder.javascript` prints them for the figures that
run in a browser, and tests derive them from the steps.  Nothing is checked here.  `xp` is the module whose
elementary functions a formula calls: `numpy`, or a namespace of SymPy's.
"""
import numpy as np

# upper limit of α λ as a function of β
LIMITS = {
    "gradient_descent": lambda beta: 2 + 0 * beta,
    "heavy_ball": lambda beta: 2 * (1 + beta),
    "heavy_ball_ema": lambda beta: 2 * (1 + beta) / (1 - beta),
    "nesterov": lambda beta: 2 * (1 + beta) / (1 + 2 * beta),
}


def polyak(mu, L, xp=np):
    """Polyak's optimum (α, β, rate) for curvatures in [μ, L], without the cancellation in √κ − 1.

    α = 4/(√L + √μ)²,    β = rate²,    rate = (√κ − 1)/(√κ + 1) = (L − μ)/(√L + √μ)²
    """
    root_sum = xp.sqrt(L) + xp.sqrt(mu)
    rate = (L - mu) / root_sum**2
    return 4 / root_sum**2, rate**2, rate


# ---- noise ------------------------------------------------------------------------------------------------


def _heavy_ball_variance(lam, lr, beta, stored):
    return lr * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - lr * lam))


def _nesterov_variance(lam, lr, beta, stored):
    pull = lr * beta * lam
    numerator = 1 + beta + pull * (1 + 2 * beta) if stored else 1 + beta - pull
    return lr * numerator / (lam * (1 - beta + pull) * (2 * (1 + beta) - lr * lam * (1 + 2 * beta)))


# (λ, hyper-parameters in their order, stored?) -> variance / σ² under white gradient noise
VARIANCES = {
    "gradient_descent": lambda lam, lr, stored: lr / (lam * (2 - lr * lam)),
    "heavy_ball": _heavy_ball_variance,
    "heavy_ball_ema": lambda lam, lr, beta, stored: _heavy_ball_variance(lam, (1 - beta) * lr, beta, stored),
    "nesterov": _nesterov_variance,
}


def _factor(a, q, rho):
    """Of x⁺ = (1 + q − a) x − q x⁻ − α ξ: the position of every method here, with its own q."""
    less = a * rho * (1 - q) / (1 + q)
    return ((1 + rho) * (1 - q * rho) - less) / ((1 - rho) * (1 - q * rho) + a * rho)


# (λ, hyper-parameters in their order, ρ) -> variance of the position, over that under white noise
CORRELATION_FACTORS = {
    "gradient_descent": lambda lam, lr, rho: _factor(lr * lam, 0, rho),
    "heavy_ball": lambda lam, lr, beta, rho: _factor(lr * lam, beta, rho),
    "heavy_ball_ema": lambda lam, lr, beta, rho: _factor((1 - beta) * lr * lam, beta, rho),
    "nesterov": lambda lam, lr, beta, rho: _factor(lr * lam, beta * (1 - lr * lam), rho),
}


# ---- filter -----------------------------------------------------------------------------------------------


def one_pole_gain(beta, omega, xp=np):
    """|1/(1 − β e^{−iω})|, the gain of s ← β s + g, without the cancellation in 1 − 2β cos ω + β²."""
    half = xp.sin(omega / 2)
    return 1 / xp.sqrt((1 - beta) ** 2 + 4 * beta * half**2)


def one_pole_variance(beta, rho):
    """Variance of s ← β s + ξ for noise of variance 1 and correlation ρ from step to step."""
    return (1 + beta * rho) / ((1 - beta) * (1 + beta) * (1 - beta * rho))


def half_power_sine(beta, xp=np):
    """sin(ω/2) at the cut-off, where s ← β s + g keeps half of the power of ω = 0; above 1 if there is none."""
    return (1 - beta) / (2 * xp.sqrt(beta))


def cutoff(beta, xp=np):
    """The cut-off ω in (0, π]; not a number if even ω = π keeps more than half of the power."""
    return 2 * xp.asin(half_power_sine(beta, xp))


# ---- bias correction --------------------------------------------------------------------------------------


def bias_first(beta1, t, xp=np):
    """1 − β₁ᵗ: the average m over the corrected one."""
    return -xp.expm1(t * xp.log(beta1))


def bias_second(beta2, t, xp=np):
    """1/√(1 − β₂ᵗ): the root √ŝ of the corrected average over the root √s."""
    return 1 / xp.sqrt(-xp.expm1(t * xp.log(beta2)))


def bias_ratio(beta1, beta2, t, xp=np):
    """(m/√s) / (m̂/√ŝ): Adam's step without bias correction over the step with it, for ε = 0."""
    return bias_first(beta1, t, xp) * bias_second(beta2, t, xp)


# ---- noise that any language can repeat ---------------------------------------------------------------------

MODULUS = 2**31 - 1  # a prime; products with the multiplier stay below 2⁵³, exact in floating point


def lehmer(s):
    """The next state of Park and Miller's generator, an integer in [1, MODULUS − 1]."""
    return (48271 * s) % MODULUS


def uniform(s, xp=np):
    """A state of `lehmer` as a draw of mean 0 and variance 1, uniform between −√3 and √3."""
    return (2 * s / MODULUS - 1) * xp.sqrt(3)


def ar1(xi, w, rho, xp=np):
    """The noise after ξ: ρ ξ + √(1 − ρ²) w, which keeps the variance 1 of w."""
    return rho * xi + xp.sqrt((1 - rho) * (1 + rho)) * w
