"""The reference page: complete, and every docstring on it to the last character."""
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest
from docutils import nodes

sys.path.insert(0, str(Path(__file__).parents[1] / "_ext"))

from book_ext import api

from .test_book_ext import read  # the fixture that reads pages with Sphinx

MODULES = {name: importlib.import_module(name) for name in api.modules()}


@pytest.fixture
def page(read):
    app, warnings = read({"index": "# API\n\n```{api}\n```\n"})
    assert warnings == ""
    tree = app.env.get_doctree("index")
    return app, {i: node for node in tree.findall(nodes.Element) for i in node["ids"]}


def squeezed(text):
    """What must survive: every character but white space and the backticks that become code."""
    return re.sub(r"[\s`]", "", text)


NOT_CONSTANT = inspect.ismodule, inspect.isclass, inspect.isroutine


def own(module):
    """Public functions and classes that a module defines, found by importing it: name -> object."""
    return {
        name: thing for name, thing in vars(module).items()
        if not name.startswith("_") and (inspect.isclass(thing) or inspect.isroutine(thing))
        and thing.__module__ == module.__name__
    }


def test_every_module_of_the_package_is_there():
    import firstorder

    assert {f"firstorder.{name}" for name in firstorder._MODULES} <= set(MODULES)


def test_every_public_name_appears(page):
    _, items = page
    names = [f"{m}.{name}" for m, module in MODULES.items() for name in own(module)]
    missing = [name for name in names if name not in items]
    for m, module in MODULES.items():  # constants: in this module, or in the one they were imported from
        for name, thing in vars(module).items():
            if name.startswith("_") or any(kind(thing) for kind in NOT_CONSTANT):
                continue
            foreign = type(thing).__module__ in ("typing", "dataclasses")
            if not foreign and not any(f"{other}.{name}" in items for other in MODULES):
                missing.append(f"{m}.{name}")
    for m, module in MODULES.items():
        for name, thing in own(module).items():
            if inspect.isclass(thing):
                missing += [
                    f"{m}.{name}.{method}" for method, member in vars(thing).items()
                    if not method.startswith("_") and f"{m}.{name}.{method}" not in items
                    and (isinstance(member, (property, staticmethod)) or inspect.isfunction(member))
                    and getattr(member, "__name__", "") != "<lambda>"  # a field's default
                    and not hasattr(member, "hooked")  # torch wraps `step` in a class once it has an instance
                ]
    assert missing == []


def test_no_name_is_made_up(page):
    _, items = page
    for anchor, node in items.items():
        if "api-signature" in node["classes"]:
            module = max((m for m in MODULES if anchor.startswith(m + ".")), key=len)
            thing = MODULES[module]
            for part in anchor.removeprefix(module + ".").split("."):
                thing = getattr(thing, part)


def test_no_character_of_a_docstring_is_lost(page):
    _, items = page
    told = 0
    for m, module in MODULES.items():
        things = own(module)
        members = {f"{name}.{key}": member for name, thing in things.items() if inspect.isclass(thing)
                   for key, member in vars(thing).items() if f"{m}.{name}.{key}" in items}
        for name, thing in {**things, **members}.items():
            if inspect.isclass(thing) and (thing.__doc__ or "").startswith(thing.__name__ + "("):
                continue  # a NamedTuple without a docstring is given its signature as one
            shown = "".join(child.astext() for child in items[f"{m}.{name}"].parent.children[2:])
            assert squeezed(shown) == squeezed(thing.__doc__ or ""), f"{m}.{name}"
            told += 1
            if isinstance(thing, property):
                assert items[f"{m}.{name}"].astext() == name  # read without parentheses
    assert told > 60


def test_fields_without_docstring_show_their_comments(page):
    _, items = page
    shown = items["firstorder.steps.HeavyBallHyper"].parent.astext()
    assert "lr" in shown and "step size α, units of x² per unit of f" in shown


def test_arguments_agree_with_the_running_function(page):
    _, items = page
    for m, module in MODULES.items():
        for name, thing in own(module).items():
            if inspect.isfunction(thing) and not hasattr(thing, "__wrapped__"):
                shown = items[f"{m}.{name}"].astext()
                for argument in inspect.signature(thing).parameters:
                    assert re.search(rf"\b{argument}\b", shown), f"{m}.{name} lacks {argument}"


def test_names_can_be_referred_to(page):
    app, _ = page
    found = app.env.get_domain("py").objects
    assert found["firstorder.theory.polyak"].node_id == "firstorder.theory.polyak"
    assert found["firstorder.steps"].objtype == "module"


@pytest.mark.parametrize("doc, expected", [
    ("a  b\n   c\nd, e  f", [("terms", [("a", "b c"), ("d, e", "f")])]),
    ("One.  Two  three.", [("prose", "One.  Two  three.")]),
    ("x = 1,    y = 2", [("formula", (["x = 1,", "y = 2"], None))]),
    ("x = 1\ny = 2      (Tag)", [("formula", (["x = 1", "y = 2"], "Tag"))]),
    ("    code(x)\n      more", [("plain", "code(x)\n  more")]),
    (">>> 1\n1", [("session", ">>> 1\n1")]),
    ("    a   b\n    c   d", [("terms", [("a", "b"), ("c", "d")])]),
    ("x  a = 1\n   b = 2\n   so", [("terms", [("x", "a = 1\nb = 2 so")])]),
    ("- one\n- two", [("plain", "- one\n- two")]),
    ("a  b\nnot a term", [("plain", "a  b\nnot a term")]),
])
def test_a_block_is_what_it_looks_like(doc, expected):
    assert api.blocks(doc) == expected


def test_formulas_of_all_steps_are_recognised():
    from firstorder.methods import METHODS

    for method in METHODS.values():
        tags = [content[1] for kind, content in api.blocks(inspect.getdoc(method.step)) if kind == "formula"]
        assert method.tag in tags, method.name
