from django.contrib import admin

from cases.audit.admin import AuditedAdmin
from cases.support.models import Service


@admin.register(Service)
class ServiceAdmin(AuditedAdmin):
    list_display = ["name_nb", "unit", "provider", "in_use"]
    list_filter = ["unit", "in_use"]
    search_fields = ["name_nb"]
