"""Published figures the reform was argued with, and the numbers that stay of erased cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.core.models import NamedInThreeLanguages, Row
from cases.statistics.suppression import SMALLEST_SHOWN
from cases.units.models import Unit

# The code of what is counted without telling which: too few people stand behind each.
MERGED = "merged"


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


class Measure(models.TextChoices):
    """What is counted; each is a table of the page of figures."""

    REFERRAL = "referral", _("referrals by legal basis")
    ATTENDANCE = "attendance", _("meetings by attendance")
    ANSWER = "answer", _("answers to senders")
    REPLY = "reply", _("offers by reply")
    DECLINE_REASON = "decline_reason", _("declined offers by reason")
    RESULT = "result", _("accepted offers by result")
    OUTCOME = "outcome", _("closed cases by outcome")
    CASE = "case", _("cases, whatever they were about")


class ErasedFigure(models.Model):
    """What a unit's erased cases count for in one year, one thing at a time: nobody's row.

    Five people or more stand behind each; only how many cases are gone may be fewer, and that
    tells nothing of them.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(max_length=14, choices=Measure)
    code = models.CharField(max_length=20, blank=True)
    number = models.PositiveIntegerField()

    class Privacy:
        kept = {"id", "unit", "year", "measure", "code", "number"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("figure of erased cases")
        verbose_name_plural = _("figures of erased cases")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "measure", "code"], name="erased_figure_once"
            ),
            models.CheckConstraint(
                condition=models.Q(measure=Measure.CASE) | models.Q(number__gte=SMALLEST_SHOWN),
                name="erased_figure_of_enough",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.measure} {self.code}"
