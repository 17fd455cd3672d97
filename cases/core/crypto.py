"""AES-256-GCM for columns, a data key per holder, and keyed hashes for look-up.

`FIELD_KEYS` is a comma-separated list of `name:base64` entries of 32 bytes. The first entry called
`index` or `index-…` keys new look-up hashes, later ones still find old hashes; the first of the
others wraps new data keys, the rest still open old ones. `rotate_keys` brings everything to the
first ones (`rotation.py`); then the others may be taken away. A column is sealed with its holder's
data key and bound to table, column and row, so a value moved to another row does not open.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX_KEY_NAME = "index"
KEY_BYTES = 32
NONCE_BYTES = 12
WRAP_LABEL = b"advisory data key"


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, wrong row, or a changed byte."""


@lru_cache(maxsize=8)
def keys_of(text: str) -> dict[str, bytes]:
    """The keys of `FIELD_KEYS` by name. Raises ImproperlyConfigured, which names no key."""
    keys: dict[str, bytes] = {}
    for entry in text.split(","):
        name, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name or len(name) > 32 or len(key) != KEY_BYTES or name in keys:
            raise ImproperlyConfigured("FIELD_KEYS: each entry is name:base64 of 32 bytes, once.")
        keys[name] = key
    if len({_is_index(name) for name in keys}) < 2:
        raise ImproperlyConfigured("FIELD_KEYS needs an entry 'index' and at least one more.")
    return keys


def _is_index(name: str) -> bool:
    return name == INDEX_KEY_NAME or name.startswith(f"{INDEX_KEY_NAME}-")


def _wrapping_keys() -> dict[str, bytes]:
    return {k: v for k, v in keys_of(settings.FIELD_KEYS).items() if not _is_index(k)}


def _index_keys() -> list[bytes]:
    return [v for k, v in keys_of(settings.FIELD_KEYS).items() if _is_index(k)]


def seal(key: bytes, text: str, bound_to: str) -> bytes:
    """nonce + ciphertext + tag of `text`, opening only with the same key and binding."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())


def unseal(key: bytes, sealed: bytes, bound_to: str) -> str:
    """The text of `seal`. Raises CannotOpen."""
    try:
        opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise CannotOpen(bound_to) from error
    return opened.decode()


def new_wrapped_key() -> bytes:
    """A fresh data key, wrapped by the current field key: length of name, name, nonce, key, tag."""
    return wrap(os.urandom(KEY_BYTES))


def wrap(data_key: bytes) -> bytes:
    name, key = next(iter(_wrapping_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, data_key, WRAP_LABEL)
    return bytes([len(name.encode())]) + name.encode() + nonce + sealed


def is_wrapped_by_first(wrapped: bytes) -> bool:
    """Whether this data key needs no field key but the first one."""
    name = next(iter(_wrapping_keys())).encode()
    return wrapped[: 1 + len(name)] == bytes([len(name)]) + name


def unwrap(wrapped: bytes) -> bytes:
    """The data key of `wrap`. Raises CannotOpen when it, or its field key, is gone."""
    if not wrapped:
        raise CannotOpen("this data key has been destroyed")
    end = 1 + wrapped[0]
    key = _wrapping_keys().get(wrapped[1:end].decode(errors="replace"))
    if key is None:
        raise CannotOpen("the field key that wrapped this data key is not in FIELD_KEYS")
    try:
        return AESGCM(key).decrypt(
            wrapped[end : end + NONCE_BYTES], wrapped[end + NONCE_BYTES :], WRAP_LABEL
        )
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("data key") from error


def lookup_hash(purpose: str, text: str) -> str:
    """A keyed hash for finding equal values without storing them: 64 hexadecimal characters.

    What is written; a look-up asks for `lookup_hashes`.
    """
    return lookup_hashes(purpose, text)[0]


def lookup_hashes(purpose: str, text: str) -> list[str]:
    """By the first index key and by those before it, which are only there while they rotate."""
    return [
        hmac.new(key, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()
        for key in _index_keys()
    ]


def index_keys_rotate() -> bool:
    """Whether equal values may have different hashes just now."""
    return len(_index_keys()) > 1
