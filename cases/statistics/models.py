"""Published figures the reform was argued with, shown beside the unit's own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.core.models import NamedInThreeLanguages, Row


class PublishedFigure(NamedInThreeLanguages, Row):
    year = models.PositiveSmallIntegerField(_("year"))
    place = models.CharField(_("country or region"), max_length=60)
    value = models.DecimalField(_("value"), max_digits=9, decimal_places=2)
    counted_in = models.CharField(_("counted in"), max_length=80)
    source = models.CharField(_("source"), max_length=200)
    published_on = models.DateField(_("published"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Privacy:
        kept = {
            "id", "year", "place", "value", "counted_in", "source", "published_on", "position",
            "name_nb", "name_nn", "name_en",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["position", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_nb", "place", "year"], name="published_figure_once"
            ),
        ]
