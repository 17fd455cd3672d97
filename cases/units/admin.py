from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.audit.admin import AuditedAdmin, OfUnitAdmin, own_units
from cases.units.models import ClosedDay, Municipality, Place, Unit, UnitMunicipality


class UnitMunicipalityInline(admin.TabularInline):
    model = UnitMunicipality
    extra = 0
    autocomplete_fields = ["municipality"]


class PlaceInline(admin.TabularInline):
    model = Place
    extra = 0


class ClosedDayInline(admin.TabularInline):
    model = ClosedDay
    extra = 0


@admin.register(Unit)
class UnitAdmin(OfUnitAdmin):
    list_display = ["name", "code", "language", "sends_messages"]
    search_fields = ["name", "code"]
    inlines = [UnitMunicipalityInline, PlaceInline, ClosedDayInline]
    unit_path = "pk"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whoever keeps one unit keeps its places and closed days; the unit itself is set up."""
        if own_units(request) is None:
            return []
        return [field.name for field in Unit._meta.concrete_fields if field.editable]


@admin.register(Municipality)
class MunicipalityAdmin(AuditedAdmin):
    list_display = ["name", "number", "county", "valid_from", "valid_to"]
    search_fields = ["name", "number"]
    list_filter = ["county"]


@admin.register(Place)
class PlaceAdmin(OfUnitAdmin):
    list_display = ["name_nb", "unit", "kind", "in_use"]
    list_filter = ["unit", "kind", "in_use"]
    search_fields = ["name_nb"]
