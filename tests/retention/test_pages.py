"""The pages of deletion: what each of the two people sees, and what they never see."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.people.actions import block, lift_block
from cases.retention.actions import hold_case
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import Certificate, DueList, Hold, ListState, RetentionRule
from cases.retention.tasks import sweep_retention
from cases.units.models import Unit
from tests.desk.test_costs import MOST_FOR_A_LIST, queries_of
from tests.retention.conftest import CloseCase, Confirmed, confirm_first

ClientOf = Callable[[User], Client]
NAME = "Kanarisett"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_from_the_list_to_the_certificate(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    """The whole way, page by page, as the two of them walk it."""
    case = closed_case(given_name=NAME)
    first, second = client_of(leader), client_of(municipal_administrator)
    page = text_of(first, "/deletion/")
    assert "1 case is due" in page
    assert case.number in page
    assert "Arkivplan 2026" in page
    first.post(f"/deletion/units/{unit.pk}/confirm/", {"seen": seen_on(page)})
    due_list = DueList.objects.get()
    assert "See the list" in text_of(second, "/deletion/second/")
    page = text_of(second, f"/deletion/lists/{due_list.pk}/")
    assert case.number in page
    answer = second.post(f"/deletion/lists/{due_list.pk}/confirm/", follow=True)
    assert "The cases are being deleted" in answer.content.decode()
    sweep_retention()
    assert not Case.objects.exists()
    certificate = Certificate.objects.get()
    for client in (first, second):
        page = text_of(client, f"/deletion/certificates/{certificate.pk}/")
        assert "Leader" in page
        assert "Municipal" in page
        assert case.number not in page
        assert NAME not in page


def test_the_second_person_sees_numbers_and_no_person(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    case = closed_case(given_name=NAME, family_name=NAME)
    due_list = confirm_first(unit, leader)
    client = client_of(municipal_administrator)
    for path in ("/deletion/second/", f"/deletion/lists/{due_list.pk}/"):
        page = text_of(client, path)
        assert NAME not in page
        assert "1998" not in page, "the birth date"
        assert str(case.pk) not in page
    assert client.get("/deletion/").status_code == 403
    assert client.get(f"/deletion/cases/{case.pk}/hold/").status_code == 403
    assert client.get(f"/cases/{case.pk}/").status_code in (403, 404)


def test_a10_the_first_can_not_press_the_second_button(
    closed_case: CloseCase, unit: Unit, leader: User, client_of: ClientOf
) -> None:
    closed_case()
    due_list = confirm_first(unit, leader)
    client = client_of(leader)
    assert "Somebody else must confirm" in text_of(client, f"/deletion/lists/{due_list.pk}/")
    answer = client.post(f"/deletion/lists/{due_list.pk}/confirm/", follow=True)
    assert "You confirmed first" in answer.content.decode()
    assert DueList.objects.get().state == ListState.WAITING


def test_a10_who_is_blocked_sees_no_number_and_is_no_second(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    """Kin of one of them: neither their number nor the decision is theirs; a colleague decides."""
    kin, stranger = closed_case(), closed_case()
    standing = block(person=kin.person, user=municipal_administrator, reason="Søster", by=leader)
    due_list = confirm_first(unit, leader)
    client, path = client_of(municipal_administrator), f"/deletion/lists/{due_list.pk}/"
    page = text_of(client, path)
    assert stranger.number in page
    assert kin.number not in page
    assert "You are blocked from somebody in this list" in page
    assert f"{path}confirm/" not in page
    assert Event.objects.filter(action="retention.viewed").latest("at").persons == [
        str(stranger.person_id)
    ]
    answer = client.post(f"{path}confirm/", follow=True)
    assert "Somebody else must confirm as second" in answer.content.decode()
    assert DueList.objects.get().state == ListState.WAITING
    lift_block(block=standing, by=leader)
    assert kin.number in text_of(client, path)
    client.post(f"{path}confirm/")
    assert DueList.objects.get().state == ListState.CONFIRMED


def test_a_list_that_changed_must_be_looked_at_again(
    closed_case: CloseCase, unit: Unit, leader: User, client_of: ClientOf
) -> None:
    closed_case()
    client = client_of(leader)
    seen = seen_on(text_of(client, "/deletion/"))
    closed_case()
    answer = client.post(f"/deletion/units/{unit.pk}/confirm/", {"seen": seen}, follow=True)
    assert "The list has changed" in answer.content.decode()
    assert not DueList.objects.exists()


@pytest.mark.parametrize("seen", ["", "x" * 5000, "\x00", None])
def test_a_tampered_field_confirms_nothing(
    closed_case: CloseCase, unit: Unit, leader: User, client_of: ClientOf, seen: str | None
) -> None:
    closed_case()
    data = {} if seen is None else {"seen": seen}
    assert client_of(leader).post(f"/deletion/units/{unit.pk}/confirm/", data).status_code == 302
    assert not DueList.objects.exists()


def test_an_outsider_finds_nothing(
    closed_case: CloseCase, unit: Unit, leader: User, outsider: User, confirmed: Confirmed,
    client_of: ClientOf,
) -> None:  # fmt: skip
    case = closed_case(given_name=NAME)
    due_list = confirmed()
    certificate = Certificate.objects.get()
    client = client_of(outsider)
    assert case.number not in text_of(client, "/deletion/")
    for path in (
        f"/deletion/lists/{due_list.pk}/",
        f"/deletion/certificates/{certificate.pk}/",
        f"/deletion/cases/{case.pk}/hold/",
        f"/deletion/cases/{case.pk}/archive/",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/deletion/units/{unit.pk}/confirm/").status_code == 404
    assert client.post(f"/deletion/lists/{due_list.pk}/withdraw/").status_code == 404


def test_the_auditor_sees_the_proof_and_no_list(
    closed_case: CloseCase, confirmed: Confirmed, auditor: User, client_of: ClientOf
) -> None:
    closed_case()
    due_list = confirmed()
    carry_out_confirmed()
    client = client_of(auditor)
    certificate = Certificate.objects.get()
    assert "Cases deleted" in text_of(client, f"/deletion/certificates/{certificate.pk}/")
    assert client.get(f"/deletion/lists/{due_list.pk}/").status_code == 404
    assert client.get("/deletion/second/").status_code == 403


def test_holding_back_and_lifting(
    closed_case: CloseCase, leader: User, client_of: ClientOf
) -> None:
    case, client = closed_case(given_name=NAME), client_of(leader)
    path = f"/deletion/cases/{case.pk}/hold/"
    assert NAME not in text_of(client, path), "deciding needs no name"
    assert client.post(path, {"reason": "", "until": "i fjor"}).status_code == 422
    client.post(path, {"reason": "Klage <b>", "until": ""})
    page = text_of(client, "/deletion/")
    assert "held back" in page
    assert "Klage" not in page, "the reason is read on the page of the case"
    shown = client.get(path).content.decode()
    assert "Klage &lt;b&gt;" in shown
    client.post(f"{path}lift/")
    assert Hold.objects.get().lifted_by == leader
    assert "1 case is due" in text_of(client, "/deletion/")


def test_asking_marking_and_what_can_go_wrong(
    closed_case: CloseCase, rule: RetentionRule, leader: User, client_of: ClientOf
) -> None:
    RetentionRule.objects.update(archive_first=True)
    case, client = closed_case(), client_of(leader)
    path = f"/deletion/cases/{case.pk}/archive/"
    assert "must be archived first" in text_of(client, "/deletion/")
    today = f"{timezone.localdate():%d.%m.%Y}"
    answer = client.post(path, {"archived_on": today, "reference": "2026/1"})
    assert answer.status_code == 422
    client.post(f"{path}ask/")
    assert "being made" in text_of(client, path)
    sweep_retention()
    assert "Download it" in text_of(client, path)
    client.post(f"{path}package/")
    client.post(path, {"archived_on": today, "reference": "2026/1"})
    assert "reference 2026/1" in text_of(client, path)
    assert "1 case is due" in text_of(client, "/deletion/")


def test_c1_every_person_of_the_list_is_in_the_log(
    closed_case: CloseCase, leader: User, client_of: ClientOf
) -> None:
    cases = [closed_case(), closed_case()]
    text_of(client_of(leader), "/deletion/")
    event = Event.objects.filter(action="retention.viewed").latest("at")
    assert set(event.persons) == {str(case.person_id) for case in cases}


def test_c1_a_hold_on_a_case_that_is_not_due_is_in_the_log_too(
    closed_case: CloseCase, make_case: Callable[..., Case], leader: User, second_leader: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    due, held, kin = closed_case(), make_case(), make_case()
    for case in (held, kin):
        hold_case(case=case, reason="Klage", until=None, by=second_leader)
    block(person=kin.person, user=leader, reason="Søster", by=second_leader)
    page = text_of(client_of(leader), "/deletion/")
    assert held.number in page
    assert kin.number not in page
    event = Event.objects.filter(action="retention.viewed").latest("at")
    assert set(event.persons) == {str(due.person_id), str(held.person_id)}


def test_the_list_costs_the_same_with_2_and_with_20_cases(
    closed_case: CloseCase, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    for number in range(2):
        hold_case(case=closed_case(), reason="Klage", until=None, by=leader) if number else None
        closed_case()
    few = queries_of(client, "/deletion/")
    for _number in range(9):
        hold_case(case=closed_case(), reason="Klage", until=None, by=leader)
        closed_case()
    many = queries_of(client, "/deletion/")
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= MOST_FOR_A_LIST + 6, "\n".join(many)


def test_the_second_list_costs_the_same_with_2_and_with_20_cases(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    client = client_of(municipal_administrator)
    costs = []
    for number in (2, 18):
        for _ in range(number):
            closed_case()
        DueList.objects.all().delete()
        due_list = confirm_first(unit, leader)
        costs.append(len(queries_of(client, f"/deletion/lists/{due_list.pk}/")))
    assert costs[0] == costs[1] <= MOST_FOR_A_LIST


def test_the_command_tells_and_carries_out_and_confirms_nothing(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User, capsys: Any,
) -> None:  # fmt: skip
    case = closed_case()
    call_command("retention", dry_run=True)
    assert f"{case.number} since" in capsys.readouterr().out
    call_command("retention", confirm=True)
    assert "erased: 0" in capsys.readouterr().out
    confirm_first(unit, leader)
    call_command("retention", confirm=True)
    assert "wait for a second person: 1" in capsys.readouterr().out
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_deletion_asks_for_a_fresh_second_factor(
    closed_case: CloseCase, unit: Unit, leader: User, client_of: ClientOf, settings: Any
) -> None:
    closed_case()
    client = client_of(leader)
    seen = seen_on(text_of(client, "/deletion/"))
    leader.set_password("a long password for the test")
    leader.save()
    client.force_login(leader)
    answer = client.post(f"/deletion/units/{unit.pk}/confirm/", {"seen": seen})
    assert answer.status_code == 302
    assert "unsent" in answer.headers["Location"], "what was sent waits for the proof"
    assert "reauthenticate" in answer.headers["Location"] or "confirm" in answer.headers["Location"]
    assert not DueList.objects.exists()
