from django.urls import path

from cases.oidc import views

app_name = "oidc"
urlpatterns = [
    path("", views.account, name="account"),
    path("start/", views.start, name="start"),
    path("answer/", views.callback, name="callback"),
    path("confirm/", views.confirm, name="confirm"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("sign-out/", views.end_session, name="end_session"),
]
