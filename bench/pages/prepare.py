"""Fill practice data up to this many cases, and print what to ask for, as JSON.

python -m bench.pages.prepare CASES       in the environment of a practice server
"""

import json
import os
import random
import re
import sys

import django

LISTS = {"case list": "/cases/?scope=unit", "own cases": "/cases/?scope=mine", "today": "/"}
REGISTERED = 300


def prepare(wanted):
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from bench.many_cases import grow
    from cases.accounts.models import Membership, User
    from cases.accounts.roles import Role
    from cases.casework.models import Case
    from cases.units.models import Unit

    # The unit that takes own wishes, which need no sender.
    unit = Unit.objects.order_by("code").first()
    grow(unit, wanted)
    adviser = User.objects.get(
        pk=Membership.objects.filter(unit=unit, role=Role.ADVISER).order_by("pk")[0].user_id
    )
    own = Case.objects.filter(unit=unit, person__protection="none")
    taken = own.filter(closed_at=None).values_list("pk", flat=True)[:200]
    Case.objects.filter(pk__in=list(taken)).update(assigned_to=adviser)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cases = list(own.filter(assigned_to=adviser, closed_at=None).select_related("person")[:200])
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(adviser)
    token = {"csrfmiddlewaretoken": _token(client)}
    register = f"/cases/new/{unit.pk}/{_own_wish(unit).pk}/"
    words = {
        "search by case number": [case.number for case in cases],
        "search by name": [case.person.full_name for case in cases],
    }
    today = timezone.localdate().strftime("%d.%m.%Y")
    return {
        "cookies": {name: morsel.value for name, morsel in client.cookies.items()},
        "pages": {
            **{name: {"paths": [path]} for name, path in LISTS.items()},
            **{
                name: {"paths": ["/search/"], "bodies": [{"words": w, **token} for w in searched]}
                for name, searched in words.items()
            },
            "case": {"paths": [f"/cases/{case.pk}/" for case in cases]},
            "register": {
                "paths": [register],
                "bodies": [_wish(today, number) | token for number in range(REGISTERED)],
            },
        },
    }


def _token(client):
    page = client.get("/account/settings/").content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def _own_wish(unit):
    from cases.casework.models import LegalBasis, UnitLawProfile

    profile = UnitLawProfile.objects.filter(unit=unit, valid_to=None).first()
    return LegalBasis.objects.get(profile=profile.profile_id, kind="own_wish")


def _wish(today, number):
    letters = random.Random(number)
    name = "".join(letters.choices("abdefghijklmnoprstuv", k=9)).title()
    return {
        "received_on": today, "attendances_required": "1", "identity_number": "", "assigned_to": "",
        "birth_date": "01.02.1990", "given_name": name, "family_name": f"Test{name.lower()}",
        "language": "nb", "interpreter_language": "", "protection": "none", "mobile": "",
        "email": "", "address": "Skogveien 1",
    }  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory.settings")
    django.setup()
    print(json.dumps(prepare(int(sys.argv[1]))))
