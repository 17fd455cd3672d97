"""A PDF is accessible, is made from our own files alone, and says so when it can not be made."""

import io
import os
from typing import Any

import pytest
from pypdf import PdfReader

from cases.core import pdf

without_pango = pytest.mark.skipif(
    not pdf.is_possible() and not os.environ.get("CI"), reason="Pango is not on this machine"
)
PAGE = """{% extends "base_pdf.html" %}{% load i18n %}{% block title %}Report{% endblock %}
{% block content %}<h1>{{ words }}</h1><p>{% now "l" %} {{ word }}</p>{{ extra|safe }}{% endblock %}"""


@pytest.fixture
def page(settings: Any) -> str:
    engine = {
        **settings.TEMPLATES[0],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.locmem.Loader", {"report.html": PAGE}),
                ("django.template.loaders.filesystem.Loader", settings.TEMPLATES[0]["DIRS"]),
            ]
        },
    }
    settings.TEMPLATES = [engine]
    return "report.html"


@without_pango
def test_the_pdf_is_tagged_in_the_language_and_says_it_is_accessible(page: str) -> None:
    content = pdf.pdf_of(page, {"words": "Čállojuvvon – øæå"}, "nn")
    root: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/Lang"] == "nn"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert "Čállojuvvon – øæå" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


@without_pango
def test_every_font_lies_in_the_file(page: str) -> None:
    content = pdf.pdf_of(page, {"words": "Abc čđŋšŧž"}, "se")
    fonts: Any = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"] for font in fonts.values()}
    assert names
    assert all("Inter" in name for name in names), "a letter is missing in our own typeface"


@without_pango
@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/picture.png", "https://192.0.2.1/static/picture.png",
        "file:///etc/hostname", "/etc/hostname", "/static/../manage.py", "/static/%2e%2e/manage.py",
        "https://static.invalid/static/../../etc/hostname",
    ],
)  # fmt: skip
def test_f7_nothing_is_fetched_but_our_own_files(
    page: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = pdf._content_of

    def content_of(name: str) -> bytes:
        content = real(name)
        opened.append(name)
        return content

    monkeypatch.setattr(pdf, "_content_of", content_of)
    content = pdf.pdf_of(
        page, {"words": "x", "extra": f'<img alt="" src="{address}"><p>after</p>'}, "en"
    )
    assert "after" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert opened, "the style sheet and the typefaces are ours"
    assert all(name.startswith(("css/", "vendor/inter/")) for name in opened)


def test_a_machine_without_pango_says_what_is_missing(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "weasyprint", None)
    assert not pdf.is_possible()
    with pytest.raises(pdf.PdfUnavailable, match="Pango is missing"):
        pdf.pdf_of(page, {}, "en")
