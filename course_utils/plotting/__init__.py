"""Pictures that speak: arrays in, ``(figure, caption)`` out.

Every function takes tensors (any device, with or without a graph) or arrays and returns a `Picture`, a pair of a
matplotlib figure and a caption with the numbers that matter. `show` displays the figure once and prints the caption
under it; `save` writes it to a file. Nothing global changes and no figure stays open.

    show(image_grid(data.images[:8], [data.class_names[i] for i in data.labels[:8]], title="Eight shapes"))
    show(image_grid(data.images[:8], masks=data.masks[:8]))             # with the objects' outlines
    show(mistakes(data.images, data.labels, found.predictions, found.probabilities, data.class_names))

    show(heatmap(result.maps[0], title="conv3", unit="logits"))         # one raw map, signed values too
    show(overlay(image, result.heatmaps[0], mask=data.masks[0]))        # heat over the picture
    show(three_panel(image, result.heatmaps[0], class_name="cat", probability=0.87, true_name="dog", layer="conv3"))
    show(overlay_grid(images, result.heatmaps, titles, unit="heat (1 = maximum)"))   # picture above overlay
    show(gallery(images, {"conv1": first.maps, "conv3": third.maps}, titles=titles, unit="logits"))  # ONE scale
    show(feature_maps(outputs["conv1"][0], title="conv1"))              # (K, h, w), one scale
    show(kernels(model.conv1.weight, title="conv1"))                    # a convolution's weights, zero in the middle
    show(jet_against_viridis(result.heatmaps[0]))                       # why never jet

    show(learning_curves({"loss": losses, "accuracy": shares, "validation_accuracy": others}))
    show(curves({"deletion": down, "insertion": up}, x=share, title="...", x_label="...", y_label="probability"))
    show(bars({"cat": 0.87, "dog": 0.11}, title="What the network thinks", unit="probability"))
    show(confusion_matrix(found.confusion, data.class_names))

    save(three_panel(...), "grad_cam_result.png")    # or .jpg, .svg, .pdf; old files stay until the new one is whole
    blend(image, heat)                               # the overlay's colours as an array (H, W, 3)
    readable(["飞机", "汽车"], ["airplane", "automobile"])    # labels that the installed fonts can draw

Pictures hold values in [0, 1] with shape (3, H, W), and anything else is refused: a normalised picture that is drawn
as it is shows wrong colours, or wraps around. Maps of heat are 0 or more.
"""

from course_utils.plotting.blending import OPACITY, blend
from course_utils.plotting.channels import feature_maps
from course_utils.plotting.counts import bars, confusion_matrix
from course_utils.plotting.curves import curves, learning_curves
from course_utils.plotting.fonts import label_font, readable
from course_utils.plotting.galleries import gallery, overlay_grid
from course_utils.plotting.heatmaps import heatmap, overlay, three_panel
from course_utils.plotting.images import image_grid, mistakes
from course_utils.plotting.jet import jet_against_viridis
from course_utils.plotting.kernels import kernels
from course_utils.plotting.picture import Picture, check_path, save, show
from course_utils.plotting.style import COLORS, look

__all__ = [
    "COLORS",
    "OPACITY",
    "Picture",
    "bars",
    "blend",
    "check_path",
    "confusion_matrix",
    "curves",
    "feature_maps",
    "gallery",
    "heatmap",
    "image_grid",
    "jet_against_viridis",
    "kernels",
    "label_font",
    "learning_curves",
    "look",
    "mistakes",
    "overlay",
    "overlay_grid",
    "readable",
    "save",
    "show",
    "three_panel",
]
