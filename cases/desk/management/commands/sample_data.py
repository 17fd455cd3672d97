from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.desk.sample.load import load_sample, sign_ins
from cases.desk.sample.units import PRACTICE_PASSWORD

SIZES = {"practice": (None, 60), "municipality": (1, 200), "nation": (60, 12_000)}


class Command(BaseCommand):
    help = "Fill an empty database with made-up units, users and cases. Never in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="practice")
        parser.add_argument("--cases", type=int)
        parser.add_argument("--units", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--print-sign-ins", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("ADVISORY_MODE=production: made-up people do not belong here.")
        if not options["print_sign_ins"]:
            units, cases = SIZES[options["size"]]
            made = load_sample(
                units=options["units"] or units,
                cases=options["cases"] or cases,
                seed=options["seed"],
                now=timezone.now(),
            )
            self.stdout.write(
                f"{made} made-up cases." if made else "The database has data already."
            )
            return
        self.stdout.write(f"Sign in with one of these; the password is: {PRACTICE_PASSWORD}\n\n")
        for name, roles, email in sign_ins():
            self.stdout.write(f"  {email:32} {name}, {roles}")
        self.stdout.write("")
