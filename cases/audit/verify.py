"""Walk the chains, hold them against what was anchored outside, and tell where one is broken."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

from cases.audit.anchors import Anchors, read_anchors
from cases.audit.models import (
    HASHED,
    Event,
    EventPerson,
    Head,
    Seal,
    event_hash,
    oldest_month_kept,
)
from cases.audit.sealing import first_of, following

ROWS_AT_ONCE = 2000
# Two web servers' clocks may differ by this much.
CLOCK_TOLERANCE = timedelta(seconds=60)
# An event may be written this long after its month, by a request that took its time.
AFTER_THE_MONTH = timedelta(hours=1)
UNANCHORED_FOR = timedelta(hours=24)
GAP_ACKNOWLEDGED = "audit.gap_acknowledged"
MONTH_DROPPED = "audit.month_dropped"

UUID_PIECES = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
UUID_COLUMNS = {"id", "unit", "request", "actor", "target", "case"}
# Places in a row of the columns HASHED.
PK, SEQUENCE, AT, ACTION = (HASHED.index(name) for name in ("id", "sequence", "at", "action"))
PERSONS, FIELDS = HASHED.index("persons"), HASHED.index("fields")
PREVIOUS, REASON = HASHED.index("previous_hash"), HASHED.index("reason")


class AsText(models.Func):
    """A UUID column as text with dashes, made by the database: a UUID in Python costs the most."""

    output_field = models.CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        pieces = "||'-'||".join(
            f"substr(%(expressions)s, {begin}, {length})" for begin, length in UUID_PIECES
        )
        return self.as_sql(compiler, connection, template=pieces, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s::text", **context)


@dataclass(frozen=True)
class Break:
    unit: uuid.UUID
    sequence: int
    what: str


@dataclass(frozen=True)
class Gap:
    """Events that were anchored and are gone, and that somebody has answered for."""

    first: int
    last: int
    at: datetime
    reason: str


@dataclass(frozen=True)
class Anchored:
    """One head as it was written outside."""

    sequence: int
    hash: str
    at: datetime


@dataclass
class Chain:
    """What a walk along a unit's chain has found."""

    unit: uuid.UUID
    first: int = 1
    last: int = 0
    last_hash: str = ""
    last_at: datetime | None = None
    register: int = 0
    breaks: list[Break] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    lost: list[Anchored] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    seals: list[Seal] = field(default_factory=list)

    def broken(self, sequence: int, what: str) -> None:
        self.breaks.append(Break(self.unit, sequence, what))


@dataclass
class Report:
    events: int = 0
    breaks: list[Break] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    gaps: list[tuple[uuid.UUID, Gap]] = field(default_factory=list)
    dropped: list[Seal] = field(default_factory=list)  # months that are gone, and should be


def verify(anchors: Anchors | None = None) -> Report:
    """Every unit's chain, and with anchors what only they can show."""
    report = Report(faults=list(anchors.faults) if anchors else [])
    anchored = _anchored_of(anchors) if anchors else {}
    units = set(Head.objects.values_list("unit", flat=True)) | set(anchored)
    units |= set(Event.objects.values_list("unit", flat=True).distinct())
    for unit in sorted(units):
        chain = walk(unit, anchored.get(unit, []), anchors)
        report.events += chain.last - chain.first + 1
        report.breaks += chain.breaks
        report.gaps += [(unit, gap) for gap in chain.gaps]
        report.dropped += chain.seals
    return report


def verify_with(place: Path) -> Report:
    return verify(read_anchors(place))


def broken_links(unit: uuid.UUID, anchors: Anchors | None = None) -> list[Break]:
    """Every place in a unit's chain that does not fit: changed, missing, added or cut off."""
    anchored = _anchored_of(anchors).get(unit, []) if anchors else []
    return walk(unit, anchored, anchors).breaks


def all_broken_links() -> list[Break]:
    return verify().breaks


def lost_events(unit: uuid.UUID, anchors: Anchors) -> list[Anchored]:
    """The anchored heads that the chain does not hold and that nobody has answered for."""
    return walk(unit, _anchored_of(anchors).get(unit, []), anchors).lost


def _anchored_of(anchors: Anchors) -> dict[uuid.UUID, list[Anchored]]:
    found: dict[uuid.UUID, list[Anchored]] = defaultdict(list)
    for line in anchors.lines:
        for unit, (sequence, hash_) in line.heads.items():
            found[unit].append(Anchored(sequence, hash_, line.at))
    return found


def walk(unit: uuid.UUID, anchored: list[Anchored], anchors: Anchors | None) -> Chain:
    chain = Chain(unit)
    _begin_behind_the_dropped(chain)
    wanted: dict[int, list[Anchored]] = defaultdict(list)
    for anchor in anchored:
        if anchor.sequence >= chain.first:
            wanted[anchor.sequence].append(anchor)
    for row, hash_ in _rows_of(unit):
        _step(chain, row, hash_)
        if anchors_here := wanted.pop(chain.last, None):
            chain.lost += [anchor for anchor in anchors_here if anchor.hash != hash_]
    chain.lost += [anchor for left in wanted.values() for anchor in left]
    _check_the_end(chain)
    _check_the_register(chain)
    for seal in chain.seals:
        _check_dropped(chain, seal, anchored, anchors)
    _answer_for_the_lost(chain)
    if anchored and chain.last_at and chain.last_at - anchored[-1].at > UNANCHORED_FOR:
        chain.broken(chain.last, "is a day younger than the newest anchor")
    return chain


def _begin_behind_the_dropped(chain: Chain) -> None:
    """Where the chain begins: behind the months that were dropped."""
    chain.seals = list(Seal.objects.dropped().filter(unit=chain.unit).order_by("month"))
    if chain.seals:
        newest = chain.seals[-1]
        chain.first, chain.last = newest.last_sequence + 1, newest.last_sequence
        chain.last_hash = newest.last_hash


def _rows_of(unit: uuid.UUID) -> Iterator[tuple[tuple[Any, ...], str]]:
    columns = [AsText(name) if name in UUID_COLUMNS else models.F(name) for name in HASHED]
    rows = Event.objects.filter(unit=unit).order_by("sequence").values_list(*columns, "hash")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield row[:-1], row[-1]


def _step(chain: Chain, row: tuple[Any, ...], hash_: str) -> None:
    """One event further. What does not fit is noted, and the walk goes on from what is there."""
    sequence, at = row[SEQUENCE], row[AT]
    if sequence != chain.last + 1:
        chain.broken(chain.last + 1, "is missing")
    elif row[PREVIOUS] != chain.last_hash:
        chain.broken(sequence, "does not follow the one before")
    if hash_ != event_hash(row):
        chain.broken(sequence, "was changed")
    if chain.last_at is not None and at < chain.last_at - CLOCK_TOLERANCE:
        chain.broken(sequence, "is older than the one before")
    chain.last, chain.last_hash, chain.last_at = sequence, hash_, at
    chain.register += _register_sum(row[PK], row[PERSONS])
    if row[ACTION] == GAP_ACKNOWLEDGED:
        chain.gaps += _gaps_in(row)
    elif row[ACTION] == MONTH_DROPPED:
        chain.dropped.add("|".join(row[FIELDS]))


def _register_sum(event: str, persons: list[str]) -> int:
    """A sum that does not mind the order: the register is kept in another one."""
    return sum(hash((event, person)) for person in persons)


def _gaps_in(row: tuple[Any, ...]) -> Iterator[Gap]:
    for fact in row[FIELDS]:
        if fact.startswith("lost:"):
            first, _, last = fact.removeprefix("lost:").partition("-")
            yield Gap(int(first), int(last), row[AT], row[REASON])


def _check_the_end(chain: Chain) -> None:
    head = Head.objects.filter(unit=chain.unit).first()
    if head is None or (head.sequence, head.hash) != (chain.last, chain.last_hash):
        chain.broken(chain.last + 1, "is missing: the end was cut off or written anew")


def _check_the_register(chain: Chain) -> None:
    rows = EventPerson.objects.filter(unit=chain.unit)
    texts = rows.values_list(AsText("event"), AsText("person")).iterator(chunk_size=ROWS_AT_ONCE)
    register = sum(hash(pair) for pair in texts)
    if register != chain.register:
        chain.broken(chain.last, "or one before names other persons than the register finds it by")


def _check_dropped(
    chain: Chain, seal: Seal, anchored: list[Anchored], anchors: Anchors | None
) -> None:
    """A dropped month is told by an event that is still there, and was anchored when it was sealed.

    A seal may be made up, and anchored like any other: it was kept its time, and the heads that were
    anchored after its month had passed it.
    """
    known = anchors.known_seals() if anchors else {}
    if "|".join(sorted(seal.facts())) not in chain.dropped:
        chain.broken(seal.last_sequence, "and those before are gone, and no event says why")
    elif anchors and known.get(seal.pk) != (seal.last_sequence, seal.last_hash):
        chain.broken(seal.last_sequence, "ended a dropped month whose seal was never anchored")
    if _was_dropped_early(seal):
        chain.broken(seal.last_sequence, "and those before were dropped before their time")
    if _was_passed_late(seal, anchored):
        chain.broken(seal.last_sequence, "was written after the dropped month it is said to end")


def _was_dropped_early(seal: Seal) -> bool:
    assert seal.dropped_at is not None
    dropped_at = min(seal.dropped_at, timezone.now())  # whoever writes the row writes the moment
    return seal.month >= oldest_month_kept(dropped_at)


def _was_passed_late(seal: Seal, anchored: list[Anchored]) -> bool:
    """Whether the chain had not come to the seal's end when its month had ended."""
    ended_at = first_of(following(seal.month)) + AFTER_THE_MONTH
    # By number first: a log of years has as many anchors as it has ten minutes.
    return any(one.sequence < seal.last_sequence and one.at > ended_at for one in anchored)


def _answer_for_the_lost(chain: Chain) -> None:
    """What is anchored and gone is a break, unless somebody has answered for it since."""
    chain.lost = [
        lost
        for lost in chain.lost
        if not any(
            gap.first <= lost.sequence <= gap.last and lost.at < gap.at for gap in chain.gaps
        )
    ]
    if chain.lost:
        first = min(chain.lost, key=lambda lost: lost.sequence)
        chain.broken(
            first.sequence,
            f"is not what was anchored at {first.at:%Y-%m-%d %H:%M} UTC"
            f" ({len(chain.lost)} anchors do not fit)",
        )
