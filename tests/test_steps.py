"""Every step in every life, against recursions written another way, and under symmetries it must have."""
import inspect
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from firstorder import METHODS, hyper, position, start, symbolic
from firstorder.elementwise import maximum, quotient, sqrt

STEPS = 300
TOLERANCE = 1e-12  # max |difference| / max |trajectory| between two lives

# binary fractions: exact in every number type, and a large ε so that its place matters
SETTINGS = {
    "lr": 0.0625, "beta": 0.875, "beta1": 0.875, "beta2": 0.96875, "eps": 0.0078125, "weight_decay": 0.125,
    "momentum_decay": 0.0625,
}
HESSIAN = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, -0.25], [0.0, -0.25, 3.0]])
X0 = np.array([1.0, -2.0, 0.5])
NOISE = np.round(np.random.default_rng(7).standard_normal((STEPS, 3)) * 0.3 * 1024) / 1024


def settings(name, **changes):
    values = {**SETTINGS, **changes}
    return hyper(name, **{key: values[key] for key in METHODS[name].parameters})


def relative(a, b):
    return np.abs(a - b).max() / np.abs(b).max()


def gradient(x, noise):
    return HESSIAN @ x + 0.1 * np.sin(x) + noise


# ---- lives: each returns the stored points of 300 steps, shape (301, 3) --------------------------

def numpy_life(name, h=None):
    x, h, points = X0.copy(), h or settings(name), [X0]
    state = start(name, x)
    for k in range(STEPS):
        x, state = METHODS[name].step(x, gradient(x, NOISE[k]), state, k + 1.0, h)
        points.append(x)
    return np.array(points)


def scalar_life(name, number, step):
    """Coordinate by coordinate with a number type of Python; `step` has the signature of the steps."""
    h = type(settings(name))(*map(number, settings(name)))
    hessian, noise = ([[number(a) for a in row] for row in table] for table in (HESSIAN, NOISE))
    x, points = [number(a) for a in X0], [X0]
    states = [start(name, a) for a in x]
    for k in range(STEPS):
        g = [
            sum(a * b for a, b in zip(row, x)) + number(0.1 * math.sin(x[i])) + noise[k][i]
            for i, row in enumerate(hessian)
        ]
        moved = [step(x[i], g[i], states[i], k + 1.0, h) for i in range(3)]
        x, states = [new for new, _ in moved], [state for _, state in moved]
        points.append([float(a) for a in x])
    return np.array(points)


def float_life(name):
    return scalar_life(name, float, METHODS[name].step)


def fraction_life(name):
    return scalar_life(name, Fraction, METHODS[name].step)


def lambdified(name):
    """The step rebuilt from its SymPy trace, with the signature of the steps."""
    tr = symbolic.trace(name)
    compiled = sympy.lambdify([tr.x, tr.g, *tr.state, tr.t, *tr.hyper], [tr.new_x, *tr.new_state], "math")

    def step(x, g, state, t, h):
        new_x, *new_state = compiled(x, g, *state, t, *h)
        return new_x, type(state)(*new_state)

    return step


def sympy_life(name):
    return scalar_life(name, float, lambdified(name))


def torch_life(name):
    tensor = lambda a: torch.tensor(a, dtype=torch.float64)
    hessian, noise, x, points = tensor(HESSIAN), tensor(NOISE), tensor(X0), [X0]
    state, h = start(name, x), settings(name)
    for k in range(STEPS):
        g = hessian @ x + 0.1 * torch.sin(x) + noise[k]
        x, state = METHODS[name].step(x, g, state, k + 1.0, h)
        points.append(x.numpy())
    return np.array(points)


def takes_no_root(name):
    tr = symbolic.trace(name)
    powers = sympy.Tuple(tr.new_x, *tr.new_state).atoms(sympy.Pow)
    return not any(power.exp.is_Rational and not power.exp.is_Integer for power in powers)


ROOT_FREE = [name for name in METHODS if takes_no_root(name)]


@pytest.mark.parametrize("life", [float_life, sympy_life, torch_life])
@pytest.mark.parametrize("name", METHODS)
def test_lives_agree(name, life):
    assert relative(life(name), numpy_life(name)) <= TOLERANCE


@pytest.mark.parametrize("name", ROOT_FREE)
def test_fractions_agree(name):
    assert relative(fraction_life(name), numpy_life(name)) <= TOLERANCE


def test_the_root_free_methods_are_the_four_that_are_linear():
    assert ROOT_FREE == ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"]


@pytest.mark.parametrize("name, exact", [
    ("gradient_descent", (Fraction(20, 21),)),
    ("heavy_ball", (Fraction(20, 21), Fraction(-1, 21))),
    ("heavy_ball_ema", (Fraction(184, 189), Fraction(5, 27))),
    ("nesterov", (Fraction(176, 189), Fraction(-1, 21))),
])
def test_fractions_give_exact_answers(name, exact):
    """x = 1, g = 1/3, state 0, α = 1/7, β = 4/9, by hand."""
    values = {"lr": Fraction(1, 7), "beta": Fraction(4, 9)}
    h = settings(name, **values)
    x, state = METHODS[name].step(Fraction(1), Fraction(1, 3), start(name, Fraction(1)), 1.0, h)
    assert (x, *state) == exact and all(type(number) is Fraction for number in (x, *state))


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ROOT_FREE])
def test_a_root_of_a_fraction_is_refused_in_one_sentence(name):
    h = type(settings(name))(*map(Fraction, settings(name)))
    with pytest.raises(TypeError, match="^sqrt takes .* SymPy expression, not Fraction$"):
        METHODS[name].step(Fraction(1), Fraction(2), start(name, Fraction(1)), 1, h)


@pytest.mark.parametrize("name", METHODS)
def test_many_coordinates_step_as_each_one_alone(name):
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((2, 4, 5, 6))
    state = METHODS[name].State(*(np.abs(rng.standard_normal(x.shape)) for _ in METHODS[name].State._fields))
    before = [np.copy(a) for a in (x, g, *state)]
    new_x, new_state = METHODS[name].step(x, g, state, 3.0, settings(name))
    assert type(new_state) is METHODS[name].State
    for i in np.ndindex(x.shape):
        alone, alone_state = METHODS[name].step(
            float(x[i]), float(g[i]), METHODS[name].State(*(float(a[i]) for a in state)), 3.0, settings(name)
        )
        np.testing.assert_allclose((new_x[i], *(a[i] for a in new_state)), (alone, *alone_state), rtol=1e-14)
    for a, b in zip((x, g, *state), before):  # nothing was changed in place
        np.testing.assert_array_equal(a, b)


# ---- the same methods, written another way -------------------------------------------------------

def two_term_polyak(h):
    """x⁺ = x − α g + β (x − x⁻): positions only."""
    points = [X0, X0]
    for k in range(STEPS):
        x, before = points[-1], points[-2]
        points.append(x - h.lr * gradient(x, NOISE[k]) + h.beta * (x - before))
    return np.array(points[1:])


def two_sequence_nesterov(h):
    """x⁺ = y − α g(y), y⁺ = x⁺ + β (x⁺ − x): returns both sequences."""
    x, y = [X0], [X0]
    for k in range(STEPS):
        x.append(y[-1] - h.lr * gradient(y[-1], NOISE[k]))
        y.append(x[-1] + h.beta * (x[-1] - x[-2]))
    return np.array(x), np.array(y)


def weighted_sum(beta, values):
    """Σ βⁿ⁻ⁱ valueᵢ, the last value having weight 1."""
    weights = beta ** np.arange(len(values) - 1, -1, -1.0)
    return weights @ np.array(values), weights.sum()


def unrolled_ema(h):
    """Every average recomputed from all gradients so far."""
    x, gradients, points = X0, [], [X0]
    for k in range(STEPS):
        gradients.append(gradient(x, NOISE[k]))
        x = x - h.lr * (1 - h.beta) * weighted_sum(h.beta, gradients)[0]
        points.append(x)
    return np.array(points)


def from_all_gradients(move):
    """A run whose every step is computed afresh from all gradients so far: x ← move(x, gradients, h)."""
    def run(h):
        x, gradients, points = X0, [], [X0]
        for k in range(STEPS):
            gradients.append(gradient(x, NOISE[k]))
            x = move(x, np.array(gradients), h)
            points.append(x)
        return np.array(points)
    return run


@from_all_gradients
def summing_adagrad(x, gradients, h):
    return x - h.lr * gradients[-1] / (np.linalg.norm(gradients, axis=0) + h.eps)


@from_all_gradients
def averaging_rmsprop(x, gradients, h):
    squares, _ = weighted_sum(h.beta2, np.square(gradients))
    return x - h.lr * gradients[-1] / (np.sqrt((1 - h.beta2) * squares) + h.eps)


def weighted_means(gradients, h):
    """Corrected averages as what they are: weighted means of all gradients, and of their squares."""
    total, weight = weighted_sum(h.beta1, gradients)
    squares, square_weight = weighted_sum(h.beta2, np.square(gradients))
    return total / weight, squares / square_weight


@from_all_gradients
def averaging_adam(x, gradients, h):
    mean, mean_square = weighted_means(gradients, h)
    return x - h.lr * mean / (np.sqrt(mean_square) + h.eps)


@from_all_gradients
def averaging_adamw(x, gradients, h):
    """The decay beside the quotient, both times α, as Optax writes it."""
    mean, mean_square = weighted_means(gradients, h)
    return x - h.lr * (mean / (np.sqrt(mean_square) + h.eps) + h.weight_decay * x)


@from_all_gradients
def searching_amsgrad(x, gradients, h):
    """The largest of all averages of the squares, each recomputed."""
    averages = [(1 - h.beta2) * weighted_sum(h.beta2, np.square(gradients[:k + 1]))[0]
                for k in range(len(gradients))]
    m = (1 - h.beta1) * weighted_sum(h.beta1, gradients)[0]
    return x - h.lr * m / (np.sqrt(np.max(averages, axis=0)) + h.eps)


@from_all_gradients
def multiplying_nadam(x, gradients, h):
    """The products of the momenta as products, not through an average of ones."""
    t = len(gradients)
    mu = h.beta1 * (1 - 0.5 * 0.96 ** (h.momentum_decay * np.arange(1, t + 2)))
    m = (1 - h.beta1) * weighted_sum(h.beta1, gradients)[0]
    ahead = mu[t] * m / (1 - mu.prod()) + (1 - mu[t - 1]) * gradients[-1] / (1 - mu[:t].prod())
    return x - h.lr * ahead / (np.sqrt(weighted_means(gradients, h)[1]) + h.eps)


@pytest.mark.parametrize("name, recursion", [
    ("gradient_descent", lambda h: two_term_polyak(hyper("heavy_ball", lr=h.lr, beta=0))),
    ("heavy_ball", two_term_polyak),
    ("heavy_ball_ema", unrolled_ema),
    ("nesterov", lambda h: two_sequence_nesterov(h)[1]),
    ("adagrad", summing_adagrad),
    ("rmsprop", averaging_rmsprop),
    ("adam", averaging_adam),
    ("adamw", averaging_adamw),
    ("amsgrad", searching_amsgrad),
    ("nadam", multiplying_nadam),
])
def test_another_way_to_write_it(name, recursion):
    assert relative(numpy_life(name), recursion(settings(name))) <= TOLERANCE


def test_the_position_of_nesterov_is_the_other_sequence():
    h, x = settings("nesterov"), [X0]
    y, state = X0, start("nesterov", X0)
    for k in range(STEPS):
        y, state = METHODS["nesterov"].step(y, gradient(y, NOISE[k]), state, k + 1.0, h)
        x.append(position("nesterov", y, state, h))
    assert relative(np.array(x), two_sequence_nesterov(h)[0]) <= TOLERANCE


def test_every_method_has_another_way_to_write_it():
    marks = test_another_way_to_write_it.pytestmark
    covered = {row[0] for mark in marks if mark.name == "parametrize" for row in mark.args[1]}
    assert covered == set(METHODS)


# ---- 0/0 -----------------------------------------------------------------------------------------

def zero_over_zero_numpy(name, h):
    with np.errstate(all="raise"):
        return METHODS[name].step(np.ones(2), np.array([0.0, 2.0]), start(name, np.ones(2)), 1.0, h)[0]


def zero_over_zero_numbers(name, h, step=None):
    return [(step or METHODS[name].step)(1.0, g, start(name, 0.0), 1.0, h)[0] for g in (0.0, 2.0)]


def zero_over_zero_sympy(name, h):
    return zero_over_zero_numbers(name, h, lambdified(name))


def zero_over_zero_torch(name, h):
    x = torch.ones(2, dtype=torch.float64)
    return METHODS[name].step(x, torch.tensor([0.0, 2.0], dtype=torch.float64), start(name, x), 1.0, h)[0]


@pytest.mark.parametrize("life", [
    zero_over_zero_numpy, zero_over_zero_numbers, zero_over_zero_sympy, zero_over_zero_torch,
])
@pytest.mark.parametrize("name", METHODS)
def test_a_zero_gradient_moves_nothing_even_with_eps_zero(name, life):
    still, moved = life(name, settings(name, eps=0, weight_decay=0))
    assert still == 1.0 and moved < 1.0


@pytest.mark.parametrize("number", [np.float64, np.asarray])
def test_quotient_and_root_of_zero_dimensional_numpy_values(number):
    with np.errstate(all="raise"):
        assert quotient(number(0.0), number(0.0)) == 0 and quotient(number(6.0), number(3.0)) == 2
        assert sqrt(number(9.0)) == 3 and maximum(number(2.0), number(3.0)) == 3


@pytest.mark.parametrize("wrap", [
    float, np.float64, lambda a: np.array([a, a]), lambda a: torch.tensor([a, a], dtype=torch.float64),
], ids=["float", "float64", "array", "tensor"])
def test_the_larger_of_two_keeps_nan_whatever_the_order(wrap):
    for a, b in ((2.0, 3.0), (-1.0, -2.0), (0.0, 0.0), (math.inf, 1.0)):
        for found in (maximum(wrap(a), wrap(b)), maximum(wrap(b), wrap(a))):
            np.testing.assert_array_equal(np.asarray(found), np.asarray(wrap(max(a, b))))
    for found in (maximum(wrap(math.nan), wrap(1.0)), maximum(wrap(1.0), wrap(math.nan))):
        assert np.isnan(np.asarray(found)).all()


def test_the_larger_of_two_exact_numbers_and_of_two_symbols():
    third, half = Fraction(1, 3), Fraction(1, 2)
    assert maximum(third, half) is half and maximum(half, third) is half
    a, b = sympy.symbols("a b", real=True)
    assert maximum(a, b) == sympy.Max(a, b) and maximum(0.5, a) == sympy.Max(0.5, a)


def test_helpers_refuse_what_they_do_not_know():
    for helper, wrong in ((sqrt, ("9",)), (quotient, (1.0, "2")), (maximum, (1.0, "2"))):
        with pytest.raises(TypeError, match=f"^{helper.__name__} takes .* not str$"):
            helper(*wrong)


def test_steps_use_no_branch_and_no_library():
    """What lets one text run in every life: operators, the three helpers and the state, nothing else."""
    for name, method in METHODS.items():
        body = inspect.getsource(method.step).split('"""')[-1]
        assert len(body.strip().splitlines()) <= 10
        assert not any(word in body for word in ("if ", "for ", "while ", "np.", "math.", "torch")), name


# ---- properties ----------------------------------------------------------------------------------

moderate = st.floats(-1e3, 1e3).map(lambda a: round(a, 6))
betas = st.floats(0, 0.99).map(lambda b: round(b, 6))  # no underflow of β s
rates = st.floats(1e-4, 2)


def streams(rows=6, columns=3):
    """A start and a stream of gradients."""
    row = st.lists(moderate, min_size=columns, max_size=columns)
    return st.tuples(row.map(np.array), st.lists(row, min_size=rows, max_size=rows).map(np.array))


def replay(name, x0, gradients, **values):
    """Stored points under a given stream of gradients, whatever the points are."""
    h, x, state, points = hyper(name, **values), x0, start(name, x0), [x0]
    for k, g in enumerate(gradients):
        x, state = METHODS[name].step(x, g, state, k + 1.0, h)
        points.append(x)
    return np.array(points)


def close(a, b, scale):
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * max(1, scale))


@pytest.mark.parametrize("name", [name for name in METHODS if "beta" in METHODS[name].parameters])
@given(stream=streams(), lr=rates)
def test_without_momentum_it_is_gradient_descent(name, stream, lr):
    descent = replay("gradient_descent", *stream, lr=lr)
    np.testing.assert_array_equal(replay(name, *stream, lr=lr, beta=0), descent)


@given(stream=streams(), lr=rates, beta=betas)
def test_the_ema_form_is_heavy_ball_with_a_shorter_step(stream, lr, beta):
    path = replay("heavy_ball", *stream, lr=(1 - beta) * lr, beta=beta)
    scale = np.abs(path).max() + lr * np.abs(stream[1]).max()
    close(replay("heavy_ball_ema", *stream, lr=lr, beta=beta), path, scale)


@pytest.mark.parametrize("name", METHODS)
@given(stream=streams(), shift=st.lists(moderate, min_size=3, max_size=3).map(np.array))
def test_a_shift_of_the_origin_shifts_the_path(name, stream, shift):
    x0, gradients = stream
    values = {"weight_decay": 0} if name == "adamw" else {}  # a decay pulls to one point: the origin
    path = replay(name, x0, gradients, **values)
    shifted = replay(name, x0 + shift, gradients, **values)
    close(shifted, path + shift, np.abs(path).max() + np.abs(shift).max())


@pytest.mark.parametrize("name", METHODS)
@given(stream=streams(), order=st.permutations(range(3)))
def test_renamed_coordinates_rename_the_path(name, stream, order):
    x0, gradients = stream
    renamed = replay(name, x0[order], gradients[:, order])
    np.testing.assert_array_equal(renamed, replay(name, x0, gradients)[:, order])


@pytest.mark.parametrize("name", ROOT_FREE)
@given(stream=streams(), seed=st.integers(0, 999))
def test_turned_coordinates_turn_the_path_of_a_linear_method(name, stream, seed):
    x0, gradients = stream
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((3, 3)))
    path = replay(name, x0, gradients)
    close(replay(name, x0 @ q, gradients @ q), path @ q, np.abs(path).max() + np.abs(gradients).max())


ADAPTIVE = [name for name in METHODS if name not in ROOT_FREE]


def of(name, **values):
    """Those of the values that the method has."""
    return {key: value for key, value in values.items() if key in METHODS[name].parameters}


@pytest.mark.parametrize("name, length", [
    ("adagrad", 0.5), ("rmsprop", 0.5 / math.sqrt(0.1)), ("adam", 0.5), ("adamw", 0.5),
    ("amsgrad", 0.5 * 0.25 / math.sqrt(0.1)),
])
def test_turned_coordinates_do_not_turn_the_path_of_an_adaptive_method(name, length):
    """By 45°: along an axis the first step has this length, along the diagonal √2 times it."""
    turn = np.array([[1.0, 1.0], [-1.0, 1.0]]) / math.sqrt(2)
    x0, g = np.zeros(2), np.array([[1.0, 0.0]])
    values = of(name, lr=0.5, beta1=0.75, beta2=0.9, eps=0)
    straight, turned = (np.linalg.norm(replay(name, x0, h, **values)[-1]) for h in (g, g @ turn))
    assert straight == pytest.approx(length, rel=1e-14)
    assert turned == pytest.approx(length * math.sqrt(2), rel=1e-14)


@pytest.mark.parametrize("name", ADAPTIVE)
@given(stream=streams(), power=st.integers(-30, 30), beta1=betas, beta2=betas)
def test_without_eps_the_scale_of_the_gradient_does_not_matter(name, stream, power, beta1, beta2):
    x0, gradients = stream
    values = of(name, lr=0.5, beta1=beta1, beta2=beta2, eps=0)
    scaled = replay(name, x0, gradients * 2.0**power, **values)  # a power of two rounds nothing
    np.testing.assert_array_equal(scaled, replay(name, x0, gradients, **values))


@given(stream=streams(), lr=rates, beta2=betas)
def test_rmsprop_is_adam_without_momentum_and_without_correction(stream, lr, beta2):
    """With ε = 0 each step is that of Adam with β₁ = 0, divided by √(1 − β₂ᵗ)."""
    x0, gradients = stream
    moves = np.diff(replay("adam", x0 * 0, gradients, lr=lr, beta1=0, beta2=beta2, eps=0), axis=0)
    factor = 1 / np.sqrt(1 - beta2 ** np.arange(1.0, len(gradients) + 1))[:, None]
    found = np.diff(replay("rmsprop", x0 * 0, gradients, lr=lr, beta2=beta2, eps=0), axis=0)
    np.testing.assert_allclose(found, moves * factor, rtol=1e-9, atol=1e-12 * lr / math.sqrt(1 - beta2))


@given(stream=streams(), beta1=betas, beta2=betas, eps=st.floats(0, 1))
def test_adamw_without_decay_is_adam(stream, beta1, beta2, eps):
    values = dict(beta1=beta1, beta2=beta2, eps=eps)
    np.testing.assert_array_equal(
        replay("adamw", *stream, weight_decay=0, **values), replay("adam", *stream, **values)
    )


@given(lr=st.floats(1e-4, 1), decay=st.floats(0, 1))
def test_without_gradient_adamw_decays_by_a_constant_factor(lr, decay):
    path = replay("adamw", np.array([1.0, -2.0]), np.zeros((8, 2)), lr=lr, weight_decay=decay)
    np.testing.assert_allclose(path, np.outer((1 - lr * decay) ** np.arange(9.0), [1, -2]), rtol=1e-13)


@given(stream=streams(rows=8), beta2=betas, eps=st.floats(0, 1))
def test_the_factor_of_amsgrad_never_grows_and_that_of_rmsprop_may(stream, beta2, eps):
    x, state = stream[0], start("amsgrad", stream[0])
    h, largest, squares = hyper("amsgrad", beta2=beta2, eps=eps), 0.0, []
    for k, g in enumerate(stream[1]):
        x, state = METHODS["amsgrad"].step(x, g, state, k + 1.0, h)
        assert (state.s_max >= largest).all() and (state.s_max >= state.s).all()
        squares.append(state.s)
        largest = state.s_max
    np.testing.assert_array_equal(largest, np.max(squares, axis=0))


def test_the_average_of_squares_falls_where_its_maximum_stays():
    path = {name: start(name, 0.0) for name in ("rmsprop", "amsgrad")}
    for g in (1.0, 0.0):
        for name in path:
            path[name] = METHODS[name].step(0.0, g, path[name], 1.0, hyper(name, beta2=0.5))[1]
    assert (path["rmsprop"].s, path["amsgrad"].s, path["amsgrad"].s_max) == (0.25, 0.25, 0.5)


@given(stream=streams(), beta1=betas, beta2=betas)
def test_nadam_with_a_constant_momentum(stream, beta1, beta2):
    """ψ → ∞: m̂ = β₁ m/(1 − β₁ᵗ⁺¹) + (1 − β₁) g/(1 − β₁ᵗ), which without momentum is g."""
    values = dict(lr=0.5, beta1=beta1, beta2=beta2, eps=0.1)
    x, m, s, points = stream[0], 0.0, 0.0, [stream[0]]
    for t, g in enumerate(stream[1], start=1):
        m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
        ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        x = x - 0.5 * ahead / (np.sqrt(s / (1 - beta2**t)) + 0.1)
        points.append(x)
    scale = np.abs(points).max()
    close(replay("nadam", *stream, momentum_decay=1e4, **values), np.array(points), scale)
    free = dict(values, beta1=0)
    close(replay("nadam", *stream, **free), replay("adam", *stream, **free), scale)


def test_the_momentum_of_nadam_rises_from_one_half_of_beta1():
    """w_t = 1 − μ₁⋯μ_t, with μ from 0.9/2 · 1.02 up to 0.9."""
    h, state, weights = hyper("nadam", beta1=0.9, momentum_decay=0.5), start("nadam", 0.0), []
    for k in range(400):
        state = METHODS["nadam"].step(0.0, 1.0, state, k + 1.0, h)[1]
        weights.append(state.w)
    mu = 0.9 * (1 - 0.96 ** (0.5 * np.arange(1, 401)) / 2)
    np.testing.assert_allclose(weights, 1 - np.cumprod(mu), rtol=0, atol=1e-15)
    assert (mu[0], mu[-1]) == (pytest.approx(0.459, abs=1e-3), pytest.approx(0.9, abs=1e-3))


@given(stream=streams(), beta1=betas, beta2=betas)
def test_adam_with_eps_does_not_ignore_it(stream, beta1, beta2):
    x0, gradients = stream
    assume(np.abs(gradients[0]).max() > 1e-3)
    values = dict(lr=0.5, beta1=beta1, beta2=beta2, eps=0.1)
    first, scaled = (replay("adam", x0 * 0, c * gradients[:1], **values)[1] for c in (1, 2))
    largest = np.abs(gradients[0]).argmax()
    assert abs(scaled[largest]) > abs(first[largest])


@given(size=st.floats(-100, 100), sign=st.sampled_from([-1, 1]), lr=rates, beta1=betas, beta2=betas)
def test_the_first_step_of_adam_is_the_step_size(size, sign, lr, beta1, beta2):
    g = np.array([sign * 10.0**size])
    step = replay("adam", np.zeros(1), [g], lr=lr, beta1=beta1, beta2=beta2, eps=0)[1]
    np.testing.assert_allclose(step, -lr * np.sign(g), rtol=1e-13)


@given(g=st.floats(1e-3, 1e3), eps=st.floats(0, 10), beta1=betas, beta2=betas)
def test_a_constant_gradient_makes_every_step_of_adam_the_same(g, eps, beta1, beta2):
    path = replay("adam", np.zeros(1), np.full((50, 1), g), lr=1.0, beta1=beta1, beta2=beta2, eps=eps)
    np.testing.assert_allclose(np.diff(path, axis=0), -g / (g + eps), rtol=1e-10)


@given(g=st.floats(-10, 10), lr=rates, beta=betas)
def test_a_constant_gradient_takes_momentum_to_its_terminal_velocity(g, lr, beta):
    """v → −α g/(1 − β), along v_k = −α g (1 − βᵏ)/(1 − β)."""
    v = np.diff(replay("heavy_ball", np.zeros(1), np.full((40, 1), g), lr=lr, beta=beta), axis=0).ravel()
    k = np.arange(1, 41)
    np.testing.assert_allclose(v, -lr * g * (1 - beta**k) / (1 - beta), rtol=1e-10, atol=1e-12 * lr * 400)
