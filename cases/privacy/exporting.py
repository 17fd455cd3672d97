"""Which cases fit an export, and what a row of it says: who, and where the case stands.

No notes and no contact details: an export is for counting and moving cases, not for reaching people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.casework.models import Case, CaseQuerySet
from cases.casework.states import state_of
from cases.core.spreadsheets import csv_of
from cases.people.models import Protection
from cases.privacy.models import PersonExport, Scope
from cases.units.models import Unit


@dataclass(frozen=True)
class ExportWish:
    scope: str
    opened_from: date | None
    opened_to: date | None
    purpose: str


def fitting_cases(unit: Unit, wish: ExportWish, by: User) -> CaseQuerySet:
    """Cases that the asking user sees, without protected and restricted people."""
    cases = Case.objects.visible_to(by).filter(
        unit=unit, person__protection=Protection.NONE, person__restricted_at=None
    )
    if wish.scope != Scope.ALL:
        cases = cases.open() if wish.scope == Scope.OPEN else cases.closed()
    if wish.opened_from:
        cases = cases.filter(opened_at__date__gte=wish.opened_from)
    if wish.opened_to:
        cases = cases.filter(opened_at__date__lte=wish.opened_to)
    return cases


def export_csv(export: PersonExport, language: str) -> tuple[bytes, int]:
    """The file and how many cases it holds: those that meanwhile became protected are left out."""
    cases = (
        Case.objects.filter(
            pk__in=export.cases.values("case"),
            person__protection=Protection.NONE,
            person__restricted_at=None,
        )
        .with_row_facts()
        .select_related("referral__sender")
        .order_by("opened_at", "pk")
    )
    with translation.override(language):
        rows = list(_rows(list(cases)))
        return csv_of(_header(), rows), len(rows)


def _header() -> list[str]:
    return [
        _("Case"), _("Given name"), _("Family name"), _("Birth date"), _("Legal basis"),
        _("Sender"), _("The sender's reference"), _("Received"), _("Deadline"), _("State"),
        _("Opened"), _("Closed"), _("Outcome"), _("Attended"), _("Required"),
    ]  # fmt: skip


def _rows(cases: list[Case]) -> Iterator[list[str]]:
    now = timezone.now()
    for case in cases:
        referral, person = case.referral, case.person
        yield [
            case.number, person.given_name, person.family_name, _day(person.birth_date),
            referral.legal_basis.name, referral.sender.name if referral.sender else "",
            referral.sender_reference, _day(referral.received_on), _day(case.deadline_on),
            str(state_of(case, now).name), _day(case.opened_at), _day(case.closed_at),
            case.get_outcome_display(), str(case.attended_count), str(case.attendances_required),
        ]  # fmt: skip


def _day(day: object) -> str:
    return date_format(day, "Y-m-d") if day else ""  # type: ignore[arg-type]
