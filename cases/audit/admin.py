"""Every save in Django admin leaves an audit event; nothing that is used is deleted there."""

import uuid
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from cases.audit.record import Actor, record, recorded


class AuditedAdmin(admin.ModelAdmin):
    """Rows with a meaning for old cases are ended by a date or a tick, not deleted."""

    show_full_result_count = False
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

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
