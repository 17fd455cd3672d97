"""Which messages a unit sends by which channels, and when they may arrive: read once for many."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from cases.people.models import ContactKind
from cases.reminders.models import Channel, ReminderRule
from cases.reminders.times import OpenHours
from cases.units.models import ClosedDay, Unit

CONTACT_FOR = {Channel.SMS: ContactKind.MOBILE, Channel.EMAIL: ContactKind.EMAIL}
CLOSED_DAYS_AROUND = timedelta(days=40)


class RuleBook:
    """The rules in force; without one of its own a unit follows the shared one."""

    def __init__(self) -> None:
        self._is_on = {
            (rule.unit_id, rule.kind, rule.channel): rule.is_on
            for rule in ReminderRule.objects.all()
        }

    def channels(self, unit_id: UUID, kind: str) -> list[Channel]:
        """The channels this kind goes by in this unit, SMS first."""
        return [channel for channel in Channel if self._decides(unit_id, kind, channel)]

    def _decides(self, unit_id: UUID, kind: str, channel: Channel) -> bool:
        shared = self._is_on.get((None, kind, channel), False)
        return self._is_on.get((unit_id, kind, channel), shared)


def open_hours(units: dict[UUID, Unit], now: datetime) -> dict[UUID, OpenHours]:
    """Each unit's hours, with the days it is closed from a while ago on. One query."""
    closed: dict[UUID, set[date]] = defaultdict(set)
    days = ClosedDay.objects.filter(unit__in=units, day__gte=(now - CLOSED_DAYS_AROUND).date())
    for unit_id, day in days.values_list("unit", "day"):
        closed[unit_id].add(day)
    return {
        unit.pk: OpenHours(unit.messages_from, unit.messages_until, frozenset(closed[unit.pk]))
        for unit in units.values()
    }
