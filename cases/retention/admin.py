from django.contrib import admin

from cases.audit.admin import AuditedAdmin
from cases.retention.models import RetentionRule


@admin.register(RetentionRule)
class RetentionRuleAdmin(AuditedAdmin):
    list_display = [
        "__str__", "unit", "clock", "archive_first", "source", "valid_from", "valid_to",
    ]  # fmt: skip
    list_filter = ["unit", "basis_kind"]
