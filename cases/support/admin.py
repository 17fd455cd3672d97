from django.contrib import admin

from cases.audit.admin import OfUnitAdmin
from cases.support.models import Service


@admin.register(Service)
class ServiceAdmin(OfUnitAdmin):
    list_display = ["name_nb", "unit", "provider", "in_use"]
    list_filter = ["unit", "in_use"]
    search_fields = ["name_nb"]
