"""The page of figures."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.core.database.context import FIGURES, acting_as
from cases.core.pages import form_page
from cases.statistics.charts import Chart, chart_of
from cases.statistics.choices import published_figures, units_with_figures
from cases.statistics.forms import FiguresForm
from cases.statistics.models import PublishedFigure
from cases.statistics.page import FiguresPage, Table, page_of
from cases.statistics.queries import figures_of


@requires(Permission.SEE_SAFE_FIGURES)
def figures(request: StaffRequest) -> HttpResponse:
    """Exact for the leader of the unit; for everybody else small numbers are hidden."""
    published = published_figures()
    context: dict[str, Any] = {
        "published": published,
        "published_charts": _published(published),
    }
    units = units_with_figures()
    if not units:
        return render(request, "statistics/figures.html", context)
    form = FiguresForm(request.GET, user=request.user, units=units, today=timezone.localdate())
    context["form"] = form
    if form.is_valid():
        page = _page(request, form)
        context |= {"page": page, "charted": [(table, _chart(table)) for table in page.tables]}
    return form_page(request, "statistics/figures.html", context)


def _page(request: StaffRequest, form: FiguresForm) -> FiguresPage:
    unit = form.units[form.cleaned_data["unit"]]
    record(
        "figures.viewed",
        by=request.user,
        unit=unit.pk,
        target=unit,
        purpose="exact" if form.is_exact else "safe",
    )
    # Whoever reads figures belongs to no unit; this role counts in all of them and sees no person.
    with acting_as(FIGURES):
        counted = figures_of(unit, form.period)
    return page_of(counted, is_safe=not form.is_exact)


def _chart(table: Table) -> Chart:
    return chart_of([(line.label, str(line.number), line.number.high) for line in table.lines])


def _published(rows: list[PublishedFigure]) -> list[tuple[str, Chart]]:
    """One chart for each thing counted: only equal things are compared."""
    charts = []
    for (name, counted_in), group in groupby(rows, key=lambda row: (row.name, row.counted_in)):
        bars = [
            (f"{gettext(row.place)} {row.year}", localize(row.value.normalize()), float(row.value))
            for row in group
        ]
        charts.append((f"{name}, {gettext(counted_in)}", chart_of(bars)))
    return charts
