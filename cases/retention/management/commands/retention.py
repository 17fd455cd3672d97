from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cases.audit.models import Client
from cases.core.database.context import KEEPER, speaking_as, working_as
from cases.retention import ledger
from cases.retention.due import due_now
from cases.retention.erasing import carry_out_confirmed, erase_again
from cases.retention.models import DueList, ListState
from cases.units.models import Unit


class Command(BaseCommand):
    help = (
        "Tells what is due; carries out what two people have confirmed; erases again, after a "
        "backup was restored, what had been erased. Confirms nothing itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dry-run", action="store_true", help="what is due; changes nothing")
        what.add_argument(
            "--confirm",
            action="store_true",
            help="erase what two people have confirmed, as the job",
        )
        what.add_argument(
            "--after-restore", action="store_true", help="erase again what the ledger holds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with working_as(KEEPER):
            if options["dry_run"]:
                self._tell_what_is_due()
            elif options["confirm"]:
                self._carry_out()
            else:
                self._erase_again()

    def _tell_what_is_due(self) -> None:
        for unit in Unit.objects.order_by("name"):
            with speaking_as(KEEPER):
                due = due_now(unit, timezone.localdate())
            self.stdout.write(
                f"{unit.code}: due {len(due.ready)}, to archive first {len(due.to_archive)}, "
                f"kept back {len(due.kept_back)}"
            )
            for one in due.ready:
                self.stdout.write(f"  {one.number} since {one.due_on}, rule: {one.rule}")

    def _carry_out(self) -> None:
        erased = 0
        # A sweep stops before a job's time is over; a command goes on until nothing is left.
        while swept := carry_out_confirmed(client=Client.COMMAND):
            erased += swept
        with speaking_as(KEEPER):
            waiting = DueList.objects.waiting().count()
            left = DueList.objects.filter(state=ListState.CONFIRMED).count()
        self.stdout.write(f"erased: {erased}")
        self.stdout.write(f"lists at work elsewhere: {left}")
        self.stdout.write(f"lists that wait for a second person: {waiting}")

    def _erase_again(self) -> None:
        with speaking_as(KEEPER):
            lines = sum(len(hashes) for hashes in ledger.known().values())
        counts = erase_again()
        self.stdout.write(f"lines in the ledger: {lines}")
        if unreadable := ledger.unreadable_lines():
            self.stderr.write(
                f"lines of the ledger that can not be read: {unreadable}. What they named may be "
                "there again: look for them in another copy of the file."
            )
        self.stdout.write(f"cases erased again: {sum(counts.values())}")
