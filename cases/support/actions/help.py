"""Consent and help: a record of its own, which the sender never sees anything of."""

import uuid
from datetime import date

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.milestones import lock_case, write_milestones
from cases.casework.models import Case
from cases.support.consent_text import consent_wording
from cases.support.milestones import support_milestones
from cases.support.models import Consent, Offer, Reply, Result, Service


class NoConsent(Exception):
    """No consent is in force on that day, or the one the offer rests on was withdrawn."""


class AlreadyWithdrawn(Exception):
    """The consent was withdrawn before."""


class NotInCatalogue(Exception):
    """The service is not one the case's unit offers."""


class HelpHasBegun(Exception):
    """What came of the offer is recorded already, so its reply stands."""


class NotAccepted(Exception):
    """Only of an accepted offer something can come."""


def record_consent(*, case_id: uuid.UUID, given_on: date, expires_on: date, by: User) -> Consent:
    """Keep the consent with the wording the person was shown. Raises CaseIsClosed."""
    with recorded():
        case = lock_case(case_id)
        consent = Consent.objects.create(
            case=case,
            unit=case.unit,
            wording=consent_wording(case.person, case.unit),
            given_on=given_on,
            expires_on=expires_on,
            recorded_at=timezone.now(),
            recorded_by=by,
        )
        record(
            "consent.recorded", by=by, unit=case.unit_id, target=consent, persons=[case.person_id]
        )
    return consent


def withdraw_consent(*, consent_id: uuid.UUID, by: User) -> Consent:
    """Who takes a consent back takes every one of the case back; nothing is recorded under them
    any more, and their offers ask nothing. Raises AlreadyWithdrawn, CaseIsClosed."""
    with recorded():
        case = lock_case(Consent.objects.only("case_id").get(pk=consent_id).case_id)
        standing = Consent.objects.for_case(case).filter(withdrawn_at=None)
        if not standing.filter(pk=consent_id).exists():
            raise AlreadyWithdrawn
        standing.update(withdrawn_at=timezone.now(), withdrawn_by=by)
        write_milestones(case, **support_milestones(case))
        consent = Consent.objects.get(pk=consent_id)
        record(
            "consent.withdrawn", by=by, unit=case.unit_id, target=consent, persons=[case.person_id]
        )
    return consent


def offer_help(
    *,
    case_id: uuid.UUID,
    service: Service,
    offered_on: date,
    reply: str,
    decline_reason: str,
    follow_up_on: date | None,
    by: User,
) -> Offer:
    """Raises NoConsent unless a consent is in force on the day; NotInCatalogue, CaseIsClosed."""
    with recorded():
        case = lock_case(case_id)
        consent = Consent.objects.for_case(case).in_force_on(offered_on).first()
        if consent is None:
            raise NoConsent
        if service.unit_id != case.unit_id or not service.in_use:
            raise NotInCatalogue
        offer = Offer.objects.create(
            case=case,
            unit=case.unit,
            consent=consent,
            service=service,
            offered_on=offered_on,
            offered_by=by,
            reply=reply,
            replied_on=None if reply == Reply.THINKING else offered_on,
            decline_reason=decline_reason,
            follow_up_on=follow_up_on,
        )
        write_milestones(case, **support_milestones(case))
        record("help.offered", by=by, unit=case.unit_id, target=offer, persons=[case.person_id])
    return offer


def record_reply(
    *,
    offer_id: uuid.UUID,
    version: int,
    reply: str,
    replied_on: date | None,
    decline_reason: str,
    follow_up_on: date | None,
    by: User,
) -> Offer:
    """The person's answer, or that they still think. Raises StaleVersion, NoConsent,
    HelpHasBegun, CaseIsClosed."""
    with recorded():
        case, offer = _locked_offer(offer_id, version)
        if offer.result:
            raise HelpHasBegun
        offer.reply, offer.decline_reason = reply, decline_reason
        offer.replied_on = None if reply == Reply.THINKING else replied_on
        offer.follow_up_on = follow_up_on
        offer.save_version("reply", "replied_on", "decline_reason", "follow_up_on")
        write_milestones(case, **support_milestones(case))
        record("help.replied", by=by, unit=case.unit_id, target=offer, persons=[case.person_id])
    return offer


def record_result(
    *,
    offer_id: uuid.UUID,
    version: int,
    result: str,
    result_on: date,
    by: User,
    follow_up_on: date | None = None,
) -> Offer:
    """What came of an accepted offer. Raises StaleVersion, NotAccepted, NoConsent, CaseIsClosed."""
    with recorded():
        case, offer = _locked_offer(offer_id, version)
        if offer.reply != Reply.ACCEPTED:
            raise NotAccepted
        offer.result, offer.result_on = result, result_on
        offer.follow_up_on = follow_up_on if result == Result.STARTED else None
        offer.save_version("result", "result_on", "follow_up_on")
        write_milestones(case, **support_milestones(case))
        record(
            "help.result_recorded", by=by, unit=case.unit_id, target=offer,
            persons=[case.person_id],
        )  # fmt: skip
    return offer


def _locked_offer(offer_id: uuid.UUID, version: int) -> tuple[Case, Offer]:
    """The offer as the caller read it, its case locked. An expired consent still lets what was
    offered under it be brought to an end; a withdrawn one does not."""
    case = lock_case(Offer.objects.only("case_id").get(pk=offer_id).case_id)
    offer = Offer.objects.select_related("consent").get(pk=offer_id)
    if offer.consent.withdrawn_at is not None:
        raise NoConsent
    offer.version = version
    return case, offer
