"""The columns of the two CSV files, with what they mean."""

from __future__ import annotations

__all__ = ["CELL_COLUMNS", "COLUMNS"]

COLUMNS = {
    "student": "name of the folder, or of the file",
    "assignment": "name of the set",
    "points": "earned by the tests; answers marked by hand are not in it yet",
    "max_points": "what a perfect submission gets, answers marked by hand included",
    "to_mark": "points of the answers that a person must still mark",
    "status": "graded; not finished (the kernel ended or hung: 0 points); unreadable; stopped (out of time or memory)",
    "reasons": "why points are missing, and what else the teacher should know; parted by ' | '",
}
CELL_COLUMNS = {
    "student": "as above",
    "assignment": "as above",
    "cell": "the cell's grade_id",
    "points": "earned; empty where a person must mark",
    "max_points": "what the cell is worth",
    "reason": "why points are missing",
}
