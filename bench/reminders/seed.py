"""Fill an empty database with people who are to be reminded now: `python -m bench.reminders.seed N`.

Everyone has a mobile of their own and an appointment in four hours that was agreed on a month ago,
so the reminder of the day before is due at once.
"""

import sys
from datetime import date, timedelta

import django

PLAN = "--plan"


def seed(count):
    from django.utils import timezone

    from cases.accounts.models import User
    from cases.appointments.models import Appointment
    from cases.casework.models import Case, LawProfile, LegalBasis, Referral, UnitLawProfile
    from cases.casework.reference import load_law
    from cases.letters.reference import load_texts
    from cases.people.models import ContactPoint, Person, contact_lookup
    from cases.reminders.reference import load_rules
    from cases.units.models import Place, Unit

    for load in (load_law, load_texts, load_rules):
        load()
    now = timezone.now()
    unit = Unit.objects.create(
        name="Enhet Furu", code="FUR", neutral_name="Furu kommune", neutral_sender="Furu",
        phone="22 22 22 22", messages_from="00:00", messages_until="23:59:59.999999",
    )  # fmt: skip
    profile = LawProfile.objects.get(code="no-2021-bill")
    UnitLawProfile.objects.create(unit=unit, profile=profile, valid_from=date(2020, 1, 1))
    place = Place.objects.create(unit=unit, kind="office", name_nb="Rom 1")
    adviser = User.objects.create_user("adviser@example.no", "Adviser")
    basis = LegalBasis.objects.get(profile=profile, kind="own_wish")

    people = Person.objects.bulk_create(
        Person(unit=unit, given_name="Testperson", family_name=f"Nr {n}", birth_date="1998-04-14")
        for n in range(count)
    )
    numbers = [f"+479{n:07d}" for n in range(count)]
    ContactPoint.objects.bulk_create(
        ContactPoint(
            unit=unit, person=person, kind="mobile", value=number,
            lookup=contact_lookup("mobile", number),
        )
        for person, number in zip(people, numbers, strict=True)
    )  # fmt: skip
    referrals = Referral.objects.bulk_create(
        Referral(
            unit=unit, person=person, legal_basis=basis, received_on=now.date(),
            attendances_required=1, registered_at=now, registered_by=adviser,
        )
        for person in people
    )  # fmt: skip
    cases = Case.objects.bulk_create(
        Case(
            unit=unit, person=referral.person, referral=referral, number=f"FUR-{n}", year=2026,
            serial=n, opened_at=now, opened_by=adviser, answers_sender=False,
            attendances_required=1, summonses_allowed=2, next_due_at=now,
        )
        for n, referral in enumerate(referrals)
    )  # fmt: skip
    Appointment.objects.bulk_create(
        Appointment(
            unit=unit, case=case, adviser=adviser, place=place,
            starts_at=now + timedelta(hours=4), ends_at=now + timedelta(hours=5),
            booked_at=now - timedelta(days=30), booked_by=adviser,
        )
        for case in cases
    )  # fmt: skip


if __name__ == "__main__":
    django.setup()
    import bench.reminders.weekday  # noqa: F401

    seed(int(sys.argv[1]))
    if PLAN in sys.argv:
        from django.utils import timezone

        from cases.reminders.planning import plan_reminders

        print(plan_reminders(timezone.now()))
