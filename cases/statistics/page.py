"""The page of figures: the same tables for everybody, drawn with exact or with blotted numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.appointments.models import CAME, AttendanceResult
from cases.casework.models import BasisKind, CaseOutcome
from cases.statistics.models import MERGED
from cases.statistics.queries import NO_RESULT_YET, Figures
from cases.statistics.suppression import (
    FEWEST_FOR_A_MEDIAN,
    Show,
    Span,
    blotted,
    exact,
    may_be_split,
    share,
    total,
)
from cases.support.models import DeclineReason, Reply, Result

Label = str | Promise
MERGED_LABEL = _("deleted cases, not told apart")
RESULT_LABELS: dict[str, Label] = {
    NO_RESULT_YET: _("nothing recorded yet"),
    **dict(Result.choices),
}


@dataclass(frozen=True)
class Line:
    label: Label
    number: Span


@dataclass(frozen=True)
class Table:
    """`lines` is empty where the numbers may not be shown in parts."""

    code: str
    title: Label
    heading: Label  # of the column of labels
    lines: tuple[Line, ...]
    total: Span

    @property
    def is_hidden(self) -> bool:
        return not self.lines


@dataclass(frozen=True)
class FiguresPage:
    tables: tuple[Table, ...]
    referrals: Span
    attended_share: Span | None
    accepted: Span
    accepted_share: Span | None
    median_days: float | None
    median_is_hidden: bool
    leaves_out_erased: bool
    is_safe: bool


def page_of(figures: Figures, *, is_safe: bool) -> FiguresPage:
    """The figures as the unit's leader sees them, or safe for everybody else.

    Whoever knows the unit's living cases can subtract them from a number that counts erased ones.
    What is left are five people or more, or nobody: nothing less is kept of erased cases.
    """
    show: Show = blotted if is_safe else exact
    attendance = {code: show(number) for code, number in figures.attendance.items()}
    replies = {code: show(number) for code, number in figures.replies.items()}
    too_few = is_safe and len(figures.days_to_first_meeting) < FEWEST_FOR_A_MEDIAN
    return FiguresPage(
        tables=tuple(_tables(figures, show, is_safe=is_safe)),
        referrals=total(show(number) for number in figures.referrals.values()),
        attended_share=share(
            total(attendance[code] for code in CAME), attendance[AttendanceResult.DID_NOT_COME]
        ),
        accepted=replies[Reply.ACCEPTED],
        accepted_share=share(
            replies[Reply.ACCEPTED], replies[Reply.DECLINED] + replies[Reply.THINKING]
        ),
        median_days=None if too_few else figures.median_days,
        median_is_hidden=too_few,
        leaves_out_erased=figures.leaves_out_erased,
        is_safe=is_safe,
    )


def _tables(figures: Figures, show: Show, *, is_safe: bool) -> Iterable[Table]:
    yield _table(
        "referrals", _("Referrals received"), _("Legal basis"),
        figures.referrals, dict(BasisKind.choices), show,
    )  # fmt: skip
    yield _table(
        "attendance", _("Meetings"), _("Attendance"),
        figures.attendance, dict(AttendanceResult.choices), show,
    )  # fmt: skip
    yield _table(
        "answers", _("Answers to senders"), _("Answer"),
        figures.answers, {True: _("attended"), False: _("did not attend")}, show,
    )  # fmt: skip
    yield _table(
        "offers", _("Help offered"), _("Reply"), figures.replies, dict(Reply.choices), show
    )
    yield _split(
        "reasons", _("Why help was declined"), _("Reason"),
        figures.decline_reasons, dict(DeclineReason.choices), show, is_safe=is_safe,
    )  # fmt: skip
    yield _split(
        "results", _("What came of the help that was accepted"), _("Result"),
        figures.results, RESULT_LABELS, show, is_safe=is_safe,
    )  # fmt: skip
    yield _table(
        "outcomes", _("Cases closed"), _("Outcome"),
        figures.outcomes, dict(CaseOutcome.choices), show,
    )  # fmt: skip


def _table(
    code: str, title: Label, heading: Label, counts: Mapping[Any, int],
    labels: Mapping[Any, Label], show: Show,
) -> Table:  # fmt: skip
    """Parts that stand alone: each is blotted by itself, and the total is computed from them."""
    named = {**labels, MERGED: MERGED_LABEL}
    lines = tuple(Line(named[key], show(number)) for key, number in counts.items())
    return Table(code, title, heading, lines, total(line.number for line in lines))


def _split(
    code: str, title: Label, heading: Label, counts: Mapping[Any, int],
    labels: Mapping[Any, Label], show: Show, *, is_safe: bool,
) -> Table:  # fmt: skip
    """The parts of a number that another table shows, so that it is known: all parts or none."""
    if is_safe and not may_be_split(counts.values()):
        return Table(code, title, heading, (), show(sum(counts.values())))
    return _table(code, title, heading, counts, labels, show)
