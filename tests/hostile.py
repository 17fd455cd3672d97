"""Values that somebody may send where a form asks for something else."""

from uuid import UUID

NUL = "Testperson\x00Furu"
HALF_CHARACTER = "Testperson \ud800"  # no client can send it as UTF-8: for forms, not for pages
HALF_CHARACTER_SENT = b"Testperson%20%ED%A0%80"
RIGHT_TO_LEFT = "\u202eurruF nosreptseT\u202c עברית"
EMOJI = "💥👩‍👩‍👧 Furu"
SQL = "24.11.2026'; DROP TABLE casework_case; --"
SCRIPT = "<script>alert(1)</script>"
TEMPLATE = "{{ 7*7 }}{% load i18n %}{0.__class__}%(due)s"
NOBODYS_ID = str(UUID(int=0))
MEGABYTE = "ø" * 250_000 + "x" * 200_000  # below what Django reads of a body, once encoded

# None of them is a day, a time, a number, a choice or a row that somebody means.
WRONG_EVERYWHERE = [
    "\x00", "\x1b[31m", RIGHT_TO_LEFT, EMOJI, SQL, SCRIPT, TEMPLATE, "None", "-1", "9" * 5000,
    "9223372036854775808", NOBODYS_ID, "31.02.2026", "٢٤.١١.٢٠٢٦",
]  # fmt: skip
# For forms alone, where a value costs no page.
WRONG_IN_OTHER_WAYS = [
    HALF_CHARACTER, NUL, "í\xa0\x80", "' OR 1=1 --", "{}", "1e9", "é" * 5000, "2147483648", "²",
    "29.02.2027", "24.11.9999", "25:99", "00.00", "0x1F", "+", "NaN", "Infinity", "\ufdd0", "\ue000",
]  # fmt: skip
NOTHING = ["", "   "]
