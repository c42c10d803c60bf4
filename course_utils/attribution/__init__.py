"""Ask a trained network what it is looking at.

tail        run a model once, with a graph only behind one layer; leave nothing behind
questions   is this a picture batch, is this a class? Errors in the learner's words
result      what every method of the family returns
gradcam     Grad-CAM for one class an image, and for all classes at once
"""

from course_utils.attribution.gradcam import grad_cam, grad_cam_all_classes, weigh_channels
from course_utils.attribution.result import Attribution

__all__ = ["Attribution", "grad_cam", "grad_cam_all_classes", "weigh_channels"]
