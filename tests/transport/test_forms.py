"""F1, F7, F12: every form of every page, found by reading the pages, with everything one can send."""

import os
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.access.bodies import undone
from tests.access.matrix import World
from tests.hostile import (
    HALF_CHARACTER_SENT,
    MEGABYTE,
    NOTHING,
    SCRIPT,
    TEMPLATE,
    WRONG_EVERYWHERE,
)
from tests.transport.crawl import Place, opened_again, places, rows
from tests.transport.forms import FORM_DATA, Form

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
PEOPLE = ("adviser", "leader", "administrator")
# EXAMPLES=500 asks each form as often as the bar says; the gate has an hour for everything.
FEW, MANY = 3, int(os.environ.get("EXAMPLES", "40"))
# Marks that show whether a text was written as text: each would do something if it was not.
PAYLOADS = (
    SCRIPT, TEMPLATE, "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)",
    "'-alert(1)-'", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>", "{{constructor.constructor('alert(1)')()}}", "<!--", "]]>",
)  # fmt: skip
UNESCAPED = (
    "<script>alert", "<img src=x", "<svg onload", "<a href=javascript", 'href="javascript:', "\n<!--\n",
)  # fmt: skip


def send(client: Client, place: Place, data: dict[str, Any]) -> HttpResponse:
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(place.target, body, content_type=FORM_DATA)


def disturbed(form: Form, chance: Random) -> tuple[dict[str, Any], str]:
    """What a person would send, with some fields wrong, doubled, missing or made up."""
    data: dict[str, Any] = form.filled()
    names = list(form.fields) or ["text"]
    note = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(names)
        what = chance.randint(0, 5)
        if what == 0:
            data.pop(name, None)
        elif what == 1:
            data[name] = [chance.choice(WRONG_EVERYWHERE)] * 2
        elif what == 2:
            data[name] = chance.choice(NOTHING)
        elif what == 3:
            data[f"{name}-{chance.randint(0, 9**9)}"] = chance.choice(WRONG_EVERYWHERE)
        elif what == 4 and chance.random() < 0.1:
            data[name] = MEGABYTE
        else:
            data[name] = chance.choice(WRONG_EVERYWHERE)
        note.append(f"{what}:{name}")
    return data, " ".join(note)


def broken(world: World, person: str, examples: int, seed: int) -> list[str]:
    """Every answer of 500 and more."""
    client, chance, found = world.client(person), Random(seed), []
    forms = places(world, person)
    assert len(forms) > 5
    for place in forms:
        for _ in range(examples):
            data, note = disturbed(place.form, chance)
            with undone():
                status = send(client, place, data).status_code
            found += [f"{status} {place.name} {place.target} {note}"] * (status >= 500)
        raw = "&".join(f"{name}=".encode().decode() + HALF_CHARACTER_SENT.decode()
                       for name in place.form.fields)  # fmt: skip
        with undone():
            answer = client.post(place.target, raw, content_type=FORM_DATA)
        found += [f"{answer.status_code} {place.name} half characters"] * (
            answer.status_code >= 500
        )
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_f1_no_form_breaks(world: World, person: str) -> None:
    assert broken(world, person, FEW, seed=7) == []


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("person", PEOPLE)
def test_f1_no_form_breaks_however_often(world: World, person: str) -> None:
    assert broken(world, person, MANY, seed=11) == []


@pytest.mark.parametrize("person", PEOPLE)
def test_f7_no_form_shows_what_was_typed_as_markup(world: World, person: str) -> None:
    """Every free field of every form gets the payloads; the answer, and the page led to, hold none."""
    client, found = world.client(person), []
    for number, place in enumerate(places(world, person)):
        payload = PAYLOADS[number % len(PAYLOADS)]
        data = place.form.filled() | dict.fromkeys(place.form.typed, payload + SCRIPT)
        with undone():
            answer = send(client, place, data)
            shown = answer.content.decode(errors="replace")
            if answer.status_code == 302 and answer.headers["Location"].startswith("/"):
                shown += client.get(answer.headers["Location"]).content.decode(errors="replace")
        found += [f"{place.name} {mark}" for mark in UNESCAPED if mark in shown]
    assert found == []


@pytest.mark.parametrize("person", PEOPLE)
def test_f12_every_form_sent_twice_acts_once(world: World, person: str) -> None:
    """What a hasty person would send, twice from one opened page: the second adds nothing."""
    client, acted, twice = world.client(person), [], []
    for place in places(world, person):
        with undone():
            form = opened_again(client, place)
            if form is None:
                continue
            before = rows()
            data = form.filled()
            first = send(client, place, data)
            between = rows()
            second = send(client, place, data)
            after = rows()
            if first.status_code == 302 and before != between:
                acted.append(place.name)
                changed = [label for label in after if after[label] != between[label]]
                twice += [f"{place.name} {second.status_code}: {changed}"] * bool(changed)
    assert twice == []
    assert acted, "no form acted at all: the hasty person fills in nothing that is accepted"
