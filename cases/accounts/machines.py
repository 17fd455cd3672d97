"""Users that stand for another system: they have rights, and no door that is made for people."""

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import MACHINE_ROLES
from cases.core.database.context import Context, DatabaseRole, acting_as


def may_come_in(user: User) -> bool:
    """Whether this user may sign in: not when stopped, and not with a machine's roles alone.

    Nobody is signed in yet: PostgreSQL shows the roles to the user they belong to.
    """
    with acting_as(Context(DatabaseRole.APP, user=user.pk)):
        in_force = user.memberships.in_force_on(timezone.localdate())
        roles = set(in_force.values_list("role", flat=True))
    is_machine = bool(roles) and roles <= MACHINE_ROLES
    return user.is_active and not is_machine
