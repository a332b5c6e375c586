"""The noisy sweep: against plain loops to the bit, against theory within its own standard errors."""
import io
import sys
import warnings

import numba
import numpy as np
import pytest

from firstorder import METHODS, _kernels, position, start, sweeps, theory
from firstorder.problems import CORRELATION, ar1_noise, gaussian_noise, saddle_gradient
from firstorder.sweeps import noisy_sweep, replica_noise

from .bad_inputs import CASES
from .test_sweeps import GRIDS, is_axis, python, reader  # noqa: F401, a fixture

FIELDS = ("variance", "variance_se", "autocorrelation", "autocorrelation_se", "diverged_at")
RUN = {"sigma": 0.7, "steps": 60, "burn": 17, "replicas": 3, "seed": 4}


def same(a, b):
    return all(np.array_equal(getattr(a, f), getattr(b, f), equal_nan=True) for f in FIELDS)


def plain_loop(method, lam, noise, burn, h, x0=0.0, far=np.inf):
    """(mean square, mean product of neighbours, first far step or −1) of one cell and replica."""
    x, state = x0, start(method, x0)
    last = position(method, x, state, h)
    square = product = 0.0
    for k, xi in enumerate(noise.tolist(), 1):
        x, state = METHODS[method].step(x, lam * x + xi, state, float(k), h)
        here = position(method, x, state, h)
        if not here * here <= far * far:
            return np.nan, np.nan, k
        if k > burn:
            square += here * here
            product += last * here
        last = here
    return square / (len(noise) - burn), product / (len(noise) - burn), -1


def cells(found):
    for cell in np.ndindex(*found.variance.shape):
        values = {key: axis[i] for (key, axis), i in zip(found.axes.items(), cell)}
        yield cell, METHODS[found.method].Hyper(**{k: float(v) for k, v in (found.hyper | values).items()})


def loops(found, h, x0=0.0, bound=1e12):
    """The plain loop for every replica of a cell."""
    far = bound * max(abs(x0), found.sigma / found.lam)
    noises = (replica_noise(found.sigma, found.rho, found.steps, found.seed, r) for r in range(found.replicas))
    return np.array([plain_loop(found.method, found.lam, xi, found.burn, h, x0, far) for xi in noises]).T


# ---- what it computes ----------------------------------------------------------------------------

@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("method", METHODS)
def test_every_cell_equals_the_plain_loop(method, rho, monkeypatch):
    monkeypatch.setattr(sweeps, "_CHUNK", 23)  # noise in pieces that fit neither `burn` nor `steps`
    found = noisy_sweep(method, 0.8, rho=rho, x0=-0.4, bound=1e6, **RUN, **GRIDS[method])
    for cell, h in cells(found):
        square, product, far = loops(found, h, x0=-0.4, bound=1e6)
        if (far > 0).any():
            assert found.diverged_at[cell] == far[far > 0].min()
            assert found.variance[cell] == found.variance_se[cell] == np.inf
            assert np.isnan(found.autocorrelation[cell]) and np.isnan(found.autocorrelation_se[cell])
            continue
        assert found.diverged_at[cell] == -1
        ratio = product.mean() / square.mean()
        rest = product - ratio * square
        close = lambda value: pytest.approx(value, rel=1e-12, abs=1e-13)
        assert found.variance[cell] == close(square.mean())
        assert found.autocorrelation[cell] == close(ratio)
        assert found.variance_se[cell] == pytest.approx(square.std(ddof=1) / 3**0.5, rel=1e-9)
        spread = rest.std(ddof=1) / 3**0.5 / square.mean()
        assert found.autocorrelation_se[cell] == pytest.approx(spread, rel=1e-6, abs=1e-12)
    assert (found.diverged_at > 0).any() or not theory.is_linear(method)
    assert (found.diverged_at == -1).any()


@pytest.mark.parametrize("method", METHODS)
def test_the_sums_are_those_of_the_python_step_to_the_bit(method, monkeypatch):
    seen = []
    add = sweeps._Moments.add
    monkeypatch.setattr(sweeps._Moments, "add", lambda *a: (seen.append([x.copy() for x in a[1:]]), add(*a)))
    found = noisy_sweep(method, 0.7, rho=0.3, **RUN, lr=[0.02, 0.1, 0.3])
    for r, (square, product, _) in enumerate(seen):
        noise = replica_noise(found.sigma, found.rho, found.steps, found.seed, r)
        for (i,), h in cells(found):
            wanted = plain_loop(method, 0.7, noise, found.burn, h)
            assert (square[0, i], product[0, i]) == wanted[:2]
    assert len(seen) == RUN["replicas"]


LINEAR = {
    "gradient_descent": {"lr": [0.05, 0.5, 1.6]},
    "heavy_ball": {"lr": [0.05, 0.5, 1.6], "beta": [0.0, 0.5, 0.9]},
    "heavy_ball_ema": {"lr": [0.1, 1.0, 2.0], "beta": [0.0, 0.5, 0.9]},
    "nesterov": {"lr": [0.05, 0.5, 1.0], "beta": [0.0, 0.5, 0.9]},
}
LONG = {"steps": 22_000, "burn": 2_000, "replicas": 48}


@pytest.mark.parametrize("rho", [0.0, 0.6, -0.4])
@pytest.mark.parametrize("method", LINEAR)
def test_variance_agrees_with_theory_within_four_standard_errors(method, rho):
    lam, sigma = 0.8, 1.5
    found = noisy_sweep(method, lam, sigma=sigma, rho=rho, seed=11, **LONG, **LINEAR[method])
    for cell, h in cells(found):
        predicted = theory.stationary_covariance(method, lam, h, sigma, rho).position
        if rho == 0:
            assert theory.stationary_variance(method, lam, h, sigma) == pytest.approx(predicted, rel=1e-9)
        assert found.variance_se[cell] < 0.03 * predicted  # sharp enough to fail
        assert abs(found.variance[cell] - predicted) < 4 * found.variance_se[cell], h
    assert (found.diverged_at == -1).all()


def lag_one(method, lam, h, rho):
    """E x_k x_{k+1} / E x_k² of the position, from the covariance of (stored point, state, next noise)."""
    from scipy.linalg import solve_discrete_lyapunov

    row = METHODS[method]
    matrix, kick = theory.iteration_matrix(method, lam, h), theory._kick(row, h)
    n = len(kick)
    whole, source = np.zeros((2, n + 1, n + 1))
    whole[:n, :n], whole[:n, n], whole[n, n], source[n, n] = matrix, kick, rho, 1 - rho**2
    covariance = solve_discrete_lyapunov(whole, source)
    readout = np.append(theory._readout(row, h), 0.0)
    return readout @ whole @ covariance @ readout / (readout @ covariance @ readout)


@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("method", LINEAR)
def test_autocorrelation_agrees_with_theory_within_four_standard_errors(method, rho):
    found = noisy_sweep(method, 0.8, sigma=1.5, rho=rho, seed=12, **LONG, **LINEAR[method])
    for cell, h in cells(found):
        predicted = lag_one(method, 0.8, h, rho)
        if method == "heavy_ball" and rho == 0:
            assert predicted == pytest.approx((1 + h.beta - 0.8 * h.lr) / (1 + h.beta), rel=1e-9)
        assert found.autocorrelation_se[cell] < 3e-3
        assert abs(found.autocorrelation[cell] - predicted) < 4 * found.autocorrelation_se[cell], h


def test_the_standard_errors_are_those_of_repeated_sweeps():
    runs = [noisy_sweep("heavy_ball", 1.0, sigma=1.0, steps=2000, burn=500, replicas=8, seed=s, lr=0.1,
                        beta=[0.0, 0.9]) for s in range(400)]
    for value, error in (("variance", "variance_se"), ("autocorrelation", "autocorrelation_se")):
        spread = np.std([getattr(r, value) for r in runs], axis=0, ddof=1)
        claimed = np.sqrt(np.mean([getattr(r, error) ** 2 for r in runs], axis=0))
        assert spread == pytest.approx(claimed, rel=0.12)  # 400 runs know a spread to about 4 %


def test_sigma_scales_the_result_of_a_linear_method():
    one, three = (noisy_sweep("nesterov", 1.0, sigma=s, **{k: v for k, v in RUN.items() if k != "sigma"},
                              lr=[0.1, 0.3], beta=[0.2, 0.9]) for s in (1.0, 3.0))
    assert three.variance == pytest.approx(9 * one.variance, rel=1e-12)
    assert three.autocorrelation == pytest.approx(one.autocorrelation, rel=1e-10)


def test_without_counted_start_the_first_product_starts_at_x0():
    found = noisy_sweep("gradient_descent", 1.0, sigma=1e-9, steps=2, burn=0, replicas=2, seed=0, x0=1.0, lr=0.5)
    assert found.variance == pytest.approx((0.25 + 0.0625) / 2)
    assert found.autocorrelation == pytest.approx((0.5 + 0.125) / (0.25 + 0.0625))


# ---- noise ---------------------------------------------------------------------------------------

def test_the_noise_is_stationary_and_has_the_correlation_asked_for():
    for rho in (0.0, 0.7, -0.5):
        xi = np.array([replica_noise(2.0, rho, 40, 3, r) for r in range(4000)])
        assert xi.std(axis=0) == pytest.approx(2.0, rel=0.05)  # from the first draw on
        assert np.mean(xi[:, 1:] * xi[:, :-1]) / 4 == pytest.approx(rho, abs=0.02)
        assert abs(np.mean(xi)) < 0.05
        assert abs(np.mean(xi[1:] * xi[:-1])) / 4 < 0.02  # replicas are independent


def test_a_longer_record_starts_with_the_shorter_one_and_seeds_share_nothing():
    xi = replica_noise(1.0, 0.5, 100, 1, 2)
    assert np.array_equal(xi[:30], replica_noise(1.0, 0.5, 30, 1, 2))
    assert not np.intersect1d(xi, replica_noise(1.0, 0.5, 100, 2, 1)).size
    assert not np.intersect1d(xi, replica_noise(1.0, 0.5, 100, 1, 3)).size


def test_the_recursion_is_that_of_the_recorded_noise():
    white = gaussian_noise(1.3, 50, 1, seed=0)[:, 0]
    assert np.array_equal(sweeps._autoregress(white, 0.6), ar1_noise(0.6, 1.3, 50, 1, seed=0)[:, 0])


# ---- blocks, groups, threads, memory, progress ---------------------------------------------------

BLOCK = _kernels.BLOCK


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK + 1, 2 * BLOCK + 5])
def test_a_cell_does_not_depend_on_the_cells_around_it(count):
    lr = np.linspace(0.01, 1.5, count)
    together = noisy_sweep("heavy_ball", 1.0, **RUN, lr=lr, beta=[0.3, 0.8])
    for i in {0, count // 2, count - 1}:
        alone = noisy_sweep("heavy_ball", 1.0, **RUN, lr=lr[i], beta=0.8)
        assert all(np.array_equal(getattr(together, f)[i, 1], getattr(alone, f)) for f in FIELDS)


@pytest.mark.parametrize("chunk, at_once", [(7, 1), (1000, 1), (16, 40), (1000, 10**6)])
def test_pieces_of_noise_and_groups_of_replicas_change_no_bit(monkeypatch, chunk, at_once):
    grid = {"rho": 0.4, "lr": np.linspace(0.01, 4.0, 9), "beta": [0.3, 0.8]}
    whole = noisy_sweep("nesterov", 1.0, **RUN, **grid)
    monkeypatch.setattr(sweeps, "_CHUNK", chunk)
    monkeypatch.setattr(sweeps, "_AT_ONCE", at_once)
    assert same(whole, noisy_sweep("nesterov", 1.0, **RUN, **grid))


def test_axes_come_in_the_order_of_the_method():
    both = noisy_sweep("heavy_ball", 1.0, **RUN, beta=[0.1, 0.5], lr=[0.1, 0.2, 0.3])
    assert list(both.axes) == ["lr", "beta"] and both.variance.shape == (3, 2)
    one = noisy_sweep("heavy_ball", 1.0, **RUN, beta=[0.1, 0.5], lr=0.2)
    none = noisy_sweep("heavy_ball", 1.0, **RUN, beta=0.5, lr=0.2)
    assert np.array_equal(one.variance, both.variance[1]) and none.variance == both.variance[1, 1]
    other = noisy_sweep("adam", 1.0, **RUN, beta1=[0.0, 0.9], beta2=[0.9, 0.99, 0.999], lr=0.1)
    assert other.variance.shape == (2, 3) and other.hyper == {"lr": 0.1, "eps": 1e-8}


@pytest.mark.parametrize("method", METHODS)
def test_bitwise_the_same_on_one_and_two_threads(method):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.fail("this test needs two threads; unset NUMBA_NUM_THREADS")
    grid = {"lr": np.geomspace(1e-3, 5.0, 300), **{k: v for k, v in GRIDS[method].items() if k != "lr"}}
    before, results = numba.get_num_threads(), []
    try:
        for threads in (1, 2, 2, 1):
            numba.set_num_threads(threads)
            results.append(noisy_sweep(method, 1.0, rho=0.2, **RUN, **grid))
    finally:
        numba.set_num_threads(before)
    assert all(same(results[0], other) for other in results[1:])


def test_bitwise_the_same_in_processes_with_one_and_two_threads():
    code = """
import hashlib
import numpy as np
from firstorder.sweeps import noisy_sweep
s = noisy_sweep("adam", 1.0, sigma=1.0, rho=0.5, steps=500, burn=100, replicas=5, seed=7,
                lr=np.geomspace(1e-3, 1.0, 300), beta1=[0.0, 0.5, 0.9])
arrays = (s.variance, s.variance_se, s.autocorrelation, s.autocorrelation_se, s.diverged_at)
print(*(hashlib.sha256(a.tobytes()).hexdigest() for a in arrays))
"""
    one, two = (python(code, NUMBA_NUM_THREADS=n) for n in ("1", "2"))
    assert one == two and len(one.split()) == 5


def test_memory_does_not_grow_with_steps_or_replicas():
    grown = python("""
import resource
from firstorder.sweeps import noisy_sweep
peaks = []
for steps, replicas in ((1000, 2), (500_000, 2), (20, 100_000)):
    noisy_sweep("heavy_ball", 1.0, sigma=1.0, steps=steps, burn=10, replicas=replicas, seed=0, lr=0.1, beta=0.5)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0], peaks[2] - peaks[0])
""")
    more_steps, more_replicas = map(int, grown.split())
    assert more_steps < 4096 and more_replicas < 30_000  # KiB; groups of 2¹⁵ cells and their streams


def test_a_terminal_gets_a_progress_bar_for_a_long_run_only(monkeypatch, capfd):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    noisy_sweep("heavy_ball", 1.0, **RUN, progress=True)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    noisy_sweep("heavy_ball", 1.0, **RUN)
    assert terminal.getvalue() == ""
    monkeypatch.setattr(sweeps, "_LONG", 100)
    noisy_sweep("heavy_ball", 1.0, **RUN)
    assert "100%" in terminal.getvalue()


# ---- divergence ----------------------------------------------------------------------------------

def test_divergence_is_an_outcome_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = noisy_sweep("heavy_ball", 1.0, sigma=1.0, steps=4000, burn=100, replicas=3, seed=0,
                            lr=[0.1, 5.0, 0.1, 1e300], beta=0.5)
    assert (found.diverged_at > 0).tolist() == [False, True, False, True]
    assert found.variance[0] == found.variance[2] and np.isfinite(found.variance[0])


def test_one_diverged_replica_is_enough():
    values = {"sigma": 1.0, "steps": 300, "burn": 0, "replicas": 6, "seed": 0, "lr": 0.5, "bound": 2.0}
    found = noisy_sweep("gradient_descent", 1.0, **values)
    h = METHODS["gradient_descent"].Hyper(lr=0.5)
    far = loops(found, h, bound=2.0)[2]
    assert (far > 0).any() and (far < 0).any()  # some replicas stay inside
    assert found.diverged_at == far[far > 0].min() and found.variance == np.inf


# ---- a reader's own step -------------------------------------------------------------------------

def test_a_readers_step_is_swept_as_it_is(reader):  # noqa: F811
    found = {}
    for old, new in (("", ""), ("hyper.beta * state.v -", "hyper.beta * state.v * 0.5 -")):
        reader(old, new)
        found[new] = noisy_sweep("mine", 1.0, **RUN, lr=[0.1, 0.3], beta=[0.2, 0.5])
        for cell, h in cells(found[new]):
            square, product, _ = loops(found[new], h)
            assert found[new].variance[cell] == pytest.approx(square.mean(), rel=1e-12)
    assert not same(*found.values())


def test_every_method_has_a_text_of_its_own_for_every_kind_of_kernel():
    gradients = {"passage": saddle_gradient}
    sweeps = _kernels._TEMPLATES.keys() - {"entries"}  # which varies no hyper-parameter
    texts = {_kernels.source(row, key, kind, gradients.get(kind)) for row in METHODS.values()
             for key in row.parameters for kind in sweeps}
    assert len(texts) == len(sweeps) * sum(len(row.parameters) for row in METHODS.values())
    texts |= {_kernels.source(row, None, "entries") for row in METHODS.values()}
    assert len(texts) == len(sweeps) * sum(len(row.parameters) for row in METHODS.values()) + len(METHODS)


# ---- bad input -----------------------------------------------------------------------------------

@pytest.mark.parametrize("case", [c for c in CASES if not is_axis(c)], ids=lambda case: case.label)
def test_bad_hyper_parameters_get_their_sentence(case):
    with pytest.raises(case.error) as caught:
        noisy_sweep(case.method, 1.0, **RUN, **case.values)
    assert str(caught.value) == case.sentence


NOISE = "standard deviation of the noise, f/x"
RHO = "correlation of successive draws, dimensionless"
BOUND = "multiple of max(|x0|, sigma/lam)"


@pytest.mark.parametrize("changes, error, sentence", [
    ({"lam": 0}, ValueError, "lam=0.0 is outside (0, ∞) for noisy_sweep (curvature, f/x²)"),
    ({"lam": -1.0}, ValueError, "lam=-1.0 is outside (0, ∞) for noisy_sweep (curvature, f/x²)"),
    ({"lam": [1.0]}, TypeError,
     "lam=[1.0] is a list, not a real number; noisy_sweep needs lam in (0, ∞) (curvature, f/x²)"),
    ({"sigma": 0}, ValueError, f"sigma=0.0 is outside (0, ∞) for noisy_sweep ({NOISE})"),
    ({"sigma": float("nan")}, ValueError, f"sigma=nan is not finite; noisy_sweep needs sigma in (0, ∞) ({NOISE})"),
    ({"rho": 1.0}, ValueError, f"rho=1.0 is outside {CORRELATION} for noisy_sweep ({RHO})"),
    ({"rho": "red"}, TypeError,
     f"rho='red' is a str, not a real number; noisy_sweep needs rho in (-1, 1) ({RHO})"),
    ({"steps": 1}, ValueError, "steps=1 is below 2; it needs an integer >= 2"),
    ({"burn": -1}, ValueError, "burn=-1 is below 0; it needs an integer >= 0"),
    ({"burn": 5.0}, TypeError, "burn=5.0 is a float, not an integer; it needs an integer >= 0"),
    ({"burn": 59}, ValueError, "burn=59 leaves fewer than 2 of steps=60 to count"),
    ({"replicas": 1}, ValueError, "replicas=1 is below 2; it needs an integer >= 2"),
    ({"seed": -3}, ValueError, "seed=-3 is below 0; it needs an integer >= 0"),
    ({"x0": float("inf")}, ValueError, "x0=inf is not finite; noisy_sweep starts at one real number"),
    ({"x0": [1.0]}, TypeError, "x0=[1.0] is a list, not a real number; noisy_sweep starts at one real number"),
    ({"bound": 1.0}, ValueError, f"bound=1.0 is outside (1, ∞) for noisy_sweep ({BOUND})"),
    ({"sigma": 1e200}, ValueError,
     "bound·max(|x0|, sigma/lam)=1e+212 is outside [1e-150, 1e+150]; scale x0, sigma or bound"),
    ({"lr": []}, ValueError, "lr has shape (0,); a swept hyper-parameter needs shape (n,) with n >= 1"),
    ({"lr": [0.1], "beta1": [0.5], "eps": [0.1]}, ValueError,
     "lr, beta1, eps are 3 arrays; a sweep has at most 2 grid axes"),
])
def test_other_bad_input(changes, error, sentence):
    with pytest.raises(error) as caught:
        noisy_sweep(**{"method": "adam", "lam": 1.0, **RUN, **changes})
    assert str(caught.value) == sentence


def test_bad_input_of_the_noise():
    with pytest.raises(ValueError, match="^replica=-1 is below 0; it needs an integer >= 0$"):
        replica_noise(1.0, 0.0, 10, 0, -1)
    with pytest.raises(ValueError, match="^sigma=-1.0 is outside"):
        replica_noise(-1.0, 0.0, 10, 0, 0)
