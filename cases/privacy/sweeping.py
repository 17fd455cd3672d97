"""The job: make the files that wait, and destroy those whose time is up.

Claim → commit → make → commit, as with the reminders: no transaction is open while a PDF is made.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.audit.models import Client
from cases.audit.record import record, recorded
from cases.core.pdf import PdfUnavailable
from cases.privacy.actions.access import destroy_report
from cases.privacy.actions.exports import (
    NothingToExport,
    destroy_file,
)
from cases.privacy.exporting import cases_left, export_csv, is_current
from cases.privacy.models import AccessRequest, FileState, PersonExport, Problem
from cases.privacy.models.access import DAYS_KEPT
from cases.privacy.models.exports import HOURS_KEPT
from cases.privacy.report.bundle import gather, zip_of
from cases.privacy.sealed_files import sealed_text

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Job:
    model: type[Any]
    content: Callable[[Any, datetime], bytes]
    kept: timedelta
    # Whether what was read to make the file is still so; else it is made anew.
    is_current: Callable[[Any], bool] = lambda row: True


def sweep(now: datetime | None = None) -> int:
    """How many files were made."""
    made = 0
    for job in JOBS:
        while (row := _claim(job.model, now or timezone.now())) is not None:
            made += _make(row, job, now or timezone.now())
    destroy_old(now or timezone.now())
    return made


def _claim(model: type[Any], now: datetime) -> Any:
    """One row for ourselves, or None. A row that failed its worker three times is given up."""
    with recorded(client=Client.JOB):
        waiting = model.objects.to_make(now).order_by("pk")
        row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.attempt += 1
        if row.attempt > MOST_ATTEMPTS:
            row.file_state, row.problem, row.lease_until = FileState.FAILED, Problem.FAULT, None
        else:
            row.file_state, row.lease_until = FileState.MAKING, now + LEASE
        row.save(update_fields=["attempt", "file_state", "problem", "lease_until"])
    return row


def _make(row: Any, job: Job, now: datetime) -> int:
    if row.file_state == FileState.FAILED:
        return 0
    problem, file = "", b""
    try:
        file = job.content(row, now)
    except PdfUnavailable:
        problem = Problem.NO_PDF
    except NothingToExport:
        problem = Problem.NOBODY
    except Exception as error:  # one file that can not be made must not stop the others
        log.error("file %s can not be made: %s", row.pk, type(error).__name__)
        problem = Problem.FAULT
    return _keep(row, job, file, problem, now)


def _keep(row: Any, job: Job, file: bytes, problem: str, now: datetime) -> int:
    """Seal the file where the lease is still ours."""
    with recorded(client=Client.JOB):
        ours = job.model.objects.select_for_update(of=("self",)).filter(
            pk=row.pk, file_state=FileState.MAKING, attempt=row.attempt
        )
        if (fresh := ours.first()) is None:
            return 0
        if not problem and not job.is_current(fresh):
            fresh.file_state, fresh.lease_until = FileState.WAITING, None
            fresh.save(update_fields=["file_state", "lease_until"])
            return 0
        fresh.problem, fresh.lease_until = problem, None
        fresh.file_state = FileState.FAILED if problem else FileState.READY
        if not problem:
            fresh.file, fresh.made_at, fresh.delete_at = sealed_text(file), now, now + job.kept
        fresh.save(
            update_fields=["file", "file_state", "problem", "lease_until", "made_at", "delete_at"]
        )
        record(
            f"{fresh.name_in_log}.{'failed' if problem else 'made'}", by=None, unit=fresh.unit_id,
            target=fresh, purpose=problem, persons=fresh.persons(),
        )  # fmt: skip
    return int(not problem)


def _report(request: AccessRequest, now: datetime) -> bytes:
    with recorded(client=Client.JOB):
        whole = AccessRequest.objects.select_related("person", "unit").get(pk=request.pk)
        report = gather(whole, now)
    return zip_of(report)


def _export(export: PersonExport, now: datetime) -> bytes:
    with recorded(client=Client.JOB):
        locked = PersonExport.objects.select_for_update(of=("self",))
        whole = locked.select_related("requested_by").get(pk=export.pk)
        _leave_out_who_is_gone(whole)
        return export_csv(cases_left(whole), whole.requested_by.language or "nb")


def _leave_out_who_is_gone(export: PersonExport) -> None:
    """From here on the export is whom its asker may still be handed. Raises NothingToExport."""
    left = set(cases_left(export).values_list("pk", flat=True))
    if not left:
        raise NothingToExport
    export.cases.exclude(case__in=left).delete()
    export.case_count = len(left)
    export.save(update_fields=["case_count"])


def destroy_old(now: datetime) -> None:
    """Reports after thirty days, exports after one; each by itself, so that none keeps the others."""
    for model in (AccessRequest, PersonExport):
        for pk in list(model.objects.to_delete(now).values_list("pk", flat=True)):
            try:
                _destroy(model, pk, now)
            except Exception as error:  # told, tried again by the next sweep, handed out to nobody
                log.error("file %s can not be destroyed: %s", pk, type(error).__name__)


def _destroy(model: type[Any], pk: UUID, now: datetime) -> None:
    with recorded(client=Client.JOB):
        old = model.objects.to_delete(now).without_file().select_for_update(of=("self",))
        row = old.filter(pk=pk).first()
        if isinstance(row, AccessRequest):
            destroy_report(request=row, by=None)
        elif row is not None:
            destroy_file(export=row, by=None)


JOBS: tuple[Job, ...] = (
    Job(AccessRequest, _report, timedelta(days=DAYS_KEPT)),
    Job(PersonExport, _export, timedelta(hours=HOURS_KEPT), is_current),
)
