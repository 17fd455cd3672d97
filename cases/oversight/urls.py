from django.urls import path

from cases.oversight.views import control, logs, report, review

app_name = "oversight"
urlpatterns = [
    path("", logs.start, name="start"),
    path("find/", logs.find_case, name="find_case"),
    path("mine/", logs.own_log, name="own_log"),
    path("cases/<uuid:case_id>/", logs.case_log, name="case_log"),
    path("employees/<uuid:user_id>/", logs.employee_log, name="employee_log"),
    path(
        "units/<uuid:unit_id>/employees/<uuid:user_id>/contacts/",
        control.employee_contacts,
        name="employee_contacts",
    ),
    path("review/", review.reviews, name="reviews"),
    path("review/<uuid:unit_id>/<int:year>/<int:month>/", review.review, name="review"),
    path("review/<uuid:unit_id>/<int:year>/<int:month>/line/", review.sign, name="sign"),
    path("review/<uuid:unit_id>/<int:year>/<int:month>/off/", review.sign_off, name="sign_off"),
    path("persons/<uuid:person_id>/", report.person_report, name="person_report"),
    path("persons/<uuid:person_id>/file/", report.download, name="person_report_file"),
    path("glasses/", control.glasses, name="glasses"),
    path("glasses/<uuid:glass_id>/", control.glass, name="glass"),
    path("stops/", control.stops, name="stops"),
    path("stops/<uuid:stop_id>/lift/", control.lift, name="lift"),
]
