from django.urls import path

from cases.privacy.views import corrections, deviations, exports, rights

app_name = "privacy"
of_case = "cases/<uuid:case_id>/rights/"
urlpatterns = [
    path(of_case, rights.rights, name="rights"),
    path(f"{of_case}access/", rights.access_request, name="access_request"),
    path(f"{of_case}access/<uuid:request_id>/file/", rights.access_file, name="access_file"),
    path(
        f"{of_case}access/<uuid:request_id>/answered/",
        rights.access_answered,
        name="access_answered",
    ),
    path(f"{of_case}corrections/", corrections.corrections, name="corrections"),
    path(f"{of_case}identity-number/", corrections.correct_number, name="correct_number"),
    path(f"{of_case}restrict/", rights.restrict, name="restrict"),
    path(f"{of_case}lift/", rights.lift, name="lift"),
    path(f"{of_case}sent-in-error/", deviations.sent_in_error, name="sent_in_error"),
    path(f"{of_case}deviation/<uuid:deviation_id>/", deviations.deviation, name="deviation"),
    path(
        f"{of_case}deviation/<uuid:deviation_id>/page/",
        deviations.deviation_page,
        name="deviation_page",
    ),
    path(f"{of_case}deviation/<uuid:deviation_id>/settle/", deviations.settle, name="settle"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.new_export, name="new_export"),
    path("exports/<uuid:export_id>/", exports.export, name="export"),
    path("exports/<uuid:export_id>/approve/", exports.approve, name="approve_export"),
    path("exports/<uuid:export_id>/refuse/", exports.refuse, name="refuse_export"),
    path("exports/<uuid:export_id>/download/", exports.download, name="download_export"),
]
