"""What makes a look-up worth a second pair of eyes. Pure rules: nothing here asks the database."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.core.dates import local
from cases.core.working_days import is_red_day

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
TIMES_THE_MEDIAN = 3
# Below this, three times the usual is nothing: two people instead of half a person.
FEWEST_WORTH_A_LOOK = 6
# A median of fewer days says nothing about what is usual.
FEWEST_DAYS = 5
MEDIAN_OF = timedelta(days=90)


class Sign(models.TextChoices):
    DECLARED = "declared", _("A colleague's case")
    BREAK_GLASS = "break_glass", _("Broken glass")
    OWN_RECORD = "own_record", _("The employee's own name")
    SAME_SURNAME = "same_surname", _("Same surname as the employee")
    SAME_CONTACT = "same_contact", _("Same telephone, e-mail or address as the employee")
    CLOSED = "closed", _("Closed case")
    # The rule that was set aside, in the words the leader was shown.
    TEST_BY_ADVISER = (
        "test_by_adviser",
        _("The person's own adviser does not take the test. Only the leader can say why."),
    )
    NIGHT = "night", _("At night or on a red day")
    MANY = "many", _("More than three times as many people as usual")
    TOO_FAST = "too_fast", _("60 people within an hour")
    REFUSED = "refused", _("20 or more pages refused: not theirs, or not there")
    EXPORT = "export", _("People were taken out as a file")


def is_odd_hour(at: datetime) -> bool:
    """Between 22.00 and 06.00 in Oslo, or on a Sunday or a public holiday."""
    here = local(at)
    return not NIGHT_ENDS <= here.hour < NIGHT_BEGINS or is_red_day(here.date())


def is_unusual(people: int, day: date, earlier: Iterable[tuple[date, int]]) -> bool:
    """Whether a day's number of different people is more than three times the employee's own
    median of the ninety days before; days on which they opened nobody do not count."""
    counts = [count for when, count in earlier if day - MEDIAN_OF <= when < day]
    if people < FEWEST_WORTH_A_LOOK or len(counts) < FEWEST_DAYS:
        return False
    return people > TIMES_THE_MEDIAN * median(counts)


def most_people_in_an_hour(looks: Sequence[tuple[datetime, object]]) -> int:
    """The most different people within any sixty minutes. `looks` are in order of time."""
    moments = [at for at, _person in looks]
    most = 0
    for last, (at, _person) in enumerate(looks):
        first = bisect_left(moments, at - timedelta(hours=1))
        most = max(most, len({person for _at, person in looks[first : last + 1]}))
    return most
