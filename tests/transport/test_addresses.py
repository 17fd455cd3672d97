"""E8: no address carries a person, and no title of a list names one."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client

from cases.people.models import ContactPoint
from tests.access.matrix import World
from tests.transport.crawl import paths

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
MOST_PAGES = 150
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Links(HTMLParser):
    """Where a page leads, what its GET forms would write into an address, and its title."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.asked: list[str] = []
        self.in_title, self.in_get, self.title = False, False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.leads += [facts[name] for name in ("href", "src", "action", "hx-get") if name in facts]
        self.in_title = self.in_title or tag == "title"
        if tag == "form":
            self.in_get = facts.get("method", "get").lower() == "get"
        if self.in_get and tag in ("input", "textarea"):
            self.asked.append(f"{facts.get('name')}:{facts.get('type', 'text')}")

    def handle_data(self, data: str) -> None:
        self.title += data if self.in_title else ""

    def handle_endtag(self, tag: str) -> None:
        self.in_title = self.in_title and tag != "title"
        self.in_get = self.in_get and tag != "form"


def crawled(client: Client, start: list[str]) -> dict[str, Links]:
    """Pages reached from these by following links, each once."""
    waiting, found = deque(start), {}
    while waiting and len(found) < MOST_PAGES:
        path = waiting.popleft()
        if path in found or "sign-out" in path:
            continue
        page = client.get(path)
        if page.status_code != 200 or "text/html" not in page["Content-Type"]:
            continue
        found[path] = Links(page.content.decode())
        waiting += [
            link for link in found[path].leads if link.startswith("/") and "static" not in link
        ]
    return found


@pytest.mark.parametrize("person", ["adviser", "leader"])
def test_e8_no_link_and_no_form_carries_a_person(world: World, person: str) -> None:
    client = world.client(person)
    pages = crawled(client, [path for _name, path in paths(world)])
    assert len(pages) > 30
    secrets = [*world.canaries, *world.foreign_canaries, *world.protected_canaries]
    secrets += [point.value for point in ContactPoint.objects.all()]
    carried, named = [], []
    for path, links in pages.items():
        for address in [path, *links.leads]:
            plain = UUID.sub("", unquote(address))
            carried += [f"{path}: {address}" for word in secrets if word in plain]
            carried += [f"{path}: {address}"] * bool(
                re.search(r"(?<![\d.])\d{11}(?!\d)|\+47", plain)
            )
        # What a person types goes into no address, but days and filters.
        carried += [f"{path}: {one}" for one in links.asked if one.endswith((":text", ":search"))
                    and not re.search(r"(_on|from|to|day|month|year|first|last):", one)]  # fmt: skip
        named += [f"{path}: {links.title}" for word in secrets if word in links.title]
    assert carried == []
    lists = [one for one in named if not UUID.search(one)]
    assert lists == []


def test_e8_an_address_is_told_to_no_other_site(world: World) -> None:
    client = world.client("adviser")
    pages = crawled(client, ["/", "/cases/"])
    out = {
        link
        for links in pages.values()
        for link in links.leads
        if urlsplit(link).netloc or link.startswith("//")
    }
    assert out == set()
