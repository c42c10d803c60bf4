"""Panel of lesson 01: who listens to which event, and what runs when the loop fires it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from course_utils.callbacks import STOP, Events
from course_utils.panels.colours import BLUE, FAINT, GREEN, INK, LINE, ORANGE, PURPLE, QUIET, SKY, YELLOW, mix, tint
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, MONO, Sheet

__all__ = ["State", "panel", "record", "render"]

EVENTS = ("start", "round_end", "end")
NOBODY = "not at all"
SHADES = {"start": SKY, "round_end": BLUE, "end": PURPLE}
PEOPLE = {"Ana": ("Ana prints", YELLOW), "Ben": ("Ben keeps", GREEN), "Chen": ("Chen stops it", ORANGE)}
WIDTH, HEIGHT, LEFT, TOP, LANE = 760, 306, 136, 46, 44


@dataclass(frozen=True)
class State:
    """What each person listens to, when Chen has enough, how many rounds there are, and which moment we look at."""

    ana: str = "round_end"
    ben: str = "round_end"
    chen: str = "round_end"
    enough: int = 80
    rounds: int = 5
    moment: int = 6


@dataclass(frozen=True)
class Moment:
    """One thing that happened: the loop fired an event (``who`` is "loop"), or a listener ran.

    Attributes:
        answer: "STOP" if the listener returned it, else "".
        printed, kept: what Ana has printed and Ben has kept up to now.
    """

    who: str
    event: str
    score: int
    answer: str
    printed: tuple[int, ...]
    kept: tuple[int, ...]


def record(state: State) -> list[Moment]:
    """Run the loop of lesson 01 for real, with a real registry, and write down what happens."""
    run = _Run(state.enough)
    for who, event in zip(PEOPLE, (state.ana, state.ben, state.chen), strict=True):
        if event != NOBODY:
            run.events.on(event, partial(run.listen, who, event))
    _practise(state.rounds, run.fire)
    return run.moments


class _Run:
    """One run of the loop: its registry, what the three people do, and what was written down."""

    def __init__(self, enough: int) -> None:
        self.events: Events[int] = Events(*EVENTS)
        self.moments: list[Moment] = []
        self.printed: list[int] = []
        self.kept: list[int] = []
        self.listeners: dict[str, Callable[[int], object]] = {
            "Ana": self.printed.append,
            "Ben": self.kept.append,
            "Chen": lambda score: STOP if score >= enough else None,
        }

    def note(self, who: str, event: str, score: int, answer: object = None) -> None:
        said = "STOP" if answer is STOP else ""
        self.moments.append(Moment(who, event, score, said, tuple(self.printed), tuple(self.kept)))

    def listen(self, who: str, event: str, score: int) -> object:
        answer = self.listeners[who](score)
        self.note(who, event, score, answer)
        return answer

    def fire(self, event: str, score: int) -> bool:
        self.note("loop", event, score)
        return self.events.fire(event, score)


def _practise(rounds: int, fire: Callable[[str, int], bool]) -> None:
    score = 0
    fire("start", score)
    for _ in range(rounds):
        score = score + (100 - score) // 2
        if fire("round_end", score):
            break
    fire("end", score)


def render(state: State) -> Drawing:
    """Draw one lane for the loop and one for each person, up to the chosen moment in full colour."""
    moments = record(state)
    sheet = Sheet(WIDTH, HEIGHT)
    step = (WIDTH - LEFT - 14) / max(len(moments), 12)
    _draw_lanes(sheet, state)
    _draw_legend(sheet)
    at = LEFT + step * (state.moment + 0.5)
    sheet.line([(at, TOP - 8), (at, TOP + 4 * LANE + 2)], INK, 2)
    for number, moment in enumerate(moments):
        _draw_moment(sheet, moment, LEFT + step * number, step, number <= state.moment)
    _draw_belongings(sheet, moments[state.moment])
    return Drawing(sheet.array(), _caption(state, moments))


def _draw_lanes(sheet: Sheet, state: State) -> None:
    heard = dict(zip(PEOPLE, (state.ana, state.ben, state.chen), strict=True))
    for row, who in enumerate(("loop", *PEOPLE)):
        y = TOP + LANE * row
        sheet.box(LEFT - 4, y, (WIDTH - LEFT - 6, LANE - 6), fill=FAINT)
        sheet.text(12, y + 12, PEOPLE[who][0] if who in PEOPLE else "The loop fires", face=BOLD)
        words = f"hears {heard[who]}" if who in PEOPLE else f"at most {state.rounds} rounds"
        words = f"{heard[who]}, from {state.enough}" if who == "Chen" else words
        sheet.text(12, y + 28, words.replace(f"hears {NOBODY}", "hears nothing"), size=11, color=QUIET)


def _draw_legend(sheet: Sheet) -> None:
    for place, (event, color) in enumerate(SHADES.items()):
        sheet.box(LEFT + 110 * place, 14, (14, 14), fill=color)
        sheet.text(LEFT + 20 + 110 * place, 21, event, size=12)
    sheet.text(WIDTH - 14, 21, "time →", size=12, color=QUIET, at="r")


def _draw_moment(sheet: Sheet, moment: Moment, x: float, step: float, past: bool) -> None:
    row = ("loop", *PEOPLE).index(moment.who)
    color = SHADES[moment.event] if row == 0 else PEOPLE[moment.who][1]
    y = TOP + LANE * row
    if row:
        sheet.line([(x + step / 2, TOP + LANE - 6), (x + step / 2, y)], SHADES[moment.event] if past else LINE, 2)
    sheet.box(x + 1, y + 3, (step - 2, LANE - 12), fill=color if past else tint(color, 0.25))
    dark = row == 0 and moment.event != "start"
    ink = ("#ffffff" if dark else INK) if past else mix(QUIET, "#ffffff", 0.3)
    sheet.text(x + step / 2, y + 19, "stop" if moment.answer else str(moment.score), size=11, color=ink, at="m")


def _draw_belongings(sheet: Sheet, now: Moment) -> None:
    y = TOP + 4 * LANE + 16
    for x, width, title, lines in (
        (12, 362, "Printed by Ana", f"score {', '.join(map(str, now.printed))}" if now.printed else "nothing yet"),
        (386, 362, "Ben's list", str(list(now.kept))),
    ):
        sheet.box(x, y, (width, 62), edge=LINE)
        sheet.text(x + 12, y + 18, title, size=12, color=QUIET)
        sheet.text(x + 12, y + 43, lines, face=MONO)


def _caption(state: State, moments: list[Moment]) -> str:
    now = moments[state.moment]
    said = {"loop": f"the loop fires {now.event} with {now.score}", "Ana": f"Ana prints {now.score}"}
    said |= {"Ben": f"Ben keeps {now.score}", "Chen": f"Chen hears {now.score} and returns {now.answer or 'None'}"}
    calls = sum(moment.who != "loop" for moment in moments)
    rounds = sum(moment.who == "loop" and moment.event == "round_end" for moment in moments)
    stopped = any(m.answer and m.event == "round_end" for m in moments)
    ends = (
        f"stopped by Chen, who has enough at {state.enough}"
        if stopped
        else f"nobody stops it; Chen would at {state.enough}"
    )
    return (
        f"Moment {state.moment + 1} of {len(moments)}: {said[now.who]}. "
        f"The whole run: {rounds} of {state.rounds} rounds ({ends}), "
        f"{len(moments) - calls} events fired, {calls} callbacks run."
    )


def panel() -> Panel[State]:
    """Return the panel."""
    choices = (*EVENTS, NOBODY)
    return Panel(
        name="event_timeline",
        title="Which event is fired, and who runs?",
        task="Register Ana, Ben and Chen for other events, then walk through the run, moment by moment.",
        start=State(),
        controls=(
            slider("moment", "Moment", lambda state: range(len(record(state))), lambda moment: str(moment + 1)),
            slider("enough", "Chen stops at", range(40, 101, 5)),
            slider("rounds", "Rounds at most", range(1, 7)),
            buttons("ana", "Ana hears", choices),
            buttons("ben", "Ben hears", choices),
            buttons("chen", "Chen hears", choices),
        ),
        render=render,
        plays="Moment",
    )
