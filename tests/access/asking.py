"""Requests at addresses of the matrix, with a body where the page takes one, and all that came back."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern

from tests.access.bodies import body_of, forms_of, post
from tests.access.matrix import World, paths_to


def bodies_of_pages(
    world: World, addresses: Iterable[tuple[str, URLPattern]]
) -> dict[str, dict[str, Any]]:
    """What each page would take, made on one's own rows by somebody who may."""
    found = {}
    for name, pattern in addresses:
        for person in ("adviser", "leader"):
            response = world.client(person).get(paths_to(name, pattern, world.ids)[0])
            if response.status_code == 200 and forms_of(response):
                found[name] = body_of(response)
                break
    return found


def ask(client: Any, method: str, path: str, body: dict[str, Any]) -> Any:
    return post(client, path, body) if method == "POST" else client.generic(method, path)


def shown(response: Any) -> bytes:
    """Body, headers and cookies."""
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.items()))
    return b"\n".join((body, headers.encode(), response.cookies.output().encode()))
