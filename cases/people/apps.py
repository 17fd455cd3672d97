from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "cases.people"

    def ready(self) -> None:
        import_module("cases.people.signing_out")
