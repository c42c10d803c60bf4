"""Ask a trained network what it is looking at.

tail          run a model once, with a graph only behind one layer
untouched     borrow a model for a block, and give it back as it was
layout        pictures in the order in memory that convolutions read fastest
checks        is this a network, a picture batch? Errors in the learner's words
questions     the logit of a class, or any score
result        what every method of the family returns
gradcam       Grad-CAM for one class an image, and for all classes at once
channelwise   what all classes share on the way back to a layer, followed once
connected     the same through a fully connected layer
channels      the vote of the channels, which the whole CAM family ends with
family        Grad-CAM++, HiResCAM and LayerCAM: the same run, another pure function
cam           CAM, where the network ends in a mean and one linear layer
scorecam      Score-CAM: no gradients, one forward pass per channel
saliency      the gradient with respect to the pixels; also times the input
guided        guided backpropagation: ReLUs that pass only positive gradients back, for one call
smooth        SmoothGrad: the mean gradient of noisy copies
forward       run a model without a graph, piece by piece
occlusion     cover a patch and see what is lost; no gradient at all
strongest     the pictures that a channel likes best, and how often it is active at all
maximisation  draw the picture that a channel or a class likes best
progress      a bar with the time left, for what takes long
"""

from course_utils.attribution.cam import cam
from course_utils.attribution.family import grad_cam_plus_plus, hires_cam, layer_cam
from course_utils.attribution.gradcam import grad_cam, grad_cam_all_classes, weigh_channels
from course_utils.attribution.guided import guided_backprop
from course_utils.attribution.maximisation import Dream, maximise_activation
from course_utils.attribution.occlusion import OcclusionAttribution, occlusion
from course_utils.attribution.result import Attribution
from course_utils.attribution.saliency import PixelAttribution, gradient_times_input, saliency
from course_utils.attribution.scorecam import score_cam
from course_utils.attribution.smooth import smooth_grad
from course_utils.attribution.strongest import Strongest, active_share, strongest_images

__all__ = [
    "Attribution",
    "Dream",
    "OcclusionAttribution",
    "PixelAttribution",
    "Strongest",
    "active_share",
    "cam",
    "grad_cam",
    "grad_cam_all_classes",
    "grad_cam_plus_plus",
    "gradient_times_input",
    "guided_backprop",
    "hires_cam",
    "layer_cam",
    "maximise_activation",
    "occlusion",
    "saliency",
    "score_cam",
    "smooth_grad",
    "strongest_images",
    "weigh_channels",
]
