"""What is reached by following links and opening every address, as each kind of person."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch

from tests.access.matrix import World, addresses, path_to
from tests.transport.forms import Form, forms_of

# What is written by looking: who looked, and that they are here.
WRITTEN_BY_LOOKING = ("audit.", "accounts.UserSession")
LEAVES = {"account_logout"}


@dataclass(frozen=True)
class Place:
    """A form, and the page it stands on."""

    name: str
    path: str
    form: Form

    @property
    def target(self) -> str:
        action = self.form.action
        return self.path if not action or action.startswith(("#", "?")) else action


def paths(world: World) -> Iterator[tuple[str, str]]:
    """(name, path) of every address, with real rows behind every id."""
    for name, pattern in addresses():
        try:
            yield name, path_to(name, pattern, world.ids)
        except NoReverseMatch:  # an id in an outer part of the address: no such row here
            continue


def places(world: World, person: str) -> list[Place]:
    """The forms this person can send, each once, leaving out the one that ends the session."""
    found: dict[tuple[str, str], Place] = {}
    client = world.client(person)
    for name, path in paths(world):
        if name in LEAVES:
            continue
        page = client.get(path)
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        for form in forms_of(page.content.decode()):
            place = Place(name, path, form)
            if "sign-out" not in place.target:
                found.setdefault((place.target, ",".join(sorted(form.fields))), place)
    return list(found.values())


def rows() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a sum over all that stands in them."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if label.startswith(WRITTEN_BY_LOOKING):
            continue
        values = sorted(map(repr, model._base_manager.values_list()))
        found[label] = (len(values), sha256("\n".join(values).encode()).hexdigest())
    return found


def opened_again(client: Client, place: Place) -> Form | None:
    """The same form with the token and the versions of now."""
    names = set(place.form.fields)
    page = client.get(place.path)
    forms = forms_of(page.content.decode()) if page.status_code == 200 else []
    return next((form for form in forms if set(form.fields) == names), None)
