"""F7: a page that breaks the policy is told in one line without content, and nobody can flood it."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.audit.models import Event
from cases.desk.views import reports

SECRET = "Kanarirapport"


@pytest.fixture(autouse=True)
def _nothing_said() -> Iterator[None]:
    reports.said_before.clear()
    yield
    reports.said_before.clear()


def sent(body: object, **headers: str) -> HttpResponse:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post(
        "/browser-reports", text, content_type="application/csp-report", headers=headers
    )


def report(**facts: str) -> dict[str, Any]:
    page = f"https://here.example/cases/{uuid4()}/note/?name={SECRET}"
    told = {"document-uri": page, "effective-directive": "script-src-elem", "blocked-uri": "inline"}
    return {"csp-report": {**told, "script-sample": SECRET, **facts}}


@pytest.mark.django_db
def test_f7_a_report_is_one_line_without_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "cases.browser_reports"):
        answers = [sent(report()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204] * 3
    lines = [r.getMessage() for r in caplog.records if r.name == "cases.browser_reports"]
    assert lines == ["a page broke the policy: script-src-elem blocked inline on casework:note"]
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_f7_nothing_a_sender_writes_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    forged = f"{SECRET}\r\nroot signed in"
    with caplog.at_level(logging.WARNING, "cases.browser_reports"):
        for name in ("effective-directive", "blocked-uri", "document-uri"):
            assert sent(report(**{name: forged})).status_code == 204
    said = [r.getMessage() for r in caplog.records if r.name == "cases.browser_reports"]
    assert len(said) == 3
    assert not [line for line in said if SECRET in line or "\n" in line]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{}", 400), (b"[]", 400), (b"null", 400), (b"\xff\xfe", 400),
        (b'{"csp-report": 5}', 400), (b'{"csp-report": null}', 400), (b"[" * 8000, 400),
        (b"{}" + b" " * 9000, 413),
    ],
)  # fmt: skip
def test_f1_anything_else_is_refused(body: bytes, status: int) -> None:
    assert sent(body).status_code == status


@pytest.mark.django_db
def test_f9_other_sites_report_nothing_here() -> None:
    assert sent(report(), **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert Client().get("/browser-reports").status_code == 405
