"""nbgrader's settings for this course; nbgrader reads this file where it is started."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader gives it
here = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "grad-cam"
c.CourseDirectory.root = str(here)

# An exercise that nobody has touched says what to do, instead of raising an error.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Submissions run without a network, with limited memory, and cannot change any file but their own.
c.Autograde.autograde_preprocessors = [
    "course_utils.grading.nbgrader_cage.CagedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.CagedKernelManager.memory = 4.0  # gigabytes for each process
c.CagedKernelManager.hidden = [str(here / "source"), str(here / "submitted"), str(here / "gradebook.db")]
c.Execute.timeout = 30  # seconds for one cell
