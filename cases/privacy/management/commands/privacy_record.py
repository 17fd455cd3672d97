"""Write the record of processing into docs/privacy.md, or say whether it is stale."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.privacy.processing import with_record

DOCUMENT = settings.BASE_DIR / "docs" / "privacy.md"


class Command(BaseCommand):
    help = "Writes the record of processing, generated from the models, into docs/privacy.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        old = DOCUMENT.read_text("utf-8")
        new = with_record(old)
        if options["check"] and new != old:
            raise CommandError("docs/privacy.md is stale: run manage.py privacy_record")
        if not options["check"]:
            DOCUMENT.write_text(new, "utf-8")
        self.stdout.write("docs/privacy.md is up to date")
