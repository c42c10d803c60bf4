"""Train a network on pictures in memory, and see how good it is.

fitting       fit: checks, prepares, trains, and puts back; seed_everything
loop          the training loop, and the learning rate's one cycle
state         what a callback gets to see, and the numbers of a training
history       what was measured after each epoch, and its picture
evaluation    evaluate: accuracy, loss, confusions
augmentation  random crops, shifts and flips, for a whole batch at once
layouts       the order in memory that a network's convolutions read fastest
distributed   several processes, one network
interrupts    Ctrl-C waits until nothing can be left half done
"""

from course_utils.training.augmentation import random_crop_and_flip, shift_and_flip
from course_utils.training.evaluation import Evaluation, evaluate
from course_utils.training.fitting import fit, seed_everything
from course_utils.training.history import History
from course_utils.training.loop import one_cycle
from course_utils.training.state import TrainingState

__all__ = [
    "Evaluation",
    "History",
    "TrainingState",
    "evaluate",
    "fit",
    "one_cycle",
    "random_crop_and_flip",
    "seed_everything",
    "shift_and_flip",
]
