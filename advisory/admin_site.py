"""Django admin behind the ordinary sign-in; who may enter follows our permissions."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.accounts.access import ask_for_second_factor, has_fresh_second_factor


class AdvisoryAdminSite(AdminSite):
    site_header = _("Advisory: set-up")
    site_title = _("Advisory")
    index_title = _("Units, users, places, services, texts, law and reminders")
    enable_nav_sidebar = False

    def register(
        self, model_or_iterable: type[Model] | Iterable[type[Model]], *args: Any, **options: Any
    ) -> None:
        """Only our own models: rights are not groups, and a second factor is its owner's."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [m for m in models if m._meta.app_config.name.startswith("cases.")]
        if ours:
            super().register(ours, *args, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Every page asks for a second factor that is not older than ten minutes."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request) and not has_fresh_second_factor(request):
                return ask_for_second_factor(request)
            return inner(request, *args, **kwargs)

        return guarded

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One sign-in for everything; whoever is signed in without the right is refused."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        wanted = request.GET.get("next") or request.path
        return redirect(reverse("account_login", query={"next": wanted}))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponseRedirect:
        return redirect("account_change_password")
