"""Hooks on packing code, on pickling data pipes, and on files."""

from __future__ import annotations

from course_utils.hook_atlas.entry import NO_REMOVAL, Hook

__all__ = ["STORAGE"]

PIPES = "torch.utils.data"
ONE_SLOT = "set_..._hook(None); there is one slot for the whole process"


def package(kind: str, fires: str, line: str, expected: list[str]) -> Hook:
    """Return the page of one of the three hooks of the exporter, which are alike."""
    return Hook(
        name=f"torch.package.PackageExporter.register_{kind}_hook",
        family="files and data",
        fires=fires,
        receives="(exporter, module_name)",
        may_change="nothing; raise to refuse the module",
        example=f"""
            import io, torch
            from torch.package import PackageExporter
            result = []
            with PackageExporter(io.BytesIO()) as exporter:
                exporter.register_{kind}_hook(lambda exporter, name: result.append(name))
                {line}
                exporter.save_source_string("mine", "import numpy")
        """,
        expected=expected,
    )


STORAGE = (
    package(
        "extern",
        "when a Python module is left out of the package and imported by the reader's own Python",
        'exporter.extern("numpy")',
        ["numpy"],
    ),
    package(
        "mock",
        "when a Python module is replaced by an empty stand-in in the package",
        'exporter.mock("numpy")',
        ["numpy"],
    ),
    package("intern", "when a Python module is copied into the package", 'exporter.extern("numpy")', ["mine"]),
    Hook(
        name=f"{PIPES}.IterDataPipe.set_reduce_ex_hook",
        family="files and data",
        fires="when a data pipe that iterates is pickled",
        receives="(pipe)",
        may_change="what it returns is pickled instead",
        removal=ONE_SLOT,
        example="""
            import pickle, torch
            from torch.utils.data import IterDataPipe
            from torch.utils.data.datapipes.iter import IterableWrapper
            IterDataPipe.set_reduce_ex_hook(lambda pipe: (str, ("instead",)))
            result = pickle.loads(pickle.dumps(IterableWrapper([1, 2])))
            IterDataPipe.set_reduce_ex_hook(None)
        """,
        expected="instead",
    ),
    Hook(
        name=f"{PIPES}.IterDataPipe.set_getstate_hook",
        family="files and data",
        fires="when the state of a data pipe that iterates is pickled",
        receives="(state)",
        may_change="what it returns is pickled as the state",
        removal=ONE_SLOT,
        example="""
            import pickle, torch
            from torch.utils.data import IterDataPipe
            from torch.utils.data.datapipes.iter import IterableWrapper
            IterDataPipe.set_getstate_hook(lambda state: {**state, "iterable": [7]})
            result = list(pickle.loads(pickle.dumps(IterableWrapper([1, 2]))))
            IterDataPipe.set_getstate_hook(None)
        """,
        expected=[7],
    ),
    Hook(
        name=f"{PIPES}.MapDataPipe.set_reduce_ex_hook",
        family="files and data",
        fires="when a data pipe with indices is pickled",
        receives="(pipe)",
        may_change="what it returns is pickled instead",
        removal=ONE_SLOT,
        example="""
            import pickle, torch
            from torch.utils.data import MapDataPipe
            from torch.utils.data.datapipes.map import SequenceWrapper
            MapDataPipe.set_reduce_ex_hook(lambda pipe: (str, ("instead",)))
            result = pickle.loads(pickle.dumps(SequenceWrapper([1, 2])))
            MapDataPipe.set_reduce_ex_hook(None)
        """,
        expected="instead",
    ),
    Hook(
        name=f"{PIPES}.MapDataPipe.set_getstate_hook",
        family="files and data",
        fires="when the state of a data pipe with indices is pickled",
        receives="(state)",
        may_change="what it returns is pickled as the state",
        removal=ONE_SLOT,
        example="""
            import pickle, torch
            from torch.utils.data import MapDataPipe
            from torch.utils.data.datapipes.map import SequenceWrapper
            MapDataPipe.set_getstate_hook(lambda state: {**state, "sequence": [7]})
            result = list(pickle.loads(pickle.dumps(SequenceWrapper([1, 2]))))
            MapDataPipe.set_getstate_hook(None)
        """,
        expected=[7],
    ),
    Hook(
        name="torch.serialization.register_package",
        family="files and data",
        fires="a relative: when torch.save names the device of a storage, and when torch.load puts it back",
        receives="(priority, tagger(storage), deserializer(storage, location))",
        may_change="tagger names the device, deserializer moves the storage there; None passes to the next one",
        removal=NO_REMOVAL,
        no_example="cannot be taken back, so trying it would change saving and loading for the rest of the process",
    ),
)
