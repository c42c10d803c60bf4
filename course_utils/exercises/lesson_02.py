"""Exercises of lesson 02: decorators."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from course_utils.exercises.exercise import Exercise, Mistake, Wrong

__all__ = ["EXERCISES"]

Function = Callable[..., object]


class Original:
    """A function to be decorated, which notes its calls; the same under any name."""

    def __init__(self, results: list[object] | None = None) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.results = results

    def function(self, name: str = "original") -> Function:
        def original(*args, **kwargs):
            """Return the next result, or the sum of the arguments."""
            self.calls.append((*args, *kwargs.values()))
            return self.results[len(self.calls) - 1] if self.results else sum((*args, *kwargs.values()))

        original.__name__ = name
        return original


def decorated(answer: Function, function: Function, calls: list[tuple[object, ...]]) -> Function:
    """Put the learner's decorator on ``function`` and check that a function comes out that nobody has called yet."""
    wrapper = answer(function)
    cause, step = "", "end the decorator with return wrapper, without parentheses"
    if calls:
        cause = "the original is called at the decoration already: that belongs into the wrapper"
    elif wrapper is None:
        cause = "the decorator returns None: it defines a wrapper and forgets to return it"
    elif wrapper is function:
        cause, step = (
            "the original came back without any coat",
            "define a wrapper that calls it, and return the wrapper",
        )
    elif not callable(wrapper):
        cause = f"a {type(wrapper).__name__} came out, and that cannot be called"
    if cause:
        raise Wrong(got=wrapper, wanted="a new function, and no call yet", cause=cause, next_step=step)
    return wrapper


def check_arguments(wrapper: Function, *args: object, **kwargs: object) -> None:
    """Raise Wrong if the wrapper does not take these arguments."""
    if not (inspect.isfunction(wrapper) or hasattr(type(wrapper).__call__, "__code__")):
        return  # not written in Python, such as functools.cache: Python cannot tell what it takes
    signature = inspect.signature(wrapper, follow_wrapped=False)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        words = [repr(value) for value in args] + [f"{name}={value!r}" for name, value in kwargs.items()]
        raise Wrong(
            got=f"a wrapper that takes {signature}",
            wanted=f"a wrapper that can be called with ({', '.join(words)})",
            cause=f"the wrapper does not take all arguments ({error})",
            next_step="write def wrapper(*args, **kwargs) and hand both on: function(*args, **kwargs)",
        ) from None


def check_name(wrapper: Function, function: Function) -> None:
    """Raise Wrong if name or description are lost."""
    got = getattr(wrapper, "__name__", None), getattr(wrapper, "__doc__", None)
    if got != (function.__name__, function.__doc__):
        raise Wrong(
            got=f"name {got[0]!r}, description {got[1]!r}",
            wanted=f"name {function.__name__!r}, description {function.__doc__!r}",
            cause="name and description of the original are lost",
            next_step="write @functools.wraps(function) above the wrapper",
        )


def check_result(got: object, wanted: object, cause: str) -> None:
    """Raise Wrong if a call of the decorated function returned something else."""
    if got is None and wanted is not None:
        cause = "the wrapper returns None: it drops the result, its return is missing"
    elif callable(got):
        cause = "a function came out of the call: one storey too many, or a return without a call"
    if type(got) is not type(wanted) or got != wanted:
        raise Wrong(got=got, wanted=wanted, cause=cause, next_step="look at the line with return inside the wrapper")


# 02.1


def judge_doubled(answer: Function) -> None:
    """The result is doubled, the arguments arrive as they are, and the original runs once for each call."""
    original = Original()
    wrapper = decorated(answer, original.function(), original.calls)
    check_arguments(wrapper, 3, 5)
    got = wrapper(3, 5)
    if original.calls == [(6, 10)]:
        raise Wrong(
            got="the original was called with 6 and 10",
            wanted="the original called with 3 and 5",
            cause="you doubled the arguments, not the result (for a sum nobody notices, for a product everybody)",
            next_step="write 2 * in front of the call",
        )
    check_calls(original, [(3, 5)])
    check_result(got, 16, "twice the original's result was asked for")
    check_arguments(wrapper, 3, b=5)
    check_result(wrapper(3, b=5), 16, "arguments that are passed by name get lost")
    check_arguments(wrapper)
    check_result(wrapper(), 0, "without arguments the sum is 0, and twice 0 is 0")
    check_result(answer(Original(["ab"]).function())(1), "abab", "the result may be a text too: 2 * 'ab' is 'abab'")
    check_fresh(answer)


def check_calls(original: Original, wanted: list[tuple[object, ...]]) -> None:
    """Raise Wrong if the original was not called exactly so."""
    if original.calls != wanted:
        often = {0: "the original is never called", len(wanted): "the arguments do not arrive as they were passed"}
        raise Wrong(
            got=f"calls of the original with {original.calls}",
            wanted=f"calls with {wanted}",
            cause=often.get(
                len(original.calls), "the original does not run once for each call of the decorated function"
            ),
            next_step="call function(*args, **kwargs) once and keep the result in a name",
        )


def check_fresh(answer: Function) -> None:
    """Two decorated functions are independent, and each call computes anew."""
    first, second = answer(Original([1, 2]).function()), answer(Original([10, 20]).function())
    got = [first(), second(), first(), second()]
    check_result(got, [2, 20, 4, 40], "each call of each decorated function must run its own original")


# 02.2


def judge_counted(answer: Function) -> None:
    """Each decorated function counts its own calls in `calls`, also those that raise; it works like the original."""
    original = Original()
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    _check_count(wrapper, 0, "after the decoration")
    check_arguments(wrapper, 3, b=5)
    check_result(wrapper(3, b=5), 8, "the decorated function should return what the original returns")
    check_calls(original, [(3, 5)])
    _check_count(wrapper, 1, "after one call")
    wrapper()
    _check_count(wrapper, 2, "after two calls")
    other = answer(Original().function())
    _check_count(other, 0, "for a second function, after two calls of the first")
    other()
    _check_count(wrapper, 2, "for the first function, after a call of the second")
    check_name(wrapper, function)
    _check_raising(answer)


def _check_count(wrapper: Function, wanted: int, when: str) -> None:
    got = getattr(wrapper, "calls", "no attribute calls")
    if type(got) is int and got == wanted:
        return
    causes = {
        "after the decoration": "the count begins at 0, and decorating is not a call",
        "for a second function, after two calls of the first": "the functions share one count",
        "for the first function, after a call of the second": "the functions share one count",
    }
    cause = causes.get(when, "each call adds one, once")
    step = "count with wrapper.calls += 1 inside the wrapper, and set wrapper.calls = 0 below its definition"
    if isinstance(got, str):
        cause = "the decorated function has no attribute calls: it was never set on the wrapper, and a plain variable "
        cause += "or an attribute of something else cannot be seen there"
    elif got == 1 and wanted == 2 and when == "after two calls":
        cause = "the count is set back in each call"
    elif got == 0:
        cause = "the count stays 0: you count on something else, for example on the original: function.calls"
    raise Wrong(got=f"calls = {got!r} {when}", wanted=f"{wanted} {when}", cause=cause, next_step=step)


def _check_raising(answer: Function) -> None:
    error = ValueError("boom")

    def fail() -> None:
        raise error

    wrapper, got = answer(fail), "no error"
    try:
        wrapper()
    except ValueError as caught:
        got = repr(caught)
    if got != repr(error):
        raise Wrong(
            got=f"{got} from a function that raises",
            wanted=repr(error),
            cause="the wrapper hides the error of the original",
            next_step="leave try and except out",
        )
    if wrapper.calls != 1:
        raise Wrong(
            got=f"calls = {wrapper.calls} after a call that raised",
            wanted="1",
            cause="you count after the call, so a call that raises is forgotten",
            next_step="count first, then call",
        )


# 02.3


def judge_clamped(answer: Function) -> None:
    """Three storeys; results stay between the bounds; name kept."""
    _check_storeys(answer)
    decorator = answer(0, 10)
    if decorator is None or not callable(decorator):
        raise Wrong(
            got=decorator,
            wanted="clamped(0, 10) returns a decorator",
            cause="the outermost storey returns None: its return is missing" if decorator is None else "no function",
            next_step="end with return decorate, without parentheses",
        )
    original = Original([12, -3, 7, 0, 10])
    function = original.function("measure")
    wrapper = decorated(decorator, function, original.calls)
    check_arguments(wrapper, 20, b=30)
    got = [wrapper(20, b=30) for _ in range(5)]
    check_calls(original, [(20, 30)] * 5)
    check_result(got, [10, 0, 7, 0, 10], _why_not_clamped(got))
    check_name(wrapper, function)
    low, high = answer(-1.0, 1.0)(Original([0.25, -7.5]).function()), answer(5, 6)(Original([0, 9]).function())
    check_result([low(), low(), high(), high()], [0.25, -1.0, 5, 6], "each decorator has its own bounds")


def _check_storeys(answer: Function) -> None:
    names = list(inspect.signature(answer).parameters)
    if len(names) != 2:
        raise Wrong(
            got=f"clamped({', '.join(names)})",
            wanted="clamped(low, high), which returns a decorator",
            cause="one storey is missing: the function must not be an argument of clamped itself",
            next_step="def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
        )


def _why_not_clamped(got: list[object]) -> str:
    if got == [12, -3, 7, 0, 10]:
        return "the original's results come out unchanged"
    if set(map(repr, got)) <= {"0", "10"}:
        return "min and max are swapped: min(high, ...) keeps a number below high"
    if got == [None] * 5:
        return "the wrapper returns None: its return is missing"
    if 12 in got or -3 in got:
        return "only one of the two bounds is heeded"
    return "12 should become 10, -3 should become 0, and 7 should stay"


# 02.4


def judge_remembered(answer: Function) -> None:
    """Own memory for each function; all positional arguments make the key; None and 0 are answers too."""
    original = Original([9, None, 0, 6])
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    check_arguments(wrapper, 1, 2)
    got = [wrapper(1, 2), wrapper(1, 2)]
    _check_memory(original, got, [9, 9], 1, _why_not_twice(got))
    got = [wrapper(1, 3), wrapper(1, 3)]
    cause = "1, 2 and 1, 3 are different questions: the key must hold all arguments"
    none = "None is an answer too: ask whether args is in memory, not whether the answer is true or None"
    _check_memory(original, got, [None, None], 2, cause if 9 in got else none)
    check_arguments(wrapper)
    got = [wrapper(3, 1), wrapper(), wrapper(3, 1), wrapper()]
    cause = "the order of the arguments counts; no argument is a question too; and so is an answer of 0"
    _check_memory(original, got, [0, 6, 0, 6], 4, cause)
    other = Original([100, 200])
    second = answer(other.function())
    _check_memory(other, [second(1, 2), second(1, 2)], [100, 100], 1, SHARED)
    _check_memory(original, [wrapper(1, 2)], [9], 4, SHARED)
    check_name(wrapper, function)


SHARED = (
    "the functions share one memory: it is made outside the decorator, or as a default value in the def line, "
    "which is made only once"
)


def _why_not_twice(got: list[object]) -> str:
    if got[1] is None:
        return "the second answer is None: the return stands inside the if, or is missing"
    return "nothing is found in the memory: it is made anew in each call, or nothing is ever stored, or never looked up"


def _check_memory(original: Original, got: list[object], wanted: list[object], calls: int, cause: str) -> None:
    if len(original.calls) > calls:
        cause = f"the original was called {len(original.calls)} times instead of {calls}; {cause}"
    if got != wanted or len(original.calls) != calls:
        raise Wrong(
            got=f"{got}, and {len(original.calls)} calls of the original so far",
            wanted=f"{wanted}, and {calls} calls so far",
            cause=cause,
            next_step="memory = {} inside the decorator and above the wrapper; the key is args",
        )


EXERCISES = (
    Exercise(
        id="02.1",
        title="Twice as much",
        difficulty="easy",
        minutes=5,
        task="Hand in a decorator doubled(function): the decorated function takes the same arguments and returns twice "
        "what the original returns.",
        hints=(
            "Inside doubled, define a new function that calls the old one; return the new one.",
            "def wrapper(*args, **kwargs), then a call with the same stars, and two returns: one in each function.",
            "The wrapper's only line is return 2 * and then the call of function with both stars.",
        ),
        starter="def doubled(function):\n    ...  # your code here",
        solution="""
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper
""",
        alternative="""
class doubled:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        result = self.function(*args, **kwargs)
        return result * 2
""",
        name="doubled",
        judge=judge_doubled,
        praise="Right: a coat that changes the result; decorate print with it and explain the error that comes.",
        mistakes=(
            Mistake(
                "wrapper not returned",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)
""",
                "forgets to return it",
            ),
            Mistake(
                "called at the decoration",
                "def doubled(function):\n    return 2 * function()",
                "at the decoration",
            ),
            Mistake(
                "wrapper called when returned",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper()
""",
                "at the decoration",
            ),
            Mistake(
                "result dropped",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        2 * function(*args, **kwargs)

    return wrapper
""",
                "its return is missing",
            ),
            Mistake(
                "one argument only",
                """
def doubled(function):
    def wrapper(x):
        return 2 * function(x)

    return wrapper
""",
                "does not take all arguments",
            ),
            Mistake(
                "no arguments by name",
                """
def doubled(function):
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper
""",
                "*args, **kwargs",
            ),
            Mistake(
                "arguments doubled",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*[2 * value for value in args], **kwargs)

    return wrapper
""",
                "doubled the arguments",
            ),
            Mistake(
                "called twice",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + function(*args, **kwargs)

    return wrapper
""",
                "does not run once",
            ),
            Mistake("no coat", "def doubled(function):\n    return function", "without any coat"),
        ),
    ),
    Exercise(
        id="02.2",
        title="Count the calls",
        difficulty="medium",
        minutes=8,
        task="Hand in a decorator counted(function): the decorated function has an attribute calls, 0 at first, that "
        "grows by one with each call, also with one that raises; name and description are kept.",
        hints=(
            "The number must be seen from outside: it hangs on the wrapper itself.",
            "wrapper.calls is set once, below the inner def; functools.wraps keeps the name.",
            "Inside the wrapper, first wrapper.calls += 1, then return the call. Below it, wrapper.calls = 0.",
        ),
        starter="def counted(function):\n    ...  # your code here",
        solution="""
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
        alternative="""
class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
        name="counted",
        judge=judge_counted,
        praise="Right: the state hangs on the wrapper, one for each function; the lesson's class Counted does so too.",
        setup="import functools",
        mistakes=(
            Mistake(
                "name lost",
                """
def counted(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
                "functools.wraps",
            ),
            Mistake(
                "counted on the original",
                """
def counted(function):
    function.calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        function.calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
                "on the original",
            ),
            Mistake(
                "a variable that nobody sees",
                """
def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
                "no attribute calls",
            ),
            Mistake(
                "one count for all",
                """
class Count:
    calls = 0


class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)

    @property
    def calls(self):
        return Count.calls

    def __call__(self, *args, **kwargs):
        Count.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
                "share one count",
            ),
            Mistake(
                "counted after the call",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        wrapper.calls += 1
        return result

    wrapper.calls = 0
    return wrapper
""",
                "count after the call",
            ),
            Mistake(
                "result dropped",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
                "its return is missing",
            ),
            Mistake(
                "begins at 1",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 1
    return wrapper
""",
                "begins at 0",
            ),
        ),
    ),
    Exercise(
        id="02.3",
        title="Between two bounds",
        difficulty="medium",
        minutes=8,
        task="Hand in clamped(low, high), a decorator with arguments: the decorated function's result is never below "
        "low and never above high; the name is kept.",
        hints=(
            "Three storeys: bounds, function, arguments of a call.",
            "Each storey returns the one inside it; max and min keep a number between two others.",
            "The innermost line: return max(low, min(high, ...)) around the call of the function.",
        ),
        starter="def clamped(low, high):\n    ...  # your code here",
        solution="""
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
        alternative="""
class clamped:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if result < self.low:
                return self.low
            if result > self.high:
                return self.high
            return result

        return wrapper
""",
        name="clamped",
        judge=judge_clamped,
        praise="Right: three storeys, each with its own memory; in lesson 05 the same idea tames a gradient.",
        setup="import functools",
        mistakes=(
            Mistake(
                "two storeys",
                """
def clamped(function, low, high):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return max(low, min(high, function(*args, **kwargs)))

    return wrapper
""",
                "one storey is missing",
            ),
            Mistake(
                "min and max swapped",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(low, max(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
                "swapped",
            ),
            Mistake(
                "decorator not returned",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper
""",
                "outermost storey returns None",
            ),
            Mistake(
                "wrapper not returned",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

    return decorate
""",
                "forgets to return it",
            ),
            Mistake(
                "arguments clamped instead of the result",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            args = [max(low, min(high, value)) for value in args]
            return function(*args, **kwargs)

        return wrapper

    return decorate
""",
                "do not arrive",
            ),
            Mistake(
                "upper bound only",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(high, function(*args, **kwargs))

        return wrapper

    return decorate
""",
                "only one of the two bounds",
            ),
            Mistake(
                "name lost",
                """
def clamped(low, high):
    def decorate(function):
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
                "are lost",
            ),
        ),
    ),
    Exercise(
        id="02.4",
        title="Break it, then fix it: a memory of one's own",
        difficulty="hard",
        minutes=8,
        task="Hand in a decorator remembered(function) with a memory for each decorated function: equal positional "
        "arguments are computed only once, even if the answer is None or 0; the name is kept.",
        hints=(
            "The memory must be born when a function is decorated, not before and not at each call.",
            "A dictionary above the wrapper, inside the decorator; args is a tuple and can be its key.",
            "if args not in memory: compute and store it under args. Then return memory[args].",
        ),
        starter="def remembered(function):\n    ...  # your code here",
        solution="""
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
        alternative="""
def remembered(function):
    return functools.lru_cache(maxsize=None)(function)
""",
        name="remembered",
        judge=judge_remembered,
        praise="Right: you built functools.cache; compare your wrapper with it, and ask it for cache_info().",
        setup="import functools",
        mistakes=(
            Mistake(
                "one memory for all",
                """
memory = {}


def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "share one memory",
            ),
            Mistake(
                "memory as a default value",
                """
def remembered(function, memory={}):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "default value",
            ),
            Mistake(
                "only the first argument as key",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args[0] not in memory:
            memory[args[0]] = function(*args)
        return memory[args[0]]

    return wrapper
""",
                "all arguments",
            ),
            Mistake(
                "None counts as not known",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if memory.get(args) is None:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "None is an answer too",
            ),
            Mistake(
                "memory made in each call",
                """
def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        memory = {}
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "2 times instead of 1",
            ),
            Mistake(
                "name lost",
                """
def remembered(function):
    memory = {}

    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "are lost",
            ),
        ),
    ),
)
