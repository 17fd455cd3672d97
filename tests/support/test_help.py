from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.models import StaleVersion
from cases.support.actions import (
    HelpHasBegun,
    NoConsent,
    NotAccepted,
    NotInCatalogue,
    offer_help,
    record_reply,
    record_result,
)
from cases.support.milestones import support_milestones
from cases.support.models import Consent, Offer, Service
from tests import factories


def _today() -> date:
    return timezone.localdate()


def offer(case: Case, service: Service, by: User, **traits: Any) -> Offer:
    values: dict[str, Any] = {
        "offered_on": _today(), "reply": "thinking", "decline_reason": "", "follow_up_on": None,
    }  # fmt: skip
    return offer_help(case_id=case.pk, service=service, by=by, **values | traits)


def replied(made: Offer, by: User, **traits: Any) -> Offer:
    values: dict[str, Any] = {
        "version": made.version, "reply": "accepted", "replied_on": _today(),
        "decline_reason": "", "follow_up_on": None,
    }  # fmt: skip
    return record_reply(offer_id=made.pk, by=by, **values | traits)


def test_no_consent_no_offer(case: Case, service: Service, adviser: User) -> None:
    with pytest.raises(NoConsent):
        offer(case, service, adviser)
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("reply", "reason", "is_open"),
    [("thinking", "", 1), ("accepted", "", 1), ("declined", "not_now", 0)],
)
def test_an_offer_counts_as_open_until_it_has_an_end(
    case: Case, consent: Consent, service: Service, adviser: User,
    reply: str, reason: str, is_open: int,
) -> None:  # fmt: skip
    made = offer(case, service, adviser, reply=reply, decline_reason=reason)
    case.refresh_from_db()
    assert case.open_offer_count == is_open
    assert (made.replied_on is None) == (reply == "thinking")


def test_the_earliest_follow_up_of_open_offers_counts(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    soon, later = _today() + timedelta(days=10), _today() + timedelta(days=20)
    first = offer(case, service, adviser, reply="accepted", follow_up_on=soon)
    offer(case, service, adviser, reply="accepted", follow_up_on=later)
    case.refresh_from_db()
    assert case.help_follow_up_on == soon

    record_result(offer_id=first.pk, version=1, result="completed", result_on=_today(), by=adviser)

    case.refresh_from_db()
    assert (case.open_offer_count, case.help_follow_up_on) == (1, later)


def test_a_service_of_another_unit_or_out_of_use_is_refused(
    case: Case, consent: Consent, service: Service, adviser: User, other_unit: Any
) -> None:
    foreign = Service.objects.create(unit=other_unit, name_nb="Fastlege")
    with pytest.raises(NotInCatalogue):
        offer(case, foreign, adviser)
    service.in_use = False
    with pytest.raises(NotInCatalogue):
        offer(case, service, adviser)


def test_a_reply_and_then_a_result(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    made = offer(case, service, adviser)
    accepted = replied(made, adviser)
    started = record_result(
        offer_id=made.pk, version=accepted.version, result="started", result_on=_today(),
        follow_up_on=_today() + timedelta(days=14), by=adviser,
    )  # fmt: skip
    case.refresh_from_db()
    assert (case.open_offer_count, case.help_follow_up_on) == (1, _today() + timedelta(days=14))

    record_result(
        offer_id=made.pk, version=started.version, result="completed", result_on=_today(),
        by=adviser,
    )  # fmt: skip

    case.refresh_from_db()
    assert (case.open_offer_count, case.help_follow_up_on) == (0, None)


def test_whoever_saves_second_is_told(
    case: Case, consent: Consent, service: Service, adviser: User, colleague: User
) -> None:
    made = offer(case, service, adviser)
    replied(made, adviser, reply="declined", decline_reason="too_far")
    with pytest.raises(StaleVersion):
        replied(made, colleague)
    made.refresh_from_db()
    assert made.reply == "declined"


def test_nothing_comes_of_an_offer_that_was_not_accepted(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    made = offer(case, service, adviser)
    with pytest.raises(NotAccepted):
        record_result(offer_id=made.pk, version=1, result="started", result_on=_today(), by=adviser)


def test_the_reply_stands_when_help_has_begun(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    made = offer(case, service, adviser, reply="accepted")
    record_result(offer_id=made.pk, version=1, result="started", result_on=_today(), by=adviser)
    with pytest.raises(HelpHasBegun):
        replied(made, adviser, version=2, reply="declined", decline_reason="not_now")


def test_an_expired_consent_lets_help_come_to_its_end(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    made = offer(case, service, adviser, reply="accepted")
    Consent.objects.update(
        given_on=_today() - timedelta(days=9), expires_on=_today() - timedelta(days=1)
    )
    record_result(offer_id=made.pk, version=1, result="stopped", result_on=_today(), by=adviser)
    case.refresh_from_db()
    assert case.open_offer_count == 0


def test_nothing_is_kept_when_the_audit_fails(
    case: Case, consent: Consent, service: Service, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        offer(case, service, adviser, reply="accepted")
    assert not Offer.objects.exists()
    case.refresh_from_db()
    assert case.open_offer_count == 0


def test_a_reply_is_not_kept_when_the_audit_fails(
    case: Case, consent: Consent, service: Service, adviser: User, request: pytest.FixtureRequest
) -> None:
    made = offer(case, service, adviser, reply="accepted")
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        replied(made, adviser, reply="declined", decline_reason="not_now")
    made.refresh_from_db()
    assert (made.reply, made.version) == ("accepted", 1)


def test_a_result_is_not_kept_when_the_audit_fails(
    case: Case, consent: Consent, service: Service, adviser: User, request: pytest.FixtureRequest
) -> None:
    made = offer(case, service, adviser, reply="accepted")
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        record_result(
            offer_id=made.pk, version=1, result="completed", result_on=_today(), by=adviser
        )
    made.refresh_from_db()
    case.refresh_from_db()
    assert (made.result, made.version, case.open_offer_count) == ("", 1, 1)


def test_milestones_are_rebuilt_from_the_facts(
    case: Case, consent: Consent, service: Service, adviser: User
) -> None:
    offer(case, service, adviser, reply="accepted", follow_up_on=_today())
    other = factories.make_case(unit=case.unit, by=adviser)
    case.refresh_from_db()
    for row in (case, other):
        for name, value in support_milestones(row).items():
            assert getattr(row, name) == value, name
