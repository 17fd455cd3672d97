"""The one identity provider of an installation, as the environment describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
SMALLEST_RSA_KEY = 2048
# Whom the assertion of `private_key_jwt` is meant for: HelseID and Ansattporten ask for the issuer,
# Entra ID for the address of the token.
AUDIENCES = ("issuer", "token_endpoint")


@dataclass(frozen=True)
class Provider:
    issuer: str
    name: str
    client_id: str
    client_secret: str
    private_key: str
    key_id: str
    key_thumbprint: str
    assertion_audience: str
    scopes: tuple[str, ...]
    push: bool
    acr_values: tuple[str, ...]
    second_factor_acr: frozenset[str]
    second_factor_amr: frozenset[str]
    subject_claims: tuple[str, ...]
    authorization_details: tuple[dict[str, Any], ...]

    @property
    def origin(self) -> str:
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def configured_provider() -> Provider | None:
    """The provider of the settings, or None where people sign in with a password only."""
    if not settings.OIDC_ISSUER:
        return None
    return Provider(
        issuer=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        private_key=pem(settings.OIDC_PRIVATE_KEY),
        key_id=settings.OIDC_KEY_ID,
        key_thumbprint=settings.OIDC_KEY_THUMBPRINT,
        assertion_audience=settings.OIDC_ASSERTION_AUDIENCE,
        scopes=tuple(settings.OIDC_SCOPES),
        push=settings.OIDC_PAR,
        acr_values=tuple(settings.OIDC_ACR_VALUES),
        second_factor_acr=frozenset(settings.OIDC_SECOND_FACTOR_ACR),
        second_factor_amr=frozenset(settings.OIDC_SECOND_FACTOR_AMR),
        subject_claims=tuple(settings.OIDC_SUBJECT_CLAIMS),
        authorization_details=tuple(read_details(settings.OIDC_AUTHORIZATION_DETAILS)),
    )


def pem(text: str) -> str:
    """A key as it stands in an environment variable: line breaks may be written as \\n."""
    return text.replace("\\n", "\n")


def signing_algorithm(private_key: str) -> str:
    """The algorithm of an assertion signed with this key. Raises ValueError for any other key."""
    key = load_pem_private_key(private_key.encode(), password=None)
    if isinstance(key, RSAPrivateKey) and key.key_size >= SMALLEST_RSA_KEY:
        return "RS256"
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    raise ValueError("the key is neither RSA of 2048 bits or more nor on a NIST curve")


def read_details(text: str) -> list[dict[str, Any]]:
    """The list of `authorization_details`. Raises ValueError."""
    details = json.loads(text or "[]")
    if not isinstance(details, list) or not all(
        isinstance(one, dict) and isinstance(one.get("type"), str) for one in details
    ):
        raise ValueError("not a list of objects with a type")
    return details


def faults(values: Mapping[str, Any], *, production: bool) -> list[str]:
    """Names of the OIDC variables that would not work or not be safe; never their values."""
    if not values.get("OIDC_ISSUER"):
        return []
    secret, key = values["OIDC_CLIENT_SECRET"], values["OIDC_PRIVATE_KEY"]
    wrong = {
        "OIDC_ISSUER": not _is_safe_issuer(values["OIDC_ISSUER"], production),
        "OIDC_NAME": not values["OIDC_NAME"],
        "OIDC_CLIENT_ID": not values["OIDC_CLIENT_ID"],
        "OIDC_CLIENT_SECRET": bool(secret) == bool(key),
        "OIDC_PRIVATE_KEY": bool(key) and not _signs(key),
        "OIDC_KEY_ID": bool(key) and not (values["OIDC_KEY_ID"] or values["OIDC_KEY_THUMBPRINT"]),
        "OIDC_ASSERTION_AUDIENCE": values["OIDC_ASSERTION_AUDIENCE"] not in AUDIENCES,
        "OIDC_SCOPES": "openid" not in values["OIDC_SCOPES"],
        "OIDC_SUBJECT_CLAIMS": not values["OIDC_SUBJECT_CLAIMS"],
        "OIDC_AUTHORIZATION_DETAILS": not _reads(values["OIDC_AUTHORIZATION_DETAILS"]),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _is_safe_issuer(issuer: str, production: bool) -> bool:
    parts = urlsplit(issuer)
    if parts.username or parts.query or parts.fragment or not parts.hostname:
        return False
    on_loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    return parts.scheme == "https" or (on_loopback and not production)


def _signs(key: str) -> bool:
    try:
        return bool(signing_algorithm(pem(key)))
    except (ValueError, TypeError):
        return False


def _reads(text: str) -> bool:
    try:
        read_details(text)
    except ValueError:
        return False
    return True
