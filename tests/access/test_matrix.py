"""A1-A4: every address × every kind of person × every method, with canaries in every answer."""

import re
from uuid import uuid4

import pytest
from django.urls import URLPattern

from cases.audit.models import Event
from tests.access.matrix import NOBODY, World, addresses, path_to, paths_to
from tests.access.policy import ALL_METHODS, EVERYONE_SIGNED_IN, HIDDEN, POLICY, Rule, rule_for

ADDRESSES = list(addresses())
EVERYONE = (*EVERYONE_SIGNED_IN, NOBODY)
KNOWN_METHODS = ("GET", "HEAD", "POST")
UNKNOWN_METHODS = tuple(sorted(set(ALL_METHODS) - set(KNOWN_METHODS)))


def test_every_address_has_a_line() -> None:
    assert [name for name, _pattern in ADDRESSES if rule_for(name) is None] == []
    assert len(ADDRESSES) > 60


def test_every_line_has_an_address() -> None:
    assert sorted(set(POLICY) - {name for name, _pattern in ADDRESSES}) == []


@pytest.mark.parametrize("person", EVERYONE)
def test_a1_a2_every_address_for_everybody(world: World, person: str) -> None:
    """All cells of one person: the answer is the one of the policy, and no foreign word is in it.

    Looking and sending at every address, and one of the methods that no page knows: over the people,
    each of these meets each address. The next test asks for the whole product.
    """
    turn = EVERYONE.index(person)
    cells = [
        (name, pattern, method)
        for place, (name, pattern) in enumerate(ADDRESSES)
        for method in (*KNOWN_METHODS, UNKNOWN_METHODS[(turn + place) % len(UNKNOWN_METHODS)])
    ]
    assert deviating(world, person, cells) == []


@pytest.mark.long
@pytest.mark.parametrize("person", EVERYONE)
def test_a1_a2_every_method_of_every_address(world: World, person: str) -> None:
    cells = [(*a, method) for a in ADDRESSES for method in ALL_METHODS]
    assert deviating(world, person, cells) == []


def deviating(world: World, person: str, cells: list[tuple[str, URLPattern, str]]) -> list[str]:
    """What is wrong in these cells of (name, address, method)."""
    found = []
    for name, pattern, method in cells:
        if name in ("account_logout", "accounts:session_over") and method == "POST":
            continue  # ends the session the other cells need
        rule = rule_for(name)
        assert rule is not None
        for path in paths_to(name, pattern, world.ids):
            wrong = _look(world, person, name, path, method, rule)
            found += [f"{method} {name}: {wrong}"] if wrong else []
    return found


def _look(world: World, person: str, name: str, path: str, method: str, rule: Rule) -> str:
    client = world.client(person)
    response = client.generic(method, path)
    body = b"".join(response) if response.streaming else response.content
    shown = body + repr(response.headers).encode()
    for word in _forbidden_words(world, person, name):
        if word.encode() in shown:
            return f"shows {word}"
    return _wrong_status(person, method, rule, response.status_code)


def _forbidden_words(world: World, person: str, name: str = "") -> list[str]:
    words = list(world.foreign_canaries) if person != "outsider" else list(world.canaries)
    if (person, name) == ("taker", "casework:samples"):
        return words + world.protected_canaries  # name and time of whom they are to test
    if person in ("auditor", "municipal", "taker", "reader", "administrator", NOBODY):
        words = world.canaries + world.foreign_canaries
    return words if person == "cleared" else words + world.protected_canaries


def _wrong_status(person: str, method: str, rule: Rule, status: int) -> str:
    """What is wrong with this status, or nothing."""
    if status >= 500 and not (rule.public and status == 503):
        return f"{status}"
    if method not in rule.methods and not rule.public and person in rule.who:
        # A page that reads the body of any method treats it as a look, never as a change.
        return "" if status in (200, 302, 403, 404, 405, 422) else f"{status}"
    if rule.public:
        return "" if status in (200, 302, 400, 401, 403, 404, 405, 503) else f"{status}"
    if person == NOBODY:
        return "" if status in (302, 401, 403, 404, 405) else f"{status} without signing in"
    if person in rule.who:
        allowed = (
            rule.shown_with if method == "GET" and "GET" in rule.methods else rule.allowed_with
        )
        return "" if status in allowed else f"{status} for {person}"
    if person == "outsider" and rule.foreign == HIDDEN:
        return "" if status in (404, 405) else f"{status} for a foreign row"
    return "" if status in rule.refused_with else f"{status} instead of a refusal"


def _as_outsider(world: World, path: str, method: str) -> tuple[int, bytes]:
    response = world.client("outsider").generic(method, path)
    # The page's own token is made anew for every answer.
    body = re.sub(
        rb'(csrfmiddlewaretoken" value=|X-CSRFToken[^:]*: ?)"?[^"}]*', rb"\1", response.content
    )
    return response.status_code, re.sub(rb'data-seconds="\d+"', b"", body)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a3_a_foreign_row_and_no_row_look_the_same(world: World, method: str) -> None:
    different = []
    for name, pattern in ADDRESSES:
        if "case_id" not in pattern.pattern.converters:
            continue
        nothing = {**world.ids, "case_id": uuid4()}
        foreign = _as_outsider(world, path_to(name, pattern, world.ids), method)
        missing = _as_outsider(world, path_to(name, pattern, nothing), method)
        different += [name] if foreign != missing else []
    assert not different, different


def test_a4_ids_of_another_unit_in_a_body_are_refused(world: World) -> None:
    """A foreign adviser, place or task is no choice, whatever the form's own options say."""
    client = world.client("adviser")
    outsider = world.people["outsider"]
    response = client.post(f"/cases/{world.case.pk}/assign/", {"adviser": str(outsider.pk)})
    assert response.status_code == 422
    world.case.refresh_from_db()
    assert world.case.assigned_to == world.people["adviser"]


def test_a7_a_right_taken_away_is_gone_on_the_next_request(world: World) -> None:
    client = world.client("colleague")
    address = f"/cases/{world.case.pk}/"
    assert client.get(address).status_code == 200
    world.people["colleague"].memberships.all().delete()
    assert client.get(address).status_code == 403
    world.people["adviser"].is_active = False
    world.people["adviser"].save()
    assert world.client("adviser").get(address).status_code == 302


def test_c1_every_person_a_page_shows_is_in_the_log(world: World) -> None:
    before = set(Event.objects.values_list("pk", flat=True))
    response = world.client("adviser").get("/cases/?scope=unit")
    assert b"Kanarifuru" in response.content
    events = Event.objects.exclude(pk__in=before)
    logged = {person for event in events for person in event.persons}
    assert str(world.case.person_id) in logged


def test_c2_no_audit_row_no_data(world: World, broken_audit: type[Exception]) -> None:
    """When the audit write fails, not one word of the page leaves."""
    response = world.client("adviser").get(f"/cases/{world.case.pk}/")
    assert response.status_code == 503
    assert b"Kanarifuru" not in response.content
