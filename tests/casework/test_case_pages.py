"""Small steps on a case: hand it over, note something, finish a task."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import finish_task, make_task
from cases.casework.forms.case import NOTE_LENGTH, AssignForm, DecideForm, NoteForm
from cases.casework.models import Assignment, Case, Note, Task
from tests import factories
from tests.hostile import SCRIPT, WRONG_EVERYWHERE, WRONG_IN_OTHER_WAYS

pytestmark = pytest.mark.django_db
MakeCase = Callable[..., Case]
ClientOf = Callable[[User], Client]
CLOSED = "The case is closed. Nothing more is written on it."


@pytest.fixture
def browser(adviser: User, client_of: ClientOf) -> Client:
    return client_of(adviser)


@pytest.fixture
def task(case: Case) -> Task:
    return make_task(
        case_id=case.pk, unit_id=case.unit_id, kind="call_person", about=uuid4(), reason="too_late",
        due_at=timezone.now(), by=None,
    )  # fmt: skip


def close(case: Case, by: User) -> None:
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=by, outcome="moved", next_due_at=None
    )


def test_a_case_is_handed_to_a_colleague(case: Case, browser: Client, colleague: User) -> None:
    page = browser.get(f"/cases/{case.pk}/assign/")
    assert page.context["form"]["adviser"].value() == case.assigned_to_id
    answer = browser.post(f"/cases/{case.pk}/assign/", {"adviser": str(colleague.pk)}, follow=True)
    assert "The case has a new adviser." in answer.content.decode()
    case.refresh_from_db()
    assert case.assigned_to == colleague


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("coordinator", 302)])
def test_only_those_who_hand_out_cases_take_one_from_somebody_else(
    case: Case, who: str, status: int, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    user = factories.declare(request.getfixturevalue(who), case)
    answer = client_of(user).post(f"/cases/{case.pk}/assign/", {"adviser": str(user.pk)})
    assert answer.status_code == status


def test_anybody_of_the_unit_takes_a_free_case(
    make_case: MakeCase, colleague: User, client_of: ClientOf
) -> None:
    case = make_case(assigned_to=None)
    client_of(colleague).post(f"/cases/{case.pk}/assign/", {"adviser": str(colleague.pk)})
    case.refresh_from_db()
    assert case.assigned_to == colleague


def test_a_closed_case_changes_no_hands(
    case: Case, browser: Client, adviser: User, colleague: User
) -> None:
    close(case, adviser)
    sent = {"adviser": str(colleague.pk)}
    answer = browser.post(f"/cases/{case.pk}/assign/", sent, follow=True)
    assert CLOSED in answer.content.decode()
    assert Assignment.objects.get(case=case).adviser == adviser


def test_a_note_is_kept_and_shown(case: Case, browser: Client) -> None:
    browser.post(f"/cases/{case.pk}/note/", {"text": f"Etter kl. 14 {SCRIPT}"})
    assert Note.objects.get().text == f"Etter kl. 14 {SCRIPT}"
    shown = browser.get(case.get_absolute_url()).content.decode()
    assert "Etter kl. 14 &lt;script&gt;" in shown
    assert SCRIPT not in shown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Must be filled in."),
        ("  \n ", "Must be filled in."),
        ("x" * (NOTE_LENGTH + 1), "at most 1000 characters"),
        ("Kari\x00", "The text holds a character that can not be kept."),
    ],
)
def test_a_note_that_can_not_be_kept_comes_back(
    case: Case, browser: Client, text: str, sentence: str
) -> None:
    page = browser.post(f"/cases/{case.pk}/note/", {"text": text})
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors["text"])
    assert page.context["form"]["text"].value() == text
    assert not Note.objects.exists()


def test_a_note_for_a_closed_case_is_not_lost(case: Case, browser: Client, adviser: User) -> None:
    close(case, adviser)
    page = browser.post(f"/cases/{case.pk}/note/", {"text": "Skrevet lenge"})
    assert page.status_code == 422
    assert CLOSED in page.content.decode()
    assert "Skrevet lenge" in page.content.decode()


def test_a_task_is_done_by_a_press(task: Task, case: Case, browser: Client, adviser: User) -> None:
    answer = browser.post(f"/cases/tasks/{task.pk}/done/", follow=True)
    assert answer.redirect_chain[-1][0] == case.get_absolute_url()
    assert "The task is done." in answer.content.decode()
    task.refresh_from_db()
    assert task.done_by == adviser


def test_a_task_a_colleague_did_is_told(task: Task, browser: Client, colleague: User) -> None:
    finish_task(task=task, by=colleague)
    answer = browser.post(f"/cases/tasks/{task.pk}/done/", follow=True)
    assert "A colleague has done this already." in answer.content.decode()
    task.refresh_from_db()
    assert task.done_by == colleague


def test_no_task_is_done_without_its_audit_event(
    task: Task, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        finish_task(task=task, by=adviser)
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (None, None)


def test_a_task_of_another_unit_is_not_there(
    task: Task, outsider: User, client_of: ClientOf
) -> None:
    assert client_of(outsider).post(f"/cases/tasks/{task.pk}/done/").status_code == 404
    assert client_of(outsider).post(f"/cases/tasks/{uuid4()}/done/").status_code == 404


def test_reading_a_page_of_a_case_is_logged_with_its_name(case: Case, browser: Client) -> None:
    browser.get(f"/cases/{case.pk}/note/")
    event = Event.objects.get(action="case.viewed")
    assert (event.purpose, event.persons) == ("casework:note", [str(case.person_id)])


def test_no_value_breaks_the_small_forms(case: Case) -> None:
    for value in [*WRONG_EVERYWHERE, *WRONG_IN_OTHER_WAYS]:
        adviser = AssignForm({"adviser": value}, case=case)
        decision = DecideForm({"decision": value, "reason": "Fordi"})
        assert list(adviser.errors) == ["adviser"], value
        assert list(decision.errors) == ["decision"], value
        for form, field in [
            (DecideForm({"decision": "accept", "reason": value}), "reason"),
            (NoteForm({"text": value}), "text"),
        ]:
            assert form.is_valid() or list(form.errors) == [field], value
