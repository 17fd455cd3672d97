"""Blocks, declared access and broken glass, each with its audit event in the same transaction."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Tier
from cases.audit.record import record, recorded
from cases.core.database.context import WORKER
from cases.core.database.uniqueness import unique_or
from cases.people.models import (
    DECLARED_FOR,
    GLASS_OPEN_FOR,
    Block,
    BreakGlass,
    DeclaredAccess,
    Person,
)


class AlreadyBlocked(Exception):
    """This employee must not see this person already."""


class NotYoursToLift(Exception):
    """Whoever must not see a person does not decide that they may."""


class GlassIsOpen(Exception):
    """The same user broke the glass in another request at the same moment."""


class AlreadyReviewed(Exception):
    """Somebody else looked at it first."""


class GlassStillOpen(Exception):
    """What has not been looked at yet can not be judged."""


class NotYoursToReview(Exception):
    """Whoever broke the glass does not judge it."""


def block(*, person: Person, user: User, reason: str, by: User) -> Block:
    """This employee does not see this person any more, from the next request on.

    Open glass and declared access end with it. Raises AlreadyBlocked.
    """
    with recorded():
        if Block.objects.in_force().filter(user=user, person=person).exists():
            raise AlreadyBlocked
        now = timezone.now()
        with unique_or(AlreadyBlocked):
            made = Block.objects.create(
                unit_id=person.unit_id, user=user, person=person, reason=reason, set_at=now,
                set_by=by,
            )  # fmt: skip
        DeclaredAccess.objects.open_for(user, person.pk, now).update(until=now)
        for glass in BreakGlass.objects.filter(user=user, person=person, ended_at=None):
            _end(glass, now, by=by)
        record("block.set", by=by, unit=person.unit_id, target=made, persons=[person.pk])
    return made


def lift_block(*, block: Block, by: User) -> Block:
    """Raises NotYoursToLift for the employee whom the block names."""
    if by.pk == block.user_id:
        raise NotYoursToLift
    with recorded():
        block.lifted_at, block.lifted_by = timezone.now(), by
        block.save(update_fields=["lifted_at", "lifted_by"])
        record("block.lifted", by=by, unit=block.unit_id, target=block, persons=[block.person_id])
    return block


def declare_access(*, person: Person, reason: str, note: str, by: User) -> DeclaredAccess:
    """Say why one opens a colleague's case; the colleague sees it on the case."""
    with recorded():
        now = timezone.now()
        declared = DeclaredAccess.objects.create(
            unit_id=person.unit_id,
            user=by,
            person=person,
            reason=reason,
            note=note,
            declared_at=now,
            until=now + DECLARED_FOR,
        )
        record(
            "access.declared",
            by=by,
            unit=person.unit_id,
            target=declared,
            persons=[person.pk],
            tier=Tier.DECLARED,
            reason=reason,
        )
    return declared


def break_glass(*, person: Person, case_number: str, reason: str, by: User) -> BreakGlass:
    """Open one person for four hours; leader and auditor are told by the row itself.

    A glass that is open already is ended first: one person at a time. Raises GlassIsOpen.
    """
    with recorded():
        now = timezone.now()
        for earlier in BreakGlass.objects.filter(user=by, ended_at=None):
            _end(earlier, now, by=by)
        glass = BreakGlass(
            unit_id=person.unit_id,
            user=by,
            person=person,
            case_number=case_number,
            reason=reason,
            started_at=now,
            until=now + GLASS_OPEN_FOR,
        )
        with unique_or(GlassIsOpen):
            glass.save(force_insert=True)
        record(
            "glass.broken",
            by=by,
            unit=person.unit_id,
            target=glass,
            persons=[person.pk],
            tier=Tier.BREAK_GLASS,
        )
    return glass


def end_glass(*, by: User) -> None:
    """The user is done: what they have open is closed at once."""
    with recorded():
        for glass in BreakGlass.objects.filter(user=by, ended_at=None):
            _end(glass, timezone.now(), by=by)


def end_glasses_run_out(*, now: datetime, by: None = None) -> int:
    """Write down the end of those whose four hours or whose sign-in is over. Asked by a job."""
    with recorded(context=WORKER):
        run_out = list(BreakGlass.objects.run_out(now).select_for_update(of=("self",)))
        for glass in run_out:
            _end(glass, min(now, glass.until), by=by)
    return len(run_out)


def _end(glass: BreakGlass, at: datetime, by: User | None) -> None:
    glass.ended_at = at
    glass.save(update_fields=["ended_at"])
    record(
        "glass.closed",
        by=by,
        unit=glass.unit_id,
        target=glass,
        persons=[glass.person_id],
        tier=Tier.BREAK_GLASS,
    )


def review_glass(*, glass_id: UUID, outcome: str, note: str, by: User) -> BreakGlass:
    """Somebody else signs what they found, when the glass is closed again.

    Raises NotYoursToReview, AlreadyReviewed, GlassStillOpen.
    """
    with recorded():
        glass = BreakGlass.objects.select_for_update().get(pk=glass_id)
        if glass.user_id == by.pk:
            raise NotYoursToReview
        if glass.reviewed_at is not None:
            raise AlreadyReviewed
        if not glass.is_over(timezone.now()):
            raise GlassStillOpen
        glass.reviewed_at, glass.reviewed_by = timezone.now(), by
        glass.review_outcome, glass.review_note = outcome, note
        glass.save(update_fields=["reviewed_at", "reviewed_by", "review_outcome", "review_note"])
        record(
            "glass.reviewed",
            by=by,
            unit=glass.unit_id,
            target=glass,
            persons=[glass.person_id],
            reason=outcome,
        )
    return glass
