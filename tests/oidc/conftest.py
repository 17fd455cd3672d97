from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.oidc import discovery
from cases.units.models import Unit
from tests import factories
from tests.oidc import provider as fake
from tests.oidc.provider import CLIENT_ID, CLIENT_SECRET, Provider, pem, running


@pytest.fixture
def provider(db: None, settings: Any) -> Iterator[Provider]:
    """A provider as Entra ID is: a secret, no pushed requests, two claims that name an account."""
    cache.clear()
    discovery.forget()
    with running() as one:
        settings.OIDC_ISSUER, settings.OIDC_NAME = one.issuer, "Kontoen"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.OIDC_SECOND_FACTOR_AMR = ["mfa"]
        settings.OIDC_SUBJECT_CLAIMS = ["tid", "oid"]
        one.account = {
            "sub": "pairwise-1", "tid": "tenant-1", "oid": "account-1", "email": "Ida@example.no",
            "xms_edov": True, "amr": ["pwd", "mfa"],
        }  # fmt: skip
        yield one


@pytest.fixture
def ansattporten(provider: Provider, settings: Any) -> Provider:
    """Pushed requests, rich authorization, a level that is asked for; no e-mail."""
    provider.authentication, provider.demands_push = "private_key_jwt", True
    _with_key(settings)
    settings.OIDC_ACR_VALUES = settings.OIDC_SECOND_FACTOR_ACR = ["idporten-loa-substantial"]
    settings.OIDC_AUTHORIZATION_DETAILS = (
        '[{"type": "ansattporten:altinn:service", "resource": "urn:altinn:resource:5433:1"}]'
    )
    settings.OIDC_SUBJECT_CLAIMS = ["pid"]
    provider.account = {
        "sub": "pairwise-2", "pid": "synthetic-number", "acr": "idporten-loa-substantial",
        "authorization_details": [{"type": "ansattporten:altinn:service", "reportees": []}],
    }  # fmt: skip
    return provider


@pytest.fixture
def helseid(provider: Provider, settings: Any) -> Provider:
    """Pushed requests and assertions that live for a minute at most."""
    provider.authentication, provider.demands_push = "private_key_jwt", True
    _with_key(settings)
    settings.OIDC_PAR = True
    settings.OIDC_SECOND_FACTOR_ACR = ["Level4"]
    settings.OIDC_SUBJECT_CLAIMS = ["sub"]
    provider.account = {"sub": "health-1", "acr": "Level4"}
    return provider


def _with_key(settings: Any) -> None:
    settings.OIDC_CLIENT_SECRET = ""
    settings.OIDC_PRIVATE_KEY = pem("client").replace("\n", "\\n")
    settings.OIDC_KEY_ID = "client"


@pytest.fixture
def ida(unit: Unit) -> User:
    return factories.make_user("ida", unit, Role.ADVISER)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def come_in(browser: Client) -> Callable[..., Any]:
    """Press the button, prove it at the provider, come back: the last answer."""

    def through_the_door(at: Client = browser, **query: str) -> Any:
        begun = at.post(reverse("oidc:start"), query)
        if begun.status_code != 200:
            return begun
        return at.get(fake.visit(fake.way_on(begun)))

    return through_the_door
