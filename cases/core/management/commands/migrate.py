from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from cases.core.database.securing import RolesMissing, secure


class Command(migrate.Command):
    """Django's own, and then the second lock: a new table is locked before anybody can use it."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        connection = connections[options["database"]]
        looks_only = options.get("plan") or options.get("check_unapplied")
        # A part of the migrations leaves tables that are not yet what the models say.
        if looks_only or options.get("app_label") or not _wants_roles(connection.vendor):
            return
        call_command("createcachetable", database=options["database"], verbosity=0)
        try:
            secure(connection)
        except RolesMissing as missing:
            raise CommandError(str(missing)) from missing


def _wants_roles(vendor: str) -> bool:
    return settings.DATABASE_ROLES and vendor == "postgresql"
