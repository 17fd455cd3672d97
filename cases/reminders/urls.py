from django.urls import URLPattern, URLResolver, path

from cases.reminders import views

app_name = "reminders"
urlpatterns: list[URLPattern | URLResolver] = [
    path("phone/", views.mock_phone, name="mock_phone"),
]
