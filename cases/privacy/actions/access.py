"""Register an access request, hand out its file, and note that it is answered."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.privacy.models import AccessRequest, FileState
from cases.privacy.sealed_files import content_of


class AlreadyAnswered(Exception):
    """Somebody else noted it first."""


def register_access_request(
    *, case: Case, asked_on: date, language: str, with_names: bool, by: User
) -> AccessRequest:
    """Keep that the person asked; the next nudge makes the file."""
    with recorded():
        request = AccessRequest.objects.create(
            unit_id=case.unit_id, person=case.person, case=case, language=language,
            with_names=with_names, asked_on=asked_on, registered_at=timezone.now(),
            registered_by=by,
        )  # fmt: skip
        record(
            "access_request.registered", by=by, unit=case.unit_id, target=request,
            persons=[case.person_id], fields=["names"] if with_names else [],
        )  # fmt: skip
    return request


def hand_out_report(*, request_id: UUID, by: User) -> bytes:
    """The zip, logged before its first byte. Raises NoFile when it is not ready or deleted."""
    with recorded():
        request = AccessRequest.objects.select_related("person").get(pk=request_id)
        content = content_of(request)
        record(
            "access_report.downloaded", by=by, unit=request.unit_id, target=request,
            persons=[request.person_id], purpose="privacy:access_file",
        )  # fmt: skip
    return content


def note_answered(*, request_id: UUID, by: User) -> None:
    """The person has got the answer. Raises AlreadyAnswered."""
    with recorded():
        request = AccessRequest.objects.without_file().get(pk=request_id)
        unanswered = AccessRequest.objects.unanswered().filter(pk=request_id)
        if not unanswered.update(answered_at=timezone.now(), answered_by=by):
            raise AlreadyAnswered
        record(
            "access_request.answered", by=by, unit=request.unit_id, target=request,
            persons=[request.person_id],
        )  # fmt: skip


def destroy_report(*, request: AccessRequest, by: User | None) -> None:
    """Forget the file; that it was asked for and answered stays."""
    with recorded():
        request.file, request.file_state = "", FileState.DESTROYED
        request.save(update_fields=["file", "file_state"])
        record(
            "access_report.destroyed", by=by, unit=request.unit_id, target=request,
            persons=[request.person_id],
        )  # fmt: skip
