"""A1, A2, A3: rows of a sister unit, of a foreign one, and of none, for every role and method.

The sister serves the same municipality: that alone opens nothing. Where the page takes a body, it is
one that the page itself would take from somebody who may send it.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.access.bodies import body_of, changed_tables, forms_of, picture, post
from tests.access.matrix import NOBODY, World, addresses, path_to
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


def ids_of(world: World, relation: str) -> dict[str, UUID]:
    if relation == "nothing":
        return {name: uuid4() for name in world.ids}
    theirs = world.sister_ids if relation == "sister" else world.foreign_ids
    assert theirs.keys() == world.ids.keys(), "a row of one's own stands in for a foreign one"
    return theirs


def bodies(world: World) -> dict[str, dict[str, Any]]:
    """What each page would take, made on one's own rows by somebody who may."""
    found = {}
    for name, pattern in ADDRESSES:
        for person in ("adviser", "leader"):
            response = world.client(person).get(path_to(name, pattern, world.ids))
            if response.status_code == 200 and forms_of(response):
                found[name] = body_of(response)
                break
    return found


@pytest.mark.parametrize("relation", RELATIONS)
def test_a1_rows_of_others_are_not_there(world: World, relation: str) -> None:
    assert faults_of_everybody(world, relation, ("GET", "POST")) == []


@pytest.mark.long
@pytest.mark.parametrize("relation", RELATIONS)
def test_a1_rows_of_others_are_not_there_by_any_method(world: World, relation: str) -> None:
    assert faults_of_everybody(world, relation, ALL_METHODS) == []


def faults_of_everybody(world: World, relation: str, methods: tuple[str, ...]) -> list[str]:
    taken, ids = bodies(world), ids_of(world, relation)
    clients = {person: world.client(person) for person in PEOPLE}
    before, wrong = picture(), []
    for person, client in clients.items():
        for name, pattern in ADDRESSES:
            path = path_to(name, pattern, ids)
            for method in methods:
                if method == "POST":
                    response = post(client, path, taken.get(name, {}))
                else:
                    response = client.generic(method, path)
                found = _faults(world, person, response)
                wrong += [f"{person} {method} {name}: {fault}" for fault in found]
    assert changed_tables(before) == [], "a refused request wrote something"
    return wrong


def _faults(world: World, person: str, response: Any) -> list[str]:
    refused = (302, 403, 404, 405) if person == NOBODY else (403, 404, 405)
    faults = [] if response.status_code in refused else [str(response.status_code)]
    body = b"".join(response) if response.streaming else response.content
    shown = body + repr(response.headers).encode()
    words = [*world.foreign_canaries, *world.sister_canaries]
    return faults + [f"shows {word}" for word in words if word.encode() in shown]
