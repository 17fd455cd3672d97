from allauth.account import views as account
from django.urls import include, path

from cases.accounts import views, views_entry, views_members, views_sessions

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
# Leader and municipal administrator: the people of their unit.
unit = "people/<uuid:unit_id>/"
people = [
    path("people/", views_members.kept_units, name="kept_units"),
    path(unit, views_members.people, name="people"),
    path(f"{unit}add/", views_members.add_member, name="add_member"),
    path(f"{unit}stand-ins/add/", views_members.add_stand_in, name="add_stand_in"),
    path(
        f"{unit}stand-ins/<uuid:stand_in_id>/end/",
        views_members.end_stand_in,
        name="end_stand_in",
    ),
    path(
        f"{unit}roles/<uuid:membership_id>/end/",
        views_members.end_membership,
        name="end_membership",
    ),
    path(f"{unit}<uuid:user_id>/", views_members.member, name="member"),
    path(f"{unit}<uuid:user_id>/<slug:what>/", views_members.sign_in_of, name="sign_in_of"),
]
entry = [
    path("welcome/<uuid:user_id>/<str:token>/", views_entry.choose, name="choose_password"),
]
urlpatterns = [*sign_in, path("", include(([*own, *people, *entry], "accounts")))]
