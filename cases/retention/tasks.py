"""The nudge: "look now". No arguments; what is to be done are rows."""

from celery import shared_task

from cases.accounts.drafts import delete_old_drafts
from cases.accounts.sessions import clear_old_sessions
from cases.core.database.context import KEEPER, working_as
from cases.retention import erasing, packages


@shared_task
def sweep_retention() -> None:
    with working_as(KEEPER):
        delete_old_drafts()
        clear_old_sessions()
        packages.make_packages()
        erasing.carry_out_confirmed()
