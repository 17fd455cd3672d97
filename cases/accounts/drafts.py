"""What is typed is kept on the server, sealed, for its owner alone, until it is sent or old."""

import json
import re
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from cases.accounts.models import Draft, User

KEPT_FOR = timedelta(days=30)
LONGEST = 100_000  # characters of JSON; a form of ours has a few thousand
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "version", "password"})
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def keep_draft(*, owner: User, form: str, about: str, data: QueryDict) -> Draft | None:
    """Replace the owner's draft of this form. Nothing is kept of an empty or a huge form."""
    content = {k: v for k, v in data.lists() if k not in NEVER_KEPT and any(v)}
    text = json.dumps(content)
    if not content or len(text) > LONGEST:
        return None
    draft = Draft.objects.filter(owner=owner, form=form, about=about).first()
    if draft is None:
        draft = Draft(owner=owner, form=form, about=about)
    draft.content, draft.ids, draft.saved_at = text, ids_in(text), timezone.now()
    draft.save()
    return draft


def ids_in(text: str) -> list[str]:
    """By which an erasure finds what was typed about the rows that go: it can not open the text."""
    return sorted(set(ID.findall(text)))


def draft_of(owner: User, form: str, about: str = "") -> Draft | None:
    since = timezone.now() - KEPT_FOR
    return Draft.objects.filter(owner=owner, form=form, about=about, saved_at__gte=since).first()


def drop_draft(owner: User, form: str, about: str = "") -> None:
    Draft.objects.filter(owner=owner, form=form, about=about).delete()


def as_post_data(draft: Draft) -> QueryDict:
    """The draft as if it had been posted, for a form to be bound to."""
    content: dict[str, Any] = json.loads(draft.content)
    data = QueryDict(mutable=True)
    for name, values in content.items():
        data.setlist(name, values)
    return data


def delete_old_drafts() -> int:
    deleted, _by_model = Draft.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
