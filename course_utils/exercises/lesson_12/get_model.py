"""Exercise 12.3: load or train, never both by accident."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_12.judge_get_model import judge_get_model

__all__ = ["EXERCISE"]


_GET = "def get_model(path, load, train_and_save):\n    {}"


EXERCISE = Exercise(
    id="12.3",
    title="Load or train, never both by accident",
    difficulty="hard",
    minutes=10,
    task="get_model(path, load, train_and_save): train only if there is no file; every other error reaches the caller.",
    hints=(
        "Which single situation is a reason to train? Every other one is somebody else's to decide.",
        "You do not need try at all: a Path knows whether it exists.",
        "if path.exists(): load, else train_and_save; return what comes",
    ),
    starter=_GET.format(
        "try:\n        return load(path)\n    except BaseException:\n        return train_and_save(path)"
    ),
    solution=_GET.format("if path.exists():\n        return load(path)\n    return train_and_save(path)"),
    alternative=_GET.format("return (load if path.is_file() else train_and_save)(path)"),
    name="get_model",
    judge=judge_get_model,
    seconds=3.0,
    praise="Right: a missing file is the one reason to train; a damaged one is news for the caller.",
    mistakes=(
        Mistake(
            "another class of error",
            _GET.format("try:\n        return load(path)\n    except ValueError:\n        return train_and_save(path)"),
            "`except` names ValueError",
        ),
        Mistake(
            "OSError",
            _GET.format("try:\n        return load(path)\n    except OSError:\n        return train_and_save(path)"),
            "OSError is wider",
        ),
        Mistake(
            "not called", _GET.format("return load if path.exists() else train_and_save"), "handed back, not called"
        ),
        Mistake(
            "the wrong way round",
            _GET.format("if path.exists():\n        return train_and_save(path)\n    return load(path)"),
            "wrong way round",
        ),
        Mistake(
            "no return",
            _GET.format("if path.exists():\n        return load(path)\n    train_and_save(path)"),
            "was not handed back",
        ),
        Mistake(
            "no path",
            _GET.format("if path.exists():\n        return load()\n    return train_and_save()"),
            "called with the path",
        ),
        Mistake("is_dir", _GET.format("return (load if path.is_dir() else train_and_save)(path)"), "asks for a folder"),
        Mistake(
            "another error instead",
            _GET.format(
                "if not path.exists():\n        return train_and_save(path)\n"
                "    try:\n        return load(path)\n    except Exception:\n        raise RuntimeError('damaged')"
            ),
            "replaced by another one",
        ),
        Mistake(
            "except Exception",
            _GET.format("try:\n        return load(path)\n    except Exception:\n        return train_and_save(path)"),
            "overwritten",
        ),
        Mistake(
            "always trains",
            _GET.format("return train_and_save(path)"),
            "do not train",
        ),
        Mistake(
            "swallows",
            _GET.format(
                "if not path.exists():\n        return train_and_save(path)\n"
                "    try:\n        return load(path)\n    except ValueError:\n        return None"
            ),
            "was swallowed",
        ),
        Mistake(
            "FileNotFoundError from inside",
            _GET.format(
                "try:\n        return load(path)\n    except FileNotFoundError:\n        return train_and_save(path)"
            ),
            "overwritten",
        ),
        Mistake("never trains", _GET.format("return load(path) if path.exists() else None"), "has to be called"),
    ),
)
