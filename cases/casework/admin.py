"""The law as dated data. What a referral rests on is never changed: a new row takes over."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from cases.audit.admin import AuditedAdmin
from cases.casework.models import (
    LawProfile,
    LegalBasis,
    PoliceOrder,
    Referral,
    Sender,
    Substance,
    Threshold,
    ThresholdTable,
    UnitLawProfile,
)
from cases.core.database.context import FIGURES, acting_as


def _is_used(model: type[models.Model], **by: models.Model) -> bool:
    """In any unit: whoever sets up the law belongs to none, and sees no referral."""
    with acting_as(FIGURES):
        return model._default_manager.filter(**by).exists()


class LegalBasisInline(admin.StackedInline):
    model = LegalBasis
    extra = 0
    show_change_link = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UnitLawProfileInline(admin.TabularInline):
    model = UnitLawProfile
    extra = 0


@admin.register(LawProfile)
class LawProfileAdmin(AuditedAdmin):
    list_display = ["code", "name_nb", "source"]
    search_fields = ["code", "name_nb"]
    inlines = [UnitLawProfileInline, LegalBasisInline]


@admin.register(LegalBasis)
class LegalBasisAdmin(AuditedAdmin):
    list_display = ["name_nb", "profile", "attendances", "valid_from", "valid_to"]
    list_filter = ["profile", "kind"]
    search_fields = ["name_nb"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A basis with referrals keeps what it asked for; only its end and its words may change."""
        if obj is None or not _is_used(Referral, legal_basis=obj):
            return []
        return [
            "profile", "kind", "sender_kind", "threshold_table", "attendances", "summonses",
            "days_to_deadline", "valid_from",
        ]  # fmt: skip


class ThresholdInline(admin.TabularInline):
    model = Threshold
    extra = 0

    def _in_use(self, table: Any) -> bool:
        return table is not None and _is_used(PoliceOrder, threshold_table=table)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._in_use(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not self._in_use(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._in_use(obj)


@admin.register(ThresholdTable)
class ThresholdTableAdmin(AuditedAdmin):
    """The amounts of a table that an order was compared with stay as they were."""

    list_display = ["code", "name_nb", "source", "valid_from", "valid_to"]
    search_fields = ["code", "name_nb"]
    inlines = [ThresholdInline]


@admin.register(Substance)
class SubstanceAdmin(AuditedAdmin):
    list_display = ["name_nb", "code", "measured_in"]
    search_fields = ["name_nb", "code"]


@admin.register(Sender)
class SenderAdmin(AuditedAdmin):
    list_display = ["name", "kind", "in_use"]
    list_filter = ["kind", "in_use"]
    search_fields = ["name"]
