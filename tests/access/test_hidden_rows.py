"""A1, A8, E5: whoever is hidden is no row, at every address that leads to them, by look or by body.

Protected people for who is not cleared, one's own kin for who is blocked, and whoever has asked for
restriction for all but the leader. A row of somebody hidden is none below one's own case either.
"""

from itertools import product
from typing import Any
from uuid import UUID

from cases.privacy.actions import restrict_processing
from tests.access.asking import ask, bodies_of_pages, shown
from tests.access.bodies import Picture, changed_tables, picture
from tests.access.matrix import World, addresses, paths_to
from tests.access.policy import POLICY

ADDRESSES = [(name, pattern) for name, pattern in addresses() if name in POLICY]
# Each of these ids leads to a person. Whoever reviews a broken glass sees a number and no person.
OF_A_PERSON = {"case_id", "person_id", "task_id", "sample_id"}
OF_SOMEBODY = [
    (name, pattern) for name, pattern in ADDRESSES if OF_A_PERSON & set(pattern.pattern.converters)
]
OF_TWO = [(name, pattern) for name, pattern in ADDRESSES if len(pattern.pattern.converters) > 1]
PART_OF = {
    "block_id", "point_id", "summons_id", "offer_id", "request_id", "deviation_id", "user_id",
    "membership_id", "stand_in_id",
}  # fmt: skip
# Also another case's of the same unit, whose members and stand-ins are one's own.
PART_OF_A_CASE = PART_OF - {"user_id", "membership_id", "stand_in_id"}
REFUSED = (403, 404, 405)


def reached(
    world: World, person: str, ids: dict[str, UUID], words: list[str], bodies: dict[str, Any]
) -> list[str]:
    """Where this person gets through to the rows of somebody hidden, or is shown their words."""
    found = []
    for name, pattern in OF_SOMEBODY:
        for path in paths_to(name, pattern, ids):
            for method in ("GET", "POST"):
                answer = ask(world.client(person), method, path, bodies.get(name, {}))
                if answer.status_code not in REFUSED:
                    found.append(f"{person} {method} {name}: {answer.status_code}")
                found += [f"{person} {method} {name}: {w}" for w in words if w in text_of(answer)]
    return found


def picture_once_signed_in(world: World, *people: str) -> Picture:
    """What the database holds before they ask; signing in writes too."""
    for person in people:
        world.client(person)
    return picture()


def words_shown(world: World, person: str, words: list[str]) -> list[str]:
    """The pages that name somebody hidden, lists and figures included."""
    found = []
    for name, pattern in ADDRESSES:
        for path in paths_to(name, pattern, world.ids):
            answer = text_of(world.client(person).get(path))
            found += [f"{person} {name}: {word}" for word in words if word in answer]
    return found


def text_of(answer: Any) -> str:
    return shown(answer).decode()


def test_a_protected_person_is_no_row_for_who_is_not_cleared(world: World) -> None:
    uncleared = ("adviser", "coordinator", "leader")
    bodies = bodies_of_pages(world, OF_SOMEBODY)
    before, found = picture_once_signed_in(world, *uncleared), []
    for person in uncleared:
        found += reached(world, person, world.protected_ids, world.protected_canaries, bodies)
    assert found == []
    assert changed_tables(before) == []
    assert world.client("cleared").get(f"/cases/{world.protected_case.pk}/").status_code == 200


def test_a_person_is_no_row_for_their_own_kin(world: World) -> None:
    """An adviser who is blocked has the same rights as the others, and finds nothing of this one."""
    bodies = bodies_of_pages(world, OF_SOMEBODY)
    before = picture_once_signed_in(world, "kin")
    assert reached(world, "kin", world.ids, world.canaries, bodies) == []
    assert changed_tables(before) == []
    assert words_shown(world, "kin", world.canaries) == []


def test_a_person_whose_processing_is_restricted_is_the_leaders_alone(world: World) -> None:
    others = ("adviser", "coordinator", "cleared")
    bodies = bodies_of_pages(world, OF_SOMEBODY)
    restrict_processing(person=world.case.person, reason="asked", by=world.people["leader"])
    before, found = picture_once_signed_in(world, *others), []
    for person in others:
        found += reached(world, person, world.ids, world.canaries, bodies)
        found += words_shown(world, person, world.canaries)
    assert found == []
    assert changed_tables(before) == []
    assert world.client("leader").get(f"/cases/{world.case.pk}/").status_code == 200


def test_a1_a_part_of_something_else_is_none_below_ones_own(world: World) -> None:
    """One id of the address at a time: the case is one's own, what it is a part of is not."""
    people = ("adviser", "coordinator", "leader", "cleared", "municipal")
    theirs = [(PART_OF, world.sister_ids), (PART_OF, world.foreign_ids)]
    theirs.append((PART_OF_A_CASE, world.protected_ids))
    bodies, found, asked = bodies_of_pages(world, OF_TWO), [], set()
    before = picture_once_signed_in(world, *people)
    for (name, pattern), (parts, ids) in product(OF_TWO, theirs):
        for part in parts & set(pattern.pattern.converters):
            asked.add(part)
            for path in paths_to(name, pattern, world.ids | {part: ids[part]}):
                for person, method in product(people, ("GET", "POST")):
                    answer = ask(world.client(person), method, path, bodies.get(name, {}))
                    if answer.status_code not in REFUSED:
                        found.append(f"{person} {method} {name}: {answer.status_code}")
    assert found == []
    assert asked == PART_OF
    assert changed_tables(before) == []
