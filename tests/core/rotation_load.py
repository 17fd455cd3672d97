"""Readers and writers at work while every key rotates, in a process with a database of its own.

    python -m tests.core.rotation_load OLD BOTH NEW      keys before, during and after

Told as JSON: how often each has worked, what went wrong, and what the old keys still open afterwards.
"""

import json
import random
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402

from cases.accounts.drafts import draft_of, keep_draft  # noqa: E402
from cases.accounts.models import User  # noqa: E402
from cases.audit.record import recorded  # noqa: E402
from cases.core.crypto import CannotOpen  # noqa: E402
from cases.people.models import ContactPoint, IdentityNumber, Person  # noqa: E402
from cases.units.models import Unit  # noqa: E402
from tests import factories  # noqa: E402

READERS, WRITERS = 2, 2
PAUSE = 0.02


class Load:
    def __init__(self) -> None:
        self.unit, self.user = Unit.objects.get(code="FUR"), User.objects.get(name="Adviser")
        self.digits = {one.person_id: one.digits for one in IdentityNumber.objects.all()}
        self.stop = threading.Event()
        self.rounds: Counter[str] = Counter()
        self.errors: list[str] = []

    def work(self, name: str, once: Callable[[random.Random], Any]) -> None:
        chance = random.Random(name)  # noqa: S311 which row comes next, not a secret
        while not self.stop.is_set():
            try:
                once(chance)
            except Exception as error:
                self.errors.append(f"{name}: {type(error).__name__}: {error}")
            self.rounds[name] += 1
            self.stop.wait(PAUSE)  # SQLite has one writer at a time, and no queue for the others
        connection.close()

    def read(self, chance: random.Random) -> None:
        pk = chance.choice(list(self.digits))
        with recorded():
            person = Person.objects.get(pk=pk)
            assert person.identity_numbers.get().digits == self.digits[pk], "another number"
            assert all(point.value for point in person.contact_points.all())
            found = Person.objects.with_identity_number(self.unit, self.digits[pk])
            assert [one.pk for one in found] == [pk], f"found {found.count()}"

    def write(self, chance: random.Random) -> None:
        pk = chance.choice(list(self.digits))
        with recorded():
            person = Person.objects.get(pk=pk)
            person.given_name = f"Test{chance.randrange(1000)}"
            person.save()
        note = str(uuid.UUID(int=chance.getrandbits(128)))
        with recorded():
            keep_draft(owner=self.user, form="referral", about=note, data=QueryDict(f"note={note}"))
        with recorded():
            draft = draft_of(self.user, "referral", note)
            assert draft is not None
            assert note in draft.content
        born = date(1960, 1, 1) + timedelta(days=chance.randrange(10_000))
        factories.make_person(self.unit, self.user, birth_date=born)

    def everybody_begins_anew(self) -> None:
        """As when every process has been restarted: nobody still has the keys from before in hand."""
        before = dict(self.rounds)
        while any(self.rounds[name] < before.get(name, 0) + 2 for name in list(self.rounds)):
            self.stop.wait(0.005)


def main(old: str, both: str, new: str) -> dict[str, Any]:
    settings.FIELD_KEYS = old
    load = Load()
    jobs = [(f"reader {n}", load.read) for n in range(READERS)]
    jobs += [(f"writer {n}", load.write) for n in range(WRITERS)]
    threads = [threading.Thread(target=load.work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    while len(load.rounds) < len(jobs):
        load.stop.wait(0.005)
    told = StringIO()
    try:
        settings.FIELD_KEYS = both
        load.everybody_begins_anew()
        call_command("rotate_keys", "--index", stdout=told)
        settings.FIELD_KEYS = new
        load.everybody_begins_anew()
    finally:
        load.stop.set()
        for thread in threads:
            thread.join()
    return {
        "rounds": dict(load.rounds), "errors": load.errors[:10], "told": told.getvalue(),
        "opened by the new keys": opened(), "opened by the old keys": opened(old),
        "rows": IdentityNumber.objects.count() + ContactPoint.objects.count(),
    }  # fmt: skip


def opened(keys: str = "") -> int:
    settings.FIELD_KEYS = keys or settings.FIELD_KEYS
    found = 0
    for model, name in ((IdentityNumber, "digits"), (ContactPoint, "value")):
        for row in model.objects.select_related("person"):
            try:
                found += bool(getattr(row, name))
            except CannotOpen:
                continue
    return found


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))  # noqa: T201
