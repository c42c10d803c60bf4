"""Exercise 09.3: a montage."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_09.judge_montage import judge_montage
from course_utils.exercises.lesson_09.setup import SETUP

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="09.3",
    title="A montage",
    difficulty="medium",
    minutes=10,
    task="Write montage(maps, columns): the maps (K, h, w) side by side in one tensor, in reading order.",
    hints=(
        "How many rows of tiles are needed? Start with a sheet of zeros, then lay the tiles down one by one.",
        "Tile number i belongs into row i // columns and column i % columns; a slice of the sheet takes a tile.",
        "sheet[row * h : (row + 1) * h, column * w : (column + 1) * w] is the place of one tile.",
    ),
    starter="def montage(maps, columns):\n    ...\n",
    solution=(
        "def montage(maps, columns):\n"
        "    count, height, width = maps.shape\n"
        "    rows = -(-count // columns)\n"
        "    sheet = torch.zeros(rows * height, columns * width)\n"
        "    for index, tile in enumerate(maps):\n"
        "        top, left = index // columns * height, index % columns * width\n"
        "        sheet[top : top + height, left : left + width] = tile\n"
        "    return sheet\n"
    ),
    alternative=(
        "def montage(maps, columns):\n"
        "    missing = -len(maps) % columns\n"
        "    full = torch.cat([maps, torch.zeros(missing, *maps.shape[1:])])\n"
        "    tiles = full.unflatten(0, (-1, columns)).permute(0, 2, 1, 3)\n"
        "    return tiles.flatten(2).flatten(0, 1)\n"
    ),
    name="montage",
    judge=judge_montage,
    praise=(
        "Right: one array, one call of imshow, one scale for all. Try "
        "plt.imshow(montage(seen['conv3'][0].relu(), 16)): 128 channels in one figure."
    ),
    mistakes=(
        Mistake(
            "reshape without moving the axes",
            "def montage(maps, columns):\n"
            "    k, h, w = maps.shape\n"
            "    rows = -(-k // columns)\n"
            "    full = torch.cat([maps, torch.zeros(rows * columns - k, h, w)])\n"
            "    return full.reshape(rows * h, columns * w)\n",
            "torn apart",
        ),
        Mistake(
            "a scale for each tile",
            "def montage(maps, columns):\n"
            "    k, h, w = maps.shape\n"
            "    sheet = torch.zeros(-(-k // columns) * h, columns * w)\n"
            "    for i, tile in enumerate(maps):\n"
            "        tile = (tile - tile.min()) / (tile.max() - tile.min())\n"
            "        r, c = i // columns * h, i % columns * w\n"
            "        sheet[r : r + h, c : c + w] = tile\n"
            "    return sheet\n",
            "a colour scale per tile",
        ),
        Mistake(
            "cuts the last row off",
            "def montage(maps, columns):\n"
            "    k, h, w = maps.shape\n"
            "    rows = k // columns\n"
            "    tiles = maps[: rows * columns].reshape(rows, columns, h, w)\n"
            "    return tiles.transpose(1, 2).reshape(rows * h, columns * w)\n",
            "cut off",
        ),
        Mistake(
            "down the columns",
            "def montage(maps, columns):\n"
            "    k, h, w = maps.shape\n"
            "    rows = -(-k // columns)\n"
            "    sheet = torch.zeros(rows * h, columns * w)\n"
            "    for i, tile in enumerate(maps):\n"
            "        sheet[i % rows * h : i % rows * h + h, i // rows * w : i // rows * w + w] = tile\n"
            "    return sheet\n",
            "run down the columns",
        ),
        Mistake(
            "a list of tiles",
            "def montage(maps, columns):\n    return [tile for tile in maps]\n",
            "not a tensor",
        ),
        Mistake(
            "an empty row too many",
            "def montage(maps, columns):\n"
            "    k, h, w = maps.shape\n"
            "    sheet = torch.zeros((k // columns + 1) * h, columns * w)\n"
            "    for i, tile in enumerate(maps):\n"
            "        r, c = i // columns * h, i % columns * w\n"
            "        sheet[r : r + h, c : c + w] = tile\n"
            "    return sheet\n",
            "empty row too many",
        ),
    ),
    setup=SETUP,
    seconds=3.0,
)
