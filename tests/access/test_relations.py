"""A1, A2, A3: rows of a sister unit, of a foreign one, and of none, for every role and method.

The sister serves the same municipality: that alone opens nothing. Where the page takes a body, it is
one that the page itself would take from somebody who may send it. What is somebody else's and what
does not exist get the same answer, to the letter.
"""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.access.asking import ask, bodies_of_pages, shown
from tests.access.bodies import changed_tables, picture
from tests.access.matrix import NOBODY, World, addresses, paths_to
from tests.access.policy import ALL_METHODS, EVERYONE_SIGNED_IN, POLICY

# Law is shared by every unit, and a draft is found by its owner, whatever it is about.
SHARED_IDS = {"basis_id", "about", "form", "pk"}
ADDRESSES = [
    (name, pattern)
    for name, pattern in addresses()
    if name in POLICY and set(pattern.pattern.converters) - SHARED_IDS
]
pytestmark = pytest.mark.timeout(600)
RELATIONS = ("sister", "foreign", "nothing")
# Whoever leads the foreign unit owns the foreign rows.
PEOPLE = [name for name in (*EVERYONE_SIGNED_IN, NOBODY) if name != "outsider"]
# Each test builds a world of its own: few enough tests, and enough for two processes.
GROUPS = [tuple(PEOPLE[start::4]) for start in range(4)]
# Made anew for every answer, and the address that was asked for.
OF_THIS_ANSWER = re.compile(
    rb'csrfmiddlewaretoken" value="\w+|X-CSRFToken[^}]*|data-seconds="\d+"'
    rb"|[0-9a-f]{8}-[0-9a-f-]{27}"
)


def ids_of(world: World, relation: str) -> dict[str, UUID]:
    if relation == "nothing":
        return {name: uuid4() for name in world.ids}
    theirs = world.sister_ids if relation == "sister" else world.foreign_ids
    assert theirs.keys() == world.ids.keys(), "a row of one's own stands in for a foreign one"
    return theirs


@pytest.mark.parametrize("people", GROUPS)
def test_a1_a3_rows_of_others_are_not_there(world: World, people: tuple[str, ...]) -> None:
    assert faults_of(world, people, ("GET", "POST")) == []


@pytest.mark.long
@pytest.mark.parametrize("people", GROUPS)
def test_a1_a3_rows_of_others_are_not_there_by_any_method(
    world: World, people: tuple[str, ...]
) -> None:
    assert faults_of(world, people, ALL_METHODS) == []


def faults_of(world: World, people: tuple[str, ...], methods: tuple[str, ...]) -> list[str]:
    relations = {relation: ids_of(world, relation) for relation in RELATIONS}
    taken = bodies_of_pages(world, ADDRESSES)
    clients = {person: world.client(person) for person in people}
    before, wrong = picture(), []
    for person, client in clients.items():
        for name, pattern in ADDRESSES:
            paths = zip(*(paths_to(name, pattern, ids) for ids in relations.values()), strict=True)
            for same in paths:
                for method in methods:
                    answers = [ask(client, method, path, taken.get(name, {})) for path in same]
                    found = [fault for one in answers for fault in faults(world, person, one)]
                    if len({as_nobody_asked(one) for one in answers}) > 1:
                        found += [f"tells {RELATIONS} apart: {[a.status_code for a in answers]}"]
                    wrong += [f"{person} {method} {name}: {fault}" for fault in found]
    assert changed_tables(before) == [], "a refused request wrote something"
    return wrong


def faults(world: World, person: str, response: Any) -> list[str]:
    refused = (302, 403, 404, 405) if person == NOBODY else (403, 404, 405)
    found = [] if response.status_code in refused else [str(response.status_code)]
    words = [*world.foreign_canaries, *world.sister_canaries]
    return found + [f"shows {word}" for word in words if word.encode() in shown(response)]


def as_nobody_asked(response: Any) -> tuple[int, bytes]:
    """Without cookies: a session's is given anew once a minute, whatever was asked for."""
    headers = repr(sorted(response.items())).encode()
    return response.status_code, OF_THIS_ANSWER.sub(b"", response.content + headers)
