"""The one context manager that owns a transaction, and the one way to write an event.

atomic → work, rendering included → events written last, chain heads locked in unit order →
commit → first byte. What fails takes its events with it; a denial is written afterwards.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from django.db import models, transaction

from cases.audit.models import INSTALLATION, Client, Event, Outcome, Tier
from cases.audit.purposes import basis_of, usual_purpose
from cases.audit.writing import append
from cases.core.database.context import Context, in_context, usual_context


class Actor(Protocol):
    """Who acts: a user. `None` stands for the program itself."""

    pk: uuid.UUID

    def role_names(self, unit: uuid.UUID | None) -> str: ...

    def database_context(self) -> Context: ...


@dataclass
class Recording:
    request: uuid.UUID | None = None
    client: str = Client.UNKNOWN
    events: list[Event] = field(default_factory=list)
    must_roll_back: bool = False
    is_written: bool = False
    page: str = ""  # the name of the page, for events that say no purpose of their own


_current: ContextVar[Recording | None] = ContextVar("recording", default=None)


class NothingIsRecorded(RuntimeError):
    """An event was recorded, or a person shown, outside `recorded()`, or after its commit."""


@contextmanager
def recorded(
    *,
    request: uuid.UUID | None = None,
    client: str = Client.UNKNOWN,
    context: Context | None = None,
) -> Iterator[Recording]:
    """Run the block and its audit events as one transaction; nested blocks join the outer one.

    On PostgreSQL `context` is as whom the outermost block speaks to the database, and whose rows
    it sees.
    """
    outer = _current.get()
    if outer is not None:
        yield from _joined(outer)
        return
    recording = Recording(request=request, client=client)
    token = _current.set(recording)
    try:
        with transaction.atomic(), in_context(context or usual_context()):
            yield recording
            if recording.must_roll_back:
                transaction.set_rollback(True)
            else:
                _write(recording.events)
                recording.is_written = True
    finally:
        _current.reset(token)


def _joined(outer: Recording) -> Iterator[Recording]:
    mark = len(outer.events)
    try:
        with transaction.atomic():
            yield outer
    except BaseException:
        del outer.events[mark:]
        raise


def record(
    action: str,
    *,
    by: Actor | None,
    unit: uuid.UUID | None = None,
    target: models.Model | None = None,
    persons: Iterable[uuid.UUID] = (),
    fields: Iterable[str] = (),
    count: int | None = None,
    words: str = "",
    purpose: str = "",
    legal_basis: str = "",
    tier: str = Tier.NONE,
    reason: str = "",
    outcome: str = Outcome.DONE,
) -> None:
    """Note an event; it is written when the block of `recorded()` ends.

    Without `purpose` it is the page's name, without `legal_basis` what purposes.py says. `reason`
    is a code for why the employee looked, `words` the keyed hash of what was searched for: never
    what somebody typed, and never what came of it. An outcome would outlive the case's erasure.
    """
    recording = _current.get()
    if recording is None or recording.is_written:
        raise NothingIsRecorded(action)
    recording.events.append(
        Event(
            unit=unit or INSTALLATION,
            request=recording.request,
            actor=by.pk if by else None,
            actor_roles=by.role_names(unit) if by else "",
            action=action,
            outcome=outcome,
            target_kind=target._meta.label_lower if target else "",
            target=target.pk if target else None,
            case=_case_of(target),
            persons=sorted({str(p) for p in persons}),
            fields=sorted(fields),
            count=count,
            words=words,
            purpose=purpose or recording.page[:60] or usual_purpose(action),
            legal_basis=legal_basis or basis_of(action),
            tier=tier,
            reason=reason,
            client=recording.client,
        )
    )


def _case_of(target: models.Model | None) -> uuid.UUID | None:
    """The case a row is or belongs to: `log of a case` asks for both."""
    if target is None:
        return None
    is_case = target._meta.label_lower == "casework.case"
    return target.pk if is_case else getattr(target, "case_id", None)


def _write(events: list[Event]) -> None:
    by_unit = sorted(events, key=lambda event: event.unit)
    for unit, group in groupby(by_unit, key=lambda event: event.unit):
        append(unit, list(group))
