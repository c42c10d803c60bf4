"""``python -m course_utils doctor | train | explain | grade``: the course from a terminal."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

# Command → the room with its add_arguments(parser) and run(arguments), imported only when it is asked for.
COMMANDS = {
    "doctor": ("course_utils.doctor", "say what is missing on this computer, and the cure"),
    "train": ("course_utils.train_command", "train SimpleCNN and save a checkpoint"),
    "explain": ("course_utils.explain_command", "show where a network looks in a picture of your own"),
    "grade": ("course_utils.grade_command", "grade a folder of submitted notebooks"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0, or 1 where it failed, or 2 where it was misspelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in COMMANDS:
        return _help(given)
    room = importlib.import_module(COMMANDS[given[0]][0])
    parser = argparse.ArgumentParser(prog=f"python -m course_utils {given[0]}")
    room.add_arguments(parser)
    parsed = parser.parse_args(given[1:])
    try:
        return room.run(parsed)
    except (LookupError, OSError, TypeError, ValueError) as error:  # the course's own: their message is the whole story
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1


def _help(given: Sequence[str]) -> int:
    told = "\n".join(f"  {name:9}{what}" for name, (_, what) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m course_utils",
        description="From Callbacks to Grad-CAM, from a terminal.",
        epilog=f"commands:\n{told}\n\nEach command explains itself: python -m course_utils explain --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=", ".join(COMMANDS))
    parser.parse_args(given)  # answers --help, and names what is missing or unknown
    return 2


if __name__ == "__main__":
    sys.exit(main())
