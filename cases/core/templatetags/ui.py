"""Template tags and filters for what every page shows: icons, days, moments and amounts."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cases.core import dates

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "aksel-icons" / "8.16.2"
SHORT_DAY = "j. M Y"


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "shield-lock" %}`: the drawing itself, unseen by screen readers. Raises OSError."""
    return _drawing(name)


@cache
def _drawing(name: str) -> SafeString:
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        raise ValueError(name)
    file = ICONS / ("".join(word.title() for word in name.split("-")) + ".svg")
    body = re.sub(r"^<svg[^>]*>|</svg>$", "", file.read_text().strip()).strip()
    # Safe: the file is one of our own, held by the lock file's hash.
    return mark_safe(  # noqa: S308
        f'<svg class="i" viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false">{body}</svg>'
    )


@register.filter
def day(value: date | None) -> str:
    """«19. nov. 2026»; nothing for no day. A moment becomes its day in Oslo."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = dates.local(value).date()
    return date_format(value, SHORT_DAY)


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """«ons. 25. nov. 2026 kl. 14.00» in Oslo, as a time element."""
    if value is None or value == "":
        return ""
    here = dates.local(value)
    words = _("%(day)s at %(clock)s") % {
        "day": date_format(here, "D j. M Y"),
        "clock": date_format(here, "H.i"),
    }
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), words)


@register.filter
def clock(value: datetime | None) -> str:
    """«14.00»: the time of day in Oslo."""
    return "" if value is None or value == "" else date_format(dates.local(value), "H.i")


@register.filter
def relative_day(value: date | None) -> str:
    """«in 2 days», seen from today in Oslo."""
    return "" if value is None or value == "" else dates.relative_day(value, timezone.localdate())


@register.filter
def relative_moment(value: datetime | None) -> str:
    """The day of a moment, seen from today in Oslo."""
    return "" if value is None or value == "" else relative_day(dates.local(value).date())


@register.filter
def amount(value: Decimal | None) -> str:
    """«2,5»: no zeros at the end, comma or point as the language has it."""
    if value is None or value == "":
        return ""
    plain = value.normalize()
    return localize(plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1)))
