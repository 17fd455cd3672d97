"""What has left the unit in a case, as choices for "sent in error", and who may have seen the case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.accounts.models import Membership, User
from cases.appointments.models import Summons
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.privacy.models import SentInError, SentKind
from cases.reminders.models import Message
from cases.support.models import AnswerToSender

MOST_OF_EACH = 20


@dataclass(frozen=True)
class SentThing:
    """One thing that left, or contact details in use."""

    kind: str
    about: UUID
    sent_at: datetime | None  # None: the form asks
    label: str

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.about}"


@dataclass(frozen=True)
class Viewer:
    name: str
    role: str
    first_at: datetime
    last_at: datetime
    times: int


def things_sent(case: Case) -> list[SentThing]:
    """The newest of each kind, in four queries."""
    return [*_letters(case), *_answers(case), *_messages(case), *_contacts(case)]


def _letters(case: Case) -> Iterator[SentThing]:
    for summons in Summons.objects.for_case(case).order_by("-sent_on", "pk")[:MOST_OF_EACH]:
        label = _("Summons, %(how)s, %(day)s") % {
            "how": summons.get_sent_how_display(),
            "day": date_format(summons.sent_on, "SHORT_DATE_FORMAT"),
        }
        sent_at = datetime.combine(summons.sent_on, time(0), tzinfo=OSLO)
        yield SentThing(SentKind.LETTER, summons.pk, sent_at, label)


def _answers(case: Case) -> Iterator[SentThing]:
    for answer in AnswerToSender.objects.for_case(case)[:MOST_OF_EACH]:
        label = _("Answer to %(sender)s, %(moment)s") % {
            "sender": answer.sender_name,
            "moment": _moment(answer.sent_at),
        }
        yield SentThing(SentKind.ANSWER, answer.pk, answer.sent_at, label)


def _messages(case: Case) -> Iterator[SentThing]:
    sent = Message.objects.may_have_reached().filter(appointment__case=case)
    for message in sent.order_by("-planned_at", "pk")[:MOST_OF_EACH]:
        at = message.handed_over_at or message.unclear_since or message.planned_at
        label = _("%(channel)s, %(kind)s, %(moment)s") % {
            "channel": message.get_channel_display(),
            "kind": message.get_kind_display(),
            "moment": _moment(at),
        }
        yield SentThing(SentKind.MESSAGE, message.pk, at, label)


def _contacts(case: Case) -> Iterator[SentThing]:
    for point in case.person.contact_points.order_by("kind", "pk")[:MOST_OF_EACH]:
        point.person = case.person
        label = _("Contact details: %(kind)s %(value)s") % {
            "kind": point.get_kind_display(),
            "value": point.readable,
        }
        yield SentThing(SentKind.CONTACT, point.pk, None, label)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at, OSLO), "SHORT_DATETIME_FORMAT")


def who_opened(sent: SentInError) -> list[Viewer]:
    """Everybody who opened the case from when it was sent until it was found out, from the log."""
    events = (
        Event.objects.of_unit(sent.unit_id)
        .about_case(sent.case_id)
        .reads()
        .between(sent.sent_at, sent.found_at)
    )
    seen: dict[UUID, list[datetime]] = {}
    for actor, at in events.values_list("actor", "at").order_by("at"):
        if actor is not None:
            seen.setdefault(actor, []).append(at)
    users = User.objects.in_bulk(list(seen))
    members = Membership.objects.filter(unit=sent.unit_id, user__in=list(seen))
    roles = {member.user_id: member.get_role_display() for member in members}
    return [
        Viewer(users[pk].name, roles.get(pk, _("employee")), times[0], times[-1], len(times))
        for pk, times in seen.items()
        if pk in users
    ]
