"""Hiding small numbers so that no subtraction brings them back. Pure functions.

What is shown is computed from numbers that are already blotted, never from the true ones: a total
is the span its visible parts allow, and so is a share. Whatever a reader computes from the page,
each hidden number can still be any of 1, 2, 3 and 4 — also for a reader who knows this file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from math import ceil, floor

SMALLEST_SHOWN = 5
FEWEST_FOR_A_MEDIAN = 2 * SMALLEST_SHOWN


@dataclass(frozen=True)
class Span:
    """What the page tells about a number: at least `low`, at most `high`."""

    low: int
    high: int

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        if self.low == self.high:
            return str(self.low)
        if self == HIDDEN:
            return f"< {SMALLEST_SHOWN}"
        return f"{self.low}–{self.high}"


HIDDEN = Span(1, SMALLEST_SHOWN - 1)
NOTHING = Span(0, 0)
Show = Callable[[int], Span]


def exact(number: int) -> Span:
    return Span(number, number)


def blotted(number: int) -> Span:
    """1 to 4 become one and the same span. Zero stays: nobody is behind it."""
    return HIDDEN if is_small(number) else exact(number)


def is_small(number: int) -> bool:
    return 0 < number < SMALLEST_SHOWN


def total(parts: Iterable[Span]) -> Span:
    return reduce(Span.__add__, parts, NOTHING)


def may_be_split(parts: Iterable[int]) -> bool:
    """Whether a number that is shown may also be shown in parts: none of them is small.

    All are shown or none: with one hidden alone, the number and the others would give it away.
    """
    return not any(is_small(part) for part in parts)


def share(part: Span, rest: Span) -> Span | None:
    """The part's share in percent; of nothing there is no share."""
    if part.high + rest.high == 0:
        return None
    lowest = 100 * part.low / (part.low + rest.high) if part.low + rest.high else 0
    highest = 100 * part.high / (part.high + rest.low) if part.high + rest.low else 0
    if part.low == part.high and rest.low == rest.high:
        return exact(round(lowest))
    return Span(floor(lowest), ceil(highest))
