"""Secrets that allauth keeps as text, sealed with a key of their own under `FIELD_KEYS`."""

import base64
import os
from typing import Any

from allauth.mfa.models import Authenticator

from cases.core.crypto import (
    KEY_BYTES,
    CannotOpen,
    is_wrapped_by_first,
    seal,
    unseal,
    unwrap,
    wrap,
)

MARK = "sealed"
BOUND_TO = "second factor"
# A passkey keeps no secret: what we have of it is public.
WITH_SECRETS = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]


def seal_secret(text: str) -> str:
    key = os.urandom(KEY_BYTES)
    return ":".join([MARK, _in_letters(wrap(key)), _in_letters(seal(key, text, BOUND_TO))])


def open_secret(sealed: str) -> str:
    """Raises CannotOpen. What was kept before secrets were sealed is returned as it is."""
    if not _is_sealed(sealed):
        return sealed
    _mark, key, text = sealed.split(":")
    return unseal(unwrap(base64.b64decode(key)), base64.b64decode(text), BOUND_TO)


def rewrap_secrets() -> int:
    """How many users' apps and sets of recovery codes were sealed anew under the first field key.

    A row is changed only if it still is what was read: a code used meanwhile stays used.
    """
    changed = 0
    for row in _behind():
        still = Authenticator.objects.filter(pk=row.pk, data=row.data)
        try:
            changed += still.update(data={name: _anew(kept) for name, kept in row.data.items()})
        except CannotOpen:
            continue  # its field key is gone: `secrets_left_behind` tells of it, the others go on
    return changed


def secrets_left_behind() -> int:
    """Rows that still need another field key than the first."""
    return len(_behind())


def _behind() -> list[Authenticator]:
    rows = Authenticator.objects.filter(type__in=WITH_SECRETS).order_by("pk")
    return [row for row in rows if any(_needs_another_key(kept) for kept in row.data.values())]


def _needs_another_key(kept: Any) -> bool:
    """Of whatever allauth keeps by a name: a text, a list of texts, a number."""
    if isinstance(kept, list):
        return any(_needs_another_key(one) for one in kept)
    return _is_sealed(kept) and not is_wrapped_by_first(base64.b64decode(kept.split(":")[1]))


def _anew(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_anew(one) for one in kept]
    return seal_secret(open_secret(kept)) if _needs_another_key(kept) else kept


def _is_sealed(kept: Any) -> bool:
    return isinstance(kept, str) and kept.startswith(f"{MARK}:")


def _in_letters(content: bytes) -> str:
    return base64.b64encode(content).decode()
