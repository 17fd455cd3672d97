"""What the environment may say about the provider, and what refuses to start."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from advisory.startup import refuse_broken_sign_in
from cases.oidc.configuration import faults, signing_algorithm
from tests.oidc.provider import pem

GOOD = {
    "OIDC_ISSUER": "https://id.example.no/tenant/v2.0", "OIDC_NAME": "Kontoen",
    "OIDC_CLIENT_ID": "advisory", "OIDC_CLIENT_SECRET": "a secret", "OIDC_PRIVATE_KEY": "",
    "OIDC_KEY_ID": "", "OIDC_KEY_THUMBPRINT": "", "OIDC_ASSERTION_AUDIENCE": "issuer",
    "OIDC_SCOPES": ["openid"], "OIDC_SUBJECT_CLAIMS": ["sub"], "OIDC_AUTHORIZATION_DETAILS": "",
}  # fmt: skip


def test_a_complete_provider_starts() -> None:
    assert faults(GOOD, production=True) == []
    with_key = {"OIDC_CLIENT_SECRET": "", "OIDC_PRIVATE_KEY": pem("client"), "OIDC_KEY_ID": "k"}
    assert faults(GOOD | with_key, production=True) == []


def test_without_an_issuer_nothing_is_asked() -> None:
    assert faults({"OIDC_ISSUER": ""}, production=True) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"OIDC_ISSUER": "http://id.example.no"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://127.0.0.1:8000"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://user@id.example.no"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://id.example.no/?x=1"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "id.example.no"}, "OIDC_ISSUER"),
        ({"OIDC_NAME": ""}, "OIDC_NAME"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_PRIVATE_KEY": "both"}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_CLIENT_SECRET": "", "OIDC_PRIVATE_KEY": "no key"}, "OIDC_PRIVATE_KEY"),
        ({"OIDC_CLIENT_SECRET": "", "OIDC_PRIVATE_KEY": "no key"}, "OIDC_KEY_ID"),
        ({"OIDC_SCOPES": ["email"]}, "OIDC_SCOPES"),
        ({"OIDC_SUBJECT_CLAIMS": []}, "OIDC_SUBJECT_CLAIMS"),
        ({"OIDC_ASSERTION_AUDIENCE": "anybody"}, "OIDC_ASSERTION_AUDIENCE"),
        ({"OIDC_AUTHORIZATION_DETAILS": "{}"}, "OIDC_AUTHORIZATION_DETAILS"),
        ({"OIDC_AUTHORIZATION_DETAILS": "[{}]"}, "OIDC_AUTHORIZATION_DETAILS"),
        ({"OIDC_AUTHORIZATION_DETAILS": "not json"}, "OIDC_AUTHORIZATION_DETAILS"),
    ],
)
def test_what_would_not_be_safe_is_named_never_shown(change: dict[str, Any], named: str) -> None:
    assert named in faults(GOOD | change, production=True)
    assert all(fault.startswith("OIDC_") for fault in faults(GOOD | change, production=True))


def test_practice_may_use_a_provider_on_this_machine() -> None:
    assert faults(GOOD | {"OIDC_ISSUER": "http://127.0.0.1:8000"}, production=False) == []


def test_a_broken_provider_refuses_to_start_in_practice_too() -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID"):
        refuse_broken_sign_in(GOOD | {"OIDC_CLIENT_ID": ""})


def test_a_short_key_signs_nothing() -> None:
    assert signing_algorithm(pem("client")) == "RS256"
    with pytest.raises(ValueError, match="2048"):
        signing_algorithm(pem("short"))
