"""``python -m course_utils explain PHOTO``: the three-panel figure of a picture of your own.

The heavy imports wait until there is something to explain, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_utils.explain import Explanation, Network

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``explain`` understands to a parser."""
    parser.description = "Show what a network sees in a photograph, and where it looked (Grad-CAM)."
    parser.add_argument("photo", metavar="PHOTO", help="a picture file; its middle square is used")
    parser.add_argument(
        "--model",
        metavar="CHECKPOINT",
        help="a checkpoint of this course, or resnet18 or resnet50 (ImageNet, downloaded by torchvision); "
        "default: the shipped SimpleCNN, trained on CIFAR-10",
    )
    parser.add_argument("--layer", metavar="NAME", help="the layer to look at; default: conv3 for SimpleCNN")
    parser.add_argument(
        "--class",
        dest="wanted",
        metavar="CLASS",
        help="the class to explain, name or number; default: the predicted one",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="grad_cam_result.png", help="default: grad_cam_result.png"
    )


def run(arguments: argparse.Namespace) -> int:
    """Explain the photograph, write the figure and print its caption; return 0.

    Raises:
        FileNotFoundError, IsADirectoryError, ValueError: the photograph cannot be read, the checkpoint cannot be
            used, or the figure cannot be written there.
        LookupError: the network has no such layer or class.
        ConnectionError: the weights of an ImageNet network cannot be downloaded.
    """
    from course_utils.explain import SHIPPED, explain_photo, open_network
    from course_utils.photo_files import read_photo
    from course_utils.plotting import check_path, save

    check_path(arguments.output)
    photo = read_photo(arguments.photo)
    network = open_network(arguments.model or SHIPPED)
    explanation = explain_photo(photo, network, arguments.layer, arguments.wanted)
    path = save(explanation.picture, arguments.output)
    print(describe(explanation, network))
    print(f"Written: {path}")
    return 0


def describe(explanation: Explanation, network: Network) -> str:
    """Return what is printed: the network, what it says, and the figure's caption."""
    ranking = ", ".join(f"{name} {chance:.0%}" for name, chance in explanation.ranking)
    return "\n".join(
        [
            f"{network.origin}. It sees the photo's middle square as {network.side}x{network.side} pixels.",
            f"It says: {ranking}.",
            explanation.picture.caption,
        ]
    )
