from django.urls import URLPattern, URLResolver, path

from cases.statistics.views import figures

app_name = "statistics"
urlpatterns: list[URLPattern | URLResolver] = [path("", figures, name="figures")]
