"""F3: a file leaves typed, with a name that can do nothing, to be saved and not to be shown."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.core.attachments import FileKind, WrongContent, attachment, inert_stem
from tests import source
from tests.source import name_of, nodes

ATTACHMENTS = "cases/core/attachments.py"
# A page or a part that other programs read: no download. Anything else goes through `attachment`.
TYPED_PAGES = {"text/plain", "text/html"}


@pytest.mark.parametrize("kind", FileKind)
def test_f3_a_file_is_saved_and_never_shown(kind: FileKind) -> None:
    content = kind.value.starts_with + b"content"
    answer = attachment(content, stem="Figures 2026", kind=kind)
    assert answer.content == content
    assert answer.headers["Content-Type"] == kind.value.content_type
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="figures-2026.{kind.value.ending}"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_f3_content_of_another_kind_is_refused() -> None:
    for kind in (one for one in FileKind if one.value.starts_with):
        with pytest.raises(WrongContent):
            attachment(b"<script>alert(1)</script>", stem="figures", kind=kind)


@pytest.mark.parametrize(
    ("stem", "inert"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ('a"; filename="evil.exe', "a-filename-evil-exe"),
        ("line\r\nSet-Cookie: a=b", "line-set-cookie-a-b"),
        (".htaccess", "htaccess"),
        ("Innsyn, Ærø og Ŋåŧŧi", "innsyn-aero-og-natti"),
        ("\u202exslx", "xslx"),
        ("日本", "file"),
        ("", "file"),
        ("x" * 100_000, "x" * 80),
    ],
)
def test_f3_file_names_can_do_nothing(stem: str, inert: str) -> None:
    assert inert_stem(stem) == inert


@given(st.text())
def test_f3_every_file_name_is_plain(stem: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?", inert_stem(stem))


def _makes_a_download(call: ast.Call) -> bool:
    called = ast.unparse(call.func).split(".")[-1]
    if called in {"FileResponse", "StreamingHttpResponse"}:
        return True
    typed = [word.value for word in call.keywords if word.arg == "content_type"]
    return called == "HttpResponse" and any(
        not isinstance(value, ast.Constant) or str(value.value).split(";")[0] not in TYPED_PAGES
        for value in typed
    )


def test_f3_every_download_goes_through_attachment() -> None:
    """No other answer of a file, no other Content-Disposition, in all of our code."""
    others = [path for path in source.code("cases", "advisory") if name_of(path) != ATTACHMENTS]
    calls = [
        f"{name_of(path)}:{call.lineno}"
        for path in others
        for call in nodes(path, ast.Call)
        if _makes_a_download(call)
    ]
    named = [
        f"{name_of(path)}:{word.lineno}"
        for path in others
        for word in nodes(path, ast.Constant)
        if isinstance(word.value, str) and word.value.casefold() == "content-disposition"
    ]
    assert calls + named == [], "answer with cases.core.attachments.attachment"


def test_f3_the_search_would_find_another_download() -> None:
    for code in (
        "FileResponse(file)", "http.StreamingHttpResponse(rows)",
        "HttpResponse(pdf, content_type='application/pdf')", "HttpResponse(a, content_type=kind)",
    ):  # fmt: skip
        call = ast.parse(code).body[0].value  # type: ignore[attr-defined]
        assert _makes_a_download(call), code
