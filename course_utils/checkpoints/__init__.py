"""Save a trained network with everything that one needs to use it; load it without trusting the file.

files          save_checkpoint, load_checkpoint: what a checkpoint says, and what is refused
architectures  the networks that a checkpoint may name
sealed_files   a torch file sealed with its sha256, written whole or not at all
"""

from course_utils.checkpoints.files import Checkpoint, check_place, load_checkpoint, save_checkpoint

__all__ = ["Checkpoint", "check_place", "load_checkpoint", "save_checkpoint"]
