"""Django admin behind the ordinary sign-in; who may enter follows our permissions."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AdvisoryAdminConfig(AdminConfig):
    default_site = "advisory.admin_site.AdvisoryAdminSite"


class AdvisoryAdminSite(AdminSite):
    site_header = _("Advisory: set-up")
    site_title = _("Advisory")
    index_title = _("Units, users, places, services, texts, law and reminders")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff
