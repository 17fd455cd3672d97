"""Who they are and how to reach them safely."""

import unicodedata
from collections.abc import Collection
from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.core.crypto import lookup_hashes
from cases.core.fields import EncryptedTextField, LookupHashField
from cases.core.models import DataKeyHolder, Row, Versioned, both_or_neither
from cases.people.contacts import readable_phone
from cases.people.models.access import visible_through
from cases.people.models.choices import LetterLanguage, Protection
from cases.units.models import Unit

SEARCH_PREFIX_SHORTEST = 2
SEARCH_PREFIX_LONGEST = 12


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user))

    def with_identity_number(self, unit: Unit, digits: str) -> Self:
        hashes = number_lookups(digits)
        return self.filter(unit=unit, identity_numbers__lookup__in=hashes)

    def searched(self, words: str, units: Collection[UUID]) -> Self:
        """People of these units whose name has a word that begins with each of these words."""
        found = self
        for word in folded_words(words)[:4]:
            tokens = SearchToken.objects.filter(unit__in=units, prefix=word[:SEARCH_PREFIX_LONGEST])
            found = found.filter(pk__in=tokens.values("person"))
        return found


class Person(DataKeyHolder, Versioned):
    """A referred person, as one unit knows them. Belongs to that unit for good."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    birth_date = models.DateField(_("birth date"))
    language = models.CharField(
        _("language of letters and messages"),
        max_length=2,
        choices=LetterLanguage,
        default=LetterLanguage.NB,
    )
    interpreter_language = models.CharField(_("interpreter"), max_length=40, blank=True)
    protection = models.CharField(
        _("protection of address"), max_length=12, choices=Protection, default=Protection.NONE
    )
    deceased_on = models.DateField(_("deceased"), null=True, blank=True)
    # Restriction of processing (GDPR article 18): hidden from all but the leader.
    restricted_at = models.DateTimeField(null=True, blank=True, editable=False)
    restricted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PersonQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "version"}
        erased = {
            "given_name", "family_name", "birth_date", "language", "interpreter_language",
            "protection", "deceased_on", "restricted_at", "restricted_by", "wrapped_key",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [both_or_neither("person_restricted", "restricted_at", "restricted_by")]

    def __str__(self) -> str:
        # Never a name: what Django writes into logs and lists uses this.
        return f"person {self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None

    def age_on(self, day: date) -> int:
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)

    def key_holder(self) -> "Person":
        return self


class IdentityNumber(Row):
    """A national identity number; a replaced one is kept, so that the person is found by it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="identity_numbers")
    kind = models.CharField(max_length=10)
    digits = EncryptedTextField()
    lookup = LookupHashField(of=lambda row: number_lookups(row.digits)[0])
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "person", "kind", "digits", "lookup", "replaced_at", "replaced_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("identity number")
        verbose_name_plural = _("identity numbers")
        constraints = [
            models.UniqueConstraint(fields=["unit", "lookup"], name="identity_number_in_unit"),
            both_or_neither("identity_number_replaced", "replaced_at", "replaced_by"),
        ]

    def __str__(self) -> str:
        return f"identity number {self.pk}"

    def key_holder(self) -> Person:
        return self.person


class ContactKind(models.TextChoices):
    MOBILE = "mobile", _("mobile")
    EMAIL = "email", _("e-mail")
    ADDRESS = "address", _("postal address")


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def usable(self) -> Self:
        return self.filter(withdrawn_at=None)


class ContactPoint(Row):
    """One way to reach a person. `lookup` finds the same number on somebody else."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    value = EncryptedTextField(_("number or address"))
    lookup = LookupHashField(of=lambda row: contact_lookups(row.kind, row.value)[0], db_index=True)
    messages_allowed = models.BooleanField(_("messages may be sent here"), default=True)
    shared_with_others = models.BooleanField(_("others see what comes here"), default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ContactPointQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "person", "kind", "value", "lookup", "messages_allowed",
            "shared_with_others", "withdrawn_at", "withdrawn_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [both_or_neither("contact_point_withdrawn", "withdrawn_at", "withdrawn_by")]

    def __str__(self) -> str:
        return f"contact point {self.pk}"

    @property
    def readable(self) -> str:
        """The number grouped as people read it; everything else as it is."""
        return readable_phone(self.value) if self.kind == ContactKind.MOBILE else self.value

    def key_holder(self) -> Person:
        return self.person


class SearchToken(models.Model):
    """Prefixes of a person's names, folded; equality finds them on every engine.

    None are made for a protected person.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="search_tokens")
    prefix = models.CharField(max_length=SEARCH_PREFIX_LONGEST)

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "unit", "person", "prefix"}
        anonymised: dict[str, object] = {}

    class Meta:
        indexes = [models.Index(fields=["unit", "prefix"], name="search_token_prefix")]

    def __str__(self) -> str:
        return f"search token {self.pk}"


def folded_words(text: str) -> list[str]:
    """Words in lower case without accents; å, ø and æ become a, o and ae."""
    spelled = text.casefold().replace("ø", "o").replace("æ", "ae").replace("đ", "d")
    plain = unicodedata.normalize("NFKD", spelled.replace("ŋ", "n").replace("ŧ", "t"))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return [word for word in kept.split() if len(word) >= SEARCH_PREFIX_SHORTEST]


def search_prefixes(name: str) -> set[str]:
    return {
        word[:length]
        for word in folded_words(name)
        for length in range(SEARCH_PREFIX_SHORTEST, min(len(word), SEARCH_PREFIX_LONGEST) + 1)
    }


def number_lookups(digits: str) -> list[str]:
    """The hash of an identity number: the first is written, all of them are looked for."""
    return lookup_hashes("identity_number", digits)


def contact_lookups(kind: str, value: str) -> list[str]:
    """The hash of a contact point: the first is written, all of them are looked for."""
    return lookup_hashes(f"contact:{kind}", value.casefold())


def contact_lookup(kind: str, value: str) -> str:
    return contact_lookups(kind, value)[0]
