"""Functions that are passed around: a registry of events, and decorators. Standard library only.

Lessons 01 to 03 build these by hand; ``training.fit`` calls its callbacks through the same registry.
"""

from course_utils.callbacks.decorators import logged, once, retry, timed
from course_utils.callbacks.events import STOP, Events

__all__ = ["STOP", "Events", "logged", "once", "retry", "timed"]
