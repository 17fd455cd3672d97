from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.reminders.management.commands._moment import read_moment
from cases.reminders.pace import database_now
from cases.reminders.planning import plan_reminders


class Command(BaseCommand):
    help = "Plans the messages that the appointments ask for, as the job does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=read_moment, help="ISO moment; else the database's clock")

    def handle(self, *args: Any, **options: Any) -> None:
        planned = plan_reminders(options["now"] or database_now())
        self.stdout.write(f"planned: {planned}")
