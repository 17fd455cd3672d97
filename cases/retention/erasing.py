"""The job: carry out the lists that two people have confirmed, a few cases to a transaction.

A list is claimed with a lease and a token. What is left to do are the items that are left: an item
goes with its case, so a job killed at any moment is simply continued by the next one.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from cases.audit.models import Client
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.core.database.context import KEEPER, working_as
from cases.people.models import Person
from cases.reminders.pace import database_now
from cases.retention import ledger
from cases.retention.due import due_cases
from cases.retention.eraser import erase
from cases.retention.models import (
    Certificate,
    DueList,
    DueListItem,
    ErasedCase,
    ErasedKind,
    LeftOut,
    ListState,
)
from cases.statistics.erased import keep_figures_of
from cases.units.models import Unit

log = logging.getLogger(__name__)

CASES_AT_ONCE = 20
LEASE = timedelta(seconds=60)
SECONDS_A_SWEEP = 60.0  # well before Celery's time limit


@working_as(KEEPER)
def carry_out_confirmed(today: date | None = None, *, client: str = Client.JOB) -> int:
    """Erase what is confirmed, until nothing is left or the sweep's time is over. Cases erased.

    What the copy of a database brought back goes before anything else, whether or not somebody
    remembers to ask for it. A list that can not be carried out keeps no other one waiting; its
    fault is raised in the end.
    """
    if ledger.knows_more():
        log.warning("the database is older than the ledger of erasures: erasing again")
        erase_again()
    began, erased, fault = monotonic(), 0, None
    ledger.write_out()
    for due_list in list(DueList.objects.to_be_carried_out(database_now())):
        token = _claim(due_list.pk)
        while token is not None and monotonic() - began < SECONDS_A_SWEEP:
            try:
                with recorded(client=client):
                    done = _next_cases(due_list.pk, token, today or timezone.localdate())
            except Exception as error:
                log.error("list %s can not be carried out: %s", due_list.pk, type(error).__name__)
                fault = error
                break
            ledger.write_out()
            if done is None:
                break
            erased += done
    _leave_no_trace_in_files()
    if fault is not None:
        raise fault
    return erased


def _claim(due_list: UUID) -> int | None:
    """The token of the claim, or None when somebody else has it."""
    now = database_now()
    with recorded():
        free = DueList.objects.to_be_carried_out(now).filter(pk=due_list)
        if not free.update(lease_until=now + LEASE, lease_token=F("lease_token") + 1):
            return None
        return DueList.objects.values_list("lease_token", flat=True).get(pk=due_list)


def _next_cases(due_list_id: UUID, token: int, today: date) -> int | None:
    """Erase the next few; None when the list is finished, or taken over by another job."""
    mine = DueList.objects.select_for_update(of=("self",)).select_related("unit")
    due_list = mine.filter(pk=due_list_id, lease_token=token, state=ListState.CONFIRMED).first()
    if due_list is None:
        return None
    certificate = Certificate.objects.get(due_list=due_list)
    # By number, so that cases of one year go together: few of each would leave no figure.
    left = due_list.items.filter(left_out=LeftOut.NONE).order_by("number", "pk")
    items = list(left[:CASES_AT_ONCE])
    if not items:
        _finish(due_list, certificate)
        return None
    ready = _still_to_be_erased(due_list.unit, items, today)
    for item in ready:
        rule = str(item.rule_id)
        certificate.rules[rule] = certificate.rules.get(rule, 0) + 1
    erase_cases(due_list.unit, [item.case for item in ready], certificate)
    DueList.objects.filter(pk=due_list.pk).update(
        lease_until=database_now() + LEASE, erased_count=F("erased_count") + len(ready)
    )
    return len(ready)


def _still_to_be_erased(unit: Unit, items: list[DueListItem], today: date) -> list[DueListItem]:
    """Looked at once more, with the cases locked; the others are left out, and it is said why."""
    cases = [item.case for item in items]
    locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk")
    versions = dict(locked.values_list("pk", "version"))
    due = {one.case: one.obstacle for one in due_cases(unit, today, among=cases)}
    ready = []
    for item in items:
        if item.case not in versions:
            item.left_out = LeftOut.GONE
        elif item.case not in due:
            item.left_out = LeftOut.NOT_DUE
        elif due[item.case] != LeftOut.NONE:
            item.left_out = due[item.case]
        elif versions[item.case] != item.case_version:
            item.left_out = LeftOut.CHANGED
        else:
            ready.append(item)
    DueListItem.objects.bulk_update([one for one in items if one.left_out], ["left_out"])
    return ready


def erase_cases(
    unit: Unit, cases: Collection[UUID], certificate: Certificate, *, people: Collection[UUID] = ()
) -> None:
    """Figures and the hole in the numbers first, then the rows, the ledger and the certificate."""
    keep_figures_of(set(cases) - ledger.noted(ErasedKind.CASE, cases))
    _keep_holes(cases)
    erased = erase(cases, people=people)
    # Also of lists that have ended: an item that was left out once holds the number.
    DueListItem.objects.filter(case__in=erased.cases).delete()
    now = timezone.now()
    ledger.note(unit, ErasedKind.CASE, erased.cases, now)
    ledger.note(unit, ErasedKind.PERSON, erased.people, now)
    certificate.cases += len(erased.cases)
    certificate.people += len(erased.people)
    for table, number in erased.rows.items():
        if number:
            certificate.rows[table] = certificate.rows.get(table, 0) + number
    certificate.save(update_fields=["cases", "people", "rows", "rules"])
    if erased.cases or erased.people:
        record(
            "retention.erased", by=None, unit=unit.pk, target=certificate, persons=erased.people,
            count=len(erased.cases),
        )  # fmt: skip


def _keep_holes(cases: Collection[UUID]) -> None:
    this_year = timezone.localdate().year
    rows = Case.objects.filter(pk__in=cases)
    ErasedCase.objects.bulk_create(
        [
            ErasedCase(
                unit_id=case.unit_id,
                number=case.number,
                year=case.year,
                serial=case.serial,
                erased_year=this_year,
            )
            for case in rows.order_by("year", "serial")
        ],
        ignore_conflicts=True,
    )


def _finish(due_list: DueList, certificate: Certificate) -> None:
    now = timezone.now()
    DueList.objects.filter(pk=due_list.pk).update(
        state=ListState.DONE, finished_at=now, lease_until=None
    )
    certificate.left_out = due_list.items.count()
    certificate.finish(now)
    certificate.save(update_fields=["left_out", "rows", "rules", "finished_at"])
    record(
        "retention.finished", by=None, unit=due_list.unit_id, target=certificate,
        count=certificate.cases,
    )  # fmt: skip


@working_as(KEEPER)
def erase_again() -> dict[UUID, int]:
    """After a backup was restored: whatever the ledger knows is erased once more. Unit → cases."""
    known = ledger.known()
    people = _known_rows(Person.objects.values_list("pk", "unit"), ErasedKind.PERSON, known)
    cases = _known_rows(Case.objects.values_list("pk", "unit"), ErasedKind.CASE, known)
    counts = {}
    for unit in Unit.objects.filter(pk__in={*people, *cases}).order_by("name"):
        counts[unit.pk] = _erase_again_in(unit, people.get(unit.pk, []), cases.get(unit.pk, []))
    # Last: what the database's own ledger lacks has not been counted for the figures either.
    with recorded(client=Client.COMMAND):
        ledger.read_back()
    ledger.write_out()
    _leave_no_trace_in_files()
    return counts


def _known_rows(
    rows: Iterable[tuple[UUID, UUID]], kind: str, known: dict[str, set[str]]
) -> dict[UUID, list[UUID]]:
    """Unit → those of its rows that were erased before."""
    found: dict[UUID, list[UUID]] = {}
    for row, unit in rows:
        if not known[kind].isdisjoint(ledger.hashes_of(kind, row)):
            found.setdefault(unit, []).append(row)
    return found


def _erase_again_in(unit: Unit, people: list[UUID], cases: list[UUID]) -> int:
    """Everybody in chunks, each with all their cases, then the cases of people who stay."""
    with recorded(client=Client.COMMAND):
        certificate = Certificate.objects.create(unit=unit, begun_at=timezone.now())
    while people or cases:
        with recorded(client=Client.COMMAND):
            some, people = people[:CASES_AT_ONCE], people[CASES_AT_ONCE:]
            theirs = Case.objects.filter(person__in=some)
            if not some:
                theirs, cases = (
                    Case.objects.filter(pk__in=cases[:CASES_AT_ONCE]),
                    cases[CASES_AT_ONCE:],
                )
            living = _locked(Person.objects.filter(pk__in=some))
            erase_cases(unit, _locked(theirs), certificate, people=living)
    with recorded(client=Client.COMMAND):
        certificate.finish(timezone.now())
        certificate.save(update_fields=["rows", "rules", "finished_at"])
        record(
            "retention.erased_again", by=None, unit=unit.pk, target=certificate,
            count=certificate.cases,
        )  # fmt: skip
    return certificate.cases


def _locked(rows: QuerySet[Any]) -> set[UUID]:
    """Those that are there still: two sweeps at once count nobody twice."""
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    return set(locked.values_list("pk", flat=True))


def _leave_no_trace_in_files() -> None:
    """SQLite overwrites what it deletes (`secure_delete`); its journal beside it is emptied, too."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
