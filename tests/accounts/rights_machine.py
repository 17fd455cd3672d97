"""Random hands on the rights of two units; after every step the house must still stand."""

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cases.accounts.actions import members
from cases.accounts.models import Membership, User
from cases.accounts.rights import GIVEN_BY, RightsRefused, is_led, keeping_leaders, units_led_by
from cases.accounts.roles import ROLES, UNIT_ROLES, Role
from cases.audit.record import recorded
from cases.units.models import Unit

PEOPLE = st.integers(0, 7)
UNITS = st.integers(0, 1)
DAYS = st.integers(-3, 10)


class Rights(RuleBasedStateMachine):
    """Eight people, two units. Whoever acts is chosen blindly: most of what is tried is refused."""

    steps = 0

    @initialize()
    def two_units_with_leaders(self) -> None:
        self.today: date = timezone.localdate()
        self.units = [
            Unit.objects.create(
                name=f"Enhet {code}", code=code, neutral_name=code, neutral_sender=code, phone="2"
            )
            for code in ("AAA", "BBB")
        ]
        self.people = [
            User.objects.create_user(email=f"p{n}@example.no", name=f"P{n}") for n in range(8)
        ]
        first = [
            (0, 0, Role.LEADER), (1, 0, Role.MUNICIPAL_ADMINISTRATOR), (2, 0, Role.ADVISER),
            (3, 1, Role.LEADER), (4, 1, Role.MUNICIPAL_ADMINISTRATOR),
            (5, None, Role.ADMINISTRATOR), (6, 0, Role.ADVISER),
        ]  # fmt: skip
        for person, unit, role in first:
            Membership.objects.create(
                user=self.people[person], role=role, valid_from=self.today - timedelta(days=30),
                unit=None if unit is None else self.units[unit], cleared_for_protected=person == 6,
            )  # fmt: skip

    def user(self, number: int) -> User:
        return User.objects.get(pk=self.people[number].pk)

    def try_it(self, by: User, act: Any) -> None:
        """Do it; whatever was done must have been the actor's to do, and not to themselves."""
        before, given, may_clear = self.rights(), self.may_give(by), self.may_clear(by)
        type(self).steps += 1
        try:
            with recorded():
                act()
        except (RightsRefused, ValidationError):
            assert self.rights() == before, "refused, and done all the same"
            return
        for user, unit, role, *_rest in self.rights() ^ before:
            assert user != by.pk, "somebody changed their own rights"
            assert (unit, role) in given, f"{role} was not theirs to give or take"
        cleared_now = {(row[0], row[1]) for row in self.rights() if row[-1]}
        for _user, unit in cleared_now - {(row[0], row[1]) for row in before if row[-1]}:
            assert unit in may_clear, "the clearance was not theirs to give"

    def rights(self) -> set[Any]:
        return set(
            Membership.objects.values_list(
                "user", "unit", "role", "valid_from", "valid_to", "cleared_for_protected"
            )
        )

    def may_give(self, by: User) -> set[Any]:
        """Worked out anew from the memberships of today, not by the code under test."""
        in_force = Membership.objects.in_force_on(self.today).filter(user=by)
        given = set()
        for own in in_force:
            for role in GIVEN_BY.get(Role(own.role), ()):
                if own.role == Role.ADMINISTRATOR:
                    of_unit = ROLES[role].belongs_to_unit
                    given |= {(unit.pk if of_unit else None, role) for unit in self.units}
                else:
                    given.add((own.unit_id, role))
        return given

    def may_clear(self, by: User) -> set[Any]:
        """The units in which they may let somebody see protected people."""
        in_force = Membership.objects.in_force_on(self.today).filter(user=by)
        return {
            own.unit_id
            for own in in_force
            if own.cleared_for_protected or own.role == Role.MUNICIPAL_ADMINISTRATOR
        }

    @rule(
        by=PEOPLE, to=PEOPLE, unit=UNITS, role=st.sampled_from(UNIT_ROLES), start=DAYS,
        length=st.none() | DAYS, cleared=st.booleans(),
    )  # fmt: skip
    def give(self, **drawn: Any) -> None:
        by, to, unit = self.user(drawn["by"]), self.user(drawn["to"]), self.units[drawn["unit"]]
        first = self.today + timedelta(days=drawn["start"])
        length = drawn["length"]
        last = None if length is None else first + timedelta(days=length)
        self.try_it(
            by,
            lambda: members.add_member(
                unit=unit, email=to.email, name=to.name, role=drawn["role"],
                cleared_for_protected=drawn["cleared"], valid_from=first, valid_to=last, by=by,
            ),
        )  # fmt: skip

    @rule(by=PEOPLE, which=st.integers(0, 40), day=DAYS)
    def end(self, by: int, which: int, day: int) -> None:
        rows = list(Membership.objects.order_by("pk").select_related("user"))
        membership, actor = rows[which % len(rows)], self.user(by)
        last_day = self.today + timedelta(days=day)
        self.try_it(
            actor,
            lambda: members.end_membership(membership=membership, last_day=last_day, by=actor),
        )

    @rule(by=PEOPLE, who=PEOPLE, active=st.booleans())
    def stop(self, by: int, who: int, active: bool) -> None:
        """What Django admin does when "may sign in" is ticked or not."""
        user, actor = self.user(who), self.user(by)
        if user.pk == actor.pk or not actor.is_staff:
            return
        user.is_active = active

        def save() -> None:
            with keeping_leaders(units_led_by(user)):
                user.save()

        self.try_it(actor, save)

    @rule(by=PEOPLE, who=PEOPLE, unit=UNITS)
    def reset(self, by: int, who: int, unit: int) -> None:
        """Whoever renews a way in could have given every right behind it."""
        user, actor = self.user(who), self.user(by)
        given, may_clear = self.may_give(actor), self.may_clear(actor)
        kept = user.memberships.not_over_on(self.today)
        behind = {(m.unit_id, Role(m.role)) for m in kept}
        cleared = {m.unit_id for m in kept if m.cleared_for_protected}
        done = True
        try:
            members.reset_second_factor(user=user, unit=self.units[unit], by=actor)
        except RightsRefused:
            done = False
        type(self).steps += 1
        assert not done or (user.pk != actor.pk and behind <= given and cleared <= may_clear)

    @invariant()
    def every_unit_keeps_a_leader(self) -> None:
        if hasattr(self, "units"):
            assert all(is_led(unit.pk, self.today) for unit in self.units)
