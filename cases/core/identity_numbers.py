"""Norwegian national identity numbers: eleven digits, checked and read.

Rules from the Tax Administration's published validator: D-numbers add 40 to the day, synthetic
numbers 80 to the month, help numbers 40 to the month. For numbers issued from 2032 the first
control digit may leave remainder 0-3 instead of 0, and neither sex nor century can be read any
more, so a birth date is always a field of its own.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
OLD_REMAINDERS = frozenset({0})
REMAINDERS_FROM_2032 = frozenset({0, 1, 2, 3})


class Kind(StrEnum):
    BIRTH = "birth"
    D = "d"
    HELP = "help"
    FH = "fh"
    SYNTHETIC = "synthetic"


class Problem(StrEnum):
    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    DATE = "date"
    CONTROL = "control"


class InvalidIdentityNumber(ValueError):
    def __init__(self, problem: Problem, length: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.length = length


@dataclass(frozen=True)
class IdentityNumberFacts:
    digits: str
    kind: Kind
    birth_day_and_month: tuple[int, int] | None
    year_in_century: int | None

    def agrees_with(self, birth_date: date) -> bool:
        """Whether the readable part (day, month, two-digit year) fits this birth date."""
        if self.birth_day_and_month is None or self.year_in_century is None:
            return True
        return (*self.birth_day_and_month, self.year_in_century) == (
            birth_date.day,
            birth_date.month,
            birth_date.year % 100,
        )


def read_identity_number(text: str) -> IdentityNumberFacts:
    """Check and read a number typed with or without spaces. Raises InvalidIdentityNumber."""
    digits = re.sub(r"[\s.\-]", "", text[:40])
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidIdentityNumber(Problem.NOT_DIGITS)
    if len(digits) != 11 or len(text) > 40:
        raise InvalidIdentityNumber(Problem.LENGTH, length=len(digits))
    kind, born = _kind_and_birth(digits)
    if not _control_digits_fit(digits):
        raise InvalidIdentityNumber(Problem.CONTROL)
    if born is None:
        return IdentityNumberFacts(digits, kind, None, None)
    return IdentityNumberFacts(digits, kind, born[:2], born[2])


def _kind_and_birth(digits: str) -> tuple[Kind, tuple[int, int, int] | None]:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if day >= 80:
        return Kind.FH, None
    kind = Kind.BIRTH
    if 41 <= day <= 71:
        kind, day = Kind.D, day - 40
    if 81 <= month <= 92:
        kind, month = Kind.SYNTHETIC, month - 80
    elif 41 <= month <= 52:
        kind, month = Kind.HELP, month - 40
    if not _some_century_has(day, month, year):
        raise InvalidIdentityNumber(Problem.DATE)
    return kind, (day, month, year)


def _some_century_has(day: int, month: int, year: int) -> bool:
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _control_digits_fit(digits: str) -> bool:
    numbers = [int(d) for d in digits]
    first = sum(w * n for w, n in zip(FIRST_WEIGHTS, numbers[:9], strict=True)) + numbers[9]
    second = sum(w * n for w, n in zip(SECOND_WEIGHTS, numbers[:10], strict=True)) + numbers[10]
    # Old and new numbers live side by side: nobody changes number in 2032.
    return first % 11 in OLD_REMAINDERS | REMAINDERS_FROM_2032 and second % 11 == 0


def synthetic_number(birth_date: date, serial: int) -> str:
    """The first valid synthetic number (month + 80) at or after this three-digit serial."""
    stem = f"{birth_date.day:02d}{birth_date.month + 80:02d}{birth_date.year % 100:02d}"
    for step in range(1000):
        nine = stem + f"{(serial + step) % 1000:03d}"
        numbers = [int(d) for d in nine]
        first = -sum(w * n for w, n in zip(FIRST_WEIGHTS, numbers, strict=True)) % 11
        if first == 10:
            continue
        numbers.append(first)
        second = -sum(w * n for w, n in zip(SECOND_WEIGHTS, numbers, strict=True)) % 11
        if second != 10:
            return f"{nine}{first}{second}"
    raise AssertionError("every birth date has valid serials")
