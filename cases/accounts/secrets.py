"""Secrets that allauth keeps as text, sealed with a key of their own under `FIELD_KEYS`."""

import base64
import os

from cases.core.crypto import KEY_BYTES, seal, unseal, unwrap, wrap

MARK = "sealed"
BOUND_TO = "second factor"


def seal_secret(text: str) -> str:
    key = os.urandom(KEY_BYTES)
    return ":".join([MARK, _in_letters(wrap(key)), _in_letters(seal(key, text, BOUND_TO))])


def open_secret(sealed: str) -> str:
    """Raises CannotOpen. What was kept before secrets were sealed is returned as it is."""
    if not sealed.startswith(f"{MARK}:"):
        return sealed
    _mark, key, text = sealed.split(":")
    return unseal(unwrap(base64.b64decode(key)), base64.b64decode(text), BOUND_TO)


def rewrap_secret(sealed: str) -> str:
    """The same secret under the first of today's field keys, for the rotation of keys."""
    return seal_secret(open_secret(sealed))


def _in_letters(content: bytes) -> str:
    return base64.b64encode(content).decode()
