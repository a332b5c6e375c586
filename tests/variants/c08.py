"""Variants of exercise C.8: rates, play, descend, summary, verdict.

`solution(...)` builds the five from one engine, so that each variant differs in one thing.
"""
import numpy as np

from firstorder import hyper, methods, problems

RIGHT = (True, True, False, False)


class Engine:
    """One coordinate-wise state; subclasses get one thing wrong."""

    first = 1  # number of the first step
    eps_inside = False

    def __init__(self, method, beta1, beta2):
        self.adam, self.b1, self.b2 = method == "adam", beta1, beta2
        self.m = self.s = self.top = 0.0
        self.k = self.first - 1

    def counter(self):
        return self.k

    def average(self, g):
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.s = self.b2 * self.s + (1 - self.b2) * g * g

    def largest(self, g):
        self.top = np.maximum(self.top, self.s)

    def corrected(self):
        t = self.counter()
        return self.m / (1 - self.b1**t), self.s / (1 - self.b2**t)

    def pair(self, g):
        """What is divided, and the square under the root."""
        self.k += 1
        self.average(g)
        self.largest(g)
        return self.corrected() if self.adam else (self.m, self.top)

    def move(self, g, eps):
        mean, square = self.pair(g)
        return mean / (np.sqrt(square + eps) if self.eps_inside else np.sqrt(square) + eps)


def solution(engine=Engine, sign=-1, fade=True, clip=True, scaled=True, copies=True, rises=np.greater, tail=True,
             answers=RIGHT, first=True, shared=None):
    def rates(gradients, method, alpha, beta2):
        e = engine(method, 0.0, beta2)
        return np.array([alpha / np.sqrt(e.pair(g)[1]) for g in gradients])

    def play(gradients, method, alpha, beta1, beta2):
        e, x, out = engine(method, beta1, beta2), 0.0, [0.0]
        for t, g in enumerate(gradients, 1):
            x = x + sign * alpha * e.move(g, 0.0) / (np.sqrt(t) if fade else 1)
            x = min(1.0, max(-1.0, x)) if clip else x
            out.append(x)
        return np.array(out if first else out[1:])

    def descend(slope, scales, x0, method, alphas, beta1, beta2):
        e = engine(method, beta1, beta2)
        x = np.array(x0, float) if copies else x0
        out = [x.copy()]
        for c, a in zip(scales, alphas):
            x += sign * a * e.move((c if scaled else 1.0) * slope(x), 1e-8)
            out.append(x.copy())
        return np.array(out)

    def summary(f, path):
        v = np.array([f(row) for row in path])
        level = v[-((len(v) - 1) // 10):].mean() if tail else v[-1].mean()
        return rises(v[1:], v[:-1]).mean(), level

    return rates, play, descend, summary, lambda: answers


def _stub(*_):
    raise NotImplementedError("your turn")


def _package():
    """Right, another way: the steps of the package."""

    def rates(gradients, method, alpha, beta2):
        # with β₁ = 0 a step from 0 is −rate · g for both methods
        h = hyper(method, lr=alpha, beta1=0.0, beta2=beta2, eps=0.0)
        state, out = methods.start(method, 0.0), []
        for t, g in enumerate(map(float, gradients), 1):
            x, state = methods.method(method).step(0.0, g, state, float(t), h)
            out.append(-x / g)
        return np.array(out)

    def play(gradients, method, alpha, beta1, beta2):
        stream = problems.OnlineProblem("given", lambda t: gradients[t - 1], -1.0, 1.0, 0.0)
        return problems.online(method, stream, steps=len(gradients), lr=alpha, beta1=beta1, beta2=beta2, eps=0.0).x

    def descend(slope, scales, x0, method, alphas, beta1, beta2):
        x = np.asarray(x0, float)
        state, out = methods.start(method, x), [x]
        for t, (c, a) in enumerate(zip(scales, alphas), 1):
            h = hyper(method, lr=float(a), beta1=beta1, beta2=beta2, eps=1e-8)
            x, state = methods.method(method).step(x, c * slope(x), state, float(t), h)
            out.append(x)
        return np.stack(out)

    return rates, play, descend, solution()[3], lambda: list(RIGHT)


class _Sums(Engine):
    """Right, a third way: all past gradients are kept and weighted."""

    def average(self, g):
        self.past = [*getattr(self, "past", []), g]
        w = lambda b: (1 - b) * float(b) ** np.arange(len(self.past) - 1, -1, -1)
        self.m = sum(a * x for a, x in zip(w(self.b1), self.past))
        self.s = sum(a * x * x for a, x in zip(w(self.b2), self.past))


class _FedBack(Engine):
    """The maximum goes back into the average."""

    def largest(self, g):
        self.top = self.s = np.maximum(self.top, self.s)

    def pair(self, g):
        if self.adam:
            self.k += 1
            self.average(g)
            return self.corrected()
        return super().pair(g)


class _MaxOfSquares(Engine):
    def largest(self, g):
        self.top = np.maximum(self.top, g * g)


class _MaxOfCorrected(Engine):
    def largest(self, g):
        self.top = np.maximum(self.top, self.s / (1 - self.b2**self.k))


class _LibrarySwitch(Engine):
    """Maximum first, then corrected, as amsgrad=True does it."""

    def pair(self, g):
        mean, square = super().pair(g)
        t = self.counter()
        return (mean, square) if self.adam else (mean / (1 - self.b1**t), square / (1 - self.b2**t))


class _NoCorrection(Engine):
    def corrected(self):
        return self.m, self.s


class _NoMaximum(Engine):
    def largest(self, g):
        self.top = self.s


class _Swapped(Engine):
    def __init__(self, method, beta1, beta2):
        super().__init__(method, beta2, beta1)


class _DraftCounter(Engine):
    """The draft's step counter: 78.125 an epoch of 79 steps."""

    def counter(self):
        epoch, batch = divmod(self.k - 1, 79)
        return epoch * 10000 // 128 + batch + 1


class _LateCounter(Engine):
    first = 2


class _Inside(Engine):
    eps_inside = True


class _Leaking(Engine):
    """Averages survive from one call to the next."""

    kept = {}

    def __init__(self, method, beta1, beta2):
        super().__init__(method, beta1, beta2)
        self.m, self.s = self.kept.get(method, (0.0, 0.0))

    def average(self, g):
        super().average(g)
        if np.ndim(g) == 0:
            self.kept["adam" if self.adam else "amsgrad"] = self.m, self.s


def _clipped_late():
    """The path runs on outside; only what is returned is clipped."""
    rates, play, *others = solution(clip=False)
    return rates, lambda *given: np.clip(play(*given), -1, 1), *others


VARIANTS = {
    "the stub": ("fail", (_stub,) * 5),
    "recursion, entry by entry": ("pass", solution()),
    "steps and streams of the package": ("pass", _package()),
    "weighted sums of all past gradients": ("pass", solution(_Sums)),
    "maximum fed back into the average": ("fail", solution(_FedBack)),
    "maximum of the squared gradients": ("fail", solution(_MaxOfSquares)),
    "maximum of the corrected averages": ("fail", solution(_MaxOfCorrected)),
    "maximum corrected afterwards, as in PyTorch": ("fail", solution(_LibrarySwitch)),
    "no maximum at all": ("fail", solution(_NoMaximum)),
    "bias correction left out of Adam": ("fail", solution(_NoCorrection)),
    "β₁ and β₂ swapped": ("fail", solution(_Swapped)),
    "step counter of the draft's listing, 78.125 an epoch": ("fail", solution(_DraftCounter)),
    "steps counted from 2": ("fail", solution(_LateCounter)),
    "ε inside the root": ("fail", solution(_Inside)),
    "sign of the gradient wrong": ("fail", solution(sign=1)),
    "step size not divided by √t": ("fail", solution(fade=False)),
    "point not clipped": ("fail", solution(clip=False)),
    "path clipped at the end": ("fail", _clipped_late()),
    "scales ignored": ("fail", solution(scaled=False)),
    "starts overwritten": ("fail", solution(copies=False)),
    "start left out of the path": ("fail", solution(first=False)),
    "averages kept between two calls": ("fail", solution(_Leaking)),
    "f that stays the same counted as a rise": ("fail", solution(rises=np.greater_equal)),
    "level at the last point only": ("fail", solution(tail=False)),
    "verdict: AMSGrad better throughout": ("fail", solution(answers=(True,) * 4)),
    "verdict: Adam better throughout": ("fail", solution(answers=(False,) * 4)),
    "verdict: only three answers": ("fail", solution(answers=RIGHT[:3])),
}
