from django.urls import URLPattern, URLResolver, path

from cases.appointments.views import attendance, booking, summons

app_name = "appointments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<uuid:case_id>/appointments/book/", booking.book, name="book"),
    path("<uuid:case_id>/appointments/move/", booking.move, name="move"),
    path("<uuid:case_id>/appointments/cancel/", booking.cancel, name="cancel"),
    path("<uuid:case_id>/summons/", summons.summons, name="summons"),
    path("<uuid:case_id>/summons/print/", summons.summons_page, name="summons_page"),
    path("<uuid:case_id>/summons/<uuid:summons_id>/", summons.sent_summons, name="sent_summons"),
    path("<uuid:case_id>/attendance/", attendance.attendance, name="attendance"),
    path(
        "<uuid:case_id>/attendance/correct/",
        attendance.correct_attendance,
        name="correct_attendance",
    ),
]
