"""No message says why: the words, placeholders and characters a text to a phone may hold.

A text is refused when it is saved and looked at again when it is filled in.
"""

import re
import string
from collections.abc import Set

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Stems, not words: "rusmiddel", "narkotika" and "politiet" must all be caught, in four languages.
REVEALING_STEMS = (
    "rus", "narko", "doping", "hasj", "cannabis", "kokain", "amfetamin", "heroin", "drug",
    "politi", "police", "påtale", "prosecut", "straff", "punish", "forelegg", "domstol", "tingrett",
    "prøve", "urin", "test", "avhengig", "addict", "oppmøteplikt", "rådgivende enhet",
    "rådgjevande eining", "advisory unit", "rådgiver", "rådgjevar", "behandling", "treatment",
    "sosial", "barnevern", "gárrend", "bolesa", "boles", "politiija",
)  # fmt: skip
HARMLESS_WORDS = ("russisk", "testament", "prøver", "straks")
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_TWO_SEPTETS = frozenset("^{}\\[~]|€")
SMS_SEPTETS = 160
SMS_UNICODE = 70


def revealing_words(text: str) -> list[str]:
    """Words of `text` that would tell a bystander what it is about."""
    folded = text.casefold()
    for word in HARMLESS_WORDS:
        folded = re.sub(rf"\b{word}\b", "", folded)
    return [stem for stem in REVEALING_STEMS if re.search(rf"\b{re.escape(stem)}", folded)]


def placeholders(text: str) -> set[str]:
    """The names between braces. Raises ValidationError for broken braces or format tricks."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValidationError(_("A brace { or } stands alone.")) from error
    for _literal, name, spec, conversion in parts:
        if name is not None and (spec or conversion or not re.fullmatch(r"[a-z_]{1,30}", name)):
            raise ValidationError(_("Only plain placeholders like {time} can be used."))
    return {name for _literal, name, _spec, _conversion in parts if name is not None}


def septets(text: str) -> int | None:
    """Length in GSM-7 septets, or None when the text needs Unicode."""
    if not set(text) <= GSM_7 | GSM_7_TWO_SEPTETS:
        return None
    return len(text) + sum(c in GSM_7_TWO_SEPTETS for c in text)


def fits_one_sms(text: str) -> bool:
    length = septets(text)
    return length <= SMS_SEPTETS if length is not None else len(text) <= SMS_UNICODE


def refuse_revealing(text: str) -> None:
    """Raise ValidationError when a bystander could understand what it is about."""
    if words := revealing_words(text):
        raise ValidationError(
            _("A bystander could understand what this is about. Remove: %(words)s.")
            % {"words": ", ".join(words)}
        )


def check_neutral(text: str, *, allowed: Set[str], required: Set[str] = frozenset()) -> None:
    """Raise ValidationError with what must be changed before this text may reach a phone."""
    found = placeholders(text)
    if unknown := found - allowed:
        raise ValidationError(
            _("Unknown placeholder: %(names)s. Use only: %(allowed)s.")
            % {"names": ", ".join(sorted(unknown)), "allowed": ", ".join(sorted(allowed))}
        )
    if missing := required - found:
        raise ValidationError(
            _("The text must contain %(names)s.")
            % {"names": ", ".join(f"{{{n}}}" for n in sorted(missing))}
        )
    refuse_revealing(text)
    if re.search(r"https?:|www\.|[a-z0-9-]\.(no|com|net|org)\b", text, re.IGNORECASE):
        raise ValidationError(_("A message has no links. Remove the address."))
