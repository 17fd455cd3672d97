"""Bars drawn by the server as SVG: every size is an attribute, so the page needs no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.statistics.page import Label

WIDTH = 400
ROW_HEIGHT = 44
BAR_TOP = 22


@dataclass(frozen=True)
class Bar:
    label: Label
    text: str
    text_y: int
    bar_y: int
    width: int


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    width: int
    height: int


def chart_of(rows: Sequence[tuple[Label, str, float]]) -> Chart:
    """`rows`: label, the number as text, and how long the bar is compared with the others."""
    longest = max((size for _label, _text, size in rows), default=0) or 1
    bars = tuple(
        Bar(
            label=label,
            text=text,
            text_y=index * ROW_HEIGHT + BAR_TOP - 8,
            bar_y=index * ROW_HEIGHT + BAR_TOP,
            width=round(WIDTH * size / longest),
        )
        for index, (label, text, size) in enumerate(rows)
    )
    return Chart(bars=bars, width=WIDTH, height=max(len(rows), 1) * ROW_HEIGHT)
