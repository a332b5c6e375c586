"""Variants of exercise B.5: a refutation, a bound, and the number of the first false step."""
import numpy as np


def _stub(*_):
    raise NotImplementedError("your turn")


def _broken():
    return 10.0, 1.0, 0.1, 0.1


def _norms(gradients):
    return np.sqrt((np.asarray(gradients) ** 2).sum(0))


def _right(D, alpha, gradients):
    return (D**2 / (2 * alpha) + alpha) * _norms(gradients).sum()


def _step():
    return 4


def _unsummed(D, alpha, gradients):
    """The bound before the quotients are summed: Σ g²/√G instead of 2√G_T."""
    total = 0.0
    for column in np.asarray(gradients).T:
        G, quotients = 0.0, 0.0
        for g in column:
            G += g * g
            quotients += g * g / G**0.5 if G > 0 else 0.0
        total += D**2 / (2 * alpha) * G**0.5 + alpha / 2 * quotients
    return total


def _capped(D, alpha, gradients):
    """Never more than D Σ|g|, which no run can exceed."""
    return min(_right(D, alpha, gradients), D * np.abs(gradients).sum())


def bound(function):
    return (_broken, function, _step)


def _draft(D, alpha, gradients, L=1.0):
    return D**2 / (2 * alpha) + alpha * L / 2 * _norms(gradients).sum()


VARIANTS = {
    "the stub": ("fail", (_stub, _stub, _stub)),
    "(D²/(2α) + α) Σ‖g‖": ("pass", (_broken, _right, _step)),
    "quotients not yet summed": ("pass", bound(_unsummed)),
    "with the trivial bound D Σ|g| as a cap": ("pass", bound(_capped)),
    "another refutation": ("pass", (lambda: (1e6, 2.0, 1.0, 1e-6), _right, _step)),
    "the draft's bound with L = 1": ("fail", bound(_draft)),
    "the draft's bound with L = 100": ("fail", bound(lambda D, a, g: _draft(D, a, g, 100.0))),
    "α/2 instead of α": ("fail", bound(lambda D, a, g: (D**2 / (2 * a) + a / 2) * _norms(g).sum())),
    "D²/(4α): too small when gradients shrink": ("fail", bound(lambda D, a, g: (D**2 / (4 * a) + a) * _norms(g).sum())),
    "D instead of D²": ("fail", bound(lambda D, a, g: (D / (2 * a) + a) * _norms(g).sum())),
    "D²/(2α) forgotten": ("fail", bound(lambda D, a, g: a * _norms(g).sum())),
    "α forgotten": ("fail", bound(lambda D, a, g: D**2 / (2 * a) * _norms(g).sum())),
    "one norm of all coordinates": ("fail", bound(lambda D, a, g: (D**2 / (2 * a) + a) * np.linalg.norm(g))),
    "the wrong proof's h₁": ("fail", bound(lambda D, a, g: (D**2 / (2 * a) * abs(np.asarray(g)[0]) + a * _norms(g)).sum())),
    "D²/α: true but twice too large": ("fail", bound(lambda D, a, g: (D**2 / a + a) * _norms(g).sum())),
    "√d times the norm of all: too large": ("fail", bound(
        lambda D, a, g: (D**2 / (2 * a) + a) * np.sqrt(np.shape(g)[1]) * np.linalg.norm(g))),
    "no refutation: the step is long enough": ("fail", (lambda: (1.0, 1.0, 0.1, 1.0), _right, _step)),
    "a refutation with L < 0": ("fail", (lambda: (1.0, 1.0, 1.0, -10.0), _right, _step)),
    "step 3 called false": ("fail", (_broken, _right, lambda: 3)),
    "step 5 called false": ("fail", (_broken, _right, lambda: 5)),
    "the conclusion called the first false step": ("fail", (_broken, _right, lambda: 6)),
}
