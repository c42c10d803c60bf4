"""nbgrader's autograde in the same cage: name `CagedExecute` in nbgrader_config.py in place of its ``Execute``."""

from __future__ import annotations

from nbgrader.preprocessors import Execute

from course_utils.grading.kernel import CagedKernelManager

__all__ = ["CagedExecute"]


class CagedExecute(Execute):
    """nbgrader's ``Execute``, with a kernel that has no network, limited memory and nothing else to write.

    Its limits: ``c.CagedKernelManager.memory``, ``.cage`` and ``.hidden``; and nbgrader's ``c.Execute.timeout``.
    """

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings | {"kernel_manager_class": CagedKernelManager})
