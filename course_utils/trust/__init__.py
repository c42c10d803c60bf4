"""Whether to believe a heatmap: four measurements that need no taste.

masks          heat_inside, pointing_game: is the heat where the object is?
deletion       deletion_insertion: do the hot pixels carry the answer?
colours        what a removed pixel becomes: a colour, mean_colour, blurred
randomisation  randomise_layers: does the map change when the network forgets what it learned?
similarity     rank correlation and structural similarity of two maps
progress       a bar for what takes long
checks         what a map, a mask and an explaining function must be

An explaining function is any ``explain(model, images)`` that returns an `Attribution`, or maps (N, h, w):

    explain = lambda model, images: grad_cam(model, images, "conv3", classes=3)
    found = randomise_layers(model, images, explain)
    found.rank_correlation.mean(dim=1)                # one number per stage; 1 = the map did not change
"""

from course_utils.trust.colours import blurred, mean_colour
from course_utils.trust.deletion import DeletionInsertion, deletion_insertion
from course_utils.trust.masks import heat_inside, pointing_game
from course_utils.trust.randomisation import Randomisation, cascading, independent, randomise_layers, randomised
from course_utils.trust.similarity import rank_correlation, structural_similarity

__all__ = [
    "DeletionInsertion",
    "Randomisation",
    "blurred",
    "cascading",
    "deletion_insertion",
    "heat_inside",
    "independent",
    "mean_colour",
    "pointing_game",
    "randomise_layers",
    "randomised",
    "rank_correlation",
    "structural_similarity",
]
