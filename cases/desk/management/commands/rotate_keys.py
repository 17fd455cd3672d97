from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.accounts.secrets import rewrap_secrets, secrets_left_behind
from cases.audit.models import Client
from cases.audit.record import record, recorded
from cases.core.crypto import index_keys_rotate
from cases.core.rotation import left_behind, rehash_lookups, rewrap_data_keys

# A row written by a process that had not been restarted yet is found by the next round.
ROUNDS = 5
# The rows of these lines are gone: nobody can make them anew (docs/operations.md).
OLDER_INDEX_KEY = (
    "Leave an older index key until no backup from before is left: the ledger of erased rows, and "
    "anchors signed without AUDIT_ANCHOR_KEY, still need it."
)


class Command(BaseCommand):
    help = (
        "Bring every data key to the first key of FIELD_KEYS; with --index every look-up hash to "
        "the first index key. The program may run meanwhile, and this may be run again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--index", action="store_true", help="the look-up hashes as well")
        parser.add_argument("--check", action="store_true", help="only tell what is left behind")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self._until_nothing_changes("data keys", rewrap_data_keys)
            self._until_nothing_changes("second factors", rewrap_secrets)
            if options["index"]:
                self._until_nothing_changes("look-up hashes", rehash_lookups)
        left = everything_left_behind()
        for name, count in left.items():
            self.stderr.write(f"{name}: {count} rows still need another key than the first")
        if left:
            raise CommandError("The older keys are still needed: leave them in FIELD_KEYS.")
        self.stdout.write("Only the first keys are needed: an older field key may be removed.")
        if index_keys_rotate():
            self.stdout.write(OLDER_INDEX_KEY)

    def _until_nothing_changes(self, what: str, rotate: Any) -> None:
        # First the log: no key is touched that nobody could be asked about.
        with recorded(client=Client.COMMAND):
            record("keys.rotated", by=None, reason=what.replace(" ", "_").replace("-", "_"))
        changed = 0
        for _round in range(ROUNDS):
            this_round = rotate()
            changed += this_round
            if not this_round:
                break
        self.stdout.write(f"{changed} {what} brought to the first key.")


def everything_left_behind() -> dict[str, int]:
    """Rows that still need another key than the first, by what they are."""
    left = left_behind()
    if secrets := secrets_left_behind():
        left[Authenticator._meta.label] = secrets
    return left
