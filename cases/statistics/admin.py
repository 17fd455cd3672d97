from django.contrib import admin

from cases.audit.admin import AuditedAdmin
from cases.statistics.models import PublishedFigure


@admin.register(PublishedFigure)
class PublishedFigureAdmin(AuditedAdmin):
    list_display = ["name_nb", "place", "year", "value", "source"]
    search_fields = ["name_nb", "place"]
