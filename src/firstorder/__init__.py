"""First-order optimizers written once, and the theory that checks them.

`import firstorder` loads NumPy and the standard library only; a part such as `firstorder.theory` is
imported when its name is first used.
"""
from importlib import import_module

from .methods import METHODS, hyper, method, position, start

__version__ = "0.1.0"

_MODULES = (
    "claims", "conventions", "decision", "elementwise", "formulas", "graders", "grading", "javascript", "methods", "minimize",
    "pages", "pep", "plotting", "problems", "schedule", "steps", "sweeps", "symbolic", "theory", "torch", "widgets",
)

__all__ = ["METHODS", "hyper", "method", "position", "start", *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module 'firstorder' has no attribute {name!r}")
