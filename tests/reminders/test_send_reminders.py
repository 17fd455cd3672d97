"""Handing over to a gateway that refuses, is slow, hangs up or talks rubbish: never twice, never
silent."""

from datetime import timedelta
from typing import Any

import pytest

from cases.audit import record as audit_record
from cases.audit.models import Event
from cases.casework.models import Task
from cases.people.models import Person
from cases.reminders import sending
from cases.reminders.channels.sms import SmsGateway
from cases.reminders.models import Circuit, Message, MessageEvent
from cases.reminders.pace import BACK_OFF, LEASE, MOST_UNANSWERED
from cases.reminders.sending import send_due, settle_lapsed
from cases.reminders.words import Reason
from cases.units.models import Unit
from tests.reminders.conftest import DUE, claim_due, number_of
from tests.reminders.gateway import Gateway

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=30)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_due_message_is_handed_over_as_the_contract_says(
    due_message: Message, gateway: Gateway, unit: Unit
) -> None:
    assert send_due(DUE).handed_over == 1
    (request,) = gateway.requests
    headers = request.pop("headers")
    assert headers["Authorization"] == "Bearer " + "t" * 20
    assert headers["Idempotency-Key"] == str(due_message.pk)
    assert request == {
        "id": str(due_message.pk),
        "to": number_of(due_message),
        "from": unit.neutral_sender,
        "text": "Påminnelse: Du har en avtale onsdag 10. februar 2027 kl. 10.00. "
        "Kan du ikke komme? Ring 22 22 22 22. Hilsen Furu kommune",
    }
    assert state_of(due_message) == ("handed_over", "")
    assert due_message.handed_over_at == DUE
    assert due_message.provider_id == f"p-{due_message.pk}"
    assert due_message.lease_until is None


def test_what_was_sent_is_in_the_audit_without_number_or_text(
    due_message: Message, gateway: Gateway
) -> None:
    send_due(DUE)
    event = Event.objects.get(action="message.sent")
    assert event.actor is None
    assert event.target == due_message.pk
    assert event.persons == [str(due_message.appointment.case.person_id)]
    ledger = [str(v) for row in (due_message, event) for v in vars(row).values()]
    ledger += [str(v) for e in MessageEvent.objects.all() for v in vars(e).values()]
    assert not any(number_of(due_message)[3:] in value or "avtale" in value for value in ledger)


def test_nothing_is_sent_before_its_time(due_message: Message, gateway: Gateway) -> None:
    assert send_due(DUE - timedelta(minutes=1)).total() == 0
    assert gateway.requests == []


def test_a_second_sweep_sends_nothing_again(due_message: Message, gateway: Gateway) -> None:
    send_due(DUE)
    assert send_due(DUE + LATER).total() == 0
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_refused_for_good_is_failed_with_a_task(
    due_message: Message, gateway: Gateway, status: int
) -> None:
    gateway.faults["*"] = [status]
    send_due(DUE)
    assert state_of(due_message) == ("failed", Reason.REFUSED)
    assert Task.objects.get().kind == "check_contact"
    assert send_due(DUE + LATER).total() == 0


def test_too_many_at_once_is_tried_again_later(due_message: Message, gateway: Gateway) -> None:
    gateway.faults["*"] = [429]
    send_due(DUE)
    assert state_of(due_message)[0] == "planned"
    assert timedelta(0) < due_message.try_at - DUE <= timedelta(seconds=1.2 * BACK_OFF[0])
    assert send_due(due_message.try_at).handed_over == 1


def test_always_refused_for_now_is_given_up_with_a_task(
    due_message: Message, gateway: Gateway
) -> None:
    gateway.faults["*"] = [429] * 10
    now = DUE
    for _ in range(len(BACK_OFF) + 1):
        send_due(now)
        due_message.refresh_from_db()
        now = due_message.try_at
    assert state_of(due_message) == ("failed", Reason.GAVE_UP)
    assert len(gateway.requests) == len(BACK_OFF) + 1
    assert Task.objects.get().kind == "call_person"


FAULTS = [408, 500, 502, 503, 302, 401, "drop", "drop_after", "late", "garbage", "no_id"]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_is_unclear_and_settled_by_the_same_key(
    due_message: Message, gateway: Gateway, fault: int | str
) -> None:
    gateway.faults["*"] = [fault]
    send_due(DUE)
    assert state_of(due_message) == ("unclear", "")
    assert due_message.unclear_since == DUE
    assert send_due(due_message.try_at).handed_over == 1
    assert gateway.texts == {number_of(due_message): 1}
    first, second = gateway.requests
    assert {k: first[k] for k in ("id", "text")} == {k: second[k] for k in ("id", "text")}


@pytest.mark.parametrize("fault", ["drop", "drop_after", "late"])
def test_without_a_key_an_unclear_one_is_never_sent_again(
    due_message: Message, gateway: Gateway, settings: Any, fault: str
) -> None:
    settings.SMS_HONOURS_KEY = gateway.honours_key = False
    gateway.faults["*"] = [fault]
    send_due(DUE)
    assert state_of(due_message)[0] == "unclear"  # a receipt may still settle it
    send_due(due_message.try_at)
    assert state_of(due_message) == ("needs_person", Reason.NO_ANSWER)
    assert Task.objects.get().kind == "settle_message"
    assert len(gateway.requests) == 1


def test_unclear_until_the_cut_off_needs_a_person(due_message: Message, gateway: Gateway) -> None:
    gateway.faults["*"] = [500] * 3
    send_due(DUE)
    due_message.refresh_from_db()
    send_due(due_message.not_after + timedelta(seconds=1))
    assert state_of(due_message) == ("needs_person", Reason.NO_ANSWER)
    assert len(gateway.requests) == 1


def test_a_changed_text_is_never_sent_under_the_old_key(
    due_message: Message, gateway: Gateway
) -> None:
    gateway.faults["*"] = ["drop_after"]
    send_due(DUE)
    Person.objects.update(language="en")
    due_message.refresh_from_db()
    send_due(due_message.try_at)
    assert state_of(due_message) == ("needs_person", Reason.TEXT_CHANGED)
    assert len(gateway.requests) == 1


def test_an_unclear_one_whose_appointment_moved_is_not_sent_again(
    due_message: Message, gateway: Gateway
) -> None:
    gateway.faults["*"] = ["drop"]
    send_due(DUE)
    due_message.appointment.sequence = 2
    due_message.appointment.save()
    send_due(DUE + LATER)
    assert state_of(due_message)[0] == "superseded"
    assert due_message.unclear_since is not None  # so the planner tells the new time
    assert Message.objects.may_have_reached().count() == 1


def test_a_worker_that_dies_before_the_claim_is_committed_leaves_no_trace(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sending, "keep_claims", _dies)
        with pytest.raises(WorkerDied):
            send_due(DUE)
    assert state_of(due_message)[0] == "planned"
    assert due_message.attempt == 0
    assert send_due(DUE).handed_over == 1


def test_a_worker_that_dies_before_the_hand_over_leaves_the_row_to_others(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(SmsGateway, "hand_over", _dies)
        with pytest.raises(WorkerDied):
            send_due(DUE)
    assert state_of(due_message)[0] == "claimed"
    assert send_due(DUE + timedelta(seconds=1)).total() == 0
    send_due(DUE + timedelta(seconds=LEASE))
    assert state_of(due_message)[0] == "unclear"
    assert send_due(due_message.try_at).handed_over == 1
    assert gateway.texts == {number_of(due_message): 1}


def test_a_worker_that_dies_after_the_hand_over_never_doubles(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sending, "keep_outcomes", _dies)
        with pytest.raises(WorkerDied):
            send_due(DUE)
    assert gateway.texts == {number_of(due_message): 1}
    send_due(DUE + timedelta(seconds=LEASE))
    assert state_of(due_message)[0] == "unclear"
    assert send_due(due_message.try_at).handed_over == 1
    assert gateway.texts == {number_of(due_message): 1}


def test_without_a_key_a_dead_workers_row_needs_a_person(
    due_message: Message, gateway: Gateway, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_HONOURS_KEY = gateway.honours_key = False
    with monkeypatch.context() as patched:
        patched.setattr(sending, "keep_outcomes", _dies)
        with pytest.raises(WorkerDied):
            send_due(DUE)
    send_due(DUE + timedelta(seconds=LEASE))
    due_message.refresh_from_db()
    send_due(due_message.try_at)
    assert state_of(due_message) == ("needs_person", Reason.NO_ANSWER)
    assert gateway.texts == {number_of(due_message): 1}


def test_whoever_lost_the_lease_writes_nothing(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker sleeps through its lease inside the hand-over; another one settles the row."""
    real = sending.keep_outcomes

    def overtaken(*args: Any) -> None:
        monkeypatch.setattr(sending, "keep_outcomes", real)
        send_due(DUE + timedelta(seconds=LEASE))
        due_message.refresh_from_db()
        send_due(due_message.try_at)
        Message.objects.update(reason="cap")  # a mark the loser must not touch
        real(*args)

    monkeypatch.setattr(sending, "keep_outcomes", overtaken)
    send_due(DUE)
    assert state_of(due_message) == ("handed_over", "cap")
    assert due_message.lease_token == 2
    assert gateway.texts == {number_of(due_message): 1}
    assert Event.objects.filter(action="message.sent").count() == 1


def test_a_row_that_can_not_be_made_stops_nobody(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, make_appointment: Any
) -> None:
    other = make_appointment(due_message.appointment.starts_at)
    row = Message.objects.get(pk=due_message.pk)
    row.pk = row.id = other.pk  # any other id
    row.appointment = other
    row.save(force_insert=True)
    broken = b"\x08practice" + b"x" * 60  # the number's seal does not open any more
    Person.objects.filter(pk=due_message.appointment.case.person_id).update(wrapped_key=broken)
    assert send_due(DUE).handed_over == 1
    assert state_of(due_message)[0] == "planned"
    now = due_message.try_at
    for _ in range(len(BACK_OFF)):
        send_due(now)
        due_message.refresh_from_db()
        now = due_message.try_at
    assert state_of(due_message) == ("failed", Reason.FAULT)
    assert Task.objects.get(case=due_message.appointment.case).kind == "call_person"


def test_a_gateway_that_is_down_uses_nothing_up(due_message: Message, settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    send_due(DUE)
    assert state_of(due_message) == ("planned", "")
    assert due_message.attempt == 0
    assert due_message.text_hash == ""


def test_a_silent_gateway_is_left_alone_after_a_few(due_message: Message, gateway: Gateway) -> None:
    gateway.faults["*"] = [500] * 50
    Circuit.objects.create(channel="sms", failures=MOST_UNANSWERED - 1)
    send_due(DUE)
    circuit = Circuit.objects.get()
    assert circuit.open_until is not None
    due_message.refresh_from_db()
    asked = len(gateway.requests)
    Message.objects.update(try_at=DUE)
    send_due(DUE)
    assert len(gateway.requests) == asked
    gateway.faults["*"] = []
    assert send_due(circuit.open_until + timedelta(seconds=1)).handed_over == 1
    assert Circuit.objects.get().open_until is None


def test_without_the_audit_nothing_is_handed_over(
    due_message: Message, gateway: Gateway, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        send_due(DUE)
    assert gateway.requests == []


def test_when_the_audit_fails_after_the_hand_over_the_row_is_settled_later(
    due_message: Message, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = audit_record._write

    def refuse_after_hand_over(events: list[Event]) -> None:
        if gateway.requests:
            raise WorkerDied
        write(events)

    with monkeypatch.context() as patched:
        patched.setattr(audit_record, "_write", refuse_after_hand_over)
        with pytest.raises(WorkerDied):
            send_due(DUE)
    assert state_of(due_message) == ("claimed", "")
    assert not Event.objects.filter(action="message.sent").exists()
    send_due(DUE + timedelta(seconds=LEASE))
    due_message.refresh_from_db()
    assert send_due(due_message.try_at).handed_over == 1
    assert gateway.texts == {number_of(due_message): 1}


def test_a_claim_is_one_workers_own(due_message: Message) -> None:
    assert claim_due(DUE) == [due_message]
    assert claim_due(DUE) == []


def test_a_lease_that_runs_is_left_alone(due_message: Message) -> None:
    claim_due(DUE)
    settle_lapsed({}, DUE + timedelta(seconds=LEASE - 1))
    assert state_of(due_message)[0] == "claimed"


class WorkerDied(Exception):
    pass


def _dies(*args: object, **kwargs: object) -> None:
    raise WorkerDied
