"""What has happened in a case, newest first, from the rows themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.appointments.models import Appointment
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.support.models import AnswerToSender, Offer, SenderDecision


@dataclass(frozen=True)
class Happening:
    on: date
    at: datetime | None  # None where only the day is known: no time is printed then
    title: str
    by: str = ""
    detail: str | Promise = ""
    kept_at: datetime | None = None  # when it was written down: orders what has only a day


def timeline_of(
    case: Case,
    appointments: Iterable[Appointment],
    offers: Iterable[Offer],
    answers: Iterable[AnswerToSender],
    decisions: Iterable[SenderDecision],
) -> list[Happening]:
    """Built from what the page has loaded already: no query of its own."""
    happenings = [
        Happening(case.referral.received_on, None, _("Referral received")),
        _moment(case.opened_at, _("Case opened"), case.opened_by.name),
    ]
    for appointment in appointments:
        happenings += _appointment(appointment)
    for offer in offers:
        reply = offer.get_reply_display()
        happenings.append(Happening(offer.offered_on, None, _("Help offered"), detail=reply))
        if offer.result_on:
            result = offer.get_result_display()
            happenings.append(
                Happening(offer.result_on, None, _("What came of the help"), detail=result)
            )
    for answer in answers:
        said = _("attended") if answer.attended else _("did not attend")
        happenings.append(
            _moment(answer.sent_at, _("Answer sent to the sender"), answer.sent_by.name, said)
        )
    for decision in decisions:
        detail = decision.get_choice_display()
        happenings.append(
            Happening(
                decision.decided_on,
                None,
                _("The sender decided"),
                detail=detail,
                kept_at=decision.recorded_at,
            )
        )
    if case.closed_at and case.closed_by:
        detail = case.get_outcome_display()
        happenings.append(_moment(case.closed_at, _("Case closed"), case.closed_by.name, detail))
    return sorted(happenings, key=_order, reverse=True)


def _order(happening: Happening) -> tuple[date, float]:
    """By day, and within the day by the clock; what has neither came before what has."""
    moment = happening.at or happening.kept_at
    return happening.on, moment.timestamp() if moment else 0.0


def _moment(at: datetime, title: str, by: str = "", detail: str | Promise = "") -> Happening:
    return Happening(at.astimezone(OSLO).date(), at, title, by, detail)


def _appointment(appointment: Appointment) -> list[Happening]:
    happened = [_moment(appointment.booked_at, _("Appointment booked"), appointment.booked_by.name)]
    for summons in appointment.summonses.all():
        how = summons.get_sent_how_display()
        happened.append(
            Happening(
                summons.sent_on, None, _("Summons sent"), detail=how, kept_at=summons.recorded_at
            )
        )
    for change in appointment.changes.all():
        title = _("Appointment cancelled") if change.is_cancellation else _("Appointment moved")
        asked = _("Asked for by: %(who)s") % {"who": change.get_asked_for_by_display()}
        happened.append(_moment(change.changed_at, title, change.changed_by.name, asked))
    attendance = getattr(appointment, "attendance", None)
    if attendance is not None:
        happened.append(
            _moment(
                attendance.recorded_at,
                _("Attendance recorded"),
                attendance.recorded_by.name,
                attendance.get_result_display(),
            )
        )
    return happened
