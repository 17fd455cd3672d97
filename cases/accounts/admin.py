"""Users and memberships of system administrators. A password is set here once; the user changes it.

The people of a unit are kept on the unit's own page; here are those of no unit, and the first
municipal administrator of each. What nobody may do there, nobody may do here.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import Membership, User
from cases.accounts.rights import (
    OwnRights,
    RightsRefused,
    check_change,
    check_clearance,
    check_sign_in_of,
    keeping_leaders,
    units_led_by,
)
from cases.audit.admin import AuditedAdmin
from cases.audit.record import record


class UserForm(forms.ModelForm):
    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        max_length=128,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Leave empty to keep the one there is."),
    )

    class Meta:
        model = User
        fields = ["name", "email", "language", "is_active"]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_new_password(self) -> str:
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role ends by its last day."""
        return False


@admin.register(User)
class UserAdmin(AuditedAdmin):
    form = UserForm
    list_display = ["name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "email"]
    inlines = [MembershipInline]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except RightsRefused as refused:
            messages.error(request, str(refused.sentence))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by = _acting(request)
        if {"is_active", "email"} & set(form.changed_data) and obj.pk == by.pk:
            raise OwnRights
        password = form.cleaned_data.get("new_password")
        # A provider knows a new user by the address: whoever changes it says who may come in.
        renews = password or ("email" in form.changed_data and settings.OIDC_ISSUER)
        if change and renews:
            check_sign_in_of(obj, by)
        if password:
            obj.set_password(password)
        elif not change:
            obj.set_unusable_password()
        with keeping_leaders(units_led_by(obj) if change else ()):
            super().save_model(request, obj, form, change)
        if change and {"new_password", "email"} & set(form.changed_data):
            _record_way_in(obj, by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Both what a membership was and what it becomes must be one to give."""
        by, user, units = _acting(request), form.instance, set()
        for line in formset.forms:
            if not line.has_changed():
                continue
            for membership in (
                Membership.objects.filter(pk=line.instance.pk).first(),
                line.instance,
            ):
                if membership is not None:
                    check_change(membership, user, by)
                    units.add(membership.unit_id)
            check_clearance(line.instance, by)  # moved to another unit, it is a clearance there
        with keeping_leaders(units):
            super().save_formset(request, form, formset, change)


def _record_way_in(user: User, by: User) -> None:
    """In the log of every unit the user belongs to: there it counts who could be whom."""
    kept = user.memberships.not_over_on(timezone.localdate())
    for unit in set(kept.values_list("unit", flat=True)) or {None}:
        record("user.way_in_set", by=by, unit=unit, target=user)


def _acting(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the site lets nobody else in
    return request.user
