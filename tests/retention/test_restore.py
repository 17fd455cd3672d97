"""I8: erased stays erased, whatever a backup brings back."""

import json
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import models
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case, Referral
from cases.people.models import IdentityNumber, Person
from cases.retention import eraser, ledger
from cases.retention.eraser import hanging_models
from cases.retention.erasing import carry_out_confirmed, erase_again
from cases.retention.models import Certificate, ErasedCase, Erasure
from cases.retention.tasks import sweep_retention
from cases.statistics.models import ErasedFigure
from cases.units.models import Unit
from tests import factories
from tests.retention.conftest import CloseCase, Confirmed

Copy = list[tuple[type[models.Model], list[dict[str, Any]]]]


def backed_up(case: Case) -> Copy:
    """The raw rows of everything that hangs on the person, parents first."""
    found = eraser._found({Person: {case.person_id}})
    return [
        (one.model, list(one.model._base_manager.filter(pk__in=found[one.model])))
        for one in hanging_models()
        if found[one.model]
    ]


def restored(copy: Copy) -> None:
    """The very rows, ids and sealed columns as they were."""
    for model, rows in copy:
        model._base_manager.bulk_create(rows)


def test_i8_what_a_backup_brings_back_is_erased_again(
    closed_case: CloseCase, confirmed: Confirmed, make_case: Callable[..., Case]
) -> None:
    case, stays = closed_case(given_name="Kanarigammel"), make_case()
    copy = backed_up(case)
    confirmed()
    carry_out_confirmed()
    figures = list(ErasedFigure.objects.order_by("pk").values())
    restored(copy)
    assert Person.objects.filter(given_name="Kanarigammel").exists()
    said = StringIO()
    call_command("retention", after_restore=True, stdout=said)
    assert "cases erased again: 1" in said.getvalue()
    assert list(Case.objects.all()) == [stays]
    assert list(Person.objects.all()) == [stays.person]
    assert list(ErasedFigure.objects.order_by("pk").values()) == figures, "counted once"
    assert ErasedCase.objects.count() == 1


def test_i8_the_file_knows_what_the_restored_database_forgot(
    closed_case: CloseCase, confirmed: Confirmed
) -> None:
    """The whole database is older: ledger, certificate, hole and figures are gone from it."""
    case = closed_case()
    copy = backed_up(case)
    confirmed()
    carry_out_confirmed()
    figures = [_of_figure(one) for one in ErasedFigure.objects.order_by("measure", "code")]
    for model in (Erasure, ErasedFigure, ErasedCase):
        model.objects.all().delete()
    restored(copy)
    assert sum(erase_again().values()) == 1
    assert not Case.objects.exists()
    assert not Person.objects.exists()
    assert Erasure.objects.count() == 2
    assert [_of_figure(one) for one in ErasedFigure.objects.order_by("measure", "code")] == figures
    assert Certificate.objects.filter(due_list=None, finished_at__isnull=False).count() == 1
    assert erase_again() == {}, "twice is the same"


def test_i8_the_sweep_erases_again_though_nobody_asks_for_it(
    closed_case: CloseCase, confirmed: Confirmed, make_case: Callable[..., Case], client: Client
) -> None:
    """Yesterday's file of the database is copied back, and nobody remembers a command."""
    case, stays = closed_case(given_name="Kanarigammel"), make_case()
    copy = backed_up(case)
    confirmed()
    sweep_retention()
    assert client.get("/readyz").json()["parts"]["erasures"] is True
    figures = [_of_figure(one) for one in ErasedFigure.objects.order_by("measure", "code")]
    for model in (Erasure, ErasedFigure, ErasedCase):
        model.objects.all().delete()
    restored(copy)
    assert client.get("/readyz").json()["parts"]["erasures"] is False
    sweep_retention()
    assert list(Person.objects.all()) == [stays.person]
    assert client.get("/readyz").json()["parts"]["erasures"] is True
    assert [_of_figure(one) for one in ErasedFigure.objects.order_by("measure", "code")] == figures
    certificates = Certificate.objects.count()
    sweep_retention()
    assert Certificate.objects.count() == certificates, "once is enough"


def test_i8_lines_of_a_unit_that_is_not_here_keep_no_sweep_busy(
    closed_case: CloseCase, confirmed: Confirmed, unit: Unit
) -> None:
    """Another installation's, or of a unit that is younger than the copy: no row to look for."""
    file = Path(django_settings.ERASURE_LEDGER)
    line = {"kind": "case", "hash": "f" * 64, "at": "2026-01-01T00:00:00+00:00"}
    file.write_text(json.dumps(line | {"unit": str(uuid4())}) + "\n")
    assert not ledger.knows_more()
    with file.open("a") as more:
        more.write(json.dumps(line | {"unit": str(unit.pk)}) + "\n")
    assert ledger.knows_more()
    ledger.read_back()
    assert not ledger.knows_more()


def test_i8_a_long_ledger_is_looked_at_from_its_end(unit: Unit) -> None:
    line = {"kind": "case", "at": "2026-01-01T00:00:00+00:00", "unit": str(unit.pk)}
    hashes = [f"{number:064x}" for number in range(2000)]
    lines = [json.dumps(line | {"hash": one}) for one in hashes]
    Path(django_settings.ERASURE_LEDGER).write_text("\n".join(lines) + "\n")
    assert ledger.read_back() == len(hashes)
    assert not ledger.knows_more()
    Erasure.objects.filter(hash=hashes[-1]).delete()
    assert ledger.knows_more()


def _of_figure(figure: ErasedFigure) -> tuple[int, str, str, int]:
    return figure.year, figure.measure, figure.code, figure.number


def test_i8_a_person_who_is_referred_anew_is_nobody_the_ledger_knows(
    closed_case: CloseCase, confirmed: Confirmed, unit: Unit, adviser: User
) -> None:
    """The same identity number, a new row: the ledger knows ids, not people."""
    case = closed_case()
    number = IdentityNumber.objects.get(person=case.person)
    lookup = number.lookup
    confirmed()
    carry_out_confirmed()
    again = factories.make_case(unit=unit, by=adviser)
    IdentityNumber.objects.filter(person=again.person).update(lookup=lookup)
    assert erase_again() == {}
    assert Person.objects.get() == again.person


def test_i8_a_case_of_a_person_who_stays(
    closed_case: CloseCase, confirmed: Confirmed, unit: Unit, adviser: User
) -> None:
    case = closed_case()
    stays = factories.make_case(unit=unit, by=adviser, person=case.person)
    found = eraser._found({Case: {case.pk}, Referral: {case.referral_id}})
    copy: Copy = [
        (one.model, list(one.model._base_manager.filter(pk__in=found[one.model])))
        for one in hanging_models()
        if found[one.model]
    ]
    confirmed()
    carry_out_confirmed()
    restored(copy)
    assert Case.objects.count() == 2
    erase_again()
    assert list(Case.objects.all()) == [stays]
    assert Person.objects.get() == case.person


def test_the_ledger_holds_hashes_only(closed_case: CloseCase, confirmed: Confirmed) -> None:
    case = closed_case()
    number = str(IdentityNumber.objects.get(person=case.person).digits)
    confirmed()
    carry_out_confirmed()
    text = Path(django_settings.ERASURE_LEDGER).read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert sorted(line["kind"] for line in lines) == ["case", "person"]
    assert all(line.keys() == {"kind", "hash", "at", "unit"} for line in lines)
    for identity in (str(case.pk), str(case.person_id), number, case.number):
        assert identity not in text
    assert Path(django_settings.ERASURE_LEDGER).stat().st_mode & 0o077 == 0


def test_killed_before_the_file_was_written_the_next_sweep_writes_it(
    closed_case: CloseCase, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_case()
    confirmed()
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "_append", lambda rows: _killed())
        with pytest.raises(KeyboardInterrupt):
            carry_out_confirmed()
    assert not Case.objects.exists()
    assert Erasure.objects.filter(in_file_at=None).count() == 2
    carry_out_confirmed()
    assert len(Path(django_settings.ERASURE_LEDGER).read_text().splitlines()) == 2
    assert not Erasure.objects.filter(in_file_at=None).exists()


def _killed() -> None:
    raise KeyboardInterrupt


def test_a_torn_line_stops_nothing(closed_case: CloseCase, confirmed: Confirmed) -> None:
    closed_case()
    confirmed()
    carry_out_confirmed()
    with Path(django_settings.ERASURE_LEDGER).open("a") as file:
        file.write('{"kind": "per')
    assert sum(len(hashes) for hashes in ledger.known().values()) == 2


def test_i8_what_is_noted_after_a_torn_line_is_known(
    closed_case: CloseCase, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written byte by byte, too: a disk takes as much of a write as it likes."""
    file = Path(django_settings.ERASURE_LEDGER)
    file.write_text('{"kind": "per')
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, text: write(descriptor, text[:7]))
    case = closed_case()
    copy = backed_up(case)
    confirmed()
    carry_out_confirmed()
    Erasure.objects.all().delete()
    restored(copy)
    said = StringIO()
    call_command("retention", after_restore=True, stdout=said, stderr=said)
    assert "lines of the ledger that can not be read: 1" in said.getvalue()
    assert not Case.objects.exists()
    assert len(file.read_text().splitlines()) >= 3


def test_an_erasure_again_is_an_event(closed_case: CloseCase, confirmed: Confirmed) -> None:
    case = closed_case()
    copy = backed_up(case)
    confirmed()
    carry_out_confirmed()
    restored(copy)
    erase_again()
    again = Event.objects.filter(action="retention.erased_again")
    assert [event.client for event in again] == ["command"]
