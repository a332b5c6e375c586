"""The three operations that steps need and that no operator spells the same way everywhere.

A step is one plain Python function that runs on floats, NumPy arrays, torch tensors and SymPy
expressions, is compiled by Numba and printed as JavaScript. `+ - * / **` do that by themselves; a
square root, a division that forgives 0/0 and the larger of two numbers do not, so they are
dispatched here.
"""
import math
import sys
from fractions import Fraction

import numpy as np


def _sympy_like(x):
    sympy = sys.modules.get("sympy")  # an expression cannot exist before SymPy was imported
    return sympy if sympy is not None and isinstance(x, sympy.Basic) else None


def sqrt(x):
    """Square root of a real number, NumPy array, torch tensor or SymPy expression.

    >>> sqrt(9.0)
    3.0
    >>> sqrt(np.array([4.0, 0.25]))
    array([2. , 0.5])
    """
    if isinstance(x, (float, int)):
        return math.sqrt(x)
    if isinstance(x, (np.ndarray, np.generic)):
        return np.sqrt(x)
    if sympy := _sympy_like(x):
        return sympy.sqrt(x)
    if hasattr(x, "sqrt"):  # a torch tensor
        return x.sqrt()
    raise TypeError(f"sqrt takes a float, an array, a tensor or a SymPy expression, not {type(x).__name__}")


def quotient(a, b):
    """`a / b`, and 0 where `b` is 0.

    The one place where 0/0 is decided: with ε = 0 and a zero gradient, Adam's step is
    0/0 and means "no evidence, no move". The same rule holds in every backend.

    >>> quotient(1.0, 4.0), quotient(0.0, 0.0), quotient(float("inf"), 0.0)
    (0.25, 0.0, 0.0)
    >>> quotient(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    if isinstance(b, (float, int)):
        return a / b if b != 0 else 0.0
    if isinstance(b, (np.ndarray, np.generic)):
        a, b = np.broadcast_arrays(a, b)
        return np.divide(a, b, out=np.zeros(b.shape, np.result_type(a, b)), where=b != 0)[()]
    if sympy := _sympy_like(b):
        return sympy.Piecewise((a / b, sympy.Ne(b, 0)), (0, True))
    if hasattr(b, "masked_fill"):  # a torch tensor
        least, largest = b.aminmax() if b.numel() else (1, 1)
        if least > 0 or largest < 0:  # the usual case, and several times as fast as looking at every entry
            return a / b
        return (a / b).masked_fill(b == 0, 0)
    raise TypeError(f"quotient takes floats, arrays, tensors or SymPy expressions, not {type(b).__name__}")


def maximum(a, b):
    """The larger of `a` and `b`, entry by entry; NaN where one of them is NaN.

    Python's `max` keeps or drops a NaN depending on the order of its arguments, so a run that has gone
    wrong could look healthy again; here NaN stays.  The same rule holds in every backend.

    >>> maximum(1.0, 4.0), maximum(float("nan"), 4.0)
    (4.0, nan)
    >>> maximum(np.array([1.0, 3.0]), np.array([2.0, 0.0]))
    array([2., 3.])
    """
    if isinstance(b, (float, int, Fraction)):
        return a if a >= b or a != a else b
    if isinstance(b, (np.ndarray, np.generic)):
        return np.maximum(a, b)
    if sympy := _sympy_like(b):
        return sympy.Max(a, b)
    if hasattr(b, "maximum"):  # a torch tensor
        return b.maximum(a)
    raise TypeError(f"maximum takes numbers, arrays, tensors or SymPy expressions, not {type(b).__name__}")
