"""allauth's forms for passkeys, with one kind of key: it knows the user and asks for finger or PIN."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from cases.accounts.machines import may_come_in


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        required=False,
        help_text=_("So that you know it again among others: “work laptop”, “my phone”."),
    )
    passwordless = None  # there is no other kind: every key must do without a password


class SignInPasskeyForm(LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        """Whoever may no longer sign in gets the answer of an unknown passkey."""
        authenticator: Authenticator = super().clean_credential()
        if not may_come_in(authenticator.user):
            raise get_adapter().validation_error("incorrect_code")
        return authenticator
