from django.contrib import admin

from cases.audit.admin import OfUnitAdmin
from cases.letters.models import TextTemplate


@admin.register(TextTemplate)
class TextTemplateAdmin(OfUnitAdmin):
    list_display = ["kind", "language", "unit", "legal_basis", "valid_from", "valid_to"]
    list_filter = ["kind", "language", "unit"]
    search_fields = ["body"]
