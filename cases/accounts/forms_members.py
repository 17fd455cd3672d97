"""The people of a unit: a new role, an end, a stand-in, a password of one's own."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.rights import may_clear, roles_given_by
from cases.accounts.roles import Role
from cases.core.forms import AdvisoryForm, TypedDateField


class MemberForm(AdvisoryForm):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The address they sign in with."))
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Of somebody new. Whoever has a user already keeps the name they have."),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    cleared_for_protected = forms.BooleanField(
        label=_("May see people with a protected address"), required=False
    )
    valid_from = TypedDateField(label=_("First day"))
    valid_to = TypedDateField(
        label=_("Last day"), required=False, help_text=_("Empty: for the time being.")
    )
    layout = ("email", "name", "role", "cleared_for_protected", "valid_from", "valid_to")

    def __init__(self, *args: Any, by: User, unit: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = roles_given_by(by, unit)
        if not may_clear(unit, by):
            del self.fields["cleared_for_protected"]
        self.fields["role"].choices = [(r.value, r.label) for r in Role if r in given]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = f"{timezone.localdate():%d.%m.%Y}"

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class EndForm(AdvisoryForm):
    last_day = TypedDateField(
        label=_("Last day"), help_text=_("Yesterday, or earlier: the role ends at once.")
    )
    layout = ("last_day",)


class StandInForm(AdvisoryForm):
    absent = forms.ModelChoiceField(label=_("Who is away"), queryset=User.objects.none())
    substitute = forms.ModelChoiceField(
        label=_("Who has their cases meanwhile"), queryset=User.objects.none()
    )
    valid_from = TypedDateField(label=_("First day"))
    valid_to = TypedDateField(label=_("Last day"))
    layout = ("absent", "substitute", "valid_from", "valid_to")

    def __init__(self, *args: Any, advisers: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].queryset = advisers  # type: ignore[attr-defined]
        self.fields["substitute"].queryset = advisers.exclude(pk=by.pk)  # type: ignore[attr-defined]


class ChoosePasswordForm(AdvisoryForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. Four words you do not otherwise put together are good."
        ),
    )
    layout = ("password",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password
