"""A10, tried at random: a short run here, five thousand steps in tests/long."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.accounts.rights_machine import Rights


class RolledBack(Rights):
    """Every run of the machine is undone, so that the next begins with an empty house."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)


def run(runs: int, steps: int) -> int:
    RolledBack.steps = 0
    run_state_machine_as_test(
        RolledBack,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
    return RolledBack.steps


@pytest.mark.django_db
def test_a10_nobody_raises_their_own_rights_whatever_is_tried() -> None:
    assert run(runs=3, steps=15) > 0
