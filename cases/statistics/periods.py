"""Which days a page of figures covers: free for the unit's leader, fixed for everybody else."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cases.core.working_days import OSLO

YEARS_BACK = 5


@dataclass(frozen=True)
class Period:
    """Both days included, as days in Oslo."""

    first: date
    last: date

    def moments(self) -> tuple[datetime, datetime]:
        """The first moment of the first day, and the first moment after the last."""
        return (
            datetime.combine(self.first, time.min, tzinfo=OSLO),
            datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=OSLO),
        )

    def years(self) -> range:
        """Every year of which a day lies in the period."""
        return range(self.first.year, self.last.year + 1)

    def is_whole(self, year: int) -> bool:
        return self.first <= date(year, 1, 1) and date(year, 12, 31) <= self.last


def this_year_to_date(today: date) -> Period:
    return Period(today.replace(month=1, day=1), today)


def safe_periods(today: date) -> dict[int, Period]:
    """The periods whoever is not the unit's leader can choose between, the newest first.

    Finished years, which never overlap: no two pages can be subtracted from each other, not today's
    either from the one of last spring, as those of a running year could.
    """
    years = range(today.year - 1, today.year - 1 - YEARS_BACK, -1)
    return {year: Period(date(year, 1, 1), date(year, 12, 31)) for year in years}
