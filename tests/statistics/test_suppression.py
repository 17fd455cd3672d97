"""Whatever is computed from a safe page, a hidden number can still be 1, 2, 3 or 4."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.appointments.models import AttendanceResult
from cases.casework.models import BasisKind, CaseOutcome
from cases.statistics.page import FiguresPage, page_of
from cases.statistics.queries import NO_RESULT_YET, Counts, Figures
from cases.statistics.suppression import HIDDEN, Span, blotted, exact, share, total
from cases.support.models import DeclineReason, Reply, Result

SMALL = (1, 2, 3, 4)
# Many small numbers, and some that are none.
numbers = st.one_of(st.integers(0, 9), st.integers(0, 300))
small_numbers = st.sampled_from(SMALL)
RESULTS = [NO_RESULT_YET, *Result.values]


def counts_of(codes: list[Any]) -> st.SearchStrategy[Counts]:
    return st.fixed_dictionaries({code: numbers for code in codes})


def parts_of(codes: list[str]) -> st.SearchStrategy[Counts]:
    """The parts of another number; often of a small one, which six numbers seldom add up to."""
    nothing = dict.fromkeys(codes, 0)
    small = st.builds(
        lambda code, number: nothing | {code: number}, st.sampled_from(codes), small_numbers
    )
    return st.one_of(counts_of(codes), small)


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    """Consistent as the database's: those declined have reasons, those accepted have results."""
    reasons, results = draw(parts_of(DeclineReason.values)), draw(parts_of(RESULTS))
    return Figures(
        referrals=draw(counts_of(BasisKind.values)),
        attendance=draw(counts_of(AttendanceResult.values)),
        answers=draw(counts_of([True, False])),
        replies={
            Reply.THINKING.value: draw(st.one_of(numbers, small_numbers)),
            Reply.ACCEPTED.value: sum(results.values()),
            Reply.DECLINED.value: sum(reasons.values()),
        },
        decline_reasons=reasons,
        results=results,
        outcomes=draw(counts_of(CaseOutcome.values)),
        days_to_first_meeting=tuple(sorted(draw(st.lists(st.integers(0, 90), max_size=15)))),
    )


def safe(world: Figures) -> FiguresPage:
    return page_of(world, is_safe=True)


@settings(max_examples=60)
@given(figures())
def test_every_hidden_number_may_be_any_small_one(world: Figures) -> None:
    """The attack: change one hidden number and see whether anything on the page tells."""
    page = safe(world)
    for group in ("referrals", "attendance", "answers", "outcomes"):
        counts = getattr(world, group)
        for code, number in counts.items():
            if number in SMALL:
                others = (replace(world, **{group: counts | {code: other}}) for other in SMALL)
                assert all(safe(other) == page for other in others)


@settings(max_examples=60)
@given(figures())
def test_hidden_replies_may_be_any_small_number_whatever_is_behind_them(world: Figures) -> None:
    page = safe(world)
    if world.replies[Reply.THINKING] in SMALL:
        for other in SMALL:
            replies = world.replies | {Reply.THINKING: other}
            assert safe(replace(world, replies=replies)) == page
    for reply, parts, first in (
        (Reply.DECLINED, "decline_reasons", DeclineReason.NOT_NEEDED),
        (Reply.ACCEPTED, "results", NO_RESULT_YET),
    ):
        if world.replies[reply] in SMALL:
            for other in SMALL:
                split = dict.fromkeys(getattr(world, parts), 0) | {first: other}
                replies = world.replies | {reply: other}
                assert safe(replace(world, **{parts: split, "replies": replies})) == page


@pytest.mark.parametrize("declined", range(1, 13))
def test_a_hidden_split_gives_none_of_its_parts_away(declined: int) -> None:
    """All ways to split a known number over three reasons: those that look alike differ in each."""
    reasons = DeclineReason.values[:3]
    seen: dict[FiguresPage, list[tuple[int, ...]]] = {}
    for split in product(range(declined + 1), repeat=3):
        if sum(split) == declined:
            seen.setdefault(safe(_declined(dict(zip(reasons, split, strict=True)))), []).append(
                split
            )
    for alike in seen.values():
        hidden = any(number in SMALL for split in alike for number in split)
        if hidden:
            assert all(len(set(part)) > 1 for part in zip(*alike, strict=True))


def _declined(reasons: Counts) -> Figures:
    every = dict.fromkeys(DeclineReason.values, 0) | reasons
    return Figures(
        referrals={}, attendance=dict.fromkeys(AttendanceResult.values, 0), answers={},
        replies=dict.fromkeys(Reply.values, 0) | {"declined": sum(reasons.values())},
        decline_reasons=every, results=dict.fromkeys(RESULTS, 0), outcomes={},
        days_to_first_meeting=(),
    )  # fmt: skip


@settings(max_examples=60)
@given(figures())
def test_no_small_number_is_printed(world: Figures) -> None:
    for table in safe(world).tables:
        for span in [table.total, *(line.number for line in table.lines)]:
            assert span.low != span.high or span.low not in SMALL


@settings(max_examples=60)
@given(figures())
def test_what_is_shown_is_true(world: Figures) -> None:
    """A span holds the true number: hiding is not lying."""
    for shown, true in zip(safe(world).tables, page_of(world, is_safe=False).tables, strict=True):
        assert shown.total.low <= true.total.low <= shown.total.high
        for line, real in zip(shown.lines, true.lines, strict=False):
            assert line.number.low <= real.number.low <= line.number.high


@given(numbers, numbers)
def test_a_share_holds_the_true_share(part: int, rest: int) -> None:
    shown = share(blotted(part), blotted(rest))
    if part + rest == 0:
        assert shown is None
    else:
        assert shown is not None
        assert shown.low - 1 <= 100 * part / (part + rest) <= shown.high + 1


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([12, 7], "19"),
        ([12, 3], "13–16"),
        ([0, 0], "0"),
        ([3], "< 5"),
        ([3, 0], "< 5"),
        ([1, 4], "2–8"),
    ],
)
def test_totals_as_they_are_read(parts: list[int], text: str) -> None:
    assert str(total(blotted(part) for part in parts)) == text


def test_shares_as_they_are_read() -> None:
    assert str(share(exact(3), exact(1))) == "75"
    assert str(share(blotted(30), blotted(2))) == "88–97"
    assert share(exact(0), exact(0)) is None


def test_the_median_of_few_is_hidden() -> None:
    few = replace(_declined({}), days_to_first_meeting=(3,) * 9)
    many = replace(few, days_to_first_meeting=(3,) * 10)
    assert safe(few).median_is_hidden
    assert safe(few).median_days is None
    assert safe(many).median_days == 3
    assert page_of(few, is_safe=False).median_days == 3


def test_hidden_is_what_people_know_it_as() -> None:
    assert str(HIDDEN) == "< 5"
    assert str(Span(8, 8)) == "8"
