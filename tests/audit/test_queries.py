"""What the pages of the log may ask: whose events, about whom, of which kind, and when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event, EventPerson, Tier
from cases.audit.record import record, recorded
from cases.casework.models import Case, Note

pytestmark = pytest.mark.django_db


def test_a_person_is_found_in_what_showed_them_among_others(
    make_case: Callable[..., Case], adviser: User
) -> None:
    one, other = make_case(), make_case()
    persons = [one.person_id, other.person_id, one.person_id]
    with recorded():
        record("cases.listed", by=adviser, unit=one.unit_id, persons=persons)
        record("cases.listed", by=adviser, unit=one.unit_id, persons=[other.person_id])
    listed = Event.objects.filter(action="cases.listed")
    assert listed.about_person(one.person_id).count() == 1
    assert listed.about_person(other.person_id).count() == 2


def test_the_register_of_persons_holds_what_the_events_name(case: Case, adviser: User) -> None:
    named = {(event.pk, str(p)) for event in Event.objects.all() for p in event.persons}
    found = {(row.event, str(row.person)) for row in EventPerson.objects.all()}
    assert named
    assert named == found


@pytest.mark.parametrize(
    "verb", ["UPDATE audit_eventperson SET unit = unit", "DELETE FROM audit_eventperson"]
)
def test_the_database_refuses_to_hide_an_event_from_its_person(case: Case, verb: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(verb)
    assert EventPerson.objects.filter(person=case.person_id).exists()


def test_a_case_is_found_by_itself_and_by_its_parts(
    make_case: Callable[..., Case], adviser: User
) -> None:
    case, other = make_case(), make_case()
    with recorded():
        record("case.viewed", by=adviser, unit=case.unit_id, target=case)
        record("note.written", by=adviser, unit=case.unit_id, target=Note(case=case))
        record("case.viewed", by=adviser, unit=case.unit_id, target=other)
    about = Event.objects.about_case(case.pk)
    assert {"referral.registered", "note.written"} <= set(about.values_list("action", flat=True))
    assert about.get(action="case.viewed").target == case.pk


def test_readings_and_days_are_told_apart(case: Case, adviser: User, leader: User) -> None:
    with recorded():
        record("case.viewed", by=adviser, unit=case.unit_id, target=case, tier=Tier.NORMAL)
        record("case.viewed", by=leader, unit=case.unit_id, target=case, tier=Tier.DECLARED)
        record("case.viewed", by=leader, unit=case.unit_id, target=case, tier=Tier.BREAK_GLASS)
        record("case.closed", by=leader, unit=case.unit_id, target=case)
    log = Event.objects.of_unit(case.unit_id)
    assert log.reads().count() == 3
    assert log.by_actor(leader.pk).reads().count() == 2
    now, hour = timezone.now(), timedelta(hours=1)
    assert log.between(now - hour, now + hour).count() == log.count()
    assert not log.between(now + hour, now + 2 * hour).exists()
    assert log.newest_first()[0].action == "case.closed"
