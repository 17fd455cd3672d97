"""Which unit and which period: free dates for the unit's leader, whole years for everybody else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.forms import AdvisoryForm, TypedDateField
from cases.statistics.periods import Period, safe_periods, this_year_to_date
from cases.units.models import Unit


class FiguresForm(AdvisoryForm):
    """Always bound: what the address leaves out has its usual value."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    first = TypedDateField(label=gettext_lazy("From"))
    last = TypedDateField(label=gettext_lazy("To and including"))
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(
        self, data: Mapping[str, Any], *, user: User, units: list[Unit], today: date
    ) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        usual_unit = _usual_unit(user, units)
        self.chosen = self.units.get(str(data.get("unit", usual_unit)))
        self.is_exact = self.chosen is not None and user.may(
            Permission.SEE_UNIT_FIGURES, self.chosen.pk
        )
        self.safe_periods = safe_periods(today)
        usual = this_year_to_date(today)
        defaults = {
            "unit": usual_unit,
            "first": date_format(usual.first, "d.m.Y"),
            "last": date_format(usual.last, "d.m.Y"),
            "year": str(next(iter(self.safe_periods))),
        }
        super().__init__({name: data.get(name, usual) for name, usual in defaults.items()})
        self.fields["unit"].choices = [(key, unit.name) for key, unit in self.units.items()]
        self.fields["year"].choices = [(year, str(year)) for year in self.safe_periods]
        for name in ("year",) if self.is_exact else ("first", "last"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day must not come before the first day."))
        return data

    @property
    def period(self) -> Period:
        """Of a valid form."""
        if self.is_exact:
            return Period(self.cleaned_data["first"], self.cleaned_data["last"])
        return self.safe_periods[self.cleaned_data["year"]]


def _usual_unit(user: User, units: list[Unit]) -> str:
    """The unit whose exact figures the user may see, else their own, else the first."""
    led, own = user.units_where(Permission.SEE_UNIT_FIGURES), user.units_where(Permission.SEE_CASES)
    ranked = sorted(units, key=lambda unit: (unit.pk not in led, unit.pk not in own))
    return str(ranked[0].pk) if ranked else ""
