"""Facts of a unit, written straight into the tables: the figures are counted, not acted out."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment, AppointmentStatus, Attendance
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.support.models import AnswerToSender, Closing, Consent, Offer, Service
from cases.units.models import Place


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=OSLO)


class Facts:
    """`facts.met(case, day)`, `facts.offered(case, day, "declined", reason="not_now")` …"""

    def __init__(self, by: User) -> None:
        self.by = by

    def met(self, case: Case, day: date, result: str = "attended") -> Attendance:
        return self.met_at(case, noon(day), result)

    def met_at(self, case: Case, moment: datetime, result: str = "attended") -> Attendance:
        appointment = Appointment.objects.create(
            unit=case.unit,
            case=case,
            adviser=self.by,
            place=Place.objects.filter(unit=case.unit).first(),
            starts_at=moment,
            ends_at=moment + timedelta(minutes=45),
            local_start=f"{moment:%Y-%m-%dT%H:%M}",
            status=AppointmentStatus.HELD,
            booked_at=moment - timedelta(days=7),
            booked_by=self.by,
        )
        return Attendance.objects.create(
            appointment=appointment,
            unit=case.unit,
            result=result,
            recorded_at=moment + timedelta(hours=1),
            recorded_by=self.by,
        )

    def answered(
        self, case: Case, day: date, *, attended: bool, corrects: AnswerToSender | None = None
    ) -> AnswerToSender:
        return AnswerToSender.objects.create(
            case=case,
            unit=case.unit,
            sender_name="Påtalemyndigheten Øst",
            case_number=case.number,
            attended=attended,
            sent_via="post",
            sent_at=noon(day),
            sent_by=self.by,
            corrects=corrects,
        )

    def offered(
        self, case: Case, day: date, reply: str, *, reason: str = "", result: str = ""
    ) -> Offer:
        service, _made = Service.objects.get_or_create(unit=case.unit, name_nb="Fastlege")
        consent = Consent.objects.create(
            case=case, unit=case.unit, wording="", given_on=day, expires_on=day,
            recorded_at=timezone.now(), recorded_by=self.by,
        )  # fmt: skip
        return Offer.objects.create(
            case=case,
            unit=case.unit,
            consent=consent,
            service=service,
            offered_on=day,
            offered_by=self.by,
            reply=reply,
            replied_on=None if reply == "thinking" else day,
            decline_reason=reason,
            result=result,
            result_on=day if result else None,
        )

    def closed(self, case: Case, day: date, outcome: str) -> Closing:
        return Closing.objects.create(
            case=case, unit=case.unit, outcome=outcome, closed_at=noon(day), closed_by=self.by
        )


@pytest.fixture
def facts(adviser: User) -> Facts:
    return Facts(adviser)


@pytest.fixture
def referred(make_case: Callable[..., Case]) -> Callable[..., Case]:
    """`referred(day, basis)`: a case whose referral came in on that day."""

    def refer(day: date, basis: str = "transfer", **traits: object) -> Case:
        return make_case(basis=basis, received_on=day, **traits)

    return refer
