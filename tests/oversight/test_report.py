"""C9: the person's own report is right and fast, in four languages, with and without names."""

import re
import time
import tomllib
import uuid
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core import pdf
from cases.oversight.report import (
    LANGUAGES,
    PURPOSE_OF,
    TEXTS,
    USUAL_PURPOSE,
    by_month,
    report_of,
)
from cases.oversight.words import ACTIONS, BEGINNINGS, UNKNOWN
from cases.people.models import DeclaredReason, Person
from tests.oversight.conftest import ClientOf, MakeCase
from tests.oversight.test_case_log import look

pytestmark = pytest.mark.django_db

EVENTS = 5000
SECONDS = 5.0
needs_pango = pytest.mark.skipif(not pdf.is_possible(), reason="Pango is not installed")


def page_of(person: Person) -> str:
    return f"/log/persons/{person.pk}/"


@pytest.fixture
def looked_at(case: Case, adviser: User, colleague: User) -> Person:
    """Five thousand look-ups over two years, by two employees and the program."""
    actions = ["case.viewed", "cases.listed", "note.written", "appointment.booked", "summons.sent"]
    actors = [adviser.pk, colleague.pk, None]
    start = timezone.now() - timedelta(days=700)
    before = Event.objects.about_person(case.person_id).count()
    events = [
        Event(
            unit=case.unit_id, sequence=10_000 + number, at=start + timedelta(hours=3.3 * number),
            actor=actors[number % 3], actor_roles="adviser" if number % 3 < 2 else "",
            action=actions[number % 5], persons=[str(case.person_id)], case=case.pk,
            hash=f"{number:064}",
        )
        for number in range(EVENTS - before)
    ]  # fmt: skip
    Event.objects.bulk_create(events, batch_size=500)
    return case.person


def counted_by_sql(person: Person) -> int:
    """Independent of the register of persons: from what each event itself says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE CAST(persons AS text) LIKE %s",
            [f"%{person.pk}%"],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("names", [False, True])
def test_c9_five_thousand_look_ups_within_five_seconds(
    looked_at: Person, leaders_browser: Client, names: bool
) -> None:
    address = f"{page_of(looked_at)}?language=nb{'&names=on' if names else ''}"
    begun = time.process_time()
    page = leaders_browser.get(address)
    took = time.process_time() - begun
    report = page.context["report"]
    # The page's own opening is written after the report is made.
    assert report.total == counted_by_sql(looked_at) - 1 == EVENTS
    assert took <= SECONDS, f"{took:.1f} s"
    shown = page.content.decode()
    assert ("Colleague, rådgiver" in shown) is names
    assert "For å behandle saken din" in shown
    assert all(line.day and line.why and line.who for line in report.lines)


@needs_pango
@pytest.mark.parametrize("names", [False, True])
def test_c9_the_pdf_of_five_thousand_look_ups_within_five_seconds(
    looked_at: Person, leaders_browser: Client, names: bool,
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    typed = {"language": "nb", **({"names": "on"} if names else {})}
    begun = time.process_time()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = leaders_browser.post(page_of(looked_at) + "file/", typed)
    took = time.process_time() - begun
    assert took <= SECONDS, f"{took:.1f} s"
    assert answer["Content-Disposition"].startswith('attachment; filename="log-')
    assert "no-store" in answer["Cache-Control"]
    assert "Testperson" not in answer["Content-Disposition"]
    text = " ".join(
        page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages
    ).replace("\n", " ")
    text = re.sub(r"\s+", " ", text)
    assert f"Til sammen: {EVENTS}" in text
    assert "Åpnet saken din. For å behandle saken din." in text
    assert ("Colleague, rådgiver" in text) is names
    assert Event.objects.get(action="report.downloaded").purpose == (
        "with_names" if names else "without_names"
    )


def test_the_file_is_logged_before_its_first_byte(
    case: Case, leaders_browser: Client, broken_audit: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The audit write fails: the PDF is not even drawn."""
    drawn: list[object] = []
    monkeypatch.setattr("cases.oversight.views.report.pdf_of", lambda *args: drawn.append(args))
    monkeypatch.setattr("cases.oversight.views.report.is_possible", lambda: True)
    answer = leaders_browser.post(page_of(case.person) + "file/", {"language": "nb"})
    assert answer.status_code == 503
    assert drawn == []


def test_a_machine_without_pango_says_so(
    case: Case, leaders_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.oversight.views.report.is_possible", lambda: False)
    assert "Print this page instead" in leaders_browser.get(page_of(case.person)).content.decode()
    answer = leaders_browser.post(page_of(case.person) + "file/", {"language": "nb"}, follow=True)
    assert "Pango" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("Hvem har sett på opplysningene dine", "Rådgiveren din var borte")),
        ("nn", ("Kven har sett på opplysningane dine", "Rådgjevaren din var borte")),
        ("en", ("Who has looked at your information", "Your adviser was away")),
        ("se", ("Gii lea geahččan du dieđuid", "Du ráđđeaddi lei eret")),
    ],
)
def test_four_languages(
    case: Case, colleague: User, leaders_browser: Client, language: str, words: tuple[str, ...]
) -> None:
    look(case, colleague, tier="declared", reason="covering")
    shown = leaders_browser.get(f"{page_of(case.person)}?language={language}").content.decode()
    for sentence in words:
        assert sentence in shown
    assert "Colleague" not in shown.split("<main")[1]
    assert ("needs a speaker" in shown) is (language == "se")


def test_it_begins_in_the_persons_own_language_and_without_names(
    make_case: MakeCase, leaders_browser: Client
) -> None:
    person = make_case(language="nn").person
    for typed in ("", "?language=xx&names=on"):
        report = leaders_browser.get(page_of(person) + typed).context["report"]
        assert (report.language, report.has_names) == ("nn", False)


def test_the_same_on_one_day_is_one_line_with_a_number(case: Case, colleague: User) -> None:
    for _ in range(3):
        look(case, colleague)
    look(case, colleague, outcome="denied")
    lines = report_of(case.person, language="en", names=True).lines
    mine = [line for line in lines if line.who == "Colleague, adviser"]
    assert [(line.what, line.times) for line in mine] == [
        ("Opened your case", 3), ("Opened your case (was not let in)", 1),
    ]  # fmt: skip
    month, of_month = by_month(mine)[0]
    assert month == "11.2026"
    assert of_month[0].days == f"{date(2026, 11, 23):%d.%m.%Y} (3 ×)"


@pytest.mark.parametrize("who", ["adviser", "auditor", "municipal_administrator", "coordinator"])
def test_only_who_handles_rights(
    who: str, case: Case, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(page_of(case.person)).status_code == 403
    assert client.post(page_of(case.person) + "file/").status_code == 403


def test_a_person_of_another_unit_and_a_protected_one_have_no_report(
    make_case: MakeCase, case: Case, outsider: User, client_of: ClientOf, leaders_browser: Client
) -> None:
    hidden = make_case(protection="strictly", assigned_to=None)
    assert client_of(outsider).get(page_of(case.person)).status_code == 404
    for person in (hidden.person, Person(pk=uuid.uuid4())):
        assert leaders_browser.get(page_of(person)).status_code == 404
        assert leaders_browser.post(page_of(person) + "file/").status_code == 404


# --- The catalogue --------------------------------------------------------------------------------


def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(TEXTS.read_text("utf-8"))


def test_every_text_is_there_in_four_languages() -> None:
    for section, texts in _catalogue().items():
        for code, words in texts.items():
            assert set(words) == set(LANGUAGES), f"{section}.{code}"
            assert all(words.values())
            holes = {tuple(sorted(re.findall(r"{\w+}", one))) for one in words.values()}
            assert len(holes) == 1, f"{section}.{code}: {holes}"


def test_every_code_has_its_text_and_every_text_is_used() -> None:
    texts = _catalogue()
    kinds = {action.kind for action in [*ACTIONS.values(), *BEGINNINGS.values(), UNKNOWN]}
    assert set(texts["kinds"]) == kinds
    assert set(texts["purposes"]) == {*PURPOSE_OF.values(), USUAL_PURPOSE}
    assert set(PURPOSE_OF) <= kinds
    assert set(texts["reasons"]) == set(DeclaredReason.values)
    assert set(texts["roles"]) == {*Role.values, "program", "employee"}


def test_the_sami_texts_say_that_they_need_a_speaker() -> None:
    assert "NEEDS A SPEAKER'S CHECK" in TEXTS.read_text("utf-8")
