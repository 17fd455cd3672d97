from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cases.core.database.securing import (
    RolesMissing,
    differences,
    missing_roles,
    role_statements,
    secure,
)


class Command(BaseCommand):
    help = (
        "PostgreSQL's own lock: roles, rights, row-level security, keys within a unit and the table "
        "of changes, made from the models. May be repeated. Run it as the owner of the tables."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing, tell what is wrong"
        )
        parser.add_argument(
            "--print-roles",
            action="store_true",
            help="the SQL that makes the roles, and nothing else",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_roles"]:
            self.stdout.write("".join(f"{statement};\n" for statement in role_statements()))
            return
        if connection.vendor != "postgresql":
            self.stdout.write("Only PostgreSQL has a lock of its own. Nothing to do.")
            return
        if options["check"]:
            self._check()
            return
        try:
            secure(connection)
        except RolesMissing as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write("The database is as the models ask.")

    def _check(self) -> None:
        if missing := missing_roles(connection):
            raise CommandError(f"Missing roles: {', '.join(missing)}")
        wrong = differences(connection)
        if wrong:
            raise CommandError("The database is not as the models ask:\n" + "\n".join(wrong))
        self.stdout.write("The database is as the models ask.")
