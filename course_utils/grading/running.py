"""Run a notebook's cells in a caged kernel, with nbgrader's rules for time limits and errors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from course_utils.grading.kernel import CagedKernelManager
from course_utils.grading.limits import Limits

__all__ = ["NotFinishedError", "run_cells"]

KEPT_TEXT = 200_000  # characters that one cell may print; an endless loop prints gigabytes
TOO_SLOW = {  # nbgrader's own, so that the two agree
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["CellTimeoutError: No reply from kernel before timeout"],
}


class NotFinishedError(RuntimeError):
    """The kernel ended, or could not be interrupted, before the notebook came to its end."""


class _Runner(NotebookClient):
    """nbclient, as nbgrader configures it, that keeps the beginning of what a cell prints."""

    def output(self, outs: list, msg: dict, display_id: str, cell_index: int) -> NotebookNode | None:
        kept = sum(len(one.get("text", "")) for one in outs if one.output_type == "stream")
        if msg["msg_type"] == "stream" and kept > KEPT_TEXT:
            return None
        return super().output(outs, msg, display_id, cell_index)


def run_cells(notebook: NotebookNode, folder: Path, limits: Limits) -> int:
    """Run the code cells in ``folder``, and leave their outputs in the notebook; return how many were run.

    Raises:
        NotFinishedError: the kernel ended or hung; what the cells gave up to there does not count.
    """
    manager = CagedKernelManager(
        kernel_name="python3", memory=limits.memory, cage=limits.cage, hidden=list(limits.hidden)
    )
    client = _Runner(
        notebook,
        km=manager,
        timeout=limits.cell_seconds,
        interrupt_on_timeout=True,
        error_on_timeout=TOO_SLOW,
        allow_errors=True,
        raise_on_iopub_timeout=True,
        record_timing=False,
        shutdown_kernel="immediate",
        extra_arguments=["--HistoryManager.hist_file=:memory:"],
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=_keep_error,
    )
    client.owns_km = True  # it shuts the kernel down at the end
    try:
        return asyncio.run(_run(client, limits.notebook_seconds))
    except DeadKernelError:
        raise NotFinishedError("the kernel ended before the notebook: exit(), a crash, or too much memory") from None
    except CellTimeoutError:
        raise NotFinishedError("a cell went on after its time was over, and could not be interrupted") from None
    except RuntimeError as error:
        raise NotFinishedError(f"the kernel did not answer: {error}") from error


async def _run(client: _Runner, seconds: int) -> int:
    ran, start = 0, None
    async with client.async_setup_kernel():
        info = await client.kc.kernel_info(reply=True, timeout=60)
        client.nb.metadata["language_info"] = info["content"]["language_info"]
        start = monotonic()
        for index, cell in enumerate(client.nb.cells):
            if cell.cell_type != "code":
                continue
            if monotonic() - start > seconds:
                break
            await client.async_execute_cell(cell, index, execution_count=ran + 1)
            ran += 1
    return ran


def _keep_error(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
    """Add the error of the reply where the output lacks it: a time limit, or a learner who hides errors."""
    reply = execute_reply["content"]
    if reply["status"] == "error" and not any(one.get("ename") == reply["ename"] for one in cell.outputs):
        error = {name: reply[name] for name in ("ename", "evalue", "traceback")}
        cell.outputs.append(new_output("error", **error))
