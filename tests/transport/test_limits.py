"""F3, F10: no file is taken, and everything that is sent ends somewhere, with a sentence."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client, RequestFactory

from cases.accounts.models import User
from cases.casework.models import Case, Note

pytestmark = pytest.mark.django_db
CASES_A_PAGE = 25  # as docs/security.md promises


def _all_forms(base: type) -> set[type]:
    return {one for sub in base.__subclasses__() for one in {sub, *_all_forms(sub)}}


def test_f3_no_form_and_no_model_takes_a_file() -> None:
    ours = [one for one in _all_forms(forms.BaseForm) if one.__module__.startswith("cases.")]
    taking = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField)
    ]
    columns = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    request = RequestFactory().get("/")
    request.user = User()
    in_admin = [
        f"{model.__name__}.{name}"
        for model, one in admin.site._registry.items()
        for name, field in one.get_form(request).base_fields.items()
        if isinstance(field, forms.FileField)
    ]
    assert len(ours) > 20
    assert taking + columns + in_admin == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"text"), ("a.svg", b"<svg onload=alert(1)>"), ("../../a.html", b"<script>"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 1000), ("a.pdf", b"%PDF-1.7"), ("a.exe", b"MZ"),
        ("eicar.com", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"), ("big.png", b"x" * 3 * 2**20),
    ],
)  # fmt: skip
def test_f3_a_request_with_a_file_is_refused(
    case: Case, adviser: User, client_of: Callable[[User], Client], name: str, content: bytes
) -> None:
    """Before any form: also beside fields that would be right, also by somebody without a token."""
    browser = client_of(adviser)
    browser.raise_request_exception = False
    file = SimpleUploadedFile(name, content)
    answer = browser.post(f"/cases/{case.pk}/note/", {"text": "Ringte.", "text2": file})
    assert answer.status_code == 400
    assert b"<h1" in answer.content
    assert not Note.objects.exists()
    assert Client().post("/account/sign-in/", {"login": file}).status_code == 400


def test_f3_nothing_of_a_file_would_be_kept() -> None:
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == 0
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.MemoryFileUploadHandler"
    ]
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE == 0
    assert not settings.MEDIA_ROOT


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"text": "x" * 2**20}, 413),
        ({f"field-{n}": "x" for n in range(501)}, 413),
        ({"text": "x" * 20_000}, 422),
        ({"x" * 5000: "x", "text": ""}, 400),
        ({"text": ["x"] * 501}, 413),
    ],
)
def test_f10_fields_and_bodies_end(
    case: Case, adviser: User, client_of: Callable[[User], Client], data: Any, status: int
) -> None:
    browser = client_of(adviser)
    browser.raise_request_exception = False
    answer = browser.post(f"/cases/{case.pk}/note/", data)
    assert answer.status_code == status
    assert b"<h1" in answer.content
    assert not Note.objects.exists()


@pytest.fixture
def more_than_a_page(make_case: Callable[..., Case]) -> int:
    number = CASES_A_PAGE + 3
    for _number in range(number):
        make_case()
    return number


def test_f10_pages_and_addresses_end(
    adviser: User, client_of: Callable[[User], Client], more_than_a_page: int
) -> None:
    """A page that is not there is the nearest; nobody asks for a thousand rows at once."""
    browser = client_of(adviser)
    for page in ("1", "0", "-1", "99999999999999999999", "1e9", "x" * 4000, "²"):
        for query in (
            {"page": page}, {"page": "1", "page_size": page}, {"limit": page, "per_page": page},
            {"scope": "unit", "page": page},
        ):  # fmt: skip
            answer = browser.get("/cases/", query)
            assert answer.status_code == 200, query
            shown = len(answer.context["listing"].rows)
            assert shown in (CASES_A_PAGE, more_than_a_page - CASES_A_PAGE), query
            links = set(re.findall(r'href="/cases/[0-9a-f-]{36}/"', answer.content.decode()))
            assert 0 < len(links) <= CASES_A_PAGE, query


@pytest.mark.parametrize("path", ["/", "/cases/", "/figures/", "/cases/{case}/", "/healthz"])
def test_f10_a_query_of_many_fields_is_refused(
    adviser: User, client_of: Callable[[User], Client], case: Case, path: str
) -> None:
    """Also where no page would read it, and before anybody is asked to sign in."""
    query = "&".join(f"f{n}=1" for n in range(501))
    for browser in (client_of(adviser), Client()):
        browser.raise_request_exception = False
        answer = browser.get(f"{path.format(case=case.pk)}?{query}")
        assert answer.status_code == 413
        assert b"<h1" in answer.content
    fewer = client_of(adviser).get(f"{path.format(case=case.pk)}?{query.rpartition('&')[0]}")
    assert fewer.status_code in (200, 422), "five hundred are read"


def test_f10_the_hook_and_the_report_end() -> None:
    client = Client()
    for path, kind in (("/hooks/sms/receipts", "json"), ("/browser-reports", "csp-report")):
        answer = client.post(path, b"x" * 20_000, content_type=f"application/{kind}")
        assert answer.status_code == 413
