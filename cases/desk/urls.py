from django.urls import path

from cases.desk.views import case, cases, health, reports, today, waiting

app_name = "desk"
urlpatterns = [
    path("", today.start, name="today"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("cases/", cases.case_list, name="cases"),
    path("search/", cases.search, name="search"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("healthz", health.healthz, name="healthz"),
    path("browser-reports", reports.browser_report, name="browser_reports"),
    path("readyz", health.readyz, name="readyz"),
]
