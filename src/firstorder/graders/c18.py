"""Set-up and judge of exercise C.18, update magnitudes on sparse embeddings.

Gradients are compared with differences of the loss, displacements with weighted sums of all past gradients, shares with
counts; the verdict is measured with loops of our own.
"""
import functools

import numpy as np

from ..grading import Report, judge_verdict

BATCH, EPOCHS = 64, 5
GRIDS = {"sgd": np.geomspace(20, 500, 5), "rmsprop": np.geomspace(0.002, 0.2, 5), "adam": np.geomspace(0.01, 1, 5)}


@functools.cache
def _data(seed=18):
    rng = np.random.default_rng(seed)
    vocabulary, dim, length, rows = 1000, 8, 12, 4096
    frequency = 1 / np.arange(1, vocabulary + 1)
    truth = rng.standard_normal(vocabulary)
    out = rng.choice([-1.0, 1.0], dim) / np.sqrt(dim)
    sets = []
    for _ in range(2):
        tokens = rng.choice(vocabulary, (rows, length), p=frequency / frequency.sum())
        chance = 1 / (1 + np.exp(-3 * truth[tokens].sum(1) / np.sqrt(length)))
        sets += [tokens, np.where(rng.random(rows) < chance, 1.0, -1.0)]
    return (*sets, out, 0.1 * rng.standard_normal((vocabulary, dim)))


def data(seed=18):
    """The set-up of C.18 (the exercise's is seed 18): tokens, labels, tokens and labels for validation, out, E0 (fresh copies).

    tokens  ints (4096, 12), each below 1000, drawn with a probability proportional to 1/(token + 1)
    labels  ±1 (4096,), drawn from a logistic model with one true number a token
    out     floats (8,), fixed        E0  floats (1000, 8), the embeddings at the start
    """
    return tuple(a.copy() for a in _data(seed))


def _loss(E, out, tokens, labels):
    return np.logaddexp(0, -labels * (E[tokens].mean(1) @ out)).mean()


def _gradient(E, out, tokens, labels):
    """The score is linear in E: a matrix of counts times the derivative of the loss."""
    counts = np.zeros((len(labels), len(E)))
    for j in range(tokens.shape[1]):
        counts[np.arange(len(labels)), tokens[:, j]] += 1
    score = counts @ (E @ out) / tokens.shape[1]
    slope = -labels / (1 + np.exp(labels * score)) / (len(labels) * tokens.shape[1])
    return np.outer(counts.T @ slope, out)


class _Rule:
    """Running sums Σ β^(t−i) g_i; the factors 1 − β and the correction come in when the step is made."""

    def __init__(self, method, alpha, shape):
        self.method, self.alpha, self.t = method, alpha, 0
        self.first, self.second = np.zeros((2, *shape))

    def move(self, g):
        self.t += 1
        if self.method == "sgd":
            return -self.alpha * g
        self.first = 0.9 * self.first + g
        self.second = 0.999 * self.second + g**2
        if self.method == "rmsprop":
            return -self.alpha * g / (np.sqrt(0.001 * self.second) + 1e-8)
        root = np.sqrt(0.001 * self.second / (1 - 0.999**self.t))
        return -self.alpha * 0.1 * self.first / (1 - 0.9**self.t) / (root + 1e-8)


def _moves(gradients, method, alpha):
    rule = _Rule(method, alpha, gradients.shape[1:])
    return np.array([rule.move(g) for g in gradients])


@functools.cache
def measured():
    """The four statements, measured: a tuple of bools."""
    tokens, labels, val_tokens, val_labels, out, start = _data()
    share, idle = {}, None
    for method, grid in GRIDS.items():
        rows = []
        for alpha in grid:
            E, rule, path = start.copy(), _Rule(method, alpha, start.shape), np.zeros(2)
            for epoch in range(EPOCHS):
                before = E
                for i in range(0, len(labels), BATCH):
                    g = _gradient(E, out, tokens[i:i + BATCH], labels[i:i + BATCH])
                    move = rule.move(g)
                    E = E + move
                    path += np.abs(move).sum(), np.abs(move[g == 0]).sum()
            net = np.abs(E - before)
            rows.append((_loss(E, out, val_tokens, val_labels), (net > 1e-2).mean(), (net > 1e-4).mean(), path[1] / path[0]))
        rows = np.array(rows)
        share[method] = rows[rows[:, 0].argmin()], rows
    best = {method: pair[0] for method, pair in share.items()}
    return (bool(best["adam"][1] > best["sgd"][1] < best["rmsprop"][1]),
            bool(np.ptp([b[2] for b in best.values()]) < 0.01),
            bool(share["adam"][1][:, 1].min() > share["sgd"][1][:, 1].max()),
            bool(best["adam"][3] > 0.5))


def check(embedding_gradient, moves, active_share, idle_share, verdict, seed=None):
    """Judge the five functions of C.18.  Prints one line a criterion; raises NotYet if one is not met.

    seed  of the settings drawn for the check; None draws new ones each time, so that no answer can be learned
    """
    report = Report("C.18")
    rng = np.random.default_rng(seed)
    _judge_gradient(report, embedding_gradient, rng)
    _judge_moves(report, moves, rng)
    _judge_shares(report, active_share, idle_share, rng)
    judge_verdict(report, verdict, measured())
    report.finish()


def _judge_gradient(report, embedding_gradient, rng):
    name = "embedding_gradient: slope of the loss"
    E, out = rng.normal(0, 1, (7, 3)), rng.normal(0, 1, 3)
    tokens, labels = rng.integers(0, 5, (9, 4)), rng.choice([-1.0, 1.0], 9)  # tokens repeat within a row and in the batch
    with report.running(name):
        given = E.copy()
        found = np.asarray(embedding_gradient(given, out.copy(), tokens.copy(), labels.copy()), float)
        wanted = np.empty_like(E)
        for i, j in np.ndindex(E.shape):
            nudge = np.zeros_like(E)
            nudge[i, j] = 1e-5
            wanted[i, j] = (_loss(E + nudge, out, tokens, labels) - _loss(E - nudge, out, tokens, labels)) / 2e-5
        if report.expect("embedding_gradient: shape", wanted.shape, found.shape, found.shape == wanted.shape):
            off = np.max(np.abs(found - wanted))
            report.expect(name, "within 1e-8 of differences", f"off by {off:.1e}", off < 1e-8)
            zero = not found[5:].any()
            report.expect("embedding_gradient: rows of absent tokens", "exactly 0", "0" if zero else "not 0", zero)
            kept = np.array_equal(given, E)
            report.expect("embedding_gradient: E", "left as it was", "it" if kept else "changed", kept)


def _judge_moves(report, moves, rng):
    for method in ("sgd", "rmsprop", "adam"):
        for size, words in ((1.0, ""), (1e-7, ", small gradients")):
            g = size * rng.standard_normal((80, 12)) * (rng.random((80, 12)) < rng.uniform(0.05, 0.9, 12))
            alpha, name = float(rng.uniform(0.01, 1)), f"moves, {method}{words}"
            with report.running(name):
                given, wanted = g.copy(), _moves(g, method, alpha)
                found = np.asarray(moves(given, method, alpha), float)
                if report.expect(f"{name}: shape", wanted.shape, found.shape, found.shape == wanted.shape):
                    off = np.max(np.abs(found - wanted)) / np.max(np.abs(wanted))
                    report.expect(f"{name}: values", "relative error below 1e-9", f"{off:.1e}", off < 1e-9)
                    again = np.array_equal(found, np.asarray(moves(given, method, alpha), float)) and np.array_equal(given, g)
                    report.expect(f"{name}: a second call", "the same numbers", "them" if again else "others", again)


def _judge_shares(report, active_share, idle_share, rng):
    steps = np.round(rng.standard_normal((30, 50)) * (rng.random(50) < 0.8), 3)
    threshold = float(np.abs(steps.sum(0)).max() / 3)
    net = sum(abs(float(steps[:, j].sum())) > threshold for j in range(50)) / 50
    name = "active_share: net displacement above the threshold"
    with report.running(name):
        found = float(active_share(steps.copy(), threshold))
        report.expect(name, f"{net:.3f}", f"{found:.3f}", abs(found - net) < 1e-9)
    gradients = rng.standard_normal((30, 50)) * (rng.random((30, 50)) < 0.4)
    path = sum(abs(steps[k, j]) for k, j in np.ndindex(steps.shape))
    silent = sum(abs(steps[k, j]) for k, j in np.ndindex(steps.shape) if gradients[k, j] == 0)
    name = "idle_share: path made without a gradient"
    with report.running(name):
        found = float(idle_share(gradients.copy(), steps.copy()))
        report.expect(name, f"{silent / path:.4f}", f"{found:.4f}", abs(found - silent / path) < 1e-9)
