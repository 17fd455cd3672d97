"""What the forms of privacy may offer a user."""

from django.db.models import QuerySet

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.units.models import Unit


def units_to_export(user: User) -> QuerySet[Unit]:
    units = user.units_where(Permission.REQUEST_EXPORT)
    return Unit.objects.filter(pk__in=units).order_by("name")
