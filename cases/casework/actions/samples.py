"""Drug tests: who takes them is never who meets the person, unless the leader says why."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import record, recorded
from cases.casework.actions.work import AlreadyDone
from cases.casework.duties import is_adviser_of
from cases.casework.milestones import lock_case, lock_cases_of_person
from cases.casework.models import Sample

TAKER_IS_ADVISER = "taker_is_adviser"


class TakerIsAdviser(Exception):
    """The person's own adviser does not take the sample, unless the leader says why."""


class NoSampleTaker(Exception):
    """The user takes no samples in this unit, or must not see the person."""


def order_sample(
    *, case_id: UUID, taker: User, planned_at: datetime, exception: str, by: User
) -> Sample:
    """Raises NoSampleTaker, TakerIsAdviser, CaseIsClosed."""
    with recorded():
        lock_cases_of_person(case_id)
        case = lock_case(case_id)
        if (
            not User.objects.sample_takers_of(case.unit, timezone.localdate())
            .filter(pk=taker.pk)
            .exists()
            or case.person.blocks.in_force().filter(user=taker).exists()
        ):
            raise NoSampleTaker
        is_adviser = is_adviser_of(taker, case)
        may_except = by.may(Permission.SEE_RESTRICTED, case.unit_id)  # the leader
        if is_adviser and not (exception and may_except):
            raise TakerIsAdviser
        sample = Sample.objects.create(
            unit=case.unit,
            case=case,
            taker=taker,
            planned_at=planned_at,
            ordered_at=timezone.now(),
            ordered_by=by,
            exception=exception if is_adviser else "",
        )
        record(
            "sample.ordered", by=by, unit=case.unit_id, target=sample, persons=[case.person_id],
            reason=TAKER_IS_ADVISER if is_adviser else "",
        )  # fmt: skip
    return sample


def record_sample(*, sample_id: UUID, taken: bool, by: User) -> Sample:
    """Taken or not taken, once. Raises AlreadyDone, TakerIsAdviser."""
    with recorded():
        sample = (
            Sample.objects.select_for_update(of=("self",))
            .select_related("case__person")
            .get(pk=sample_id)
        )
        if sample.taken is not None:
            raise AlreadyDone
        if is_adviser_of(by, sample.case) and not sample.exception:
            raise TakerIsAdviser
        sample.taken, sample.recorded_at, sample.recorded_by = taken, timezone.now(), by
        sample.save_version("taken", "recorded_at", "recorded_by")
        record(
            "sample.recorded", by=by, unit=sample.unit_id, target=sample,
            persons=[sample.case.person_id],
        )  # fmt: skip
    return sample
