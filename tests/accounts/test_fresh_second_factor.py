"""The guard of what needs a fresh proof: the second factor, or in practice the password."""

import time
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as RECORDS,
)
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from cases.accounts.access import has_fresh_second_factor, requires_fresh_second_factor
from cases.accounts.models import User

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MINUTE = 60


def request_of(user: User, *records: dict[str, Any]) -> HttpRequest:
    """A request of this user, whose session remembers these proofs."""
    request = RequestFactory().get("/somewhere/?a=b")
    request.user = user
    request.session = {  # type: ignore[assignment]
        RECORDS: list(records),
        "account_authentication_methods_user": str(user.pk),
    }
    return request


def proof(method: str, minutes_ago: float, **more: Any) -> dict[str, Any]:
    return {"method": method, "at": time.time() - minutes_ago * MINUTE, **more}


@pytest.fixture
def with_app(adviser: User) -> User:
    TOTP.activate(adviser, SECRET)
    return adviser


@pytest.fixture
def with_password(adviser: User) -> User:
    adviser.set_password("four words, only practice")
    adviser.save()
    return adviser


@pytest.mark.parametrize(("minutes", "fresh"), [(9, True), (11, False)])
def test_a11_a_second_factor_is_fresh_for_ten_minutes(
    with_app: User, minutes: float, fresh: bool
) -> None:
    assert has_fresh_second_factor(request_of(with_app, proof("mfa", minutes))) is fresh


def test_a_password_is_no_second_factor_for_who_has_one(with_app: User) -> None:
    assert not has_fresh_second_factor(request_of(with_app, proof("password", 0)))


@pytest.mark.parametrize(("minutes", "fresh"), [(9, True), (11, False)])
def test_in_practice_the_password_is_enough_for_who_has_no_second_factor(
    with_password: User, minutes: float, fresh: bool
) -> None:
    assert has_fresh_second_factor(request_of(with_password, proof("password", minutes))) is fresh


def test_where_a_second_factor_is_demanded_no_password_is_enough(
    with_password: User, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    assert not has_fresh_second_factor(request_of(with_password, proof("password", 0)))


def test_a_sign_in_elsewhere_counts_when_it_showed_two_factors(
    adviser: User, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    proven = proof("socialaccount", 1, second_factor=True)
    assert has_fresh_second_factor(request_of(adviser, proven))
    assert not has_fresh_second_factor(request_of(adviser, proof("socialaccount", 1)))


def test_the_proof_of_somebody_else_is_none(with_app: User, colleague: User) -> None:
    request = request_of(with_app, proof("mfa", 0))
    request.session["account_authentication_methods_user"] = str(colleague.pk)
    assert not has_fresh_second_factor(request)


def test_the_guard_leads_to_the_confirmation_and_back(with_app: User) -> None:
    @requires_fresh_second_factor
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("opened")

    refused = page(request_of(with_app, proof("mfa", 11)))
    assert refused.status_code == 302
    assert refused["Location"] == (
        "/account/second-factor/reauthenticate/?next=%2Fsomewhere%2F%3Fa%3Db"
    )
    assert page(request_of(with_app, proof("mfa", 1))).content == b"opened"
