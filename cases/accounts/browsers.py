"""A browser in plain words, out of what it says about itself. Nothing finer is kept."""

from django.utils.translation import gettext as _

# Looked for in this order: Edge says that it is Chrome, and Chrome that it is Safari.
PROGRAMS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
    ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def browser_code(user_agent: str) -> str:
    """Such as "Firefox/Windows"; a part that is not known is empty."""
    program = next((name for mark, name in PROGRAMS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{program}/{system}"


def browser_words(code: str) -> str:
    program, _slash, system = code.partition("/")
    if program and system:
        return _("%(program)s on %(system)s") % {"program": program, "system": system}
    return program or system or _("Unknown browser")
