"""Exercise 07.6: explore: the first and the last .grad."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_filled import judge_filled
from course_utils.exercises.lesson_07.setup import SETUP

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="07.6",
    title="Explore: the first and the last .grad",
    difficulty="easy",
    minutes=4,
    task=(
        "Walk through the panel's step. At which event is the first parameter's .grad filled, and at which the "
        "last one's? Hand in the panel's two numbers: (first, last)."
    ),
    hints=(
        "Going back, the layers come in reverse; and in each layer, who comes first?",
        "Choose Stop at: parameters, and read each sentence to its end: two of them sound alike.",
        "The first is l2.bias, the last l1.weight; both sentences end in 'has its .grad filled'.",
    ),
    starter="events = (..., ...)",
    solution="events = (12, 22)",
    alternative="""
filled = [number for number, event in enumerate(trace, 1) if event.kind == "post_accumulate_gradient"]
events = [min(filled), max(filled)]
""",
    name="events",
    judge=judge_filled,
    praise=(
        "Right: from l2.bias at 12 to l1.weight at 22, and at 25 the optimizer begins. Between 12 and 22 only some "
        "parameters have their .grad: what would an error in a hook leave behind there?"
    ),
    mistakes=(
        Mistake("not yet filled", "events = (11, 21)", "not yet filled"),
        Mistake("within the backward part", "events = (4, 14)", "within the backward part"),
        Mistake("the layers' own hooks", "events = (15, 23)", "the layers' own hooks"),
        Mistake("weights only", "events = (14, 22)", "a bias has a .grad"),
        Mistake("biases only", "events = (12, 20)", "a weight has a .grad"),
        Mistake("swapped", "events = (22, 12)", "wrong way round"),
        Mistake("the whole model", "events = (12, 24)", "the whole model has been passed backward"),
        Mistake("one number", "events = 12", "two things were asked for"),
    ),
    setup=SETUP
    + """
from collections import OrderedDict
from course_utils.hooks import trace_hooks
net = nn.Sequential(OrderedDict(l1=nn.Linear(3, 4), tanh=nn.Tanh(), l2=nn.Linear(4, 1)))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with trace_hooks(net, optimizer=optimizer) as trace:
    net(torch.rand(2, 3, requires_grad=True)).sum().backward()
    optimizer.step()
""",
)
