"""The book's own tools.  They start only where the book's packages are installed, and say so in one sentence."""
from importlib.util import find_spec

_NEEDED = ("firstorder", "yaml", "jupytext", "nbformat", "nbclient", "nbval", "pybtex", "myst_nb", "jupyter_cache", "jupyter_book")
_missing = [name for name in _NEEDED if find_spec(name) is None]
if _missing:
    raise SystemExit(f"Missing here: {', '.join(_missing)}. Run `make book`, or pip install -r requirements.txt.")
