"""Holding back, confirming twice, archiving: each with its audit event in the same transaction."""

from base64 import b64decode
from datetime import date
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.rights import check_apart
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.core.database.uniqueness import unique_or
from cases.retention.due import due_now, fingerprint, is_to_be_archived
from cases.retention.models import (
    ArchivePackage,
    Certificate,
    DueList,
    DueListItem,
    Hold,
    ListState,
)
from cases.units.models import Unit

MOST_AT_ONCE = 500


class AlreadyHeld(Exception):
    """The case has a hold that is not lifted."""


class NotHeld(Exception):
    """The hold is lifted already."""


class ListChanged(Exception):
    """What is due is not what was seen, or nothing is due."""


class ListUnderWay(Exception):
    """The unit has a list that is not finished yet."""


class NotWaiting(Exception):
    """The list is confirmed, withdrawn or finished already."""


class SamePerson(Exception):
    """The second person must be somebody else than the first."""


class BlockedFromOne(Exception):
    """The list holds the case of somebody this employee is blocked from."""


class NotToArchive(Exception):
    """The case is not due, or nothing has to be archived before it goes."""


class NotMade(Exception):
    """There is no package to download: not made yet, or downloaded once already."""


class NotDownloaded(Exception):
    """Nothing was downloaded, or the case was changed after the package was made."""


def hold_case(*, case: Case, reason: str, until: date | None, by: User) -> Hold:
    """Keep a case from being deleted. Raises AlreadyHeld."""
    today = timezone.localdate()
    with recorded():
        now = timezone.now()
        # One that has run out no longer hides when the next one ends.
        run_out = Hold.objects.filter(case=case, lifted_at=None, until__lt=today)
        run_out.update(lifted_at=now, lifted_by=by)
        if Hold.objects.filter(case=case, lifted_at=None).exists():
            raise AlreadyHeld
        hold = Hold.objects.create(
            unit=case.unit, case=case, reason=reason, until=until, held_at=now, held_by=by
        )
        record("retention.held", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return hold


def lift_hold(*, hold: Hold, by: User) -> Hold:
    """Raises NotHeld when a colleague was first."""
    with recorded():
        standing = Hold.objects.filter(pk=hold.pk, lifted_at=None)
        if not standing.update(lifted_at=timezone.now(), lifted_by=by):
            raise NotHeld
        record(
            "retention.hold_lifted", by=by, unit=hold.unit_id, target=hold.case,
            persons=[hold.case.person_id],
        )  # fmt: skip
    return hold


def confirm_due_list(*, unit: Unit, seen: str, by: User, today: date | None = None) -> DueList:
    """The first confirmation: fixes the set that was seen. Raises ListChanged, ListUnderWay."""
    with recorded():
        ready = due_now(unit, today or timezone.localdate(), seen_by=by).ready[:MOST_AT_ONCE]
        if not ready or fingerprint(ready) != seen:
            raise ListChanged
        if DueList.objects.filter(unit=unit).under_way().exists():
            raise ListUnderWay
        due_list = _make_list(unit, len(ready), by)
        DueListItem.objects.bulk_create(
            DueListItem(
                due_list=due_list,
                unit=unit,
                case=one.case,
                case_version=one.version,
                number=one.number,
                rule=one.rule,
                due_on=one.due_on,
            )
            for one in ready
        )
        record(
            "retention.confirmed", by=by, unit=unit.pk, target=due_list,
            persons={one.person for one in ready}, count=len(ready),
        )  # fmt: skip
    return due_list


def _make_list(unit: Unit, total: int, by: User) -> DueList:
    with unique_or(ListUnderWay):
        return DueList.objects.create(
            unit=unit, total=total, confirmed_at=timezone.now(), confirmed_by=by
        )


def confirm_as_second(*, due_list_id: UUID, by: User) -> DueList:
    """The second confirmation: from here the job deletes.

    Raises NotWaiting, SamePerson, SameHands, BlockedFromOne.
    """
    with recorded():
        due_list = _locked(due_list_id)
        if due_list.confirmed_by_id == by.pk:
            raise SamePerson
        if due_list.items.blocked_for(by).exists():
            raise BlockedFromOne
        check_apart(due_list.confirmed_by_id, by.pk)
        due_list.second_at, due_list.second_by = timezone.now(), by
        due_list.state = ListState.CONFIRMED
        due_list.save(update_fields=["second_at", "second_by", "state"])
        Certificate.objects.create(
            unit=due_list.unit,
            due_list=due_list,
            confirmed_at=due_list.confirmed_at,
            confirmed_by=due_list.confirmed_by,
            second_at=due_list.second_at,
            second_by=by,
            begun_at=due_list.second_at,
        )
        record(
            "retention.confirmed_second", by=by, unit=due_list.unit_id, target=due_list,
            count=due_list.total,
        )  # fmt: skip
    return due_list


def withdraw_list(*, due_list_id: UUID, by: User) -> DueList:
    """Nothing is deleted; either of the two may say so before the second has confirmed.

    Raises NotWaiting.
    """
    with recorded():
        due_list = _locked(due_list_id)
        due_list.withdrawn_at, due_list.withdrawn_by = timezone.now(), by
        due_list.state = ListState.WITHDRAWN
        due_list.save(update_fields=["withdrawn_at", "withdrawn_by", "state"])
        due_list.items.all().delete()
        record(
            "retention.withdrawn", by=by, unit=due_list.unit_id, target=due_list,
            count=due_list.total,
        )  # fmt: skip
    return due_list


def _locked(due_list_id: UUID) -> DueList:
    rows = DueList.objects.select_for_update(of=("self",)).select_related("unit", "confirmed_by")
    due_list = rows.get(pk=due_list_id)
    if due_list.state != ListState.WAITING:
        raise NotWaiting
    return due_list


def ask_for_package(*, case: Case, by: User) -> ArchivePackage:
    """Have the job make the package, anew if there was one: what was archived counts no more.

    Raises NotToArchive: the package is a way past the glass for whoever decides on deletion alone.
    """
    with recorded():
        if not is_to_be_archived(case, timezone.localdate(), seen_by=by):
            raise NotToArchive
        ArchivePackage.objects.filter(case=case).delete()
        package = ArchivePackage.objects.create(
            unit=case.unit, case=case, case_version=case.version,
            person_version=case.person.version, asked_at=timezone.now(), asked_by=by,
        )  # fmt: skip
        record("archive.asked", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return package


def download_package(*, package: ArchivePackage, by: User) -> bytes:
    """The ZIP file, once: the content is gone from here with the same commit.

    Raises NotMade, NotToArchive.
    """
    with recorded():
        row = ArchivePackage.objects.select_for_update(of=("self",)).filter(pk=package.pk)
        locked = row.select_related("case__person", "case__unit").first()
        if locked is None or locked.made_at is None or not locked.content:
            raise NotMade
        if not is_to_be_archived(locked.case, timezone.localdate(), seen_by=by):
            raise NotToArchive
        content = b64decode(locked.content)
        locked.content, locked.downloaded_at, locked.downloaded_by = "", timezone.now(), by
        locked.save(update_fields=["content", "downloaded_at", "downloaded_by"])
        record(
            "archive.downloaded", by=by, unit=locked.unit_id, target=locked.case,
            persons=[locked.case.person_id], purpose="archive",
        )  # fmt: skip
    return content


def mark_archived(
    *, package: ArchivePackage, archived_on: date, reference: str, by: User
) -> ArchivePackage:
    """The archive has it; deletion waits for this no longer. Raises NotDownloaded."""
    with recorded():
        row = ArchivePackage.objects.select_for_update(of=("self",)).filter(pk=package.pk)
        locked = row.up_to_date().select_related("case__person").first()
        if locked is None or locked.downloaded_at is None:
            raise NotDownloaded
        locked.archived_on, locked.reference = archived_on, reference
        locked.archived_at, locked.archived_by = timezone.now(), by
        locked.save(update_fields=["archived_on", "reference", "archived_at", "archived_by"])
        record(
            "archive.archived", by=by, unit=locked.unit_id, target=locked.case,
            persons=[locked.case.person_id],
        )  # fmt: skip
    return locked
