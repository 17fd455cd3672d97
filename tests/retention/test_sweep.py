"""J1: what nobody needs any more goes by itself, whether or not anybody signs in."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from cases.accounts.drafts import KEPT_FOR, keep_draft
from cases.accounts.models import Draft, User, UserSession
from cases.retention.tasks import sweep_retention

pytestmark = pytest.mark.django_db


def test_j1_the_sweep_deletes_old_drafts(adviser: User) -> None:
    for about in ("old", "young"):
        keep_draft(owner=adviser, form="referral", about=about, data=QueryDict("note=typed"))
    old = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Draft.objects.filter(about="old").update(saved_at=old)
    sweep_retention()
    assert Draft.objects.get().about == "young"


def test_j1_the_sweep_deletes_sessions_that_are_over(adviser: User) -> None:
    """Their data says which glass was open: nobody has to sign in for it to go."""
    now = timezone.now()
    for key, ends_at in (("over", now - timedelta(minutes=1)), ("alive", now + timedelta(hours=1))):
        UserSession.objects.create(
            session_key=key, session_data="x", expire_date=ends_at, user=adviser
        )
    sweep_retention()
    assert UserSession.objects.get().session_key == "alive"
