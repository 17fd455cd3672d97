from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.reminders.management.commands._moment import read_moment
from cases.reminders.sending import send_due


class Command(BaseCommand):
    help = "Sends the messages that are due and settles the unclear ones, as the job does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=read_moment, help="ISO moment; else the database's clock")

    def handle(self, *args: Any, **options: Any) -> None:
        report = send_due(options["now"])
        for state, count in sorted(report.items()):
            self.stdout.write(f"{state}: {count}")
        self.stdout.write(f"handed over: {report.handed_over}")
