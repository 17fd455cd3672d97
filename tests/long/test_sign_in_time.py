"""A12: how long a refusal takes tells nothing. Fifty each, in turn, measured in the processor's time."""

import time
from collections import defaultdict
from statistics import median
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User

pytestmark = [pytest.mark.long, pytest.mark.django_db]

ROUNDS = 50
PASS_PHRASE = "four words, only practice"


def test_a12_known_unknown_and_stopped_users_take_as_long(
    adviser: User, colleague: User, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "100000/m/ip,100000/m/key", "login": None}
    cache.clear()
    for user in (adviser, colleague):
        user.set_password(PASS_PHRASE)
        user.save()
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    kinds = {
        "known": (adviser.email, "wrong"),
        "unknown": ("nobody@example.no", "wrong"),
        "stopped": (colleague.email, "wrong"),
        "stopped, right password": (colleague.email, PASS_PHRASE),
    }
    took = defaultdict(list)
    for _round in range(ROUNDS):
        for kind, (email, password) in kinds.items():
            start = time.process_time()
            Client().post(reverse("account_login"), {"login": email, "password": password})
            took[kind].append(time.process_time() - start)
    middle = {kind: median(times) for kind, times in took.items()}
    print({kind: f"{seconds * 1000:.1f} ms" for kind, seconds in middle.items()})
    for kind, seconds in middle.items():
        assert abs(seconds / middle["known"] - 1) < 0.10, kind
