"""The numbers that lessons 01 to 03 print, stored on their pages and worked out again here."""

from functools import cache, partial
from pathlib import Path

import nbformat
import pytest

from course_utils.callbacks import STOP, Events, logged, once, retry, timed
from course_utils.diagrams import call_boxes, closures, record_calls, timeline

SOLUTIONS = Path(__file__).resolve().parent.parent / "notebooks" / "solutions"


@cache
def cells(lesson):
    notebook = nbformat.read(next(SOLUTIONS.glob(f"{lesson}_*.ipynb")), as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(lesson, fragment):
    """Return the text under the one code cell whose source holds ``fragment``."""
    (cell,) = [cell for cell in cells(lesson) if fragment in cell.source]
    texts = [output.get("text") or output["data"]["text/plain"] for output in cell.outputs]
    return "\n".join(text.strip() for text in texts if text.strip() != "[picture]")


def scores(rounds):
    """The stand-in for training: 50, 75, 87, 93, 96, ..."""
    score, result = 0, []
    for _ in range(rounds):
        score = score + (100 - score) // 2
        result.append(score)
    return result


def late():
    return [lambda: step for step in range(3)]  # noqa: B023  late binding is the subject


# Lesson 01


def test_01_the_scores_of_five_rounds():
    """(0+100)/2 = 50; 50+25 = 75; 75+12 = 87; 87+6 = 93; 93+3 = 96."""
    assert scores(5) == [50, 75, 87, 93, 96]
    assert printed("01", "def practise(rounds)") == "96"
    assert printed("01", "def practise_for_three") == "score 50\nscore 75\nscore 87\n87"


def test_01_calculate_hands_8_to_its_callback():
    assert printed("01", "def handle_result") == "The result is 8"
    assert printed("01", "calculate(3, 5, results.append)") == "8\n[8]"


def test_01_calling_in_place_of_passing_hands_over_none():
    assert printed("01", "calculate(3, 5, handle_result(8))") == (
        "The result is 8\nTypeError: 'NoneType' object is not callable"
    )


def test_01_the_wrong_number_of_arguments_shows_when_it_is_called():
    assert "missing 1 required positional argument: 'unit'" in printed("01", "handle_two")


def test_01_callbacks_run_inside_the_loop():
    assert printed("01", 'print("before")') == "before\n50\n75\n87\nafter, and Ben has [50, 75, 87]"


def test_01_an_answer_stops_after_87_and_a_forgotten_return_does_not():
    assert printed("01", "practise_until_enough(5, [enough_at_80, print])") == "50\n75\n87\n87"
    assert printed("01", "practise_until_enough(5, [forgetful])").endswith("enough! 96\n96")


def test_01_the_timeline_has_ten_calls_and_ends_with_stop_at_step_18():
    def practise_with_events(rounds, events):
        for score in scores(rounds):
            if events.fire("round_end", score):
                return score
        return None

    def show_score(score): ...

    def keep_score(score): ...

    def stop_at_80(score):
        return STOP if score >= 80 else None

    events = Events("round_end")
    for listener in (show_score, keep_score, stop_at_80):
        events.on("round_end", listener)
    functions = practise_with_events, show_score, keep_score, stop_at_80
    calls = record_calls(lambda: practise_with_events(5, events), *functions)
    assert len(calls) == 10
    assert timeline(calls).caption in printed("01", "timeline(calls)")
    assert "stop_at_80 STOP at step 18" in timeline(calls).caption


def test_01_an_error_reaches_everybody_and_a_silent_one_nobody():
    assert printed("01", "def careless") == ("score 50 gives -4.0\nthe loop died: division by zero\nBen has [50]")
    assert printed("01", "suppress(Exception)") == "[]"


def test_01_a_list_that_changes_skips_the_next_listener():
    assert printed("01", "listeners.remove(greet_once)") == "hello!\n2"


def test_01_the_registry_holds_what_nobody_else_holds():
    assert printed("01", "weakref.finalize") == (
        "we deleted our name for the album\nPython threw the album away\nwe took the listener off"
    )
    assert printed("01", "busy.fire") == "50\n50\n50\nEvents(round_end: 3)"


# Lesson 02


def test_02_a_decorator_runs_once_at_the_definition():
    assert printed("02", "def chatty") == "before the def\ndecorating subtract\nafter the def\n2"


def test_02_without_wraps_the_name_is_lost_and_with_it_it_is_kept():
    assert printed("02", "print(multiply.__name__").startswith("wrapper | None\nTypeError: ")
    assert printed("02", "greet.__name__").endswith("greet | Greet somebody.")


def test_02_the_same_line_by_callback_and_by_decorator_and_the_name_add_is_kept():
    assert printed("02", "def with_decorator").startswith("The result is 8\nThe result is 8\nname: add\n")


def test_02_three_storeys_two_of_them_over_before_the_first_call():
    text = printed("02", "def build_and_use")
    assert "logged_to(append) opens at step 0 and returns decorate at step 1" in text
    assert "wrapper(3, 5) opens at step 4 and returns 8 at step 7" in text


def test_02_forgotten_parentheses_are_silent_by_hand_and_told_by_retry():
    with pytest.raises(TypeError, match="write @retry") as caught:
        retry(scores)
    assert str(caught.value).replace("scores", "add") in printed("02", "retry(add)")
    assert printed("02", "retry(add)").startswith("function\n")


def test_02_the_upper_decorator_is_the_outer_coat():
    assert "returns '<b><i>Hello Ana</i></b>' at step 5" in printed("02", "def say_hello")


def test_02_logged_below_retry_makes_three_lines():
    """Quiz Q3: two calls that raise, one that returns."""
    lines, waiting = [], [OSError, OSError]

    def fetch():
        if waiting:
            raise waiting.pop()
        return "data"

    assert retry(3)(logged(report=lines.append)(fetch))() == "data"
    assert lines == 2 * ["fetch() raised OSError"] + ["fetch() -> 'data'"]


def test_02_traps_swallow_the_result_and_share_the_memory():
    assert printed("02", "def swallowing") == "None"
    assert printed("02", "def remembered_badly") == "7 7"


def test_02_retry_once_and_timed_say_what_the_page_says():
    assert printed("02", "@retry(3, errors=OSError)") == "data after 3 calls"
    lines = []
    assert once(timed(report=lines.append, clock=[12.5, 10.0].pop)(lambda: 1))() == 1
    assert lines == ["<lambda> took 2.500 s"]
    assert printed("02", "readings.pop") == "load took 2.500 s\na large file | a large file"


# Lesson 03


def test_03_zero_one_two_and_many_arguments():
    assert ((lambda: 42)(), (lambda x: x**2)(4), (lambda a, b: a + b)(3, 5)) == (42, 16, 8)
    assert printed("03", "(lambda: 42)()") == "42\n16\n8\n5"


def test_03_sorted_by_the_second_letter():
    assert printed("03", "key=lambda word: word[1]") == "['pear', 'kiwi', 'plum', 'apple']"


def test_03_a_lambda_has_no_name_in_the_log():
    lines = []
    logged(report=lines.append)(lambda x: x**2)(4)
    assert printed("03", "pickle.dumps").splitlines() == [*lines, "a lambda cannot be pickled"]


def test_03_late_binding_and_its_four_cures():
    assert [callback() for callback in late()] == [2, 2, 2]
    assert printed("03", "callbacks = [lambda: step") == "[2, 2, 2]"
    for cure in ("by_default = [", "by_factory = [", "by_partial = [", "by_object = ["):
        assert printed("03", cure) == "[0, 1, 2]"


def test_03_the_box_is_one_and_the_picture_says_so():
    caption = "callbacks: 3 functions, 1 remembered value (cell step = 2)."
    assert closures({"callbacks": late()}).caption == caption
    assert printed("03", "first is second") == f"True True 2\n{caption}"


def test_03_callbacks_change_their_answer_while_the_loop_goes_on():
    assert printed("03", "def watch_the_loop").splitlines()[1] == "step is 1 and the callbacks say [1, 1]"


def test_03_without_a_function_around_there_is_no_cell():
    assert printed("03", "turn = 99") == "None [99, 99, 99]"


def test_03_partial_fills_in_from_the_left():
    def divide(a, b):
        return a / b

    assert (partial(divide, 2)(10), partial(divide, b=2)(10)) == (0.2, 5.0)
    assert printed("03", "partial(divide, 2)") == "0.2 5.0"


def test_03_a_generator_is_right_by_luck_and_once():
    assert printed("03", "lazy = ") == "[0, 1, 2]\n[]"


def test_03_a_hook_that_returns_replaces_the_value():
    assert printed("03", "memory.setdefault") == "2.75 [2.75]\n3 {'first': 3}"


# All three


@pytest.mark.parametrize("lesson", ["01", "02", "03"])
def test_every_exercise_is_solved_on_the_solution_page(lesson):
    cards = [printed(lesson, f'check("{lesson}.{number}"') for number in range(1, 5)]
    assert all(card.startswith("✓ Right") for card in cards)


def test_boxes_of_callback_and_decorator_differ_in_who_calls_whom():
    def handle_result(result): ...

    def calculate(a, b, callback):
        callback(a + b)

    calls = record_calls(lambda: calculate(3, 5, handle_result), calculate, handle_result)
    line = call_boxes({"callback": calls}).caption
    assert line in printed("02", "def with_decorator")
