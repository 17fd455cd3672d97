"""Template tags and filters for what every page shows: icons, days, moments and amounts."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cases.core import dates

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "aksel-icons" / "8.16.2"
# «19. nov. 2026» and «ons.» in Norwegian, «19 Nov 2026» and «Wed» in English.
SHORT_DAY, SHORT_WEEKDAY = "j. N Y", "D."
ENGLISH_SHORT_DAY, ENGLISH_SHORT_WEEKDAY = "j M Y", "D"


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


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _oslo_day(value: date) -> date:
    return dates.local(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | None) -> str:
    """«19. nov. 2026»; nothing for no day. A moment becomes its day in Oslo."""
    if not value:
        return ""
    return date_format(_oslo_day(value), ENGLISH_SHORT_DAY if _in_english() else SHORT_DAY)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """«ons. 25. nov. 2026 kl. 14.00» in Oslo, as a time element."""
    if not value:
        return SafeString("")
    here = dates.local(value)
    weekday = date_format(here, ENGLISH_SHORT_WEEKDAY if _in_english() else SHORT_WEEKDAY)
    words = _("%(day)s at %(clock)s") % {"day": f"{weekday} {day(here)}", "clock": clock(here)}
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), words)


@register.filter
def clock(value: datetime | None) -> str:
    """«14.00»: the time of day in Oslo."""
    return date_format(dates.local(value), "H.i") if value else ""


@register.filter
def relative_day(value: date | None) -> str:
    """«in 2 days», seen from today in Oslo."""
    return dates.relative_day(_oslo_day(value), timezone.localdate()) if value else ""


@register.filter
def relative_moment(value: datetime | None) -> str:
    """The day of a moment, seen from today in Oslo."""
    return relative_day(value)


@register.filter
def due_words(value: date | None) -> str:
    """«Passed 4 days ago», «Today», «In 3 days»: what stands under a deadline."""
    if not value:
        return ""
    distance = (_oslo_day(value) - timezone.localdate()).days
    if distance == 0:
        return _("Today")
    if distance == 1:
        return _("Tomorrow")
    if distance > 0:
        return ngettext("In %(days)s day", "In %(days)s days", distance) % {"days": distance}
    passed = ngettext("Passed %(days)s day ago", "Passed %(days)s days ago", -distance)
    return passed % {"days": -distance}


@register.filter
def amount(value: Decimal | None) -> str:
    """«2,5»: no zeros at the end, comma or point as the language has it."""
    if value is None:
        return ""
    return str(localize(Decimal(f"{value.normalize():f}")))


@register.filter
def as_shown(form: forms.BaseForm) -> list[BoundField]:
    """The fields in the order of the page, which is the layout's and not always the form's."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    if layout is None:
        return list(form)
    names = [pointer.name for pointer in layout.get_field_names() if pointer.name in form.fields]
    return [form[name] for name in [*names, *(n for n in form.fields if n not in names)]]
