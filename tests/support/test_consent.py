from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case
from cases.support.actions import (
    AlreadyWithdrawn,
    NoConsent,
    close_case,
    offer_help,
    record_consent,
    record_reply,
    record_result,
    withdraw_consent,
)
from cases.support.consent_text import consent_wording
from cases.support.models import Consent, Offer, Service
from tests import factories


def _offer(
    case: Case, service: Service, by: User, *, days_ago: int = 0, reply: str = "thinking"
) -> Offer:
    return offer_help(
        case_id=case.pk,
        service=service,
        offered_on=timezone.localdate() - timedelta(days=days_ago),
        reply=reply,
        decline_reason="",
        follow_up_on=None,
        by=by,
    )


def test_the_wording_is_kept_as_shown_in_the_persons_language(case: Case, consent: Consent) -> None:
    with override("nn"):
        shown = consent_wording(case.person, case.unit)
    assert Consent.objects.get(pk=consent.pk).wording == shown
    assert case.unit.neutral_name in shown


def test_the_wording_is_sealed_in_the_database(case: Case, consent: Consent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wording FROM support_consent")
        stored = bytes(cursor.fetchone()[0])
    assert case.unit.neutral_name.encode() not in stored


def test_recording_a_consent_is_audited(case: Case, consent: Consent, adviser: User) -> None:
    event = Event.objects.get(action="consent.recorded")
    assert (event.target, event.actor, event.persons) == (
        consent.pk, adviser.pk, [str(case.person_id)],
    )  # fmt: skip


def test_nothing_is_kept_when_the_audit_fails(
    case: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    today = timezone.localdate()
    with pytest.raises(broken_audit):
        record_consent(case_id=case.pk, given_on=today, expires_on=today, by=adviser)
    assert not Consent.objects.exists()


def test_no_consent_on_a_closed_case(case: Case, adviser: User) -> None:
    close_case(case_id=case.pk, outcome="moved", by=adviser)
    today = timezone.localdate()
    with pytest.raises(CaseIsClosed):
        record_consent(case_id=case.pk, given_on=today, expires_on=today, by=adviser)


def test_withdrawing_ends_what_was_recorded_under_it(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    offer = _offer(case, service, adviser, reply="accepted")
    case.refresh_from_db()
    assert case.open_offer_count == 1

    withdraw_consent(consent_id=consent.pk, by=adviser)

    case.refresh_from_db()
    assert case.open_offer_count == 0
    with pytest.raises(NoConsent):
        _offer(case, service, adviser)
    with pytest.raises(NoConsent):
        record_result(
            offer_id=offer.pk, version=1, result="completed", result_on=timezone.localdate(),
            by=adviser,
        )  # fmt: skip
    with pytest.raises(NoConsent):
        record_reply(
            offer_id=offer.pk, version=1, reply="thinking", replied_on=None, decline_reason="",
            follow_up_on=None, by=adviser,
        )  # fmt: skip


def test_withdrawing_takes_back_a_renewed_consent_too(
    case: Case, consent: Consent, adviser: User
) -> None:
    today = timezone.localdate()
    renewed = record_consent(case_id=case.pk, given_on=today, expires_on=today, by=adviser)
    withdraw_consent(consent_id=consent.pk, by=adviser)
    renewed.refresh_from_db()
    assert renewed.withdrawn_at is not None
    with pytest.raises(AlreadyWithdrawn):
        withdraw_consent(consent_id=renewed.pk, by=adviser)


def test_a_withdrawal_is_not_kept_when_the_audit_fails(
    consent: Consent, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        withdraw_consent(consent_id=consent.pk, by=adviser)
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_another_persons_consent_does_not_count(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    other = factories.make_case(unit=case.unit, by=adviser)
    with pytest.raises(NoConsent):
        _offer(other, service, adviser)


@pytest.mark.parametrize("days_ago", [1, 400])
def test_a_consent_does_not_reach_back(
    case: Case, consent: Consent, service: Service, adviser: User, days_ago: int
) -> None:
    with pytest.raises(NoConsent):
        _offer(case, service, adviser, days_ago=days_ago)


def test_an_expired_consent_allows_no_offer(case: Case, service: Service, adviser: User) -> None:
    today = timezone.localdate()
    record_consent(
        case_id=case.pk,
        given_on=today - timedelta(days=30),
        expires_on=today - timedelta(days=1),
        by=adviser,
    )
    with pytest.raises(NoConsent):
        _offer(case, service, adviser)
    assert _offer(case, service, adviser, days_ago=1).pk
