"""First passages: against plain loops, against `minimize`, and the escape from a saddle against its formula."""
import numba
import numpy as np
import pytest

from firstorder import METHODS, _kernels, position, problems, start, sweeps
from firstorder.elementwise import sqrt as root
from firstorder.minimize import minimize
from firstorder.problems import rosenbrock_gradient, saddle_gradient
from firstorder.sweeps import noisy_sweep, passage_sweep, replica_noise, sweep

from .bad_inputs import CASES
from .test_noisy_sweep import RUN
from .test_sweeps import GRIDS, is_axis, python

FIELDS = ("near_at", "left_at", "final")
SADDLE = {"x0": [0.5, 1e-3], "steps": 90, "radius": 0.9, "near": 0.2}
STIFF = 3.0


def slope(x):
    return STIFF * x / root(1 + x * x)


def three(x, y, z):
    return x + y * z, 2 * y + x * z, abs(z) * z + x * y


def plain_loop(method, gradient, x0, center, noise, near, radius, h):
    """(near_at, left_at, final) of one cell and replica, on Python floats."""
    x, states, near_at = list(x0), [start(method, value) for value in x0], -1
    for k, xi in enumerate(noise.tolist(), 1):
        g = gradient(*x) if len(x) > 1 else [gradient(*x)]
        moved = [METHODS[method].step(*args, float(k), h) for args in zip(x, map(sum, zip(g, xi)), states)]
        x, states = zip(*moved)
        where = [position(method, value, state, h) for value, state in moved]
        away2 = sum((p - c) * (p - c) for p, c in zip(where, center))
        if not away2 <= radius * radius:
            return near_at, k, np.inf
        if near_at < 0 and away2 <= near * near:
            near_at = k
    return near_at, -1, away2**0.5


def assert_equal_to_plain_loop(method, gradient, grid, x0, center=None, replicas=None, sigma=0.0, rho=0.0, **run):
    found = passage_sweep(method, gradient, x0, center=center, replicas=replicas, sigma=sigma, rho=rho, seed=5,
                          **run, **grid)
    d, count = len(x0), replicas or 1
    noises = [replica_noise(sigma, rho, run["steps"], 5, r, dim=d) if sigma else np.zeros((run["steps"], d))
              for r in range(count)]
    shape = tuple(map(len, found.axes.values()))
    near_at, left_at, final = (np.reshape(getattr(found, f), (*shape, count)) for f in FIELDS)
    for cell in np.ndindex(*shape):
        values = {key: axis[i] for (key, axis), i in zip(found.axes.items(), cell)}
        h = METHODS[method].Hyper(**{k: float(v) for k, v in (found.hyper | values).items()})
        for r, noise in enumerate(noises):
            wanted = plain_loop(method, gradient, x0, center or [0.0] * d, noise, run.get("near", 0.0),
                                run["radius"], h)
            assert (near_at[cell][r], left_at[cell][r]) == wanted[:2], (values, r)
            assert final[cell][r] == pytest.approx(wanted[2], rel=1e-13)
    return found


# ---- what it computes ----------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
def test_every_cell_equals_the_plain_loop_at_the_saddle(method):
    found = assert_equal_to_plain_loop(method, saddle_gradient, GRIDS[method], **SADDLE)
    assert (found.left_at > 0).any() or (found.near_at > 0).any()


@pytest.mark.parametrize("method", ["heavy_ball", "nesterov", "adam"])
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_every_replica_equals_the_plain_loop(method, rho, monkeypatch):
    monkeypatch.setattr(sweeps, "_CHUNK", 29)
    monkeypatch.setattr(sweeps, "_AT_ONCE", 20)
    found = assert_equal_to_plain_loop(method, saddle_gradient, GRIDS[method], replicas=4, sigma=0.2, rho=rho,
                                       **SADDLE)
    assert found.left_at.shape == (*map(len, found.axes.values()), 4)
    assert (np.ptp(found.left_at, axis=-1) > 0).any()  # replicas differ


def test_rosenbrock_about_its_minimiser_diverges_where_it_does():
    grid = {"lr": [1e-4, 1e-3, 2e-3, 0.1], "beta": [0.0, 0.5, 0.9]}
    found = assert_equal_to_plain_loop("heavy_ball", rosenbrock_gradient, grid, x0=[-1.2, 1.0],
                                       center=[1.0, 1.0], steps=1001, near=0.3, radius=1e6)
    assert (found.left_at > 0).any() and (found.near_at > 0).any() and (found.near_at == -1).any()


@pytest.mark.parametrize("gradient, x0", [(slope, [2.0]), (three, [0.5, -0.3, 0.2])])
@pytest.mark.parametrize("steps", [7, 8, 43])
def test_one_and_three_coordinates_and_any_number_of_steps(gradient, x0, steps):
    assert_equal_to_plain_loop("nesterov", gradient, GRIDS["nesterov"], x0=x0, steps=steps, near=0.1, radius=4.0)


@pytest.mark.parametrize("problem, gradient", [
    (problems.saddle(), saddle_gradient), (problems.rosenbrock(), rosenbrock_gradient),
])
def test_equal_to_minimize(problem, gradient):
    assert np.array_equal(np.stack(gradient(*problem.x0)), problem.grad(problem.x0))
    values = {"lr": 1e-3, "beta": 0.9}
    found = passage_sweep("heavy_ball", gradient, problem.x0, center=problem.minimiser, near=0.5, radius=1e6,
                          steps=2000, **values)
    run = minimize(problem, "heavy_ball", steps=2000, **values)
    assert found.near_at == (run.iterations_to(0.5) or -1) and found.left_at == -1
    assert found.final == pytest.approx(run.distance[-1], rel=1e-9)


def hill(x):
    return -x


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5])
def test_descent_leaves_a_hill_when_its_formula_says(lr):
    found = passage_sweep("gradient_descent", hill, [1e-6], radius=1.0, steps=3000, lr=lr)
    assert found.left_at == np.floor(np.log(1e6) / np.log(1 + lr)) + 1  # x_k = (1 + α)ᵏ x₀ > 1


def test_heavy_ball_leaves_by_its_larger_root():
    """x⁺ = (1 + β + α) x − β x⁻: the time to grow by a factor is its logarithm over that of the root."""
    lr, beta = 0.01, np.array([0.0, 0.5, 0.9])
    far, near = (passage_sweep("heavy_ball", hill, [x], radius=1.0, steps=5000, lr=lr, beta=beta).left_at
                 for x in (1e-12, 1e-6))
    b = 1 + beta + lr
    rate = np.log((b + np.sqrt(b * b - 4 * beta)) / 2)
    assert far - near == pytest.approx(np.log(1e6) / rate, abs=1.01)
    assert (np.diff(far) < 0).all()


def test_without_noise_no_method_leaves_the_saddle_itself_and_with_noise_it_does():
    for method in METHODS:
        still = passage_sweep(method, saddle_gradient, [0.0, 0.0], steps=500, radius=0.1, lr=0.1)
        noisy = passage_sweep(method, saddle_gradient, [0.0, 0.0], steps=500, radius=0.1, lr=0.1, sigma=0.1,
                              replicas=5)
        assert still.left_at == -1 and still.final == 0 and (noisy.left_at > 0).all(), method


def test_the_noise_is_that_of_the_noisy_sweep():
    """Mean squares of both sweeps at step K: the same runs."""
    run = {"sigma": 0.7, "rho": 0.3, "seed": 4, "replicas": 3, "lr": [0.1, 0.5], "beta": 0.5}
    one = passage_sweep("heavy_ball", bowl, [0.0], steps=2, radius=1e9, **run)
    first = passage_sweep("heavy_ball", bowl, [0.0], steps=1, radius=1e9, **run)
    both = noisy_sweep("heavy_ball", 1.0, steps=2, burn=0, **run)
    assert both.variance == pytest.approx((one.final**2 + first.final**2).mean(-1) / 2, rel=1e-12)


def bowl(x):
    return x


def test_a_radius_far_out_makes_it_the_sweep_of_the_quadratic():
    grid = GRIDS["heavy_ball"]
    found = passage_sweep("heavy_ball", bowl, [1.0], steps=300, near=1e-6, radius=1e12, **grid)
    wanted = sweep("heavy_ball", [1.0], steps=300, **grid)
    assert np.array_equal(found.left_at, wanted.diverged_at)
    stayed = wanted.diverged_at < 0
    assert np.array_equal(found.near_at[stayed], wanted.iterations[stayed])
    assert found.final[stayed] == pytest.approx(wanted.final[stayed], rel=1e-12)


# ---- blocks, threads, memory ---------------------------------------------------------------------

BLOCK = _kernels.BLOCK


@pytest.mark.parametrize("count", [1, BLOCK + 1])
def test_a_cell_does_not_depend_on_the_cells_around_it(count):
    """Also when its neighbours have left: a cell that is over repeats one that is not."""
    lr = np.linspace(0.01, 6.0, count)
    values = {"sigma": 0.3, "replicas": 2, **SADDLE}
    together = passage_sweep("heavy_ball", saddle_gradient, lr=lr, beta=[0.3, 0.8], **values)
    for i in {0, count // 3, count - 1}:
        alone = passage_sweep("heavy_ball", saddle_gradient, lr=lr[i], beta=0.8, **values)
        assert all(np.array_equal(getattr(together, f)[i, 1], getattr(alone, f)) for f in FIELDS)


def test_bitwise_the_same_on_one_and_two_threads_and_in_pieces(monkeypatch):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.fail("this test needs two threads; unset NUMBA_NUM_THREADS")
    before, results = numba.get_num_threads(), []
    run = lambda: passage_sweep("adam", saddle_gradient, lr=np.geomspace(1e-3, 5.0, 300), beta1=[0.0, 0.5],
                                sigma=0.1, rho=0.4, replicas=3, **SADDLE)
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            results.append(run())
    finally:
        numba.set_num_threads(before)
    monkeypatch.setattr(sweeps, "_CHUNK", 17)
    results.append(run())
    assert all(np.array_equal(getattr(results[0], f), getattr(r, f)) for r in results[1:] for f in FIELDS)


def test_memory_does_not_grow_with_the_number_of_steps():
    grown = python("""
import resource
from firstorder.problems import saddle_gradient
from firstorder.sweeps import passage_sweep
peaks = []
for steps in (1000, 1_000_000):
    passage_sweep("heavy_ball", saddle_gradient, [0.0, 0.0], steps=steps, radius=10.0, sigma=0.1, replicas=2)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
""")
    assert int(grown) < 4096  # KiB


# ---- a reader's own gradient ---------------------------------------------------------------------

def test_an_edited_gradient_is_another_kernel(monkeypatch):
    found = passage_sweep("heavy_ball", slope, [1.0], steps=9, radius=50.0)
    monkeypatch.setitem(globals(), "STIFF", 4.0)
    assert passage_sweep("heavy_ball", slope, [1.0], steps=9, radius=50.0).final != found.final


def outside(x):
    return np.tanh(x)


def clash(x):
    return judge * x


judge = 2.0


@pytest.mark.parametrize("gradient, x0, error, sentence", [
    (np.sin, [1.0], TypeError, f"gradient={np.sin!r} is a ufunc, not a plain function of the coordinates"),
    (saddle_gradient, [1.0], ValueError, "saddle_gradient has other arguments than the 1 coordinates of x0"),
    (lambda *x: x, [1.0, 2.0], ValueError, "<lambda> has other arguments than the 2 coordinates of x0"),
    (lambda x, y: x, [1.0, 2.0], ValueError,
     "<lambda> returns 1.0 at x0=[1.0, 2.0]; it needs a tuple of 2 numbers"),
    (lambda x: (x,), [1.0], ValueError, "<lambda> returns (1.0,) at x0=[1.0]; it needs one number"),
    (clash, [1.0], ValueError, "clash uses the name 'judge', which the kernel needs itself; rename it"),
])
def test_gradients_that_cannot_be_used(gradient, x0, error, sentence):
    with pytest.raises(error) as caught:
        passage_sweep("adam", gradient, x0, steps=1, radius=1.0)
    assert str(caught.value) == sentence


def test_names_that_a_kernel_cannot_see():
    def nested(x):
        return STIFF * factor * x

    factor = 2.0
    for gradient, sentence in (
        (outside, "outside uses the name 'np', which a compiled sweep cannot see; a gradient may use its "
                  "arguments, finite numbers, abs, and sqrt, quotient and maximum of firstorder.elementwise"),
        (nested, "nested uses 'factor' of an enclosing function, which a compiled sweep cannot see; define both "
                 "at the top level of a module or notebook"),
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            passage_sweep("adam", gradient, [1.0], steps=1, radius=1.0)
        assert str(caught.value) == sentence


# ---- bad input -----------------------------------------------------------------------------------

@pytest.mark.parametrize("case", [c for c in CASES if not is_axis(c)], ids=lambda case: case.label)
def test_bad_hyper_parameters_get_their_sentence(case):
    with pytest.raises(case.error) as caught:
        passage_sweep(case.method, saddle_gradient, **SADDLE, **case.values)
    assert str(caught.value) == case.sentence


AWAY = "distance from center, x"


@pytest.mark.parametrize("changes, error, sentence", [
    ({"x0": 1.0}, ValueError, "x0 has shape (); it needs shape (d,) with 1 <= d <= 4"),
    ({"x0": [1.0] * 5}, ValueError, "x0 has shape (5,); it needs shape (d,) with 1 <= d <= 4"),
    ({"x0": [1.0, np.nan]}, ValueError, "x0[1]=nan is not finite; x0 needs finite numbers"),
    ({"center": [1.0]}, ValueError, "center has shape (1,); it needs shape (2,)"),
    ({"steps": 0}, ValueError, "steps=0 is below 1; it needs an integer >= 1"),
    ({"radius": 0.1}, ValueError,
     "x0=[0.5, 0.001] is farther than radius=0.1 from center, so it cannot leave"),
    ({"radius": 0}, ValueError, f"radius=0.0 is outside [1e-150, 1e+150] for passage_sweep ({AWAY})"),
    ({"near": 1.0}, ValueError, f"near=1.0 is outside [0, 0.9) for passage_sweep ({AWAY})"),
    ({"sigma": -1.0}, ValueError,
     "sigma=-1.0 is outside [0, ∞) for passage_sweep (standard deviation of the noise, f/x)"),
    ({"sigma": 1.0}, ValueError, "sigma=1.0 without replicas; noise needs the number of replicas"),
    ({"rho": 1.0}, ValueError,
     "rho=1.0 is outside (-1, 1) for passage_sweep (correlation of successive draws, dimensionless)"),
    ({"replicas": 0}, ValueError, "replicas=0 is below 1; it needs an integer >= 1"),
    ({"seed": 0.5}, TypeError, "seed=0.5 is a float, not an integer; it needs an integer >= 0"),
])
def test_other_bad_input(changes, error, sentence):
    with pytest.raises(error) as caught:
        passage_sweep(**{"method": "adam", "gradient": saddle_gradient, **SADDLE, **changes})
    assert str(caught.value) == sentence


# ---- all methods in all sweeps -------------------------------------------------------------------

SWEPT = ["heavy_ball", "heavy_ball_ema", "nesterov", "adagrad", "rmsprop", "adam", "amsgrad"]


@pytest.mark.parametrize("method", [*SWEPT, *sorted(set(METHODS) - set(SWEPT))])
def test_every_method_runs_in_every_sweep(method):
    assert method in METHODS
    lr = [0.05, 0.2]
    plain = sweep(method, [0.5, 1.0], steps=50, lr=lr)
    noisy = noisy_sweep(method, 1.0, **RUN, lr=lr)
    passage = passage_sweep(method, saddle_gradient, lr=lr, **SADDLE)
    assert (plain.diverged_at == -1).all() and np.isfinite(plain.final).all() and len(set(plain.final)) == 2
    assert (noisy.diverged_at == -1).all() and np.isfinite(noisy.variance).all()
    assert noisy.variance[1] > noisy.variance[0]  # a longer step, more noise
    assert len({*passage.final, *passage.left_at}) > 2
