"""What the page of figures lets people choose between, and the published figures beside it."""

from cases.statistics.models import PublishedFigure
from cases.units.models import Unit


def units_with_figures() -> list[Unit]:
    """Every unit: whoever is not its leader sees small numbers hidden."""
    return list(Unit.objects.order_by("name"))


def published_figures() -> list[PublishedFigure]:
    return list(PublishedFigure.objects.order_by("position", "name_nb", "-year", "place"))
