"""What the database refuses because it is there already is an answer; other refusals are faults."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.database.uniqueness import unique_or
from cases.people.models import Block, DeclaredAccess

pytestmark = pytest.mark.django_db


class AlreadyThere(Exception):
    pass


def block(case: Case, user: User, by: User) -> Block:
    return Block.objects.create(
        unit=case.unit, user=user, person=case.person, reason="Tante", set_at=timezone.now(),
        set_by=by,
    )  # fmt: skip


def test_the_second_of_two_is_told_so(case: Case, colleague: User, leader: User) -> None:
    block(case, colleague, by=leader)
    with pytest.raises(AlreadyThere), unique_or(AlreadyThere):
        block(case, leader, by=colleague)  # another one, written with what is refused
        block(case, colleague, by=leader)
    assert list(Block.objects.values_list("user", flat=True)) == [colleague.pk]


def test_the_same_row_again_is_told_so(case: Case, colleague: User, leader: User) -> None:
    made = block(case, colleague, by=leader)
    made.lifted_at, made.lifted_by = timezone.now(), leader
    with pytest.raises(AlreadyThere), unique_or(AlreadyThere):
        made.save(force_insert=True)


def test_another_broken_rule_is_no_answer(case: Case, colleague: User) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), unique_or(AlreadyThere):
        DeclaredAccess.objects.create(
            unit=case.unit, user=colleague, person=case.person, reason="other", declared_at=now,
            until=now - timedelta(hours=1),
        )  # fmt: skip
