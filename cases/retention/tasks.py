"""The nudge: "look now". No arguments; what is to be done are rows."""

from celery import shared_task

from cases.core.database.context import KEEPER, working_as
from cases.retention import erasing, packages


@shared_task
def sweep_retention() -> None:
    with working_as(KEEPER):
        packages.make_packages()
        erasing.carry_out_confirmed()
