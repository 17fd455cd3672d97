"""Telephone numbers and e-mail addresses as people type them, and as the program keeps them."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


class InvalidContact(ValueError):
    """Not a telephone number, or not an e-mail address."""


def normal_phone(text: str) -> str:
    """The number as +4790000000, Norwegian unless it says otherwise. Raises InvalidContact."""
    try:
        number = phonenumbers.parse(text[:40], "NO")
    except phonenumbers.NumberParseException as error:
        raise InvalidContact(text) from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidContact(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_sms(number: str) -> bool:
    """Whether a number in +47… form can be a mobile; a landline can not show a message."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def readable_phone(number: str) -> str:
    """+4790000000 as +47 900 00 000."""
    return phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def normal_email(text: str) -> str:
    """Trimmed and in lower case. Raises InvalidContact."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidContact(text) from error
    return email
