from django.contrib import admin

from cases.audit.admin import OfUnitAdmin
from cases.reminders.models import ReminderRule


@admin.register(ReminderRule)
class ReminderRuleAdmin(OfUnitAdmin):
    list_display = ["kind", "channel", "unit", "is_on"]
    list_filter = ["unit", "kind", "channel"]
