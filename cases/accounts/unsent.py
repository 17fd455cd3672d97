"""What was sent by a session that had just ended is kept for its owner, sealed, until they are back."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from cases.accounts.drafts import LONGEST, draft_of, drop_draft, ids_in
from cases.accounts.models import Draft, User
from cases.core.database.context import enter_units

FORM = "unsent"
# Sent by the page itself when its time is over, and by the page that sends a kept form again.
SESSION_OVER, SENT_AGAIN = "_session_over", "_unsent"
OWN_FIELDS = frozenset({"csrfmiddlewaretoken", SESSION_OVER, SENT_AGAIN})
# Sign-in, passwords and codes are never kept, nor what htmx or a page sends by itself.
NEVER_KEPT = ("account_", "mfa_", "accounts:")
OF_MEMBERS = frozenset(
    {"accounts:add_member", "accounts:end_membership", "accounts:add_stand_in"}
)  # typed by a leader about others, and no secret


def keep_unsent(request: HttpRequest, owner: User) -> UUID | None:
    """Keep the posted form for its owner. Nothing is kept of secrets, files or a huge form."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    is_secret = name.startswith(NEVER_KEPT) and name not in OF_MEMBERS
    if request.method != "POST" or is_secret or "HX-Request" in request.headers:
        return None
    fields = {
        key: values
        for key, values in request.POST.lists()
        if key not in OWN_FIELDS and "password" not in key
    }
    text = json.dumps({"path": request.get_full_path(), "fields": fields})
    if not any(value for values in fields.values() for value in values) or len(text) > LONGEST:
        return None
    about = uuid4()
    enter_units((), user=owner.pk)  # a draft is seen by its owner alone, also by the database
    now = timezone.now()
    Draft.objects.create(
        owner=owner, form=FORM, about=str(about), ids=ids_in(text), content=text, saved_at=now
    )
    return about


def unsent_of(owner: User, about: UUID) -> dict[str, Any] | None:
    """{"path": address, "fields": {name: [values]}}, or nothing."""
    draft = draft_of(owner, FORM, str(about))
    return json.loads(draft.content) if draft else None


def drop_unsent(owner: User, about: str) -> None:
    drop_draft(owner, FORM, about)
