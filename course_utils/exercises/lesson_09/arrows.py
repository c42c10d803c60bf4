"""Exercise 09.5: explore: who likes arrows?."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_09.judge_arrows import judge_arrows
from course_utils.exercises.lesson_09.setup import SETUP

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="09.5",
    title="Explore: who likes arrows?",
    difficulty="medium",
    minutes=8,
    task="Find a channel of conv3 whose eight strongest of the 1,000 pictures show at least seven arrows.",
    hints=(
        "One channel is one column of peaks; its strongest pictures have labels; count the arrows among them.",
        "A loop over range(128), and inside it topk(8).indices and many.labels, finds the best one for you.",
        "(many.labels[peaks[:, number].topk(8).indices] == names.index('arrow')).sum() counts for one channel.",
    ),
    starter="channel = ...\n",
    solution="channel = 28\n",
    alternative=(
        "from course_utils.datasets import shapes10\n"
        "from course_utils.shipped import load_shipped\n"
        "\n"
        "shipped, many = load_shipped('simplecnn_shapes10'), shapes10(count=1000, seed=900)\n"
        "arrow = shipped.class_names.index('arrow')\n"
        "with torch.no_grad(), record_outputs(shipped.model, 'conv3') as outputs:\n"
        "    shipped.model(many.images)\n"
        "best = outputs['conv3'].amax(dim=(2, 3)).topk(8, dim=0).indices\n"
        "channel = (many.labels[best] == arrow).sum(dim=0).argmax()\n"
    ),
    name="channel",
    judge=judge_arrows,
    praise=(
        "Right: this channel has a soft spot for arrows, and no other has as much. Yet without it all 100 arrows "
        "are still recognised: mask it, as in lesson 06, and count."
    ),
    mistakes=(
        Mistake("the lesson's channel 17", "channel = 17\n", "likes rings"),
        Mistake("the number of the class", "channel = 8\n", "classes and channels are not the same"),
        Mistake("the number of a picture", "channel = 760\n", "number of a picture"),
        Mistake("counts from 1", "channel = 29\n", "likes triangles"),
        Mistake("several channels", "channel = [28, 86]\n", "several came"),
        Mistake("the name of the layer", "channel = 'conv3'\n", "whole number"),
    ),
    setup=SETUP,
    seconds=20.0,
)
