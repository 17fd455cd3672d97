from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.audit.models import Event
from cases.audit.verify import all_broken_links


class Command(BaseCommand):
    help = "Check every unit's chain of audit events; exits with an error when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = all_broken_links()
        for broken in breaks:
            self.stderr.write(f"{broken.unit} event {broken.sequence}: {broken.what}")
        if breaks:
            raise CommandError(f"{len(breaks)} broken places in the audit log.")
        self.stdout.write(f"{Event.objects.count()} audit events, every chain whole.")
