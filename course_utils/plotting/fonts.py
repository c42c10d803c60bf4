"""Labels in any script: drawn where an installed font knows them, replaced with a warning where none does."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache

from matplotlib import font_manager

__all__ = ["FONT", "families", "label_font", "readable"]

FONT = "DejaVu Sans"  # comes with matplotlib, so every machine has it

# Chinese, Japanese and Korean families as Debian, Ubuntu, Windows and macOS ship them.
CJK_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "AR PL UMing CN",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "STHeiti",
    "Heiti TC",
    "Malgun Gothic",
    "Arial Unicode MS",
)

# CIFAR-10's classes as Chinese tutorials write them. The longest come first, so that a part never wins.
ENGLISH = {
    "飞机": "airplane",
    "汽车": "automobile",
    "青蛙": "frog",
    "卡车": "truck",
    "鸟": "bird",
    "猫": "cat",
    "鹿": "deer",
    "狗": "dog",
    "马": "horse",
    "船": "ship",
}

CURE = (
    "for the original, install a font that knows it (Debian, Ubuntu: apt install fonts-noto-cjk), delete "
    "matplotlib's list of fonts ('python -m course_utils doctor' says where it is) and restart Python"
)


def families() -> list[str]:
    """Return the fonts of every figure: DejaVu Sans, then the first installed font for Chinese, if there is one."""
    installed = _installed()
    return [FONT, *[name for name in CJK_FAMILIES if name in installed][:1]]


def label_font(text: str) -> str | None:
    """Return the first of `families` that can draw all of ``text``, or None where no such font is installed."""
    known = _installed()
    return next((name for name in families() if not _missing(text, [known[name]])), None)


def readable(labels: Sequence[str], english: Sequence[str] | None = None) -> list[str]:
    """Return labels that can be drawn here, in the order given.

    Args:
        labels: what should be drawn, in any script.
        english: what to draw instead, label by label, where no installed font knows a label. Without it, the
            Chinese names of CIFAR-10's classes become English, and any other unknown letter a question mark.

    Warns:
        UserWarning: something was replaced; it says what and which font to install.

    Raises:
        ValueError: ``english`` has another length.
    """
    if english is not None and len(english) != len(labels):
        raise ValueError(f"need one English label for each of the {len(labels)} labels, got {len(english)}")
    paths = [_installed()[name] for name in families()]
    instead = [_translate(label, paths) for label in labels] if english is None else english
    drawn = [new if _missing(old, paths) else old for old, new in zip(labels, instead, strict=True)]
    replaced = {old: new for old, new in zip(labels, drawn, strict=True) if old != new}
    if replaced:
        pairs = ", ".join(f"{new!r} for {old!r}" for old, new in replaced.items())
        warnings.warn(f"no installed font can draw some labels, so the picture says {pairs}; {CURE}", stacklevel=2)
    return drawn


def _installed() -> dict[str, str]:
    """Return family → file, for the upright regular face where there is one."""
    fonts = sorted(font_manager.fontManager.ttflist, key=lambda font: (font.weight == 400, font.style == "normal"))
    return {font.name: font.fname for font in fonts}


@cache
def _characters(path: str) -> frozenset[int]:
    return frozenset(font_manager.get_font(path).get_charmap())


def _missing(text: str, paths: Sequence[str]) -> set[str]:
    """Return the characters of ``text`` that none of these font files can draw."""
    return {letter for letter in text if letter.isprintable() and not any(ord(letter) in _characters(p) for p in paths)}


def _translate(text: str, paths: Sequence[str]) -> str:
    for chinese, english in ENGLISH.items():
        text = text.replace(chinese, english)
    return text.translate({ord(letter): "?" for letter in _missing(text, paths)})
