from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cases.accounts"

    def ready(self) -> None:
        from cases.accounts import factors  # noqa: F401, PLC0415  # its receivers
