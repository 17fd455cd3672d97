"""Sent in error: what has not left is stopped, who may have seen it is listed, the clock runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.audit.models import Event
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.core.models import StaleVersion
from cases.letters.reference import load_texts
from cases.people.models import ContactPoint
from cases.privacy.actions import (
    AlreadySettled,
    ReasonMissing,
    edit_report,
    settle_deviation,
    tell_sent_in_error,
)
from cases.privacy.models import Deviation, SentInError
from cases.privacy.sent import things_sent, who_opened
from cases.reminders.channels.base import Answer, Outcome
from cases.reminders.channels.mock import MockPhone
from cases.reminders.models import Channel, Message, MockDelivery
from cases.reminders.planning import plan_reminders
from cases.reminders.reference import load_rules
from cases.reminders.sending import claim, keep_outcomes, send_due
from cases.units.models import Place
from tests.access.matrix import full_case
from tests.privacy.conftest import error_details, typed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
REASON = "The letter was returned unopened by the neighbour."
# A Wednesday at 10.00 in Oslo, nothing red near it.
MEETING = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def deviation(led_case: Case, adviser: User) -> Deviation:
    return tell_sent_in_error(case=led_case, details=error_details(), by=adviser)


def open_case(case: Case, by: User) -> None:
    with recorded():
        record(
            "case.viewed", by=by, unit=case.unit_id, target=case, persons=[case.person_id],
            purpose="desk:case",
        )  # fmt: skip


def test_the_clock_starts_when_it_was_found_out(deviation: Deviation) -> None:
    assert deviation.due_at - deviation.sent_in_error.found_at == timedelta(hours=72)
    assert Event.objects.get(action="deviation.told").purpose == ""


@pytest.fixture
def meetings(
    led_case: Case, adviser: User, make_case: Callable[..., Case]
) -> dict[str, Appointment]:
    """A meeting of the case and one of another, for which nothing is planned yet."""
    load_texts()
    load_rules()
    return {
        name: Appointment.objects.create(
            unit=case.unit, case=case, adviser=adviser,
            place=Place.objects.filter(unit=case.unit).first(), starts_at=MEETING,
            ends_at=MEETING + timedelta(hours=1), local_start="",
            booked_at=MEETING - timedelta(days=30), booked_by=adviser,
        )
        for name, case in (("case", led_case), ("other", make_case(given_name="Other")))
    }  # fmt: skip


@pytest.fixture
def reminded(meetings: dict[str, Appointment]) -> dict[str, Appointment]:
    plan_reminders(MEETING - timedelta(days=9))
    planned = set(Message.objects.values_list("appointment", flat=True))
    assert planned == {appointment.pk for appointment in meetings.values()}
    return meetings


def send_everything() -> None:
    """Every hour from the first reminder on until the meeting is over."""
    for hours in range(8 * 24, -2, -1):
        send_due(MEETING - timedelta(hours=hours))


def messages_of(appointment: Appointment) -> set[tuple[str, str]]:
    return set(Message.objects.filter(appointment=appointment).values_list("state", "reason"))


def test_what_has_not_left_is_stopped(
    reminded: dict[str, Appointment], led_case: Case, adviser: User
) -> None:
    """Also what a worker has in its hands: it is not tried again."""
    first_due = Message.objects.earliest("planned_at").planned_at
    claimed = claim(Channel.SMS, 10, {Channel.SMS: MockPhone()}, first_due)[0]
    mine = next(one for one in claimed if one.appointment_id == reminded["case"].pk)
    tell_sent_in_error(case=led_case, details=error_details(), by=adviser)
    keep_outcomes([mine], {mine.pk: Outcome(Answer.TRY_AGAIN)}, MockPhone(), first_due)
    assert messages_of(reminded["case"]) == {
        ("withheld", "stopped"), ("needs_person", "no_answer"),
    }  # fmt: skip
    withheld = Message.objects.filter(appointment=reminded["case"], state="withheld")
    assert SentInError.objects.get().messages_stopped == withheld.count() >= 1
    send_everything()
    reached = MockDelivery.objects.values_list("message__appointment", flat=True)
    assert set(reached) == {reminded["other"].pk}, "nothing of this case, and the other's as ever"


def test_nothing_is_stopped_where_the_box_is_empty(
    reminded: dict[str, Appointment], led_case: Case, adviser: User
) -> None:
    tell_sent_in_error(case=led_case, details=error_details(stop_messages=False), by=adviser)
    assert SentInError.objects.get().messages_stopped == 0
    assert messages_of(reminded["case"]) == {("planned", "")}
    send_everything()
    reached = MockDelivery.objects.values_list("message__appointment", flat=True)
    assert set(reached) == {one.pk for one in reminded.values()}


def test_the_page_stops_what_nobody_has_planned_yet(
    meetings: dict[str, Appointment], led_case: Case, leader: User, client_of: ClientOf
) -> None:
    form = {
        "thing": "other", "sent_on": f"{timezone.localdate():%d.%m.%Y}", "recipients": "A stranger",
        "what_happened": "A letter went astray.", "stop_messages": "on", "stop_contact": "",
        **typed(timezone.now()),
    }  # fmt: skip
    address = f"/cases/{led_case.pk}/rights/sent-in-error/"
    assert client_of(leader).post(address, form).status_code == 302
    assert messages_of(meetings["case"]) == {("withheld", "stopped")}
    assert messages_of(meetings["other"]) == set()


def test_contact_details_are_taken_out_of_use(led_case: Case, adviser: User) -> None:
    point = led_case.person.contact_points.get(kind="mobile")
    tell_sent_in_error(case=led_case, details=error_details(stop_contact=point), by=adviser)
    sent = SentInError.objects.get()
    assert (sent.messages_stopped, sent.contacts_stopped) == (0, 1)
    assert not ContactPoint.objects.usable().filter(pk=point.pk).exists()


def test_who_opened_the_case_in_the_period_is_listed_from_the_log(
    led_case: Case, adviser: User, colleague: User, coordinator: User
) -> None:
    open_case(led_case, colleague)
    open_case(led_case, colleague)
    now = timezone.now()
    details = error_details(sent_at=now - timedelta(minutes=5), found_at=now)
    deviation = tell_sent_in_error(case=led_case, details=details, by=adviser)
    open_case(led_case, coordinator)  # afterwards
    (viewer,) = who_opened(deviation.sent_in_error)
    assert (viewer.name, viewer.role, viewer.times) == ("Colleague", "adviser", 2)
    assert "adviser (2)" in deviation.report
    assert "Colleague" not in deviation.report, "the authority is told of roles"


def test_the_draft_says_what_the_program_knows(deviation: Deviation, led_case: Case) -> None:
    for words in ("The letter lay in the wrong mailbox.", "The neighbour", led_case.number):
        assert words in deviation.report
    assert "To be filled in." in deviation.report
    assert led_case.person.family_name not in deviation.report


def test_a_colleagues_edit_is_not_lost(deviation: Deviation, leader: User) -> None:
    stale = Deviation.objects.get(pk=deviation.pk)
    edit_report(deviation=deviation, report="First", by=leader)
    with pytest.raises(StaleVersion):
        edit_report(deviation=stale, report="Second", by=leader)
    assert Deviation.objects.get().report == "First"


def test_not_notifiable_needs_a_reason_and_is_settled_once(
    deviation: Deviation, leader: User
) -> None:
    with pytest.raises(ReasonMissing):
        settle_deviation(deviation_id=deviation.pk, outcome="not_notifiable", reason=" ", by=leader)
    settle_deviation(deviation_id=deviation.pk, outcome="not_notifiable", reason=REASON, by=leader)
    fresh = Deviation.objects.get()
    assert (fresh.outcome, fresh.reason, fresh.settled_by) == ("not_notifiable", REASON, leader)
    with pytest.raises(AlreadySettled):
        settle_deviation(deviation_id=deviation.pk, outcome="reported", reason="", by=leader)
    with pytest.raises(AlreadySettled):
        edit_report(deviation=fresh, report="Later", by=leader)


@pytest.mark.parametrize("step", ["tell", "edit", "settle"])
def test_no_audit_nothing_kept(
    step: str, led_case: Case, leader: User, broken_audit: type[Exception]
) -> None:
    now = timezone.now()
    sent = SentInError.objects.create(
        case=led_case, unit=led_case.unit, kind="other", sent_at=now, recipients="x",
        what_happened="x", found_at=now, told_at=now, told_by=leader,
    )  # fmt: skip
    row = Deviation.objects.create(
        sent_in_error=sent, unit=led_case.unit, report="Draft", due_at=now
    )
    acts: dict[str, Callable[[], object]] = {
        "tell": lambda: tell_sent_in_error(case=led_case, details=error_details(), by=leader),
        "edit": lambda: edit_report(deviation=row, report="New", by=leader),
        "settle": lambda: settle_deviation(
            deviation_id=row.pk, outcome="reported", reason="", by=leader
        ),
    }
    with pytest.raises(broken_audit):
        acts[step]()
    (kept,) = Deviation.objects.all()
    assert (kept.report, kept.settled_at, kept.version) == ("Draft", None, 1)


def test_the_choices_are_what_left_in_this_case(
    led_case: Case, leader: User, adviser: User
) -> None:
    other, _ids = full_case(led_case.unit, adviser, "Kanarinabo")
    labels = [thing.label for thing in things_sent(led_case)]
    assert len(labels) == 3, "three ways to reach the person"
    assert not any("Kanarinabo" in label for label in labels)
    assert not Message.objects.exists()
    assert other.pk != led_case.pk


def test_an_adviser_stops_it_and_the_leader_reports_it(
    make_case: Callable[..., Case], adviser: User, leader: User, client_of: ClientOf
) -> None:
    case = make_case()
    point = case.person.contact_points.get(kind="mobile")
    client = client_of(adviser)
    address = f"/cases/{case.pk}/rights"
    form = {
        "thing": f"contact:{point.pk}", "sent_on": f"{timezone.localdate():%d.%m.%Y}",
        "recipients": "A stranger", "what_happened": "The number was somebody else's.",
        "stop_messages": "on", "stop_contact": str(point.pk), **typed(timezone.now()),
    }  # fmt: skip
    page = client.get(f"{address}/sent-in-error/")
    assert page.status_code == 200
    assert client.post(f"{address}/sent-in-error/", {**form, "sent_on": ""}).status_code == 422
    foreign = {**form, "stop_contact": str(case.pk)}
    assert client.post(f"{address}/sent-in-error/", foreign).status_code == 422
    assert client.post(f"{address}/sent-in-error/", form).status_code == 302
    row = Deviation.objects.get()
    for shown in ("/", f"/cases/{case.pk}/", f"{address}/"):
        assert b"Something was sent in error" in client.get(shown).content
    assert client.get(f"{address}/deviation/{row.pk}/").status_code == 403
    assert not ContactPoint.objects.usable().filter(pk=point.pk).exists()


def test_the_leader_edits_prints_and_settles_on_the_pages(
    deviation: Deviation, led_case: Case, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    address = f"/cases/{led_case.pk}/rights/deviation/{deviation.pk}/"
    assert b"The neighbour" in client.get(address).content
    old = {"report": "Edited by me", "version": "1"}
    assert client.post(address, old).status_code == 302
    conflict = client.post(address, {"report": "Mine", "version": "1"})
    assert conflict.status_code == 409
    assert b"Mine" in conflict.content
    assert b"Edited by me" in conflict.content
    assert b"Edited by me" in client.get(f"{address}page/").content
    assert client.post(f"{address}settle/", {"outcome": "not_notifiable"}).status_code == 422
    settled = client.post(f"{address}settle/", {"outcome": "not_notifiable", "reason": REASON})
    assert settled.status_code == 302
    assert b"Something was sent in error" not in client.get("/").content


def test_the_page_that_shows_who_opened_the_case_is_a_reading_of_the_log(
    deviation: Deviation, led_case: Case, leader: User, colleague: User, client_of: ClientOf
) -> None:
    client_of(leader).get(f"/cases/{led_case.pk}/rights/deviation/{deviation.pk}/")
    event = Event.objects.get(action="case_log.viewed")
    assert (event.actor, event.case, event.persons, event.purpose) == (
        leader.pk, led_case.pk, [str(led_case.person_id)], "deviation",
    )  # fmt: skip


def test_a_late_clock_says_so(led_case: Case, leader: User, client_of: ClientOf) -> None:
    now = timezone.now()
    details = error_details(sent_at=now - timedelta(days=9), found_at=now - timedelta(days=4))
    tell_sent_in_error(case=led_case, details=details, by=leader)
    assert b"It should have been reported by" in client_of(leader).get("/").content
