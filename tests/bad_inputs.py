"""One table of bad hyper-parameters and the exact sentence each of them must get.

The rows are generated from `METHODS`, so a new method or parameter is covered the day it is added.  An entry
point takes (method name, **hyper-parameters); `ENTRY_POINTS` lists those of this package that every
machine has, and test files of other entry points import `CASES` and call theirs.
"""
import math
from typing import Any, NamedTuple

import numpy as np

from firstorder import METHODS, hyper
from firstorder.minimize import minimize
from firstorder.problems import online, quadratic, reddi_kale_kumar


class Case(NamedTuple):
    """kind: "method", "keyword", "value", "type" or "array" (an array where a number belongs)."""

    kind: str
    method: Any
    values: dict
    error: type
    sentence: str

    @property
    def label(self):
        shown = ", ".join(f"{key}={value!r}" for key, value in self.values.items())
        return f"{self.method}({shown})"


METHOD_NAMES = ", ".join(METHODS)


def _unknown_methods():
    yield Case("method", "heavybal", {}, ValueError,
               f"method='heavybal' is not one of {METHOD_NAMES}; did you mean heavy_ball?")
    yield Case("method", "newton", {"lr": 0.1}, ValueError, f"method='newton' is not one of {METHOD_NAMES}")
    yield Case("method", None, {}, ValueError, f"method=None is not one of {METHOD_NAMES}")


def _typed_wrong():
    yield Case("keyword", "adam", {"beta_1": 0.9}, TypeError,
               "adam has no hyper-parameter 'beta_1', it has lr, beta1, beta2, eps; did you mean beta1?")
    yield Case("keyword", "gradient_descent", {"beta": 0.9}, TypeError,
               "gradient_descent has no hyper-parameter 'beta', it has lr")
    for name, method in METHODS.items():
        sentence = f"{name} has no hyper-parameter 'zzz', it has {', '.join(method.parameters)}"
        yield Case("keyword", name, {"zzz": 0.1}, TypeError, sentence)


def _outside(interval):
    """Numbers just outside an interval at each of its finite ends."""
    yield interval.low if interval.low_open else math.nextafter(interval.low, -math.inf)
    yield interval.low - 1
    if interval.high < math.inf:
        yield interval.high if interval.high_open else math.nextafter(interval.high, math.inf)
        yield interval.high + 0.5


def _bad_values():
    for name, method in METHODS.items():
        for key, p in method.parameters.items():
            needs = f"{name} needs {key} in {p.admissible} ({p.meaning}, {p.units})"
            for value in (math.nan, math.inf, -math.inf):
                yield Case("value", name, {key: value}, ValueError, f"{key}={value} is not finite; {needs}")
            for value in _outside(p.admissible):
                about = f"for {name} ({p.meaning}, {p.units})"
                sentence = f"{key}={float(value)} is outside {p.admissible} {about}"
                yield Case("value", name, {key: value}, ValueError, sentence)
            for value in ("0.1", None, True, 1j, [0.1]):
                sentence = f"{key}={value!r} is a {type(value).__name__}, not a real number; {needs}"
                yield Case("type", name, {key: value}, TypeError, sentence)
            value = np.array([0.5, 0.25])
            sentence = f"{key}=array([0.5 , 0.25]) is a ndarray, not a real number; {needs}"
            yield Case("array", name, {key: value}, TypeError, sentence)


CASES = [*_unknown_methods(), *_typed_wrong(), *_bad_values()]

ENTRY_POINTS = {
    "hyper": hyper,
    "minimize": lambda method, **values: minimize(quadratic([1.0, 2.0]), method, steps=1, **values),
    "online": lambda method, **values: online(method, reddi_kale_kumar(), steps=1, **values),
}
