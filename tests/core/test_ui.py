"""What every page shows of icons, days, moments and amounts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import timezone, translation

from cases.core.templatetags import ui

NOVEMBER = date(2026, 11, 25)
AT_TWO = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)


def draw(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + text).render(context)


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "25. nov. 2026"), ("nn", "25. nov. 2026"), ("en", "25 Nov 2026")]
)
def test_a_day_is_short_and_in_the_reader_s_language(language: str, words: str) -> None:
    with translation.override(language):
        assert ui.day(NOVEMBER) == words


def test_a_moment_is_shown_by_oslo_s_clock() -> None:
    with translation.override("en"):
        drawn = draw("{{ at|moment }}", at=AT_TWO)
    assert drawn == '<time datetime="2026-11-25T14:00+01:00">Wed 25 Nov 2026 at 14.00</time>'


def test_a_moment_near_midnight_belongs_to_oslo_s_day() -> None:
    with translation.override("en"):
        assert ui.day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == "1 Jul 2026"


def test_the_clock_follows_summer_time() -> None:
    assert ui.clock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "14.00"


@pytest.mark.parametrize(
    ("days", "words"),
    [(-4, "Passed 4 days ago"), (-1, "Passed 1 day ago"), (0, "Today"), (1, "Tomorrow"), (9, "In 9 days")],
)  # fmt: skip
def test_a_deadline_says_how_far_away_it_is(days: int, words: str) -> None:
    with translation.override("en"):
        assert ui.due_words(timezone.localdate() + timedelta(days=days)) == words


def test_a_day_is_told_from_today() -> None:
    with translation.override("en"):
        assert ui.relative_day(timezone.localdate() + timedelta(days=2)) == "in 2 days"
        assert ui.relative_moment(timezone.now() + timedelta(days=1)) == "tomorrow"


@pytest.mark.parametrize(
    "name", ["day", "moment", "clock", "relative_day", "relative_moment", "due_words", "amount"]
)
def test_nothing_is_shown_of_nothing(name: str) -> None:
    assert getattr(ui, name)(None) == ""


@pytest.mark.parametrize(
    ("number", "words"), [("2.50", "2,5"), ("10", "10"), ("100.00", "100"), ("0.001", "0,001")]
)
def test_an_amount_has_a_comma_and_no_needless_zeros(number: str, words: str) -> None:
    with translation.override("nb"):
        assert ui.amount(Decimal(number)) == words


def test_an_icon_is_drawn_in_the_page_and_hidden_from_screen_readers() -> None:
    drawn = draw('{% icon "shield-lock" %}')
    assert drawn.startswith('<svg class="i"')
    assert 'aria-hidden="true"' in drawn
    assert "currentColor" in drawn


@pytest.mark.parametrize("name", ["../secret", "Shield", "no-such-icon", ""])
def test_only_icons_we_keep_can_be_drawn(name: str) -> None:
    with pytest.raises((ValueError, OSError)):
        ui.icon(name)


def test_a_deadline_part_never_shows_the_colour_without_the_words() -> None:
    passed = timezone.localdate() - timedelta(days=3)
    with translation.override("en"):
        drawn = draw(
            '{% include "components/date_context.html" with urgency="passed" %}', day=passed
        )
    assert "date-ctx over" in drawn
    assert "Passed 3 days ago" in drawn
