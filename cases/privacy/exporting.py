"""Which cases fit an export, and what a row of it says: who, and where the case stands.

No notes and no contact details: an export is for counting and moving cases, not for reaching people.
Who may be exported is asked anew at every step: a day may lie between asking and downloading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
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


def exportable_to(user: User) -> CaseQuerySet:
    """Cases that this user sees and may ask for at this moment, without protected and restricted
    people.
    """
    return Case.objects.visible_to(user).filter(
        unit__in=user.units_where(Permission.REQUEST_EXPORT),
        person__protection=Protection.NONE,
        person__restricted_at=None,
    )


def fitting_cases(unit: Unit, wish: ExportWish, by: User) -> CaseQuerySet:
    cases = exportable_to(by).filter(unit=unit)
    if wish.scope != Scope.ALL:
        cases = cases.open() if wish.scope == Scope.OPEN else cases.closed()
    if wish.opened_from:
        cases = cases.filter(opened_at__date__gte=wish.opened_from)
    if wish.opened_to:
        cases = cases.filter(opened_at__date__lte=wish.opened_to)
    return cases


def cases_left(export: PersonExport) -> CaseQuerySet:
    """Of the cases of an export, those that who asked for it may still be handed."""
    return exportable_to(export.requested_by).filter(pk__in=export.cases.values("case"))


def is_current(export: PersonExport) -> bool:
    """Whether everybody in it is still there and may still be handed to who asked for it.

    An erased case takes its link along, so the links that are left are not counted by themselves.
    """
    return cases_left(export).count() == export.case_count


def export_csv(cases: CaseQuerySet, language: str) -> bytes:
    rows = cases.with_row_facts().select_related("referral__sender").order_by("opened_at", "pk")
    with translation.override(language):
        return csv_of(_header(), _rows(list(rows)))


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
