"""C1: whom an answer shows, and whom the events of its request name.

    reading = read(lambda: client.get(path), signs_of(case, other_case))
    assert reading.unnamed == set()

A sign of a person is a word that stands for nobody else: a name, a case number, a telephone, an
identity number. Files are opened: what a PDF, a spreadsheet or a package holds is shown, too.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from cases.audit.models import Event, Outcome
from cases.casework.models import Case

Signs = dict[str, UUID]


@dataclass(frozen=True)
class Reading:
    """An answer, the persons it shows, and the events it has left."""

    response: Any
    shown: set[UUID]
    events: list[Event]

    @property
    def named(self) -> set[UUID]:
        done = (event for event in self.events if event.outcome == Outcome.DONE)
        return {UUID(person) for event in done for person in event.persons}

    @property
    def unnamed(self) -> set[UUID]:
        """Persons who were shown, and whom no event of this request names."""
        return self.shown - self.named


def signs_of(*cases: Case) -> Signs:
    """What gives the persons of these cases away, each sign and whose it is."""
    signs: Signs = {}
    for case in cases:
        person = case.person
        numbers = [number.digits for number in person.identity_numbers.all()]
        contacts = [point.value for point in person.contact_points.all()]
        words = [case.number, person.given_name, person.family_name, *numbers, *contacts]
        signs |= {squeezed(word): person.pk for word in words if len(word) > 3}
    return signs


def read(call: Callable[[], Any], signs: Signs) -> Reading:
    before = set(Event.objects.values_list("pk", flat=True))
    response = call()
    text = squeezed(text_of(response))
    shown = {person for sign, person in signs.items() if sign in text}
    events = list(Event.objects.exclude(pk__in=before).order_by("unit", "sequence"))
    requests = {event.request for event in events}
    assert len(requests) <= 1, "events of more than one request"
    return Reading(response, shown, events)


def squeezed(text: str) -> str:
    """Without spaces and in small letters: a telephone is written in groups."""
    return re.sub(r"\s|&nbsp;", "", text).casefold()


def text_of(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return _text(content, response.headers.get("Content-Type", ""))


def _text(content: bytes, kind: str) -> str:
    if content.startswith(b"%PDF-"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return " ".join(_text(package.read(name), name) for name in package.namelist())
    return content.decode("utf-8", "replace")
