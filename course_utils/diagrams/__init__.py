"""Diagrams of running code: who calls whom and when, and where a function keeps what it remembers.

`record_calls` watches a real run; the drawing functions take what it returned, and give back (figure, caption).
"""

from course_utils.diagrams.calls import call_boxes, timeline
from course_utils.diagrams.memory import closures
from course_utils.diagrams.recording import Call, record_calls

__all__ = ["Call", "call_boxes", "closures", "record_calls", "timeline"]
