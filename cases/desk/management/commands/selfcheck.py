from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.core.database.context import WORKER, speaking_as
from cases.desk.selfcheck import wrong_milestones
from cases.oversight.glasses import glasses_overdue


class Command(BaseCommand):
    help = "Rebuild every case's milestones from the facts and tell where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for number, names in wrong_milestones():
            wrong += 1
            self.stderr.write(f"{number}: {', '.join(names)}")
        if wrong:
            raise CommandError(f"{wrong} cases have milestones that the facts do not bear out.")
        with speaking_as(WORKER):
            late = glasses_overdue(timezone.now())
        if late:
            self.stderr.write(f"{late} broken glasses were not reviewed within 7 days.")
        self.stdout.write("Every case's milestones are what the facts say.")
