"""Problems: gradients against three independent derivatives, answers against the definitions."""
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from firstorder import METHODS, hyper, start
from firstorder.minimize import minimize
from firstorder.problems import (
    OnlineProblem, ackley, ar1_noise, gaussian_noise, online, piecewise_quadratic, quadratic, reddi_kale_kumar,
    rosenbrock, rotated_quadratic, saddle,
)

EIGENVALUES = [100.0, 1.0, 10.0]
PROBLEMS = [
    quadratic(EIGENVALUES), rotated_quadratic(EIGENVALUES, seed=3), rosenbrock(), piecewise_quadratic(),
    saddle(), ackley(1), ackley(3),
]
ANALYTIC = [p for p in PROBLEMS if p.name != "piecewise quadratic"]
BOUNDED = [p for p in PROBLEMS if p.L is not None]
NAME = {"ids": lambda p: p.name}


def points(problem, n=20, spread=2.0):
    return problem.minimiser + spread * np.random.default_rng(5).standard_normal((n, problem.dim))


@pytest.mark.parametrize("problem", ANALYTIC, **NAME)
def test_gradient_against_the_complex_step(problem):
    """Im f(x + ih e)/h = ∂f/∂e with error O(h²) and no cancellation: full precision at h = 10⁻³⁰."""
    for x in points(problem):
        step = np.array([problem.f(x + 1e-30j * e).imag / 1e-30 for e in np.eye(problem.dim)])
        np.testing.assert_allclose(problem.grad(x), step, rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("problem", ANALYTIC, **NAME)
def test_hessian_against_the_complex_step_of_the_gradient(problem):
    for x in points(problem):
        columns = [problem.grad(x + 1e-30j * e).imag / 1e-30 for e in np.eye(problem.dim)]
        np.testing.assert_allclose(problem.hessian(x), np.array(columns).T, rtol=1e-13, atol=1e-12)


def third_derivative(problem, x):
    """∂³f/∂xᵢ³ for each i: 0 for quadratics, 2400 x in the first coordinate of Rosenbrock's f."""
    return np.array([2400 * abs(x[0]), 0.0]) if problem.name == "Rosenbrock" else np.zeros(problem.dim)


@pytest.mark.parametrize("problem", PROBLEMS[:4], **NAME)
def test_gradient_against_central_differences_at_the_predicted_accuracy(problem):
    """|error| <= h² f‴/6 (truncation) + u (4 |f| + |x f′| + |f′|)/h (rounding of f and of x ± h)."""
    h = np.finfo(float).eps ** (1 / 3)
    for x in points(problem):
        if problem.name == "piecewise quadratic" and np.abs(x - [1, 2]).min() <= h:
            continue  # a kink of the gradient between the two points
        g = problem.grad(x)
        ahead, behind = (np.array([problem.f(x + s * e) for e in np.eye(problem.dim)]) for s in (h, -h))
        rounding = np.finfo(float).eps * (4 * problem.f(x) + np.abs(x * g) + np.abs(g)) / h
        truncation = h**2 / 6 * third_derivative(problem, x)
        assert (np.abs((ahead - behind) / (2 * h) - g) <= truncation + rounding).all()


def test_rosenbrock_against_sympy():
    x, y = sympy.symbols("x y")
    f = (1 - x) ** 2 + 100 * (y - x**2) ** 2
    grad = sympy.lambdify((x, y), [sympy.diff(f, s) for s in (x, y)])
    hessian = sympy.lambdify((x, y), sympy.hessian(f, (x, y)))
    p = rosenbrock()
    for point in points(p):
        assert p.f(point) == pytest.approx(float(f.subs({x: point[0], y: point[1]})), rel=1e-12)
        np.testing.assert_allclose(p.grad(point), grad(*point), rtol=1e-12, atol=1e-11)
        np.testing.assert_allclose(p.hessian(point), hessian(*point), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("problem", PROBLEMS, **NAME)
def test_the_minimiser_is_one(problem):
    assert (problem.grad(problem.minimiser) == 0).all()
    assert problem.f(problem.minimiser) == problem.f_min
    assert (problem.f(points(problem, 200)) > problem.f_min).all()


@pytest.mark.parametrize("problem", PROBLEMS[:2], **NAME)
def test_mu_and_L_are_the_extreme_curvatures(problem):
    curvatures = np.linalg.eigvalsh(problem.hessian(problem.x0))
    np.testing.assert_allclose(curvatures, np.sort(EIGENVALUES), rtol=0, atol=1e-13 * max(EIGENVALUES))
    assert (problem.mu, problem.L) == (min(EIGENVALUES), max(EIGENVALUES))


@pytest.mark.parametrize("problem", BOUNDED, **NAME)
def test_mu_and_L_bound_every_slope_of_the_gradient(problem):
    """μ ‖x − y‖² <= (∇f(x) − ∇f(y))·(x − y) <= L ‖x − y‖², and both are attained to 1 %."""
    x = points(problem, 4000)
    y = x + 0.01 * np.random.default_rng(6).standard_normal(x.shape)
    slopes = ((problem.grad(x) - problem.grad(y)) * (x - y)).sum(1) / ((x - y) ** 2).sum(1)
    assert problem.mu * (1 - 1e-9) <= slopes.min() and slopes.max() <= problem.L * (1 + 1e-9)
    assert slopes.max() >= 0.99 * problem.L
    assert slopes.min() <= 1.01 * problem.mu or problem.dim > 1  # a random direction mixes curvatures


def test_rosenbrock_has_no_mu_and_no_L():
    p = rosenbrock()
    assert (p.mu, p.L) == (None, None)
    assert np.linalg.eigvalsh(p.hessian(np.array([0.0, 1.0]))).min() == pytest.approx(-398)
    assert np.linalg.eigvalsh(p.hessian(np.array([1e4, 0.0]))).max() > 1e11


@pytest.mark.parametrize("problem", PROBLEMS, **NAME)
def test_a_stack_of_points_is_handled_point_by_point(problem):
    stack = points(problem, 6).reshape(2, 3, problem.dim)
    assert problem.f(stack).shape == (2, 3)
    assert problem.grad(stack).shape == stack.shape
    assert problem.hessian(stack).shape == (2, 3, problem.dim, problem.dim)
    for i in np.ndindex(2, 3):
        np.testing.assert_allclose(problem.f(stack)[i], problem.f(stack[i]), rtol=1e-14)
        np.testing.assert_allclose(problem.grad(stack)[i], problem.grad(stack[i]), rtol=1e-14)
        np.testing.assert_array_equal(problem.hessian(stack)[i], problem.hessian(stack[i]))


def test_a_rotation_is_the_diagonal_problem_seen_from_elsewhere():
    plain = quadratic(EIGENVALUES)
    for seed in range(5):
        turned = rotated_quadratic(EIGENVALUES, seed)
        values, q = np.linalg.eigh(turned.hessian(turned.x0))
        x = np.random.default_rng(seed).standard_normal(3)
        assert turned.f(q @ x) == pytest.approx(quadratic(values).f(x), rel=1e-13)
        assert turned.f(turned.x0) == pytest.approx(plain.f(plain.x0), rel=1e-13)  # the image of (1, 1, 1)
        off_diagonal = turned.hessian(x) - np.diag(np.diag(turned.hessian(x)))
        assert np.abs(off_diagonal).max() > 1
        np.testing.assert_array_equal(turned.hessian(x), rotated_quadratic(EIGENVALUES, seed).hessian(x))
        assert not np.allclose(turned.hessian(x), rotated_quadratic(EIGENVALUES, seed + 5).hessian(x))


def test_every_rotation_is_equally_likely():
    """Q (1, 1, 1) has mean 0 and variance 1 in each coordinate; QR factors without the sign rule have not."""
    starts = np.array([rotated_quadratic(EIGENVALUES, seed).x0 for seed in range(1000)])
    assert (np.abs(starts.mean(0)) < 4 / np.sqrt(1000)).all()
    np.testing.assert_allclose(starts.var(0), 1, atol=4 * np.sqrt(2 / 1000))


def test_the_pieces_fit_together():
    """f and f′ are continuous at 1 and 2, and f′ is the integrable slope of f on either side."""
    p = piecewise_quadratic()
    for knot in (1.0, 2.0):
        left, right = np.array([np.nextafter(knot, 0)]), np.array([knot])
        assert p.f(left) == pytest.approx(p.f(right), rel=1e-14)
        assert p.grad(left) == pytest.approx(p.grad(right), rel=1e-14)
    curvatures = p.hessian(np.array([[0.5], [1.0], [1.5], [2.0], [3.0]])).ravel()
    assert curvatures.tolist() == [25, 1, 1, 25, 25]


CYCLE = [Fraction(n, 1225) for n in (792, -2208, 2592)]


def test_polyaks_heavy_ball_has_an_exact_cycle_of_three_on_the_piecewise_quadratic():
    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    row = METHODS["heavy_ball"]
    h = row.Hyper(lr=Fraction(1, 9), beta=Fraction(4, 9))
    x, state, visited = CYCLE[0], row.State(CYCLE[0] - CYCLE[2]), []
    for k in range(3):
        x, state = row.step(x, slope(x), state, k + 1.0, h)
        visited.append(x)
    assert visited == [CYCLE[1], CYCLE[2], CYCLE[0]]
    assert state.v == CYCLE[0] - CYCLE[2]


def test_the_cycle_attracts_a_run_from_the_default_start():
    run = minimize(piecewise_quadratic(), "heavy_ball", steps=600, lr=1 / 9, beta=4 / 9)
    assert run.x[0, 0] == 3.3
    np.testing.assert_allclose(np.sort(run.x[-3:, 0]), np.sort([float(x) for x in CYCLE]), rtol=1e-12)


# ---- Ackley and the saddle -------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 5])
def test_ackley_against_automatic_differentiation(d):
    """The formula as Bäck prints it, differentiated by torch: gradient and Hessian."""
    torch = pytest.importorskip("torch")

    def printed(x):
        return (-20 * torch.exp(-0.2 * (x**2).mean().sqrt()) - torch.exp(torch.cos(2 * math.pi * x).mean())
                + 20 + math.e)

    p = ackley(d)
    for point in points(p):
        x = torch.tensor(point, requires_grad=True)
        assert p.f(point) == pytest.approx(printed(x).item(), rel=1e-13)
        (slope,) = torch.autograd.grad(printed(x), x)
        np.testing.assert_allclose(p.grad(point), slope, rtol=1e-11, atol=1e-12)
        curvature = torch.autograd.functional.hessian(printed, x)
        np.testing.assert_allclose(p.hessian(point), curvature, rtol=1e-10, atol=1e-11)


def test_ackley_at_its_tip():
    """One-sided slopes are 4/√d in every direction, so 0 is a subgradient and the gradient does not exist."""
    for d in (1, 2, 7):
        p = ackley(d)
        assert p.f(np.zeros(d)) == 0 and not p.grad(np.zeros(d)).any()
        for u in np.random.default_rng(d).standard_normal((5, d)):
            u /= np.linalg.norm(u)
            assert p.f(1e-9 * u) / 1e-9 == pytest.approx(4 / math.sqrt(d), rel=1e-6)
            np.testing.assert_allclose(p.grad(1e-9 * u), 4 / math.sqrt(d) * u, rtol=0, atol=1e-6)
        stack = p.grad(np.stack([np.zeros(d), np.ones(d)]))
        assert np.isfinite(stack).all() and not stack[0].any() and stack[1].any()
        with pytest.raises(ValueError, match="^Ackley's function has no Hessian at x = 0, the tip of its cone$"):
            p.hessian(np.zeros((2, d)))


def test_ackley_keeps_its_digits_near_the_tip():
    """At 10⁻¹² the value is 4·10⁻¹² to full precision; as printed, rounding leaves a few digits at most."""
    x = np.array([1e-12])
    exact = 4e-12 + 2 * math.pi**2 * math.e * 1e-24 - 0.4e-24
    assert ackley(1).f(x) == pytest.approx(exact, rel=1e-14)
    as_printed = -20 * np.exp(-0.2e-12) - np.exp(np.cos(2e-12 * math.pi)) + 20 + math.e
    assert abs(as_printed / exact - 1) > 1e-6


def test_ackleys_bumps_hold_descent():
    run = minimize(ackley(2), "gradient_descent", steps=2000, lr=0.005)
    assert run.grad_norm[-1] < 1e-10 and np.linalg.eigvalsh(ackley(2).hessian(run.x[-1])).min() > 0
    assert run.distance[-1] > 3 and run.gap[-1] > 5


def test_the_saddle_is_strict_and_the_minima_are_two():
    p, y = saddle(), sympy.Symbol("y", real=True)
    assert sympy.solve(sympy.diff(y**4 / 4 - y**2 / 2, y), y) == [-1, 0, 1]
    origin, minima = np.zeros(2), np.array([[0.0, 1.0], [0.0, -1.0]])
    assert not p.grad(origin).any() and not p.grad(minima).any()
    assert p.f(origin) == 0 and p.f(minima).tolist() == [p.f_min] * 2 == [-0.25, -0.25]
    assert np.linalg.eigvalsh(p.hessian(origin)).tolist() == [-1, 1]
    assert np.linalg.eigvalsh(p.hessian(minima)).min() == 1
    assert np.linalg.eigvalsh(p.hessian(np.array([0.0, 1e6]))).max() > 1e12


@pytest.mark.parametrize("method", ["gradient_descent", "heavy_ball", "nesterov"])
def test_the_line_y_zero_leads_into_the_saddle_and_the_start_does_not(method):
    stuck = minimize(saddle(), method, x0=np.array([1.0, 0.0]), steps=500, lr=0.1)
    assert np.abs(stuck.x[-1]).max() < 1e-6
    assert minimize(saddle(), method, steps=500, lr=0.1).distance[-1] < 1e-6


# ---- online ----------------------------------------------------------------------------------------

SHORT = dict(beta1=0.0, beta2=1 / 17, eps=0.0)


def test_the_stream_of_reddi_kale_and_kumar():
    """Its prefix sums stay positive for C > 2, so the best fixed point is −1 at every horizon."""
    for C in (2.0001, 3.0, 10.0):
        p = reddi_kale_kumar(C)
        g = np.array([p.gradient(t) for t in range(1, 100)])
        assert g[:4].tolist() == [C, -1, -1, C]
        assert (np.cumsum(g) > 0).all() and p.minimiser == p.low == -1 and p.high == 1
    assert min(np.cumsum([1.9, -1, -1])) < 0  # what C > 2 excludes


@pytest.mark.parametrize("name", METHODS)
def test_an_online_run_is_the_step_with_projection(name):
    """Against a loop written out: state untouched by the projection, α/√t, regret by brute force."""
    row, p, n = METHODS[name], reddi_kale_kumar(3.0), 40
    run = online(name, p, x0=0.5, steps=n, lr=0.4)
    x, state, played = 0.5, start(name, 0.5), []
    for t in range(1, n + 1):
        played.append(x)
        h = hyper(name, lr=0.4)
        x, state = row.step(x, p.gradient(t), state, float(t), h._replace(lr=0.4 / math.sqrt(t)))
        x = float(np.clip(x, -1, 1))
    np.testing.assert_allclose(run.x, [*played, x], rtol=0, atol=1e-15)
    grid = np.linspace(-1, 1, 201)
    for T in (1, 2, 3, 17, n):
        losses = np.array([p.gradient(t) for t in range(1, T + 1)])
        assert run.regret[T - 1] == pytest.approx((losses * played[:T]).sum() - (losses.sum() * grid).min(), abs=1e-12)
    assert run.hyper == hyper(name, lr=0.4) and (run.gradient == [p.gradient(t) for t in range(1, n + 1)]).all()


def test_regret_is_against_the_best_end_of_the_moment():
    """On a stream that changes sign the best fixed point changes from one end to the other."""
    stream = OnlineProblem("turn", lambda t: 1.0 if t < 3 else -3.0, -1.0, 1.0, 1.0)
    run = online("gradient_descent", stream, steps=4, lr=0.5, fade=False)
    assert run.x.tolist() == [0, -0.5, -1, 0.5, 1]
    assert run.regret.tolist() == [0 + 1, -0.5 + 2, -0.5 + 3 + 1, -0.5 + 3 - 1.5 + 4]


def test_adam_walks_to_the_worst_point_and_its_regret_grows_like_t():
    """Reddi, Kale and Kumar (2018), Theorem 1: the average regret does not vanish; AdaGrad's does."""
    for C in (3.0, 4.0, 10.0):
        bad = online("adam", reddi_kale_kumar(C), steps=9000, lr=0.5, beta1=0.0, beta2=1 / (1 + C * C), eps=0.0)
        good = online("adagrad", reddi_kale_kumar(C), steps=9000, lr=0.5, fade=False, eps=0.0)
        assert bad.x[-300:].min() > 0.9 and good.x[-300:].max() < -0.9
        per_loss = bad.regret[[2999, 8999]] / [3000, 9000]
        assert per_loss.min() > 0.9 * 2 * (C - 2) / 3  # staying at +1 loses (C − 2)/3 a step, −1 gains it
        assert good.regret[8999] / 9000 < 0.5 * good.regret[899] / 900


def test_amsgrad_with_the_same_memory_goes_the_right_way():
    assert online("amsgrad", reddi_kale_kumar(4.0), steps=3000, lr=0.5, **SHORT).x[-1] < -0.9


# ---- noise -----------------------------------------------------------------------------------------


def test_noise_has_the_mean_and_variance_it_is_asked_for():
    n, sigma = 40_000, 0.25
    xi = gaussian_noise(sigma, n, 2, seed=11) / sigma
    assert abs(xi.mean()) < 4 / np.sqrt(2 * n)
    assert abs(xi.var() - 1) < 4 * np.sqrt(2 / (2 * n))
    assert abs((xi[:, 0] * xi[:, 1]).mean()) < 4 / np.sqrt(n)
    assert abs((xi[1:] * xi[:-1]).mean()) < 4 / np.sqrt(2 * n)


def test_noise_is_common_to_all_who_ask_with_the_same_seed():
    short, long = gaussian_noise(1.0, 10, (2, 3), seed=1), gaussian_noise(2.0, 25, (2, 3), seed=1)
    assert short.shape == (10, 2, 3)
    np.testing.assert_array_equal(2 * short, long[:10])
    assert not np.array_equal(short, gaussian_noise(1.0, 10, (2, 3), seed=2))
    assert not gaussian_noise(0, 5, 2, seed=1).any()


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_persistent_noise_has_its_moments_from_the_first_draw_on(rho):
    """20 000 independent records: mean 0, variance σ² at steps 1, 2 and 30, covariance σ² ρ^h."""
    n, sigma = 20_000, 0.25
    xi = ar1_noise(rho, sigma, 30, n, seed=12) / sigma
    for k in (0, 1, 29):
        assert abs(xi[k].mean()) < 4 / math.sqrt(n)
        assert abs(xi[k].var() - 1) < 4 * math.sqrt(2 / n)
    for k, h in ((0, 1), (3, 2), (10, 5)):
        product = xi[k] * xi[k + h]
        assert abs(product.mean() - rho**h) < 4 * product.std() / math.sqrt(n)


def test_persistent_noise_is_common_and_white_for_rho_zero():
    short, long = ar1_noise(0.7, 1.0, 10, (2, 3), seed=1), ar1_noise(0.7, 2.0, 25, (2, 3), seed=1)
    assert short.shape == (10, 2, 3)
    np.testing.assert_array_equal(2 * short, long[:10])
    np.testing.assert_array_equal(ar1_noise(0, 0.3, 50, 2, seed=4), gaussian_noise(0.3, 50, 2, seed=4))
    white = gaussian_noise(1.0, 10, (2, 3), seed=1)  # the innovations, recovered
    np.testing.assert_allclose((short[1:] - 0.7 * short[:-1]) / math.sqrt(0.51), white[1:], rtol=1e-12)


# ---- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make, error, sentence", [
    (lambda: quadratic([1.0, -2.0]), ValueError, "eigenvalues[1]=-2.0 is outside (0, ∞) (curvature, f/x²)"),
    (lambda: quadratic([0]), ValueError, "eigenvalues[0]=0.0 is outside (0, ∞) (curvature, f/x²)"),
    (lambda: quadratic([1.0, float("nan")]), ValueError,
     "eigenvalues[1]=nan is not finite; eigenvalues need numbers in (0, ∞) (curvature, f/x²)"),
    (lambda: quadratic(["1"]), TypeError,
     "eigenvalues[0]='1' is a str, not a real number;"
     " eigenvalues need numbers in (0, ∞) (curvature, f/x²)"),
    (lambda: quadratic([[1.0]]), ValueError, "eigenvalues has shape (1, 1); it needs shape (d,) with d >= 1"),
    (lambda: quadratic(3.0), ValueError, "eigenvalues has shape (); it needs shape (d,) with d >= 1"),
    (lambda: rotated_quadratic([], 0), ValueError,
     "eigenvalues has shape (0,); it needs shape (d,) with d >= 1"),
    (lambda: rotated_quadratic([1.0], -1), ValueError, "seed=-1 is below 0; it needs an integer >= 0"),
    (lambda: rotated_quadratic([1.0], 0.5), TypeError,
     "seed=0.5 is a float, not an integer; it needs an integer >= 0"),
    (lambda: gaussian_noise(-1.0, 3, 2, 0), ValueError,
     "sigma=-1.0 is outside [0, ∞) (standard deviation of the noise, f/x)"),
    (lambda: gaussian_noise(float("inf"), 3, 2, 0), ValueError,
     "sigma=inf is not finite; noise needs sigma in [0, ∞) (standard deviation, f/x)"),
    (lambda: gaussian_noise(1.0, 0, 2, 0), ValueError, "steps=0 is below 1; it needs an integer >= 1"),
    (lambda: gaussian_noise(1.0, 3, (2, 0), 0), ValueError, "shape=0 is below 1; it needs an integer >= 1"),
    (lambda: ackley(0), ValueError, "dim=0 is below 1; it needs an integer >= 1"),
    (lambda: ackley(2.0), TypeError, "dim=2.0 is a float, not an integer; it needs an integer >= 1"),
    (lambda: reddi_kale_kumar(2), ValueError, "C=2.0 is outside (2, ∞) (the large gradient of the stream, f/x)"),
    (lambda: reddi_kale_kumar(math.nan), ValueError,
     "C=nan is not finite; the stream needs C in (2, ∞) (its large gradient, f/x)"),
    (lambda: reddi_kale_kumar("4"), TypeError,
     "C='4' is a str, not a real number; the stream needs C in (2, ∞) (its large gradient, f/x)"),
    (lambda: online("adam", quadratic([1.0])), TypeError,
     "problem=Problem(quadratic, dim=1, mu=1.0, L=1.0) is a Problem, not an OnlineProblem of firstorder.problems"),
    (lambda: online("adan", reddi_kale_kumar()), ValueError,
     f"method='adan' is not one of {', '.join(METHODS)}; did you mean adam?"),
    (lambda: online("adam", reddi_kale_kumar(), x0=1.5), ValueError,
     "x0=1.5 is outside [-1, 1] for Reddi–Kale–Kumar (C = 4)"),
    (lambda: online("adam", reddi_kale_kumar(), x0=None), TypeError,
     "x0=None is a NoneType, not a real number; Reddi–Kale–Kumar (C = 4) needs x0 in [-1, 1]"),
    (lambda: online("adam", reddi_kale_kumar(), steps=0), ValueError,
     "steps=0 is below 1; it needs an integer >= 1"),
    (lambda: online("adam", reddi_kale_kumar(), fade=1), TypeError, "fade=1 is a int, not True or False"),
    (lambda: ar1_noise(1.0, 1.0, 3, 2, 0), ValueError,
     "rho=1.0 is outside (-1, 1) (correlation of successive draws, dimensionless)"),
    (lambda: ar1_noise(math.nan, 1.0, 3, 2, 0), ValueError,
     "rho=nan is not finite; noise needs rho in (-1, 1) (correlation of successive draws)"),
    (lambda: ar1_noise(True, 1.0, 3, 2, 0), TypeError,
     "rho=True is a bool, not a real number; noise needs rho in (-1, 1) (correlation of successive draws)"),
    (lambda: ar1_noise(0.5, -1.0, 3, 2, 0), ValueError,
     "sigma=-1.0 is outside [0, ∞) (standard deviation of the noise, f/x)"),
    (lambda: gaussian_noise(1.0, 3, 2, None), TypeError,
     "seed=None is a NoneType, not an integer; it needs an integer >= 0"),
])
def test_bad_problems_get_one_sentence(make, error, sentence):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == sentence


def test_answers_cannot_be_overwritten():
    p = quadratic([1.0, 2.0])
    for answer in (p.x0, p.minimiser):
        with pytest.raises(ValueError, match="read-only"):
            answer[0] = 7.0
