"""One cell for each panel that has a slider, with all that it needs, and a notebook to put them into."""

from __future__ import annotations

import nbformat

from tests.browser.server import Lab

__all__ = ["PANELS", "PREPARE", "cell_of", "write_notebook"]

PREPARE = """from course_utils.datasets import shapes10
from course_utils.shipped import load_shipped

model, data = load_shipped("simplecnn_shapes10").model, shapes10(12, seed=42)"""
PANELS = {
    "event_timeline": "event_timeline.panel()",
    "late_binding": "late_binding.panel()",
    "learning_rate": "learning_rate.panel()",
    "gradient_knob": "gradient_knob.panel()",
    "activation_surgery": "activation_surgery.panel(model, data)",
    "training_step": """import torch
from course_utils.hooks import trace_hooks

net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with trace_hooks(net, optimizer=optimizer) as trace:
    net(torch.rand(2, 3, requires_grad=True)).sum().backward()
    optimizer.step()
training_step.panel(trace)""",
    "training_theatre": """from course_utils.models import SimpleCNN
from course_utils.training import fit

theatre = training_theatre.Recorder(data, every=2)
fit(SimpleCNN(10), shapes10(96, seed=0), epochs=2, batch_size=16, callbacks=[theatre], device="cpu")
training_theatre.panel(theatre)""",
    "kernels_and_maps": "kernels_and_maps.panel(model, data)",
    "pixel_maps": "pixel_maps.panel(model, data[:4])",
    "grad_cam_explorer": "grad_cam_explorer.panel(model, data)",
    "draw_and_explain": "draw_and_explain.panel(model, data.class_names, data.images[0])",
    "cam_family": 'cam_family.panel(model, data[:4], ["conv1", "conv2", "conv3"])',
    "trust_tests": "trust_tests.panel(model, model, data[:6])",
    "saturation": """from course_utils.datasets import chest_xray_phantom
from course_utils.models import SmallXRayClassifier, TwoClasses

xray = TwoClasses(SmallXRayClassifier()).eval()
saturation.panel(xray, chest_xray_phantom(6, seed=1), "classifier.resnet_blocks.1")""",
}  # name → code of its cell; `PREPARE` is run before
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def cell_of(name: str) -> str:
    """Return the code that shows one panel."""
    return f"from course_utils.panels import {name}\n\n{PANELS[name]}"


def write_notebook(lab: Lab, name: str, sources: list[str]) -> None:
    """Write a notebook with one code cell for each source into the folder that JupyterLab shows."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), lab.folder / name)
