"""What the provider says about itself, and its keys; kept in memory for an hour."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cases.oidc.configuration import Provider
from cases.oidc.fetching import ProviderMisbehaves, fetch

KEPT_SECONDS = 3600
PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Discovery:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    push_endpoint: str
    end_session_endpoint: str
    wants_push: bool
    names_itself: bool  # RFC 9207: every answer says which provider it is from
    takes_secret_in_form: bool


_discovered: dict[str, tuple[float, Discovery]] = {}
_keys: dict[str, tuple[float, list[dict[str, Any]]]] = {}


def forget() -> None:
    """Ask the provider anew next time."""
    _discovered.clear()
    _keys.clear()


def discover(provider: Provider) -> Discovery:
    """Raises ProviderUnreachable and ProviderMisbehaves."""
    until, known = _discovered.get(provider.issuer, (0.0, None))
    if known is not None and time.monotonic() < until:
        return known
    status, document = fetch(provider.issuer.rstrip("/") + PATH, origin=provider.origin)
    # A document of another issuer is how one provider is mixed up with another.
    if status != 200 or document.get("issuer") != provider.issuer:
        raise ProviderMisbehaves("discovery")
    found = _read(provider, document)
    _discovered[provider.issuer] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def _read(provider: Provider, document: dict[str, Any]) -> Discovery:
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Discovery(
        authorization_endpoint=_browser_address(provider, document, "authorization_endpoint"),
        token_endpoint=_own_address(provider, document, "token_endpoint"),
        jwks_uri=_own_address(provider, document, "jwks_uri"),
        push_endpoint=_own_address(
            provider, document, "pushed_authorization_request_endpoint", optional=True
        ),
        end_session_endpoint=_browser_address(
            provider, document, "end_session_endpoint", optional=True
        ),
        wants_push=document.get("require_pushed_authorization_requests") is True,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        takes_secret_in_form="client_secret_basic" not in methods,
    )


def _own_address(
    provider: Provider, document: dict[str, Any], name: str, optional: bool = False
) -> str:
    """An address our server calls: on the issuer's own host, nowhere else."""
    address = document.get(name)
    if address is None and optional:
        return ""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or f"{parts.scheme}://{parts.netloc}" != provider.origin or parts.fragment:
        raise ProviderMisbehaves(name)
    return str(address)


def _browser_address(
    provider: Provider, document: dict[str, Any], name: str, optional: bool = False
) -> str:
    """An address the browser is sent to: on the issuer's host or below it (`login.…`)."""
    address = document.get(name)
    if address is None and optional:
        return ""
    parts = urlsplit(address) if isinstance(address, str) else None
    issuer = urlsplit(provider.issuer)
    if parts is None or parts.username or parts.fragment or parts.scheme != issuer.scheme:
        raise ProviderMisbehaves(name)
    below = (parts.hostname or "").endswith(f".{issuer.hostname}") and parts.port is None
    if parts.netloc != issuer.netloc and not below:
        raise ProviderMisbehaves(name)
    return str(address)


def key_named(provider: Provider, discovery: Discovery, key_id: str) -> dict[str, Any]:
    """The provider's key of this id; asked for anew when it is not known: keys rotate."""
    until, known = _keys.get(provider.issuer, (0.0, []))
    if time.monotonic() >= until or not _named(known, key_id):
        status, answer = fetch(discovery.jwks_uri, origin=provider.origin)
        keys = answer.get("keys")
        if status != 200 or not isinstance(keys, list):
            raise ProviderMisbehaves("jwks")
        known = [key for key in keys if isinstance(key, dict)]
        _keys[provider.issuer] = (time.monotonic() + KEPT_SECONDS, known)
    found = _named(known, key_id)
    if len(found) != 1:
        raise ProviderMisbehaves("unknown_key")
    return found[0]


def _named(keys: list[dict[str, Any]], key_id: str) -> list[dict[str, Any]]:
    return [key for key in keys if key.get("kid") == key_id and key.get("use", "sig") == "sig"]
