from django.contrib import admin
from django.urls import include, path

from cases.reminders.hooks import hook_urlpatterns

handler400 = "cases.desk.views.errors.bad_request"
handler403 = "cases.desk.views.errors.permission_denied"
handler404 = "cases.desk.views.errors.page_not_found"
handler500 = "cases.desk.views.errors.server_error"

urlpatterns = [
    path("", include("cases.desk.urls")),
    path("account/", include("cases.accounts.urls")),
    path("account/oidc/", include("cases.oidc.urls")),
    path("cases/", include("cases.casework.urls")),
    path("cases/", include("cases.appointments.urls")),
    path("cases/", include("cases.support.urls")),
    path("", include("cases.privacy.urls")),
    path("messages/", include("cases.reminders.urls")),
    path("deletion/", include("cases.retention.urls")),
    path("log/", include("cases.oversight.urls")),
    path("figures/", include("cases.statistics.urls")),
    path("", include((hook_urlpatterns, "hooks"))),
    path("admin/", admin.site.urls),
]
