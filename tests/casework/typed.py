"""The page to register a referral, and what an adviser types there."""

from typing import Any

from django.utils import timezone

from cases.casework.models import Substance
from cases.core.identity_numbers import synthetic_number
from cases.units.models import Unit
from tests import factories

BORN = factories.BIRTH_DATE


def address(unit: Unit, kind: str = "police_order") -> str:
    return f"/cases/new/{unit.pk}/{factories.basis_of(unit, kind).pk}/"


def typed(**changes: Any) -> dict[str, Any]:
    """A police order as an adviser would type it."""
    today = timezone.localdate().strftime("%d.%m.%Y")
    return {
        "sender": str(factories.make_sender("Politiet Øst", "police").pk),
        "sender_reference": "2026-1",
        "received_on": today,
        "deadline_on": "31.12.2027",
        "attendances_required": "1",
        "found_on": "1.11.2026", "found_clock": "20.15", "found_where": "Testparken",
        "ordered_on": "1.11.2026", "ordered_clock": "kl. 21", "ordered_how": "in_person",
        "identity_number": synthetic_number(BORN, 123), "birth_date": BORN.strftime("%d.%m.%Y"),
        "given_name": "Testperson", "family_name": "Rogn", "language": "nb",
        "interpreter_language": "", "protection": "none",
        "mobile": "900 00 123", "mobile_messages": "on", "email": "", "address": "Skogveien 1",
        "assigned_to": "",
        "finds-TOTAL_FORMS": "2", "finds-INITIAL_FORMS": "0",
        "finds-0-substance": str(Substance.objects.get(code="cannabis").pk),
        "finds-0-amount": "4,5", "finds-0-confiscated": "on", "finds-0-seizure_reference": "B-1",
        "finds-1-substance": "", "finds-1-amount": "",
    } | changes  # fmt: skip
