"""A case with a row in every table that can hang on it, and a search through the whole database."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.unsent import keep_unsent
from cases.appointments.actions import send_summons
from cases.appointments.models import (
    Appointment,
    AppointmentChange,
    Attendance,
    AttendanceCorrection,
)
from cases.audit.record import recorded
from cases.casework.models import Case
from cases.people.actions import block, declare_access
from cases.people.models import BreakGlass
from cases.privacy.models import AccessRequest, Deviation, ExportedCase, FileState, PersonExport
from cases.reminders.models import EarlyReceipt, Message, MessageEvent, MockDelivery
from cases.retention.models import ArchivePackage
from cases.support.models import AnswerToSender, Closing, SenderDecision
from tests.access.matrix import full_case

# What an event keeps: the log goes by months of its own.
LOG_TABLES = "audit_"


def whole_case(by: User, colleague: User, canary: str) -> Case:
    """`canary` stands in every text; by the actions where there is one, else by the row."""
    unit = by.memberships.get().unit
    case, ids = full_case(unit, by, canary)
    now, appointment = timezone.now(), Appointment.objects.get(pk=ids["appointment_id"])
    with recorded():
        send_summons(
            appointment_id=appointment.pk,
            seen_version=appointment.version,
            sent_on=timezone.localdate(),
            sent_how="post",
            by=by,
        )
    AppointmentChange.objects.create(
        appointment=appointment, unit=unit, was_starting_at=now, was_place=appointment.place,
        was_adviser=by, asked_for_by="person", changed_at=now, changed_by=by,
    )  # fmt: skip
    attendance = Attendance.objects.create(
        appointment=appointment, unit=unit, result="attended", recorded_at=now, recorded_by=by
    )
    AttendanceCorrection.objects.create(
        attendance=attendance, unit=unit, was_result="did_not_come", reason=canary,
        corrected_at=now, corrected_by=by,
    )  # fmt: skip
    _messages(appointment, canary)
    _answers(case, by, canary)
    block(person=case.person, user=colleague, reason=canary, by=by)
    declare_access(person=case.person, reason="other", note=canary, by=by)
    BreakGlass.objects.create(
        unit=unit, user=by, person=case.person, case_number=case.number, reason=canary,
        started_at=now, until=now + timedelta(hours=1), reviewed_at=now, reviewed_by=colleague,
        review_outcome="justified", review_note=canary,
    )  # fmt: skip
    # One that nobody has looked at would hold the case back.
    BreakGlass.objects.filter(reviewed_at=None).update(
        reviewed_at=now, reviewed_by=colleague, review_outcome="justified"
    )
    # So would what is not reported yet, and a question nobody has answered.
    Deviation.objects.update(settled_at=now, settled_by=by, outcome="reported")
    AccessRequest.objects.update(answered_at=now, answered_by=by)
    ArchivePackage.objects.create(
        unit=unit, case=case, case_version=case.version, person_version=case.person.version,
        asked_at=now, asked_by=by, content=canary,
    )  # fmt: skip
    _export_that_waits(case, by, colleague, canary)
    # Sent by a session that had just ended, on a page of the case and on one of the person.
    for address in (case.get_absolute_url(), f"/?about={case.person_id}"):
        assert keep_unsent(RequestFactory().post(address, {"text": canary}), by)
    return Case.objects.get(pk=case.pk)


def _messages(appointment: Appointment, canary: str) -> None:
    now = timezone.now()
    message = Message.objects.create(
        unit=appointment.unit, appointment=appointment, sequence=1, kind="day_before",
        channel="sms", planned_at=now, not_after=now, try_at=now, created_at=now,
        provider_id=f"provider-{canary}", text_hash="f" * 64,
    )  # fmt: skip
    MessageEvent.objects.create(
        message=message, unit=appointment.unit, at=now, what="planned", detail=canary
    )
    MockDelivery.objects.create(
        message=message, unit=appointment.unit, channel="sms", to=canary, sender=canary,
        subject=canary, text=canary, arrived_at=now,
    )  # fmt: skip
    EarlyReceipt.objects.create(
        provider_id=message.provider_id, status="delivered", received_at=now
    )


def _answers(case: Case, by: User, canary: str) -> None:
    now = timezone.now()
    answer: dict[str, Any] = {
        "case": case, "unit": case.unit, "sender_name": canary, "sender_reference": canary,
        "case_number": case.number, "sent_via": "post", "sent_at": now, "sent_by": by,
    }  # fmt: skip
    first = AnswerToSender.objects.create(attended=False, **answer)
    AnswerToSender.objects.create(attended=True, corrects=first, **answer)
    SenderDecision.objects.create(
        case=case, unit=case.unit, choice="withdrawn", decided_on=timezone.localdate(),
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    Closing.objects.create(
        case=case, unit=case.unit, outcome="condition_met", closed_at=now, closed_by=by
    )


def _export_that_waits(case: Case, by: User, colleague: User, canary: str) -> None:
    """A file with the case in it, ready to be downloaded."""
    now = timezone.now()
    export = PersonExport.objects.create(
        unit=case.unit, scope="all", purpose="Et formål uten navn", case_count=1, requested_at=now,
        requested_by=by, approved_at=now, approved_by=colleague, file=canary,
        file_state=FileState.READY, made_at=now, delete_at=now + timedelta(days=1),
    )  # fmt: skip
    ExportedCase.objects.create(export=export, unit=case.unit, case=case)


def cells() -> Iterator[tuple[str, str, bytes]]:
    """(table, column, value) of every cell of every table, as bytes, whatever its type."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield table, name, _as_bytes(value)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    # SQLite writes a UUID without hyphens, PostgreSQL with them: look for them without.
    return str(value).replace("-", "").encode()


def where(*needles: bytes) -> list[str]:
    """Every place that still holds one of these."""
    plain = [needle.replace(b"-", b"") for needle in needles]
    return sorted(
        {
            f"{table}.{column}"
            for table, column, value in cells()
            if any(needle in value for needle in (*needles, *plain))
        }
    )
