"""Every save in Django admin leaves an audit event; nothing that is used is deleted there."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse

from cases.audit.models import Event
from cases.audit.record import Actor, record, recorded

LINES_PER_PAGE, MOST_LINES = 100, 1000


@dataclass(frozen=True)
class HistoryLine:
    """An event, with the names that Django's page of a row's history asks for."""

    action_time: datetime
    user: Any
    get_change_message: str


def lines_about(object_id: str) -> list[HistoryLine]:
    try:
        target = uuid.UUID(unquote(object_id))
    except ValueError:
        return []
    events = list(Event.objects.filter(target=target).newest_first()[:MOST_LINES])
    users = get_user_model()._base_manager.in_bulk({e.actor for e in events if e.actor})
    return [
        HistoryLine(event.at, users.get(event.actor), " ".join([event.action, *event.fields]))
        for event in events
    ]


class AuditedAdmin(admin.ModelAdmin):
    """Rows with a meaning for old cases are ended by a date or a tick, not deleted."""

    show_full_result_count = False
    actions = None

    # Django's own log keeps the text of a row for ever, and anybody's who may look: ours keeps its id.
    def log_addition(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the event is written by `save_model`."""

    def log_change(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the event is written by `save_model`."""

    def log_deletion(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: nothing is deleted here."""

    def log_deletions(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: nothing is deleted here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Our own events about the row, in the place of Django's log."""
        page = Paginator(lines_about(object_id), LINES_PER_PAGE).get_page(request.GET.get(PAGE_VAR))
        ours = {
            "action_list": page,
            "page_range": page.paginator.get_elided_page_range(page.number),
        }
        return super().history_view(request, object_id, ours | (extra_context or {}))

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        with recorded():
            return super().changeform_view(*args, **kwargs)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added", form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.has_changed():
            fields = sorted({name for line in formset.forms for name in line.changed_data})
            name = formset.model._meta.model_name
            self._record(request, form.instance, f"{name}s_changed", fields)

    def _record(
        self, request: HttpRequest, obj: models.Model, verb: str, fields: list[str]
    ) -> None:
        unit = getattr(obj, "unit_id", None)
        record(
            f"admin.{obj._meta.model_name}.{verb}"[:60],
            by=cast(Actor, request.user),  # the site lets nobody else in
            unit=unit if isinstance(unit, uuid.UUID) else None,
            target=obj if isinstance(obj.pk, uuid.UUID) else None,
            fields=fields,
        )


class OfUnitAdmin(AuditedAdmin):
    """Rows of a unit: whoever sets up their own units only finds, chooses and keeps theirs alone.

    `unit_path` leads from the row to its unit. The user says which units: None for all of them.
    """

    unit_path = "unit"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        own = own_units(request)
        return rows if own is None else rows.filter(**{f"{self.unit_path}__in": own})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A row without a unit is everybody's: it is no choice for who keeps one unit."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        own = own_units(request)
        if own is None or field is None or db_field.name != self.unit_path:
            return field
        if field.queryset is not None:
            field.queryset = field.queryset.filter(pk__in=own)
        field.required, field.empty_label = True, None
        return field

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Nobody is shown the names of other units as something to look for."""
        filters = list(super().get_list_filter(request))
        if own_units(request) is None:
            return filters
        return [name for name in filters if name != self.unit_path]


def own_units(request: HttpRequest) -> set[uuid.UUID] | None:
    """The units this user may set up; None for all."""
    units: set[uuid.UUID] | None = request.user.units_to_set_up()  # type: ignore[union-attr]
    return units
