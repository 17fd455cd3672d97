"""Receipts of the SMS gateway: signed, in any order, as often as they like."""

import hashlib
import hmac
import itertools
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cases.audit.models import Event
from cases.casework.models import Task
from cases.reminders.hooks import MOST_BYTES, is_signed
from cases.reminders.models import EarlyReceipt, Message
from cases.reminders.receipts import forget_old_receipts
from cases.reminders.sending import send_due
from cases.reminders.words import Reason
from tests.reminders.conftest import DUE, claim_due
from tests.reminders.gateway import Gateway

SECRET = "a secret the gateway shares with us"
URL = "/hooks/sms/receipts"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.SMS_WEBHOOK_SECRET = SECRET


@pytest.fixture
def sent(due_message: Message, gateway: Gateway) -> Message:
    send_due(DUE)
    due_message.refresh_from_db()
    return due_message


def post(content: object, *, secret: str = SECRET, signature: str | None = None) -> int:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signed = signature or "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        URL, body, content_type="application/json", headers={"X-Signature": signed}
    )
    return response.status_code


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize(
    ("status", "state", "task"),
    [
        ("delivered", "delivered", []),
        ("failed", "undelivered", ["check_contact"]),
        ("expired", "undelivered", ["call_person"]),
    ],
)
@pytest.mark.parametrize("by", ["id", "provider_id"])
def test_a_receipt_is_carried_over(
    sent: Message, status: str, state: str, task: list[str], by: str
) -> None:
    reference = {"id": str(sent.pk), "provider_id": sent.provider_id}[by]
    assert post({by: reference, "status": status, "at": "2027-02-09T10:00:03+01:00"}) == 204
    assert state_of(sent) == state
    assert list(Task.objects.values_list("kind", flat=True)) == task


@pytest.mark.parametrize("order", list(itertools.permutations(["delivered", "failed", "expired"])))
def test_the_order_does_not_matter_once_it_was_delivered(
    sent: Message, order: tuple[str, ...]
) -> None:
    for status in order:
        assert post({"id": str(sent.pk), "status": status}) == 204
    assert state_of(sent) == "delivered"


def test_a_replayed_receipt_changes_nothing(sent: Message) -> None:
    for _ in range(3):
        post({"id": str(sent.pk), "status": "failed"})
    assert Event.objects.filter(action="message.undelivered").count() == 1
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    "forgery",
    [
        {"secret": "another secret"},
        {"signature": "sha256="},
        {"signature": "sha256=" + "0" * 64},
        {"signature": "md5=abc"},
        {"signature": "sæl"},
    ],
)
def test_a_forged_receipt_changes_nothing(sent: Message, forgery: dict[str, str]) -> None:
    assert post({"id": str(sent.pk), "status": "failed"}, **forgery) == 401
    assert state_of(sent) == "handed_over"


def test_without_a_secret_of_our_own_nothing_is_signed(settings: Any) -> None:
    settings.SMS_WEBHOOK_SECRET = ""
    signature = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not is_signed(b"{}", signature)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not json", b"[]", b"null", b"\xff\xfe", b"[" * 5000, {"status": "delivered"},
        {"id": "not-an-id", "status": "delivered"}, {"id": 7, "status": "delivered"},
        {"id": str(uuid4()), "status": "read"}, {"id": str(uuid4()), "status": ["delivered"]},
        {"provider_id": 12, "status": "failed"}, {"provider_id": "x" * 101, "status": "failed"},
        {"provider_id": "a\u0000b", "status": "failed"},
    ],
)  # fmt: skip
def test_signed_nonsense_is_a_bad_request(content: object) -> None:
    assert post(content) == 400


def test_too_much_is_not_read() -> None:
    assert post(b" " * (MOST_BYTES + 1)) == 413


def test_only_posts_are_taken() -> None:
    assert Client().get(URL).status_code == 405


def test_an_unknown_id_is_taken_and_forgotten() -> None:
    assert post({"id": str(uuid4()), "status": "delivered"}) == 202
    assert not EarlyReceipt.objects.exists()


def test_a_receipt_with_our_id_may_come_before_our_own_commit(due_message: Message) -> None:
    claim_due(DUE)
    assert post({"id": str(due_message.pk), "provider_id": "p-1", "status": "delivered"}) == 204
    assert state_of(due_message) == "delivered"
    assert due_message.provider_id == "p-1"


def test_a_receipt_with_the_providers_id_may_come_before_our_own_commit(
    due_message: Message, gateway: Gateway
) -> None:
    for _ in range(2):
        assert post({"provider_id": f"p-{due_message.pk}", "status": "delivered"}) == 202
    send_due(DUE)
    assert state_of(due_message) == "delivered"
    assert not EarlyReceipt.objects.exists()


def test_an_early_receipt_nobody_claims_is_forgotten_after_a_day(sent: Message) -> None:
    post({"provider_id": "somebody else's", "status": "delivered"})
    received_at = EarlyReceipt.objects.get().received_at
    forget_old_receipts(received_at.replace(year=received_at.year + 1))
    assert not EarlyReceipt.objects.exists()


def test_a_receipt_settles_what_was_unclear(due_message: Message, gateway: Gateway) -> None:
    gateway.faults["*"] = ["drop_after"]
    send_due(DUE)
    assert state_of(due_message) == "unclear"
    post({"id": str(due_message.pk), "status": "delivered"})
    assert state_of(due_message) == "delivered"
    send_due(DUE.replace(hour=12))
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("state", ["planned", "withheld", "superseded", "too_late", "failed"])
def test_a_receipt_for_what_never_left_changes_nothing(due_message: Message, state: str) -> None:
    Message.objects.update(state=state)
    assert post({"id": str(due_message.pk), "status": "delivered"}) == 204
    assert state_of(due_message) == state


def test_no_receipt_until_the_cut_off_is_said(sent: Message, settings: Any) -> None:
    after = sent.not_after.replace(minute=59)
    settings.SMS_WEBHOOK_SECRET = ""
    send_due(after)
    assert state_of(sent) == "handed_over"  # none is expected
    settings.SMS_WEBHOOK_SECRET = SECRET
    send_due(after)
    assert state_of(sent) == "no_receipt"
    post({"id": str(sent.pk), "status": "failed"})
    assert (state_of(sent), sent.reason) == ("undelivered", Reason.UNDELIVERED)


def test_without_the_audit_a_receipt_changes_nothing(
    sent: Message, broken_audit: type[Exception]
) -> None:
    assert post({"id": str(sent.pk), "status": "failed"}) == 503
    assert state_of(sent) == "handed_over"
    assert not Task.objects.exists()
