from django.urls import URLPattern, URLResolver, path

from cases.retention.views import archive, due, holds, lists, log

app_name = "retention"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", due.due_list, name="due"),
    path("units/<uuid:unit_id>/confirm/", due.confirm, name="confirm"),
    path("units/<uuid:unit_id>/log/ask/", log.ask_log, name="ask_log"),
    path("units/<uuid:unit_id>/log/", log.drop_log, name="drop_log"),
    path("second/", lists.second, name="second"),
    path("lists/<uuid:list_id>/", lists.one_list, name="list"),
    path("lists/<uuid:list_id>/confirm/", lists.confirm_second, name="confirm_second"),
    path("lists/<uuid:list_id>/withdraw/", lists.withdraw, name="withdraw"),
    path("certificates/<uuid:certificate_id>/", lists.certificate, name="certificate"),
    path("cases/<uuid:case_id>/hold/", holds.hold, name="hold"),
    path("cases/<uuid:case_id>/hold/lift/", holds.lift, name="lift_hold"),
    path("cases/<uuid:case_id>/archive/", archive.archive, name="archive"),
    path("cases/<uuid:case_id>/archive/ask/", archive.ask, name="ask_package"),
    path("cases/<uuid:case_id>/archive/package/", archive.download, name="download_package"),
]
