"""The calls of the authorization code flow: PKCE always, PAR where the provider asks for it."""

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import jwt
from django.utils import timezone

from cases.oidc.attempts import Attempt
from cases.oidc.configuration import Provider, signing_algorithm
from cases.oidc.discovery import Discovery
from cases.oidc.fetching import ProviderMisbehaves, fetch

ASSERTION_SECONDS = 50  # HelseID takes none that lives longer than 60 seconds
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Form = dict[str, str]


def authorization_address(
    provider: Provider, discovery: Discovery, attempt: Attempt, redirect_uri: str
) -> str:
    """Where to send the browser. Raises ProviderUnreachable and ProviderMisbehaves."""
    wanted = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": _challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        wanted["acr_values"] = " ".join(provider.acr_values)
    if provider.authorization_details:
        wanted["authorization_details"] = json.dumps(provider.authorization_details)
    if attempt.wants_fresh_proof:
        wanted |= {"prompt": "login", "max_age": "0"}
    if provider.push or discovery.wants_push:
        wanted = {
            "client_id": provider.client_id,
            "request_uri": _pushed(provider, discovery, wanted),
        }
    joint = "&" if "?" in discovery.authorization_endpoint else "?"
    return f"{discovery.authorization_endpoint}{joint}{urlencode(wanted)}"


def _pushed(provider: Provider, discovery: Discovery, wanted: Form) -> str:
    """The short name of a request that the browser never carries."""
    if not discovery.push_endpoint:
        raise ProviderMisbehaves("no_push_endpoint")
    fields, basic = _client_proof(provider, discovery)
    status, answer = fetch(
        discovery.push_endpoint, origin=provider.origin, form=wanted | fields, basic=basic
    )
    name = answer.get("request_uri")
    if status not in (200, 201) or not isinstance(name, str) or not 0 < len(name) <= 500:
        raise ProviderMisbehaves("push_refused")
    return name


def redeem(
    provider: Provider, discovery: Discovery, attempt: Attempt, code: str, redirect_uri: str
) -> str:
    """The ID token for a code, which works once. Access and refresh tokens are dropped unread."""
    fields, basic = _client_proof(provider, discovery)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": attempt.verifier,
    }
    status, answer = fetch(
        discovery.token_endpoint, origin=provider.origin, form=form | fields, basic=basic
    )
    token = answer.get("id_token")
    if status != 200 or not isinstance(token, str):
        raise ProviderMisbehaves("token_refused")
    return token


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _client_proof(provider: Provider, discovery: Discovery) -> tuple[Form, tuple[str, str] | None]:
    """How we prove who we are: fields of the form, and a user and password of the request."""
    if provider.private_key:
        return {
            "client_id": provider.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": _assertion(provider, discovery),
        }, None
    if discovery.takes_secret_in_form:
        return {"client_id": provider.client_id, "client_secret": provider.client_secret}, None
    return {}, (provider.client_id, provider.client_secret)


def _assertion(provider: Provider, discovery: Discovery) -> str:
    """Signed with our key, for this provider, for seconds, and different each time."""
    now = int(timezone.now().timestamp())
    to_issuer = provider.assertion_audience == "issuer"
    claims: dict[str, Any] = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer if to_issuer else discovery.token_endpoint,
        "iat": now,
        "nbf": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(24),
    }
    names = {"kid": provider.key_id, "x5t#S256": provider.key_thumbprint}
    headers = {name: value for name, value in names.items() if value}
    algorithm = signing_algorithm(provider.private_key)
    return jwt.encode(claims, provider.private_key, algorithm=algorithm, headers=headers)
