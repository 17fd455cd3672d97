"""Identity numbers: synthetic ones only in here, checked against a second library where it can."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.core.identity_numbers import (
    FIRST_WEIGHTS,
    SECOND_WEIGHTS,
    InvalidIdentityNumber,
    Kind,
    Problem,
    read_identity_number,
    synthetic_number,
)

BORN = st.dates(date(1930, 1, 1), date(2026, 1, 1))


@given(BORN, st.integers(0, 999))
def test_a_synthetic_number_reads_back_as_its_birth_date(born: date, serial: int) -> None:
    facts = read_identity_number(synthetic_number(born, serial))
    assert facts.kind == Kind.SYNTHETIC
    assert facts.agrees_with(born)
    assert not facts.agrees_with(born + timedelta(days=1))


@given(BORN, st.integers(0, 999), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_in_the_serial_or_control_is_caught(
    born: date, serial: int, place: int, change: int
) -> None:
    digits = synthetic_number(born, serial)
    if place < 6:
        place += 5  # a changed date may be another valid date; the control digits still object
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    with pytest.raises(InvalidIdentityNumber):
        read_identity_number(wrong)


def test_digdirs_published_example_is_synthetic() -> None:
    assert read_identity_number("209146 95016").kind == Kind.SYNTHETIC


def test_a_synthetic_d_number_is_read() -> None:
    """Day + 40 and month + 80 together."""
    stem = "418180" + "123"
    assert read_identity_number(_with_control_digits(stem)).kind == Kind.SYNTHETIC


@pytest.mark.parametrize("remainder", [0, 1, 2, 3])
def test_the_rule_of_2032_lets_the_first_control_digit_leave_up_to_three(remainder: int) -> None:
    assert read_identity_number(_with_control_digits("018190456", remainder)).digits


@pytest.mark.parametrize("remainder", [4, 5, 6, 7, 8])
def test_more_than_three_is_wrong_also_from_2032(remainder: int) -> None:
    with pytest.raises(InvalidIdentityNumber) as error:
        read_identity_number(_with_control_digits("018190456", remainder))
    assert error.value.problem == Problem.CONTROL


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1234", Problem.LENGTH),
        ("123456789012", Problem.LENGTH),
        ("abcdefghijk", Problem.NOT_DIGITS),
        ("٠١٢٣٤٥٦٧٨٩٠", Problem.NOT_DIGITS),
        ("32819012345", Problem.DATE),
        ("01939012345", Problem.DATE),
        ("", Problem.NOT_DIGITS),
    ],
)
def test_what_is_wrong_is_told_apart(text: str, problem: Problem) -> None:
    with pytest.raises(InvalidIdentityNumber) as error:
        read_identity_number(text)
    assert error.value.problem == problem


def test_numbers_of_people_without_norwegian_birth_data_have_no_birth_date() -> None:
    """FH-numbers start with 8 or 9 and tell neither age nor sex."""
    facts = read_identity_number(_with_control_digits("900000012"))
    assert facts.kind == Kind.FH
    assert facts.agrees_with(date(1990, 1, 1))


def test_few_random_numbers_pass() -> None:
    """3.3 % at most, as measured for the rule of 2032."""
    rng = random.Random(7)
    passed = 0
    for _ in range(20_000):
        try:
            read_identity_number(f"{rng.randrange(10**11):011d}")
            passed += 1
        except InvalidIdentityNumber:
            pass
    assert passed / 20_000 < 0.034


def _with_control_digits(nine: str, remainder: int = 0) -> str:
    """The number whose first control digit leaves this remainder; trying serials until one exists."""
    for step in range(1000):
        stem = nine[:6] + f"{(int(nine[6:]) + step) % 1000:03d}"
        numbers = [int(d) for d in stem]
        first = (remainder - sum(w * n for w, n in zip(FIRST_WEIGHTS, numbers, strict=True))) % 11
        if first == 10:
            continue
        numbers.append(first)
        second = -sum(w * n for w, n in zip(SECOND_WEIGHTS, numbers, strict=True)) % 11
        if second != 10:
            return f"{stem}{first}{second}"
    raise AssertionError("every stem has a number")
