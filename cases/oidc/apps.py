from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "cases.oidc"
