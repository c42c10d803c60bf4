"""The likely cause of an error in the learner's code, from what the names on its line hold."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.explain import likely_cause
from course_utils.exercises.sources import evaluate

SETUP = "import torch\nfrom torch import nn\nfrom functools import partial\n"


def cause(source: str, *inputs: object) -> str:
    """Run a learner's function `f` on the inputs, and return the cause of its error."""
    exercise = Exercise(
        id="99.9", title="t", difficulty="easy", minutes=1, task="t", hints=(), starter="f = ...", name="f",
        solution="", alternative="", judge=print, praise="", mistakes=(), setup=SETUP,
    )  # fmt: skip
    function = evaluate(exercise, source)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any error of the learner
        function(*inputs)
    return likely_cause(caught.value)


NETWORK = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
ROW = torch.ones(1, 2)
HOOKED = "def f(model, x):\n    with model[0].{register}({hook}):\n        model(x).sum().backward()"

CASES = {
    "a number before the dot": ("def f(limit):\n    return limit.clamp(0)", (1.0,), "`limit` is a plain number"),
    "a text before the dot": ("def f(layer):\n    return layer.weight", ("conv",), "`layer` is a text: a name"),
    "a function that was not called": ("def f():\n    return f.item()", (), "`f` is a function that was not called"),
    "a tuple of gradients": ("def f(g):\n    return g.norm()", ((ROW,),), "`g` is a tuple of 1"),
    "a misspelled method": ("def f(x):\n    return x.clmap(0)", (ROW,), "did you mean `clamp`?"),
    "what the object has": ("def f(s):\n    return s.loss", (type("S", (), {})(),), "has no `.loss`"),
    "no walk backward yet": ("def f(x):\n    return 2 * x.grad", (ROW,), "`x` is itself a gradient"),
    "None from a call": ("def g(): pass\ndef f():\n    return g() + 1", (), "`g(...)` gives None back"),
    "None in a name": ("def f(x):\n    return x + 1", (None,), "`x` is None"),
    "a name with a nickname": ("def f():\n    return np.log(1)", (), "`import numpy as np`"),
    "a function of math": ("def f():\n    return log(1)", (), "`from math import log`"),
    "a near name": ("def f(images):\n    return image", (ROW,), "did you mean `images`?"),
    "assigned in the function": ("n = 0\ndef f():\n    n += 1", (), "this function assigns `n`"),
    "not a function": ("def f(shape):\n    return shape(0)", ((1, 2),), "`shape` is no function, but of type tuple"),
    "an empty list": ("def f():\n    seen = []\n    return seen[0]", (), "`seen` is empty"),
    "a short list": ("def f():\n    seen = [1]\n    return seen[3]", (), "only the positions 0 to 0"),
    "another key": ("def f():\n    seen = {'a': 1}\n    return seen['b']", (), "only the keys ['a']"),
    "divided by zero": ("def f(n):\n    return 1 / n[0]", ([0],), "the case in which `n[0]` is 0"),
    "their own raise": ("def f():\n    raise StopIteration", (), "your own `raise`"),
    "a hook of two": (
        HOOKED.format(register="register_forward_hook", hook="lambda layer, output: None"),
        (NETWORK, ROW),
        "PyTorch calls this hook with three things: (layer, args, output)",
    ),
    "a backward hook of two": (
        HOOKED.format(register="register_full_backward_hook", hook="lambda layer, out: None"),
        (NETWORK, ROW),
        "three things: (layer, grad_input, grad_output)",
    ),
    "a pre-hook of three": (
        HOOKED.format(register="register_full_backward_pre_hook", hook="lambda layer, into, out: None"),
        (NETWORK, ROW),
        "two things: (layer, grad_output)",
    ),
    "called, not handed over": (
        "def store(name, layer, args, output): pass\n"
        + HOOKED.format(register="register_forward_hook", hook="store('a')"),
        (NETWORK, ROW),
        "a hook is handed over, not called",
    ),
}


@pytest.mark.parametrize(("source", "inputs", "words"), CASES.values(), ids=CASES)
@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
def test_the_line_tells_the_cause(source, inputs, words):
    assert words in cause(source, *inputs)


def test_late_binding_is_told_from_a_hook_that_comes_too_early():
    late = """
def f(parameters):
    for p in parameters:
        p.register_post_accumulate_grad_hook(lambda _: p.sub_(0.1 * p.grad))
    (parameters[0] * 2).sum().backward()
"""
    assert "late binding" in cause(late, [nn.Parameter(ROW.clone()), nn.Parameter(ROW.clone())])
    early = "def f(p):\n    p.register_hook(lambda g: 2 * g.grad)\n    p.sum().backward()"
    assert "which is what `register_hook` hands over" in cause(early, nn.Parameter(ROW.clone()))
    at_once = "def f(p):\n    return 0.1 * p.grad"
    assert "nothing has walked backward yet" in cause(at_once, nn.Parameter(ROW.clone()))


METHODS = """
class Counter:
    def __init__(self):
        {init} = 0

    def go({parameters}):
        {line}

f = lambda: Counter().go()
"""


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"init": "self.n", "parameters": "self", "line": "return n"}, "`n` alone is another name than `self.n`"),
        ({"init": "n", "parameters": "self", "line": "return self.n"}, "`__init__` keeps `n` under a name of its own"),
        ({"init": "self.n", "parameters": "", "line": "return 1"}, "write `def go(self, ...)`"),
    ],
)
def test_what_goes_wrong_in_a_class(parts, words):
    assert words in cause(METHODS.format(**parts))


def test_a_class_without_init_is_told_what_it_lacks():
    assert "no `__init__`" in cause("class C:\n    def _init_(self, n): pass\nf = lambda: C(1)")


def test_the_rest_gets_the_usual_meaning():
    assert "frees it" in cause(
        "def f(x):\n    y = (x * x).sum()\n    y.backward()\n    y.backward()", ROW.requires_grad_()
    )


def test_a_cause_never_shows_an_address():
    assert not re.search("0x[0-9a-f]{6}", cause("def f(d):\n    return d['b']", {object(): 1}))


def test_an_error_without_a_learners_line_still_has_a_meaning():
    assert likely_cause(ZeroDivisionError("division by zero"))
