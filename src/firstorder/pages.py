"""What a page needs besides the mathematics: numbers for its prose, and the source of a step."""
import ast
import importlib
import inspect
import io
import re
import sys
import textwrap


def glue(key, text):
    """Store the formatted string `text` under `key`, for {glue:text}`key` in the page's prose.

    Strings only: a number is rounded to the digits it deserves where it is computed, not where it is read.
    """
    from myst_nb import glue as store

    if not isinstance(text, str):
        raise TypeError(f"glue({key!r}, …) takes a formatted string, not a {type(text).__name__}")
    store(key, text, display=False)


LABEL = re.compile(r"(?:theorem-(?P<chapter>\d+)|thm-(?P<set>[a-z])(?P<item>\d+))(?:-(?P<part>[a-z]))?")


def theorem_number(label):
    """The number that a theorem's label stands for, or None if it stands for none.

    >>> theorem_number("theorem-3"), theorem_number("theorem-3-b"), theorem_number("thm-b10"), theorem_number("lemma-sums")
    ('3', '3b', 'B.10', None)
    """
    match = LABEL.fullmatch(label)
    if not match:
        return None
    return (match["chapter"] or f"{match['set'].upper()}.{int(match['item'])}") + (match["part"] or "")


class Source:
    """Python source that a page displays with highlighting and a notebook compares as text."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return f"```python\n{self.text}\n```"


def source(function):
    """The source of a function as it runs, without its docstring (the page says that part in words).

    >>> from firstorder.steps import gradient_descent
    >>> source(gradient_descent)
    def gradient_descent(x, g, state, t, hyper):
        return x - hyper.lr * g, state
    """
    text = textwrap.dedent(inspect.getsource(function))
    body = ast.parse(text).body[0].body
    lines = text.splitlines()
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        del lines[body[0].lineno - 1 : body[0].end_lineno]
    return Source("\n".join(lines))


class Figure:
    """A Matplotlib figure with the sentence that says what it shows.

    A page ends its plotting cell with `Figure(fig, alt)`.  The website shows the picture with `alt` as its
    alternative text; a notebook, whose stored outputs hold no pictures, shows `alt`, so the numbers in it
    are compared by every test run.

    alt  at least one full sentence, with the numbers that carry the message, formatted from the plotted data
    """

    def __init__(self, fig, alt):
        if len(alt) < 40:
            raise ValueError(f"alt={alt!r} is too short to say what a figure shows; write a sentence with its numbers")
        self.fig, self.alt = fig, " ".join(alt.split())

    def _repr_mimebundle_(self, include=None, exclude=None):
        import matplotlib.pyplot as plt

        store = io.BytesIO()
        self.fig.savefig(store, format="png", dpi=160)
        plt.close(self.fig)  # or the notebook would show it a second time
        width = round(self.fig.get_figwidth() * 100)
        return (
            {"image/png": store.getvalue(), "text/plain": f"[Figure: {self.alt}]"},
            {"image/png": {"alt": self.alt, "width": width}},
        )


class AltText:
    """Gives the picture on the website the `alt` of its `Figure` (an entry point of myst_nb.mime_renderers)."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer, data, inline):
        alt = data.output_metadata.get("image/png", {}).get("alt") if data.mime_type == "image/png" else None
        if alt is None:
            return None
        nodes = renderer.render_image(data)
        for node in nodes:
            node["alt"] = alt
        return nodes


class Table:
    """A table of texts: Markdown on the website, aligned columns in a notebook."""

    def __init__(self, header, rows):
        self.header, self.rows = tuple(header), [tuple(map(str, row)) for row in rows]

    def __repr__(self):
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths)).rstrip() for line in lines)

    def _repr_markdown_(self):
        cells = [[cell.replace("|", "\\|") for cell in line] for line in (self.header, *self.rows)]
        lines = ["| " + " | ".join(line) + " |" for line in cells]
        return "\n".join([lines[0], "|" + "---|" * len(self.header), *lines[1:]])


def show_kill_table(exercise, **options):
    """Run a grader on its variants and show who passes; glues EXERCISE-right and EXERCISE-wrong.

    exercise  its name, "b03"; the variants are those of tests/variants
    options   further arguments of the grader, for instance a seed

    Returns a `Table`.  Raises AssertionError if a variant is judged otherwise than planned.
    """
    from .claims import root
    from .grading import kill_table

    if str(root()) not in sys.path:
        sys.path.insert(0, str(root()))  # the variants live with the tests
    check = importlib.import_module(f"firstorder.graders.{exercise}").check
    rows = kill_table(check, importlib.import_module(f"tests.variants.{exercise}").VARIANTS, **options)
    surprises = [r.name for r in rows if r.passed != (r.wanted == "pass")]
    assert not surprises, f"judged otherwise than planned: {surprises}"
    for kind, wanted in (("right", "pass"), ("wrong", "fail")):
        glue(f"{exercise}-{kind}", str(sum(r.wanted == wanted for r in rows)))
    return Table(("variant", "verdict", "criteria not met"),
                 [(r.name, "passes" if r.passed else "fails", _first_two(dict.fromkeys(r.failed))) for r in rows])


def _first_two(criteria):
    first, more = list(criteria)[:2], len(criteria) - 2
    return ("; ".join(first) or "none") + (f"; and {more} more" if more > 0 else "")
