"""The lines of the monthly list: what one employee opened about one person on one day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise

from cases.oversight.models import LineReview
from cases.oversight.signs import Sign
from cases.oversight.words import REASONS


@dataclass(frozen=True)
class Look:
    """One event that opened somebody, or did what a rule says is looked at."""

    at: datetime
    actor: UUID
    person: UUID
    case: UUID | None
    tier: str
    reason: str


@dataclass
class ReviewLine:
    """What one employee opened about one person on one day, or did on a day as a whole."""

    actor: UUID
    person: UUID
    day: date
    first_at: datetime
    last_at: datetime
    who: str = ""
    numbers: set[str] = field(default_factory=set)
    is_hidden: bool = False  # the reader may not see the person, so there is no number
    looks: int = 0
    signs: set[Sign] = field(default_factory=set)
    reasons: set[str] = field(default_factory=set)
    review: LineReview | None = None

    @property
    def key(self) -> str:
        """With the number of look-ups: what has come since the page was made is not signed by it."""
        return f"{self.actor}.{self.person}.{self.day:%Y-%m-%d}.{self.looks}"

    def take(self, review: LineReview | None) -> None:
        """What was signed holds for the look-ups before it."""
        if review is not None and review.reviewed_at >= self.last_at:
            self.review = review

    @property
    def outcome(self) -> str:
        return self.review.outcome if self.review else ""

    @property
    def case_numbers(self) -> str:
        return ", ".join(sorted(self.numbers))

    @property
    def signs_in_words(self) -> list[str | Promise]:
        return [sign.label for sign in Sign if sign in self.signs]

    @property
    def reasons_in_words(self) -> list[str | Promise]:
        return [REASONS[reason] for reason in sorted(self.reasons) if reason in REASONS]


@dataclass
class ReviewList:
    """A month's lines as one reader goes through them."""

    lines: list[ReviewLine]
    for_others: list[ReviewLine]  # about people the reader must not see: counted, never shown

    @property
    def outcomes(self) -> Counter[str]:
        """How many lines were found fine, asked about, a deviation, or "" not signed. The month
        waits for those of the others, too."""
        return outcomes_of([*self.lines, *self.for_others])


def outcomes_of(lines: Iterable[ReviewLine]) -> Counter[str]:
    """How many lines were found fine, asked about, a deviation, or "" not signed."""
    return Counter(line.outcome for line in lines)
