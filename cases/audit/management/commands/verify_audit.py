from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.audit.anchors import folder
from cases.audit.verdict import is_anchored, verdict
from cases.audit.verify import Report
from cases.core.database.context import AUDITOR, speaking_as


class Command(BaseCommand):
    help = (
        "Check every unit's chain of audit events, and hold it against the heads anchored outside. "
        "Exits with 1 when something does not fit. Prints references and numbers, no content."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, help="folder or file of anchors; AUDIT_ANCHORS when left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asked: Path | None = options["anchors"]
        place = asked or folder()
        if asked and not asked.exists():
            raise CommandError(f"There is nothing at {asked}.")
        with speaking_as(AUDITOR):
            report = verdict(place)
        if not is_anchored(place):
            self.stderr.write(
                f"No anchors in {place}: a cut tail or a rewrite can not be seen. Run anchor_audit."
            )
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for unit, gap in report.gaps:
            self.stdout.write(
                f"{unit} events {gap.first} to {gap.last}: lost, acknowledged at "
                f"{gap.at:%Y-%m-%d %H:%M} UTC ({gap.reason})"
            )
        for seal in report.dropped:
            self.stdout.write(
                f"{seal.unit} {seal.month:%Y-%m}: {seal.count} events, up to {seal.last_sequence}, "
                f"dropped at {seal.dropped_at:%Y-%m-%d %H:%M} UTC"
            )
        for fault in report.faults:
            self.stderr.write(f"anchors: {fault}")
        for broken in report.breaks:
            self.stderr.write(f"{broken.unit} event {broken.sequence}: {broken.what}")
        if count := len(report.breaks) + len(report.faults):
            raise CommandError(f"{count} broken places in the audit log.")
        self.stdout.write(f"{report.events} audit events, every chain whole.")
