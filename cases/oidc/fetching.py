"""Bounded calls to the provider: its own host only, no redirect, few bytes, few seconds."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

import requests

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 3.0, 5.0, 8.0
MOST_BYTES = 256 * 1024
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class ProviderUnreachable(Exception):
    """No answer, a late one, a server error or one that is too large: says nothing about a user."""


class ProviderMisbehaves(Exception):
    """An answer that the standards do not allow. The text is a code for the log."""


def fetch(
    url: str,
    *,
    origin: str,
    form: dict[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """(status, JSON object) of a GET, or of a POST of this form. Raises the two above."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != origin:
        raise ProviderMisbehaves("foreign_host")
    deadline = time.monotonic() + ALL_SECONDS
    with requests.Session() as session:
        session.trust_env = False  # neither a proxy nor a password file of the machine
        try:
            with session.request(
                "GET" if form is None else "POST",
                url,
                data=form,
                auth=basic,
                headers=HEADERS,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, deadline)
        except (requests.RequestException, OSError) as error:
            raise ProviderUnreachable("no_answer") from error
    if response.status_code >= 500 or response.status_code == 429:
        raise ProviderUnreachable("server_error")
    return response.status_code, _parsed(body)


def _read(response: requests.Response, deadline: float) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ProviderMisbehaves("content_encoding")
    body = bytearray()
    for chunk in response.iter_content(4096):
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProviderUnreachable("too_large")
        if time.monotonic() > deadline:
            raise ProviderUnreachable("too_slow")
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderMisbehaves("not_json") from error
    if not isinstance(answer, dict):
        raise ProviderMisbehaves("not_an_object")
    return answer
