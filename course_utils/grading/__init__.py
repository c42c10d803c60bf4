"""Grade a folder of submitted notebooks: each in its own process, in a cage, against the teacher's tests.

The order of events for one notebook: `submissions` finds it; `grader` copies it into a temporary folder and starts an
`examiner`; that reads it and puts the teacher's tests back (`restoring`), runs it in a caged kernel (`running`,
`kernel`, `cage` with `namespaces` or `guard`), and counts points (`scoring`); `table` writes the CSV.
Importing this room imports neither torch nor Jupyter.
"""
