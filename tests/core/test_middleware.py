"""Bytes that are no UTF-8 are refused before any page is drawn with them."""

import pytest
from django.test import Client

BODY = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.django_db
@pytest.mark.parametrize(("charset", "half"), [("unicode_escape", rb"\ud800"), ("utf-7", b"+2AA-")])
def test_half_characters_do_not_reach_a_page(charset: str, half: bytes) -> None:
    client = Client(raise_request_exception=False)
    sent = f"multipart/form-data; boundary=b; charset={charset}"
    assert client.post("/account/sign-in/", BODY % half, content_type=sent).status_code == 400


@pytest.mark.django_db
def test_utf_8_is_read_whatever_it_is_called() -> None:
    for charset in ("utf-8", "UTF-8", "utf8"):
        sent = f"multipart/form-data; boundary=b; charset={charset}"
        page = Client().post("/account/sign-in/", BODY % "Čearret".encode(), content_type=sent)
        assert page.status_code == 200
