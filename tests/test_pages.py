"""The helpers of the pages: glued strings, figures with a sentence, tables, sliders, decisions."""
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
import z3

from firstorder import hyper, plotting, theory, widgets
from firstorder.decision import decide
from firstorder.pages import Figure, Table, glue, source
from firstorder.steps import heavy_ball


def test_glue_takes_strings_only():
    with pytest.raises(TypeError, match=r"glue\('rho', …\) takes a formatted string, not a float"):
        glue("rho", 0.5)


def test_a_figure_needs_a_sentence_and_closes_itself():
    fig, _ = plotting.axes()
    with pytest.raises(ValueError, match="alt='short' is too short to say what a figure shows"):
        Figure(fig, "short")
    bundle, metadata = Figure(fig, "A line that rises\n from 0 to 1, which is what this figure shows.")._repr_mimebundle_()
    assert bundle["text/plain"] == "[Figure: A line that rises from 0 to 1, which is what this figure shows.]"
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] in bundle["text/plain"]
    assert not plt.fignum_exists(fig.number)


def test_source_is_the_running_function_without_its_docstring():
    assert repr(source(heavy_ball)) == (
        "def heavy_ball(x, g, state, t, hyper):\n"
        "    v = hyper.beta * state.v - hyper.lr * g\n"
        "    return x + v, HeavyBallState(v)"
    )


def test_a_table_escapes_bars():
    table = Table(("a", "b"), [("|β| < 1", 2)])
    assert repr(table) == "a        b\n|β| < 1  2"
    assert table._repr_markdown_() == "| a | b |\n|---|---|\n| \\|β\\| < 1 | 2 |"


@pytest.mark.parametrize("method", widgets.METHODS)
def test_the_sliders_answer_with_the_spectral_radius(method):
    box = widgets.momentum_explorer((1.0, 25.0))
    choice, lr, beta, answer, picture = box.children
    choice.value, lr.value, beta.value = method, 0.02, 0.5
    values = {"lr": lr.value} if method == "gradient_descent" else {"lr": lr.value, "beta": beta.value}
    radius = max(theory.spectral_radius(method, lam, hyper(method, **values)) for lam in (1.0, 25.0))
    assert answer.value.startswith(f"spectral radius {radius:.4f}: in the long run the error shrinks")
    before = bytes(picture.value)
    lr.value = 0.9
    assert "diverges, stopped at step" in answer.value or "does not converge" in answer.value
    assert bytes(picture.value) != before and bytes(picture.value).startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_decisions():
    x, y = z3.Reals("x y")
    assert decide(x > 0, x > 1) == (True, None)
    false = decide(x * x != 2, x > 0)
    assert not false.decided and false.counterexample["x"] == pytest.approx(2**0.5)
    assert str(false) == "false, for instance at x = 1.41421"
    assert str(decide(x / y > 0, x > 0, y < 0)).startswith("false, for instance at x = ")
    with pytest.raises(ValueError, match="no real numbers satisfy the hypotheses"):
        decide(x > 0, x > 1, x < 0)
