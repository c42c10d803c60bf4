"""What an answer does besides is caught, told and cleaned up: loops, exits, prints, settings, hooks."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from sample_exercises import DOUBLE, GRADIENT, of_double
from torch import nn
from torch.nn.modules import module as torch_module

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.sources import evaluate
from course_utils.exercises.verdict import judged

MODEL = nn.Linear(2, 2)


# --- caught, told, cleaned up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    number += 1",
        "while True:\n    try:\n        number += 1\n    except:\n        pass",
        "import time\ntime.sleep(60)",
    ],
)
def test_endless_loop_is_stopped_and_told(body):
    outcome = of_double(body)
    assert outcome.kind == "raised"
    assert "still at work after 0.3 s" in repr(outcome)
    assert "a loop that never ends" in repr(outcome)


def test_endless_loop_is_stopped_outside_of_the_main_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(of_double("while True:\n    number += 1")))
    thread.start()
    thread.join(timeout=20)
    assert "still at work after 0.3 s" in repr(outcomes[0])


def test_a_profiler_still_works_after_a_check_outside_of_the_main_thread():
    """In a process of its own, because a hang is what would go wrong."""
    code = (
        "import sys, threading\n"
        "from course_utils.exercises.time_limit import time_limit\n"
        "def check():\n    with time_limit(5):\n        pass\n"
        "thread = threading.Thread(target=check); thread.start(); thread.join()\n"
        "sys.setprofile(lambda *event: None)\n"
        "[(lambda: sorted([2, 1]))() for _ in range(3)]\n"
        "sys.setprofile(None); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "alive"


def test_earlier_timer_goes_on_after_a_check():
    earlier = signal.signal(signal.SIGALRM, lambda *_: None)
    before = signal.setitimer(signal.ITIMER_REAL, 50)
    try:
        of_double("return 2 * number")
        assert 40 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, earlier)


@pytest.mark.parametrize("call", ["exit()", "quit()", "sys.exit(1)", "os._exit(1)", "os.abort()", "raise SystemExit"])
def test_exit_is_stopped_and_told(call):
    outcome = of_double(call)
    assert f"line 2: `{call}`" in repr(outcome)
    assert "tried to end the notebook" in repr(outcome)


def test_prints_are_kept_off_the_page_and_told(capsys):
    outcome = of_double("print('got', number)\nprint('more', file=sys.stderr)\nreturn 2 * number")
    assert outcome.kind == "right"
    assert outcome.notes == ("your code printed 4 lines while it was checked; the first: `got 3`",)
    assert capsys.readouterr() == ("", "")


def test_endless_printing_keeps_only_its_beginning():
    outcome = of_double("while True:\n    print('x' * 100)")
    assert len(repr(outcome)) < 1500


def test_input_is_not_waited_for():
    assert "nobody answers input()" in repr(of_double("return input('number? ')"))


def test_warning_is_told_in_its_first_sentence_every_time():
    body = "warnings.warn('Half is wrong. Long story.')\nreturn 2 * number"
    note = "while it was checked, your code brought up a UserWarning: Half is wrong"
    assert of_double(body).notes == of_double(body).notes == (note,)


def test_figures_are_closed_and_told():
    plt.close("all")
    outcome = of_double("import matplotlib.pyplot as plt\nplt.figure()\nreturn 2 * number")
    assert "displayed something" in outcome.notes[0]
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("change", "read", "words"),
    [
        ("torch.set_grad_enabled(False)", torch.is_grad_enabled, "recording of gradients"),
        ("torch.set_default_dtype(torch.float64)", torch.get_default_dtype, "default dtype"),
        ("torch.set_default_device('meta')", torch.get_default_device, "default device"),
        ("torch.set_num_threads(torch.get_num_threads() + 1)", torch.get_num_threads, "number of threads"),
        ("torch.set_deterministic_debug_mode(1)", torch.get_deterministic_debug_mode, "deterministic mode"),
        ("torch.autograd.set_detect_anomaly(True)", torch.is_anomaly_enabled, "search for NaN"),
        ("torch.set_float32_matmul_precision('high')", torch.get_float32_matmul_precision, "matrix products"),
        ("torch.backends.cudnn.benchmark = True", lambda: torch.backends.cudnn.benchmark, "benchmark"),
        ("torch.manual_seed(1)", torch.initial_seed, "random seed"),
    ],
)
def test_global_setting_is_put_back_and_told(change, read, words):
    before = read()
    outcome = judged(
        replace(DOUBLE, seconds=30), evaluate(DOUBLE, f"def double(number):\n    {change}\n    return 2 * number")
    )
    assert outcome.kind == "right"
    assert any(words in note for note in outcome.notes)
    assert read() == before


def test_gradients_that_an_earlier_cell_switched_off_are_switched_on_and_told():
    torch.set_grad_enabled(False)
    try:
        outcome = of_double("return 2 * number")
        assert torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    assert "recording of gradients: an earlier cell" in outcome.notes[0]


def test_random_numbers_go_on_as_if_there_had_been_no_check():
    def draws():
        return random.random(), np.random.rand(), torch.rand(1).item()

    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    expected = draws()
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    of_double("import random\nrandom.random(), torch.rand(3)\nreturn 2 * number")
    assert draws() == expected


def test_judge_draws_the_same_random_numbers_each_time():
    def judge(answer):
        raise Wrong(got=torch.rand(2), wanted="1", cause="c", next_step="n")

    assert repr(judged(replace(GRADIENT, judge=judge), 1)) == repr(judged(replace(GRADIENT, judge=judge), 1))


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        ("MODEL.register_forward_hook(print)", "left 1 hook behind"),
        ("MODEL.weight.register_hook(print)", "left 1 hook behind"),
        ("torch_module.register_module_forward_hook(print)", "left 1 hook behind"),
        ("[layer.register_full_backward_hook(print) for layer in 3 * [MODEL]]", "left 3 hooks behind"),
    ],
)
def test_hooks_left_behind_are_removed_and_told(hook, words):
    """The judge calls the answer twice; each call hangs its hooks up anew, and only the first does here."""

    def double(number):
        if number == 3:
            eval(hook, globals() | {"print": lambda *_: None})
        return 2 * number

    outcome = judged(DOUBLE, double)
    assert words in outcome.notes[0]
    assert not MODEL._forward_hooks
    assert not MODEL._backward_hooks
    assert not MODEL.weight._backward_hooks
    assert not torch_module._global_forward_hooks


def test_hook_on_a_network_that_is_gone_is_nobodys_concern():
    body = "layer = torch.nn.Linear(1, 1)\nlayer.register_forward_hook(lambda *_: layer)\nreturn 2 * number"
    assert of_double(body).notes == ()


def test_hooks_from_before_the_check_stay():
    with MODEL.register_forward_hook(lambda *_: None):
        of_double("return 2 * number")
        assert len(MODEL._forward_hooks) == 1


def test_global_hook_of_an_earlier_cell_is_removed_and_told():
    torch_module.register_module_forward_hook(lambda *_: None)
    assert "an earlier cell left 1 hook on all modules" in of_double("return 2 * number").notes[0]
    assert not torch_module._global_forward_hooks


# --- in a notebook -------------------------------------------------------------------------------------------------


START = """
from course_utils.exercises.exercise import Exercise, Wrong
from course_utils.exercises.verdict import judged
def judge(double):
    if double(3) != 6:
        raise Wrong(got=double(3), wanted=6, cause="c", next_step="n")
exercise = Exercise(
    id="99.1", title="Double", difficulty="easy", minutes=3, task="t", hints=("a", "b", "c"), name="double",
    judge=judge, starter="def double(x): ...", solution="", alternative="", praise="Good.",
    mistakes=(), seconds=1,
)
"""


@pytest.fixture(scope="module")
def cells():
    """Outputs of cells that a real kernel ran, one after the other."""
    bodies = [
        "exit()",
        "display(x)\n    return 2 * x",
        "y = 1\n    return yy",
        "while True:\n        x += 1",
        "return 2 * x",
    ]
    sources = [START, *(f"def double(x):\n    {body}\njudged(exercise, double)" for body in bodies)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    return [cell.outputs for cell in notebook.cells[1:]]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "tried to end the notebook"),
        (1, "kept off the page"),
        (2, "line 3: `return yy`"),
        (3, "still at work after 1 s"),
        (4, "✓ Right"),
    ],
)
def test_kernel_survives_and_shows_one_card(cells, number, words):
    (output,) = cells[number]
    assert words in output.data["text/plain"]
    assert "Exercise 99.1" in output.data["text/html"]
