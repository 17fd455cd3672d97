"""What an ID token must be before a word of it is believed, and what it then says."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.utils import timezone

from cases.oidc.configuration import SMALLEST_RSA_KEY, Provider
from cases.oidc.discovery import Discovery, key_named
from cases.oidc.fetching import ProviderMisbehaves

# Public keys only: with a shared secret whoever can check a token can also make one.
ALGORITHMS = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC",
}  # fmt: skip
SKEW_SECONDS = 60
FRESH_SECONDS = 5 * 60
LONGEST_TOKEN = 32_000
MUST_HAVE = ["iss", "aud", "sub", "exp", "iat", "nonce"]


class TokenRefused(Exception):
    """The text is a code for the log; the user is told one plain sentence."""


@dataclass(frozen=True)
class Proven:
    """Who signed in at the provider, as far as we need to know."""

    subject: str  # a digest: neither the number nor the name of the account is kept
    verified_email: str
    second_factor: bool
    fresh: bool  # proved just now, not by a session at the provider


def read_id_token(
    provider: Provider, discovery: Discovery, token: str, *, nonce: str, fresh: bool
) -> Proven:
    """Raises TokenRefused, ProviderUnreachable and ProviderMisbehaves."""
    claims = _decoded(provider, discovery, token)
    _check_claims(provider, claims, nonce)
    if fresh and not _is_fresh(claims):
        raise TokenRefused("not_fresh")
    return Proven(
        subject=_subject(provider, claims),
        verified_email=_verified_email(claims),
        second_factor=_proves_second_factor(provider, claims),
        fresh=_is_fresh(claims),
    )


def _decoded(provider: Provider, discovery: Discovery, token: str) -> dict[str, Any]:
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused("too_long")
    try:
        header = jwt.get_unverified_header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or not isinstance(key_id, str):
            raise TokenRefused("algorithm")
        return jwt.decode(
            token,
            _public_key(key_named(provider, discovery, key_id), algorithm),
            algorithms=[algorithm],
            issuer=provider.issuer,
            audience=provider.client_id,
            leeway=SKEW_SECONDS,
            options={"require": MUST_HAVE},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused(type(error).__name__[:30]) from error


def _public_key(described: dict[str, Any], algorithm: str) -> Any:
    if described.get("kty") != ALGORITHMS[algorithm]:
        raise TokenRefused("key_type")
    if described.get("alg", algorithm) != algorithm:
        raise TokenRefused("key_algorithm")
    key = jwt.PyJWK(described, algorithm=algorithm).key
    if isinstance(key, RSAPublicKey) and key.key_size < SMALLEST_RSA_KEY:
        raise ProviderMisbehaves("short_key")
    return key


def _check_claims(provider: Provider, claims: dict[str, Any], nonce: str) -> None:
    audience = claims["aud"]
    meant_for = [audience] if isinstance(audience, str) else audience
    authorized = claims.get("azp")
    if authorized not in (None, provider.client_id) or (len(meant_for) > 1 and not authorized):
        raise TokenRefused("authorized_party")
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise TokenRefused("nonce")
    if provider.acr_values and claims.get("acr") not in provider.acr_values:
        raise TokenRefused("acr")
    granted = claims.get("authorization_details") or []
    types = {one.get("type") for one in granted if isinstance(one, dict)}
    if not {one["type"] for one in provider.authorization_details} <= types:
        raise TokenRefused("authorization_details")


def _is_fresh(claims: dict[str, Any]) -> bool:
    at = claims.get("auth_time")
    if not isinstance(at, int | float):
        return False
    return -SKEW_SECONDS <= timezone.now().timestamp() - at <= FRESH_SECONDS


def _subject(provider: Provider, claims: dict[str, Any]) -> str:
    values = [claims.get(name) for name in provider.subject_claims]
    if not all(isinstance(value, str) and 0 < len(value) <= 255 for value in values):
        raise TokenRefused("subject")
    text = "\x1f".join([provider.issuer, *provider.subject_claims, *map(str, values)])
    return hashlib.sha256(text.encode()).hexdigest()


def _verified_email(claims: dict[str, Any]) -> str:
    """Nothing unless the provider vouches for it: an unproven address could be anybody's.

    Entra ID says so by `xms_edov`: the owner of the domain is verified.
    """
    vouched = claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1", "true")
    email = claims.get("email")
    return email.lower() if vouched and isinstance(email, str) and len(email) <= 254 else ""


def _proves_second_factor(provider: Provider, claims: dict[str, Any]) -> bool:
    """Only by a value the installation has named: a missing claim proves nothing (ASVS 6.8.4)."""
    methods = claims.get("amr")
    named = set(map(str, methods)) if isinstance(methods, list) else set()
    return bool(named & provider.second_factor_amr) or (
        isinstance(claims.get("acr"), str) and claims["acr"] in provider.second_factor_acr
    )
