from typing import Any

from django.core.management.base import BaseCommand

from cases.audit.record import record, recorded
from cases.desk.reference import load_reference_data


class Command(BaseCommand):
    help = "Load what the program ships: municipalities, law, texts, reminder rules, figures."

    def handle(self, *args: Any, **options: Any) -> None:
        with recorded():
            load_reference_data()
            record("reference_data.loaded", by=None)
        self.stdout.write("Loaded. What stood already is left as it was.")
