"""Drug tests: taken or not taken, by somebody else than who meets the person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.actions import (
    AlreadyDone,
    NoSampleTaker,
    TakerIsAdviser,
    TakesSamples,
    assign,
    block_from_case,
    order_sample,
    record_sample,
)
from cases.casework.models import Case, Sample
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
AT = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


def order(case: Case, taker: User, by: User, exception: str = "") -> Sample:
    return order_sample(case_id=case.pk, taker=taker, planned_at=AT, exception=exception, by=by)


def also_takes_samples(user: User, unit: Unit) -> User:
    Membership.objects.create(
        user=user, unit=unit, role=Role.SAMPLE_TAKER, valid_from=factories.LONG_AGO
    )
    return User.objects.get(pk=user.pk)


def test_the_taker_sees_name_and_time_and_nothing_else(
    case: Case, adviser: User, sample_taker: User, client_of: ClientOf
) -> None:
    order(case, sample_taker, adviser)
    browser = client_of(sample_taker)
    page = browser.get("/", follow=True).content.decode()
    assert "Testperson Furu" in page
    assert case.number not in page
    assert str(case.pk) not in page
    born = ("14.04.1998", "14 April 1998", "14 Apr. 1998", "April 14, 1998", "140498", "1998-04-14")
    assert [day for day in born if day in page] == [], "no birth date"
    assert browser.get(case.get_absolute_url()).status_code == 403
    listed = Event.objects.get(action="samples.listed")
    assert listed.persons == [str(case.person_id)]


def test_it_is_recorded_once(
    case: Case, adviser: User, sample_taker: User, client_of: ClientOf
) -> None:
    sample = order(case, sample_taker, adviser)
    browser = client_of(sample_taker)
    answer = browser.post(f"/cases/samples/{sample.pk}/", {"taken": "yes"}, follow=True)
    assert "It is recorded." in answer.content.decode()
    sample.refresh_from_db()
    assert sample.taken is True
    with pytest.raises(AlreadyDone):
        record_sample(sample_id=sample.pk, taken=False, by=sample_taker)
    shown = client_of(adviser).get(f"/cases/{case.pk}/samples/").content.decode()
    assert "Taker: taken" in shown


def test_nobody_records_what_another_is_to_take(
    case: Case, unit: Unit, adviser: User, sample_taker: User, client_of: ClientOf
) -> None:
    sample = order(case, sample_taker, adviser)
    another = factories.make_user("another", unit, Role.SAMPLE_TAKER)
    assert client_of(another).post(f"/cases/samples/{sample.pk}/").status_code == 404
    sample.refresh_from_db()
    assert sample.taken is None


def test_a_protected_person_is_on_no_list_of_who_is_not_cleared(
    make_case: Callable[..., Case], cleared: User, sample_taker: User, client_of: ClientOf
) -> None:
    hidden = make_case(protection="strictly", given_name="Kanarihemmelig", by=cleared)
    order(hidden, sample_taker, cleared)
    assert "Kanarihemmelig" not in client_of(sample_taker).get("/cases/samples/").content.decode()


def test_the_page_orders_a_test(
    case: Case, adviser: User, sample_taker: User, client_of: ClientOf
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    typed = {"taker": str(sample_taker.pk), "day": day.strftime("%d.%m.%Y"), "clock": "9.15"}
    answer = client_of(adviser).post(f"/cases/{case.pk}/samples/order/", typed, follow=True)
    assert "The test is ordered." in answer.content.decode()
    assert Sample.objects.get().taker == sample_taker


@pytest.mark.parametrize(
    ("field", "value"),
    [("taker", ""), ("taker", "x"), ("day", "31.2.2027"), ("day", "1.1.2020"), ("clock", "25")],
)
def test_wrong_input_gets_a_sentence_and_orders_nothing(
    case: Case, adviser: User, sample_taker: User, client_of: ClientOf, field: str, value: str
) -> None:
    typed = {"taker": str(sample_taker.pk), "day": "12.1.2027", "clock": "9.15", field: value}
    answer = client_of(adviser).post(f"/cases/{case.pk}/samples/order/", typed)
    assert answer.status_code == 422
    assert "ds-error-summary" in answer.content.decode()
    assert not Sample.objects.exists()


def test_a4_a_taker_of_another_unit_is_no_choice(
    case: Case, adviser: User, other_unit: Unit, client_of: ClientOf
) -> None:
    foreign = factories.make_user("foreign", other_unit, Role.SAMPLE_TAKER)
    typed = {"taker": str(foreign.pk), "day": "12.1.2027", "clock": "9.15"}
    assert client_of(adviser).post(f"/cases/{case.pk}/samples/order/", typed).status_code == 422
    with pytest.raises(NoSampleTaker):
        order(case, foreign, adviser)


def test_a9_the_persons_adviser_takes_no_sample(case: Case, unit: Unit, adviser: User) -> None:
    both = also_takes_samples(adviser, unit)
    with pytest.raises(TakerIsAdviser):
        order(case, both, both)
    with pytest.raises(TakerIsAdviser):
        order(case, both, both, exception="Ingen andre på jobb")


def test_a9_the_adviser_of_another_case_of_the_person_takes_no_sample(
    case: Case, make_case: Callable[..., Case], unit: Unit, adviser: User, colleague: User
) -> None:
    both = also_takes_samples(colleague, unit)
    another = make_case(person=case.person, basis="own_wish", assigned_to=None)
    ordered = order(case, both, adviser)
    Case.objects.filter(pk=another.pk).update(assigned_to=both)
    with pytest.raises(TakerIsAdviser):
        record_sample(sample_id=ordered.pk, taken=True, by=both)
    ordered.delete()
    with pytest.raises(TakerIsAdviser):
        order(case, both, adviser)


def test_a9_the_leader_says_why_and_it_is_reviewed(
    case: Case, unit: Unit, adviser: User, leader: User
) -> None:
    both = also_takes_samples(adviser, unit)
    sample = order(case, both, leader, exception="Ingen andre på jobb")
    assert sample.exception == "Ingen andre på jobb"
    assert Event.objects.get(action="sample.ordered").reason == "taker_is_adviser"
    assert record_sample(sample_id=sample.pk, taken=True, by=both).taken


def test_a9_who_takes_samples_is_given_no_case_of_the_person(
    case: Case, unit: Unit, adviser: User, colleague: User, leader: User
) -> None:
    both = also_takes_samples(colleague, unit)
    order(case, both, adviser)
    with pytest.raises(TakesSamples):
        assign(case_id=case.pk, adviser=both, by=leader)


def test_a9_kin_who_only_takes_samples_is_blocked_and_has_it_no_more(
    case: Case, leader: User, adviser: User, sample_taker: User, client_of: ClientOf
) -> None:
    ordered = order(case, sample_taker, adviser)
    factories.declare(leader, case)
    typed = {"user": str(sample_taker.pk), "reason": "Tante"}
    assert client_of(leader).post(f"/cases/{case.pk}/blocks/", typed).status_code == 302
    browser = client_of(sample_taker)
    assert "Testperson" not in browser.get("/cases/samples/").content.decode()
    answer = browser.post(f"/cases/samples/{ordered.pk}/", {"taken": "yes"})
    assert answer.status_code == 404
    ordered.refresh_from_db()
    assert ordered.taken is None


def test_who_must_not_see_the_person_takes_no_sample(
    case: Case, unit: Unit, adviser: User, colleague: User
) -> None:
    both = also_takes_samples(colleague, unit)
    block_from_case(case=case, user=both, reason="Nabo", by=adviser)
    with pytest.raises(NoSampleTaker):
        order(case, both, adviser)


def test_a_failing_audit_write_orders_nothing(
    case: Case, adviser: User, sample_taker: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        order(case, sample_taker, adviser)
    assert not Sample.objects.exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["assign", "order", "record"]), st.integers(0, 2)), max_size=8
    )
)
def test_a9_no_order_of_steps_makes_one_both(
    case: Case, unit: Unit, leader: User, steps: list[tuple[str, int]]
) -> None:
    """Whatever is assigned and ordered when: who takes the sample does not meet the person."""
    Sample.objects.all().delete()
    everyone = list(User.objects.filter(name__startswith="Both"))
    while len(everyone) < 3:
        made = factories.make_user(f"both{len(everyone)}", unit, Role.ADVISER)
        everyone.append(also_takes_samples(made, unit))
    for step, index in steps:
        user = everyone[index]
        try:
            if step == "assign":
                assign(case_id=case.pk, adviser=user, by=leader)
            elif step == "order":
                order(case, user, leader)
            else:
                for sample in Sample.objects.filter(taken=None, taker=user):
                    record_sample(sample_id=sample.pk, taken=True, by=user)
        except (TakesSamples, TakerIsAdviser):
            pass
        case.refresh_from_db()
        assert not Sample.objects.filter(taker=case.assigned_to_id).exists()
