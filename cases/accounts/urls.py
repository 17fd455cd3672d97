from allauth.account import views as account
from django.urls import include, path

from cases.accounts import views, views_sessions

# allauth's own names, for its pages link to one another by them. Nobody signs up, and nobody
# resets a password by e-mail: an administrator does.
sign_in = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]
own = [
    path("session/", views_sessions.session_state, name="session"),
    path("session/over/", views_sessions.session_over, name="session_over"),
    path("sessions/", views_sessions.own_sessions, name="sessions"),
    path("unsent/<uuid:about>/", views_sessions.unsent_form, name="unsent"),
    path("settings/", views.settings_page, name="settings"),
    path("drafts/<slug:form>/<uuid:about>/", views.save_draft, name="save_draft"),
    path("drafts/<slug:form>/<uuid:about>/delete/", views.delete_draft, name="delete_draft"),
]
urlpatterns = [*sign_in, path("", include((own, "accounts")))]
