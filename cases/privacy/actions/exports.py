"""Exports of persons: asked for, approved by somebody else, downloaded once, destroyed."""

from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.rights import check_apart
from cases.accounts.roles import Permission
from cases.audit.record import record, recorded
from cases.core.crypto import new_wrapped_key
from cases.privacy.exporting import ExportWish, fitting_cases, is_current
from cases.privacy.models import ExportedCase, FileState, PersonExport, Problem
from cases.privacy.models.exports import MOST_CASES
from cases.privacy.sealed_files import content_of
from cases.units.models import Unit


class NothingToExport(Exception):
    """No case fits."""


class TooManyCases(Exception):
    """More cases fit than one export may hold."""


class OwnRequest(Exception):
    """Nobody approves what they have asked for themselves."""


class AlreadyDecided(Exception):
    """Somebody else decided first."""


class NotYours(Exception):
    """Only who asked may download it."""


class NotCurrent(Exception):
    """Somebody in the file is erased, or may not be exported to who asked any more.

    The file is destroyed.
    """


def request_export(*, unit: Unit, wish: ExportWish, by: User) -> PersonExport:
    """Settle which cases it is about and wait for a second person.

    Raises NothingToExport, TooManyCases.
    """
    with recorded():
        cases = list(fitting_cases(unit, wish, by).order_by("opened_at", "pk")[: MOST_CASES + 1])
        if not cases:
            raise NothingToExport
        if len(cases) > MOST_CASES:
            raise TooManyCases
        export = PersonExport.objects.create(
            unit=unit, scope=wish.scope, opened_from=wish.opened_from, opened_to=wish.opened_to,
            purpose=wish.purpose, case_count=len(cases), requested_at=timezone.now(),
            requested_by=by, file_state=FileState.NOT_YET,
        )  # fmt: skip
        ExportedCase.objects.bulk_create(
            ExportedCase(export=export, unit=unit, case=case) for case in cases
        )
        _record("export.requested", export, by)
    return export


def approve_export(*, export_id: UUID, by: User) -> PersonExport:
    """The second pair of eyes; the next nudge makes the file.

    Raises OwnRequest, AlreadyDecided, SameHands.
    """
    with recorded():
        export = _undecided(export_id, by)
        check_apart(export.requested_by_id, by.pk)
        export.approved_at, export.approved_by = timezone.now(), by
        export.file_state = FileState.WAITING
        export.save(update_fields=["approved_at", "approved_by", "file_state"])
        _record("export.approved", export, by)
    return export


def refuse_export(*, export_id: UUID, by: User) -> PersonExport:
    """Also who asked may take it back. Raises AlreadyDecided."""
    with recorded():
        export = _undecided(export_id, None)
        export.refused_at, export.refused_by = timezone.now(), by
        export.save(update_fields=["refused_at", "refused_by"])
        _record("export.refused", export, by)
    return export


def _undecided(export_id: UUID, approver: User | None) -> PersonExport:
    export = PersonExport.objects.select_for_update(of=("self",)).get(pk=export_id)
    if approver is not None and (
        export.requested_by_id == approver.pk
        or not approver.may(Permission.APPROVE_AS_SECOND, export.unit_id)
    ):
        raise OwnRequest
    if not export.is_undecided:
        raise AlreadyDecided
    return export


def hand_out_export(*, export_id: UUID, by: User) -> bytes:
    """The file, once, to who asked; every person in it is in the log before the first byte.

    Raises NotYours, NoFile, NotCurrent.
    """
    with recorded():
        export = PersonExport.objects.select_for_update(of=("self",)).get(pk=export_id)
        if export.requested_by_id != by.pk:
            raise NotYours
        content = content_of(export)
        may_leave = is_current(export)
        if may_leave:
            export.downloaded_at = timezone.now()
            export.save(update_fields=["downloaded_at"])
            _record("export.downloaded", export, by, purpose="privacy:download_export")
        destroy_file(export=export, by=by, problem="" if may_leave else Problem.NOT_CURRENT)
    # After the commit: the destruction stays.
    if not may_leave:
        raise NotCurrent
    return content


def destroy_file(*, export: PersonExport, by: User | None, problem: str = "") -> None:
    """Forget the file and its key.

    A backup from the day it lay there holds both, and opens with the installation's field keys, for
    as long as the backup is kept.
    """
    with recorded():
        purpose = export.purpose
        export.wrapped_key = new_wrapped_key()
        export.__dict__.pop("_data_key", None)
        export.purpose, export.file, export.file_state = purpose, "", FileState.DESTROYED
        export.problem = problem
        export.save(update_fields=["wrapped_key", "purpose", "file", "file_state", "problem"])
        _record("export.destroyed", export, by)


def _record(action: str, export: PersonExport, by: User | None, *, purpose: str = "") -> None:
    """Everybody in it finds each step in the report of their log."""
    record(
        action, by=by, unit=export.unit_id, target=export, purpose=purpose,
        persons=export.persons(),
    )  # fmt: skip
