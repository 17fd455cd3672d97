"""The published figures the reform was argued with: loaded once, and again without harm.

Each stands with its source, as found in November 2026. None was looked up in the original report:
the sources say so, and administrators correct the rows in the admin.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from cases.statistics.models import PublishedFigure


@dataclass(frozen=True)
class Kind:
    """What is counted, in three languages, and in what. The last is shown through gettext."""

    name_nb: str
    name_nn: str
    name_en: str
    counted_in: str


DEATHS = Kind(
    "Narkotikarelaterte dødsfall blant voksne",
    "Narkotikarelaterte dødsfall blant vaksne",
    "Drug-related deaths among adults",
    gettext_noop("per million inhabitants aged 15–64"),
)
CANNABIS_LAST_YEAR = Kind(
    "Har brukt cannabis siste tolv måneder",
    "Har brukt cannabis siste tolv månader",
    "Have used cannabis in the last twelve months",
    gettext_noop("per cent of inhabitants aged 16–64"),
)
CANNABIS_EVER = Kind(
    "Har noen gang brukt cannabis",
    "Har nokon gong brukt cannabis",
    "Have ever used cannabis",
    gettext_noop("per cent of pupils aged 15–16"),
)
DEBATE = "EMCDDA, som brukt i debatten om rusreformen (NOU 2019: 26); må kontrolleres"
DRUGS_IN_NORWAY = "FHI: Rusmidler i Norge 2016, gjengitt av narkotikapolitikk.no; må kontrolleres"
SURVEYS = (
    "FHI: spørreundersøkelser 2012–2021, gjengitt av rusfeltet.no («rundt fem»); må kontrolleres"
)
NORWAY = gettext_noop("Norway")

FIGURES = (
    (DEATHS, NORWAY, 2017, Decimal("66"), DEBATE),
    (DEATHS, gettext_noop("EU"), 2017, Decimal("23.7"), DEBATE),
    (CANNABIS_LAST_YEAR, NORWAY, 2015, Decimal("3.9"), DRUGS_IN_NORWAY),
    (CANNABIS_LAST_YEAR, NORWAY, 2021, Decimal("5"), SURVEYS),
    (CANNABIS_EVER, NORWAY, 2015, Decimal("7"), DRUGS_IN_NORWAY),
)


def load_figures() -> None:
    """Rows that stand are left as they are."""
    for position, (kind, place, year, value, source) in enumerate(FIGURES):
        PublishedFigure.objects.get_or_create(
            name_nb=kind.name_nb,
            place=place,
            year=year,
            defaults={
                "name_nn": kind.name_nn,
                "name_en": kind.name_en,
                "counted_in": kind.counted_in,
                "value": value,
                "source": source,
                "position": position,
            },
        )
