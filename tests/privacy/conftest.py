"""A leader who handles rights, a second person who approves, and files made by the job at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case
from cases.privacy.actions import ErrorDetails, register_access_request
from cases.privacy.models import AccessRequest
from cases.privacy.sweeping import sweep


@pytest.fixture
def led_case(make_case: Callable[..., Case], leader: User) -> Case:
    """A case that is the leader's own: no reason to open it is asked for."""
    return make_case(assigned_to=leader)


@pytest.fixture
def answered_request(led_case: Case, leader: User) -> AccessRequest:
    """An access request whose file the job has made."""
    asked = register_access_request(
        case=led_case, asked_on=timezone.localdate(), language="en", with_names=False, by=leader
    )
    sweep()
    asked.refresh_from_db()
    return asked


def error_details(**changes: object) -> ErrorDetails:
    """A letter sent two days ago, found out an hour ago."""
    now = timezone.now()
    values: dict[str, object] = {
        "kind": "other", "about": None, "sent_at": now - timedelta(days=2),
        "found_at": now - timedelta(hours=1), "recipients": "The neighbour",
        "what_happened": "The letter lay in the wrong mailbox.", "stop_messages": True,
        "stop_contact": None,
    }  # fmt: skip
    return ErrorDetails(**{**values, **changes})  # type: ignore[arg-type]


def typed(moment: datetime) -> dict[str, str]:
    """A moment as the form's two fields have it."""
    here = timezone.localtime(moment)
    return {"found_on": f"{here:%d.%m.%Y}", "found_clock": f"{here:%H.%M}"}
