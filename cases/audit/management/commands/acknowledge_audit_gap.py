from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.audit.actions import GAP_REASONS, NothingLost, acknowledge_gap
from cases.audit.anchors import folder, read_anchors
from cases.core.database.context import AUDITOR, working_as


class Command(BaseCommand):
    help = "Answer for audit events that a restore has lost: an event of its own, with who and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", type=UUID, required=True)
        parser.add_argument("--reason", choices=GAP_REASONS, required=True)
        parser.add_argument("--by", required=True, help="e-mail address of the user who answers")

    def handle(self, *args: Any, **options: Any) -> None:
        by = get_user_model().objects.filter(email=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("There is no such user.")
        # Asked for now, and remembered: the role that answers reads the log and no memberships.
        by.role_names(options["unit"])
        try:
            with working_as(AUDITOR):
                count = acknowledge_gap(
                    unit=options["unit"], reason=options["reason"], by=by,
                    anchors=read_anchors(folder()),
                )  # fmt: skip
        except NothingLost:
            raise CommandError("Every anchored event of this unit is where it was.") from None
        self.stdout.write(f"{count} anchored heads of {options['unit']} are answered for.")
