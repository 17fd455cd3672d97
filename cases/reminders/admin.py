from django.contrib import admin

from cases.audit.admin import AuditedAdmin
from cases.reminders.models import ReminderRule


@admin.register(ReminderRule)
class ReminderRuleAdmin(AuditedAdmin):
    list_display = ["kind", "channel", "unit", "is_on"]
    list_filter = ["unit", "kind", "channel"]
