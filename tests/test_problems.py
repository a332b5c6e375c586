"""Problems: gradients against three independent derivatives, answers against the definitions."""
from fractions import Fraction

import numpy as np
import pytest
import sympy

from firstorder import METHODS
from firstorder.minimize import minimize
from firstorder.problems import gaussian_noise, piecewise_quadratic, quadratic, rosenbrock, rotated_quadratic

EIGENVALUES = [100.0, 1.0, 10.0]
PROBLEMS = [
    quadratic(EIGENVALUES), rotated_quadratic(EIGENVALUES, seed=3), rosenbrock(), piecewise_quadratic(),
]
ANALYTIC = PROBLEMS[:3]
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


@pytest.mark.parametrize("problem", PROBLEMS, **NAME)
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
