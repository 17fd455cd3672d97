"""A passkey in Chromium's own virtual authenticator: set up, signed out, signed in by it alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.watch import Watch
from tools.practice import Practice

LIV = "liv.testberg@example.no"


@pytest.fixture
def page(browser: Browser, practice: Practice) -> Iterator[Page]:
    """By name: a passkey belongs to a name, and no browser takes a number for one."""
    address = practice.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address, locale="en-GB")
    opened = context.new_page()
    watch = Watch(opened, address)
    yield opened
    context.close()
    assert watch.take_faults() == []


def give_authenticator(page: Page, verified: bool = True) -> Any:
    """A key built into the computer, whose owner always puts the finger on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": verified,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return devtools


def set_up_passkey(page: Page, name: str) -> None:
    page.goto("/account/second-factor/webauthn/add/")
    steps.confirm_if_asked(page)
    steps.fill(page, name=name)
    steps.send(page)
    steps.arrive(page, "/account/second-factor/(recovery-codes/)?")


def sign_out(page: Page) -> None:
    page.goto("/account/sign-out/")
    steps.send(page)
    steps.arrive(page, "/account/sign-in/")


def test_a_passkey_is_set_up_and_signs_in_alone(page: Page) -> None:
    give_authenticator(page)
    steps.sign_in(page, LIV)
    set_up_passkey(page, "Work laptop")
    sign_out(page)
    page.locator("form[data-passkey] button").click()
    steps.arrive(page, "/")
    page.goto("/account/second-factor/webauthn/")
    expect(page.get_by_role("heading", name="Work laptop")).to_be_visible()
    # And again as a confirmation, for a page that asks for a fresh proof.
    page.goto("/account/second-factor/webauthn/reauthenticate/?next=/account/settings/")
    steps.send(page)
    steps.arrive(page, "/account/settings/")
    page.goto("/account/second-factor/webauthn/")
    page.get_by_role("link", name=re.compile("Remove")).click()
    steps.send(page)
    steps.arrive(page, "/account/second-factor/webauthn/")
    expect(page.get_by_role("heading", name="Work laptop")).to_have_count(0)


def test_without_finger_or_pin_a_passkey_opens_nothing(page: Page) -> None:
    give_authenticator(page, verified=False)
    page.goto("/account/sign-in/")
    page.locator("form[data-passkey] button").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("did not work")
    expect(page).to_have_url(re.compile("/account/sign-in/"))
