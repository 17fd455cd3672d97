"""The published figures the reform was argued with: loaded once, and again without harm.

Only figures whose value, place and year are known to us stand here; the shares of users that were
used in the same debate are added in the admin with their source when they have been looked up.
"""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _noop

from cases.statistics.models import PublishedFigure

DEATHS = (
    "Narkotikarelaterte dødsfall blant voksne",
    "Narkotikarelaterte dødsfall blant vaksne",
    "Drug-related deaths among adults",
)
# Shown through gettext; what administrators add later is shown as they typed it.
PER_MILLION = _noop("per million inhabitants aged 15–64")
DEBATE = "EMCDDA, as quoted in the debate on the drug reform (NOU 2019: 26); to be checked"
COMMITTEE_REPORTED_ON = date(2019, 12, 19)

# place, year, value
DRUG_RELATED_DEATHS = (
    (_noop("Norway"), 2017, Decimal("66")),
    (_noop("EU"), 2017, Decimal("23.7")),
)


def load_figures() -> None:
    """Rows that stand are left as they are."""
    name_nb, name_nn, name_en = DEATHS
    for position, (place, year, value) in enumerate(DRUG_RELATED_DEATHS):
        PublishedFigure.objects.get_or_create(
            name_nb=name_nb,
            place=place,
            year=year,
            defaults={
                "name_nn": name_nn,
                "name_en": name_en,
                "value": value,
                "counted_in": PER_MILLION,
                "source": DEBATE,
                "published_on": COMMITTEE_REPORTED_ON,
                "position": position,
            },
        )
