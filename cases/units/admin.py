from django.contrib import admin

from cases.audit.admin import AuditedAdmin
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
class UnitAdmin(AuditedAdmin):
    list_display = ["name", "code", "language", "sends_messages"]
    search_fields = ["name", "code"]
    inlines = [UnitMunicipalityInline, PlaceInline, ClosedDayInline]


@admin.register(Municipality)
class MunicipalityAdmin(AuditedAdmin):
    list_display = ["name", "number", "county", "valid_from", "valid_to"]
    search_fields = ["name", "number"]
    list_filter = ["county"]


@admin.register(Place)
class PlaceAdmin(AuditedAdmin):
    list_display = ["name_nb", "unit", "kind", "in_use"]
    list_filter = ["unit", "kind", "in_use"]
    search_fields = ["name_nb"]
