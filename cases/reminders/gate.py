"""Whether a claimed message may go out, asked of the database at the moment of sending.

The order of the questions is the order in which the staff would give the reasons.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, F, QuerySet
from phonenumbers import NumberParseException

from cases.appointments.models import AppointmentStatus
from cases.core.crypto import CannotOpen, index_keys_rotate, lookup_hashes
from cases.core.working_days import OSLO
from cases.letters.rendering import NoText
from cases.people.contacts import takes_sms
from cases.people.models import ContactPoint, Person, contact_lookups
from cases.reminders.channels.base import HandOver, Parcel
from cases.reminders.models import Channel, Message, MessageKind
from cases.reminders.rules import CONTACT_FOR, open_hours
from cases.reminders.times import at_wall_time
from cases.reminders.wording import Wording
from cases.reminders.words import Reason
from cases.units.models import Unit

MOST_A_DAY = 3  # to one person by one channel
# No name, no birth date: what is not needed is not read.
PERSON_COLUMNS = (
    "unit", "language", "protection", "deceased_on", "restricted_at", "wrapped_key",
)  # fmt: skip
POINT_COLUMNS = (
    "unit", "person", "kind", "value", "lookup", "messages_allowed", "shared_with_others",
)  # fmt: skip
NORWEGIAN_MOBILE = re.compile(r"\+47[49]\d{7}")


@dataclass(frozen=True)
class Stop:
    reason: Reason


@dataclass(frozen=True)
class Wait:
    until: datetime


Verdict = Parcel | Stop | Wait


def with_gate_facts(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with what the gate asks about their appointment, case and person."""
    return messages.annotate(
        case_id=F("appointment__case"),
        person_id=F("appointment__case__person"),
        case_closed_at=F("appointment__case__closed_at"),
        status=F("appointment__status"),
        present_sequence=F("appointment__sequence"),
        starts_at=F("appointment__starts_at"),
    )


class Gate:
    """One batch: everything is read with the same few queries, however many messages there are."""

    def __init__(
        self, messages: list[Message], channels: dict[Channel, HandOver], now: datetime
    ) -> None:
        self._channels = channels
        self._now = now
        self._wording = Wording(now.astimezone(OSLO).date())
        self._units = Unit.objects.in_bulk({m.unit_id for m in messages})
        self._hours = open_hours(self._units, now)
        people = Person.objects.only(*PERSON_COLUMNS)
        self._people = people.in_bulk({m.person_id for m in messages})
        self._points = self._contact_points()
        self._shared = self._shared_lookups()
        self._sent_today = self._count_sent_today()

    def judge(self, message: Message) -> Verdict:
        """The parcel to hand over, or why not, or when to look again."""
        unit, person = self._units[message.unit_id], self._people[message.person_id]
        if reason := self._objection(message, unit, person):
            return Stop(reason)
        point = self._contact_point(message)
        if isinstance(point, Stop):
            return point
        hours = self._hours[message.unit_id]
        if not hours.is_open(self._now):
            opens = hours.next_open(self._now)
            if opens is None or opens > message.not_after:
                return Stop(Reason.TOO_LATE)
            return Wait(opens)
        counted = (message.person_id, message.channel)
        if message.unclear_since is None and self._sent_today[counted] >= MOST_A_DAY:
            return Stop(Reason.CAP)
        parcel = self._parcel(message, unit, person, point)
        if isinstance(parcel, Parcel):
            self._sent_today[counted] += 1
        return parcel

    def _objection(self, message: Message, unit: Unit, person: Person) -> Reason | None:
        if not _is_about_the_present(message):
            return Reason.APPOINTMENT_CHANGED
        if person.deceased_on is not None:
            return Reason.DECEASED
        if person.is_protected:
            return Reason.PROTECTED
        if person.is_restricted:
            return Reason.RESTRICTED
        if not unit.sends_messages:
            return Reason.UNIT_OFF
        if self._now > message.not_after:
            return Reason.TOO_LATE
        channel = self._channels.get(Channel(message.channel))
        if channel is None:
            return Reason.NO_GATEWAY
        if message.unclear_since is not None and not channel.honours_key:
            return Reason.NO_ANSWER
        return None

    def _contact_point(self, message: Message) -> ContactPoint | Stop:
        """The first number or address that may be used; else what is wrong with the last."""
        found = Stop(Reason.NO_CONTACT)
        kind = CONTACT_FOR[Channel(message.channel)]
        for point in self._points[message.person_id, kind]:
            reason = self._doubt(point, message.channel)
            if reason is None:
                return point
            found = Stop(reason)
        return found

    def _doubt(self, point: ContactPoint, channel: str) -> Reason | None:
        if not point.messages_allowed:
            return Reason.NOT_ALLOWED
        if point.shared_with_others:
            return Reason.SEEN_BY_OTHERS
        if (point.unit_id, point.kind, point.lookup) in self._shared:
            return Reason.SHARED_NUMBER
        if channel == Channel.SMS and not _is_mobile(point.value):
            return Reason.NOT_A_MOBILE
        return None

    def _parcel(
        self, message: Message, unit: Unit, person: Person, point: ContactPoint
    ) -> Parcel | Stop:
        try:
            text = self._wording.text(message.kind, message.starts_at, person.language, unit)
            subject = ""
            if message.channel == Channel.EMAIL:
                subject = self._wording.subject(person.language, unit)
        except NoText:
            return Stop(Reason.NO_TEXT)
        except ValidationError:
            return Stop(Reason.NOT_NEUTRAL)
        parcel = Parcel(
            id=message.pk,
            unit_id=unit.pk,
            to=point.value,
            sender=unit.neutral_sender,
            sender_name=unit.neutral_name,
            subject=subject,
            text=text,
        )
        if message.unclear_since is not None and message.text_hash not in hashes_of(parcel):
            return Stop(Reason.TEXT_CHANGED)
        return parcel

    def _contact_points(self) -> dict[tuple[UUID, str], list[ContactPoint]]:
        """Usable ones by person and kind. A protected or restricted person's are not even read."""
        reachable = [
            p.pk for p in self._people.values() if not p.is_protected and not p.is_restricted
        ]
        points = (
            ContactPoint.objects.usable()
            .filter(person__in=reachable, kind__in=CONTACT_FOR.values())
            .only(*POINT_COLUMNS)
        )
        grouped: dict[tuple[UUID, str], list[ContactPoint]] = defaultdict(list)
        for point in points.order_by("pk"):
            point.person = self._people[point.person_id]  # the key that opens it is loaded
            grouped[point.person_id, point.kind].append(point)
        return grouped

    def _shared_lookups(self) -> set[tuple[UUID, str, str]]:
        """Numbers and addresses that two different people of a unit have."""
        if index_keys_rotate():
            return self._shared_under_two_keys()
        lookups = {p.lookup for points in self._points.values() for p in points}
        shared = (
            ContactPoint.objects.usable()
            .filter(unit__in=self._units, lookup__in=lookups)
            .values("unit", "kind", "lookup")
            .annotate(people=Count("person", distinct=True))
            .filter(people__gt=1)
        )
        return set(shared.values_list("unit", "kind", "lookup"))

    def _shared_under_two_keys(self) -> set[tuple[UUID, str, str]]:
        """The same while the index key rotates: one number may stand there under two hashes."""
        own = {p.pk: p for points in self._points.values() for p in points}
        alike = {pk: _lookups_of(p) for pk, p in own.items()}
        found = ContactPoint.objects.usable().filter(
            unit__in=self._units, lookup__in=[one for hashes in alike.values() for one in hashes]
        )
        people = defaultdict(set)
        for unit, kind, lookup, person in found.values_list("unit", "kind", "lookup", "person"):
            people[unit, kind, lookup].add(person)
        return {
            (p.unit_id, p.kind, p.lookup)
            for pk, p in own.items()
            if len(set().union(*(people[p.unit_id, p.kind, one] for one in alike[pk]))) > 1
        }

    def _count_sent_today(self) -> Counter[tuple[UUID, str]]:
        midnight = at_wall_time(self._now.astimezone(OSLO).date(), time(0))
        sent = Message.objects.filter(
            appointment__case__person__in=list(self._people), handed_over_at__gte=midnight
        )
        return Counter(sent.values_list("appointment__case__person", "channel"))


def _lookups_of(point: ContactPoint) -> list[str]:
    """None of a value that does not open: its own message fails when it is judged, and no other."""
    try:
        return contact_lookups(point.kind, point.value)
    except CannotOpen:
        return []


def hash_of(parcel: Parcel) -> str:
    """What is handed over and to whom, as a keyed hash: equal only for the very same parcel."""
    return hashes_of(parcel)[0]


def hashes_of(parcel: Parcel) -> list[str]:
    """The same by older index keys as well, while they rotate."""
    parts = (parcel.to, parcel.sender, parcel.sender_name, parcel.subject, parcel.text)
    return lookup_hashes("parcel", "\0".join(parts))


def _is_about_the_present(message: Message) -> bool:
    """Whether the appointment still is what the message says."""
    if message.sequence != message.present_sequence:
        return False
    if message.kind == MessageKind.CANCELLED:
        return message.status == AppointmentStatus.CANCELLED
    return message.status == AppointmentStatus.BOOKED and message.case_closed_at is None


def _is_mobile(number: str) -> bool:
    if NORWEGIAN_MOBILE.fullmatch(number):
        return True  # the usual case, without asking the library about the whole world's numbers
    try:
        return takes_sms(number)
    except NumberParseException:
        return False
