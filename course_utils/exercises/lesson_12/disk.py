"""A file that exercise 12.3 loads or trains, and the record of what was done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown
from course_utils.exercises.time_limit import TimeIsUp

__all__ = ["Disk"]


class Disk:
    """A file that may be there, and what was done with it; ``load`` raises ``error`` if it is given one."""

    def __init__(self, folder: str, content: str | None, error: BaseException | None = None) -> None:
        self.path, self.error = Path(folder) / "network.pt", error
        self.done: list[str] = []
        self.odd: list[str] = []  # calls with something else than the path
        self.path.unlink(missing_ok=True)
        if content is not None:
            self.path.write_text(content)

    def load(self, *given: object, **named: object) -> str:
        """Return the file's network, or raise what loading raises."""
        self._note("load", given, named)
        if not self.path.exists():
            raise FileNotFoundError("no file")
        if self.error is not None:
            raise self.error
        return f"{self.path.read_text()} network"

    def train_and_save(self, *given: object, **named: object) -> str:
        """Write the file anew, and return its network."""
        self._note("train_and_save", given, named)
        self.path.write_text("trained")
        return "trained network"

    def _note(self, name: str, given: tuple[object, ...], named: dict[str, object]) -> None:
        self.done.append(name)
        values = (*given, *named.values())
        if len(values) != 1 or str(values[0]) != str(self.path):
            self.odd.append(f"{name}({', '.join(shown(value) for value in values)})")

    def ask(self, answer: Callable[..., object]) -> tuple[object, BaseException | None]:
        """Return what the learner's function gives, and what it raises."""
        got, raised = None, None
        try:
            got = answer(self.path, self.load, self.train_and_save)
        except TimeIsUp:
            raise
        except BaseException as error:  # noqa: BLE001 - Ctrl-C is one of the errors that must get through
            raised = error
        if self.odd:
            if self.odd[0].endswith("network')"):
                why = "what train_and_save or load gave back, a network, went in where the path is wanted"
            else:
                why = "nothing went in" if self.odd[0].endswith("()") else "another thing than the path went in"
            raise Wrong(
                got=self.odd[0].replace(str(self.path), "path"),
                wanted="load(path) and train_and_save(path)",
                cause=f"{why}: both functions are called with the path, and with nothing else",
                next_step="hand on the path that get_model was given",
            )
        return got, raised
