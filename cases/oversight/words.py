"""Every action code of the log in plain words: one reviewed dictionary.

A test fails for a code used anywhere in the program that has no words here.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from cases.accounts.roles import Role
from cases.audit.models import Client, Tier
from cases.people.models import DeclaredReason


@dataclass(frozen=True)
class Action:
    """What was done. `kind` finds the person's own words in `report_texts.toml`; `opens` means
    that one person was looked at, `exports` that people left the program as a file."""

    words: Promise
    kind: str
    opens: bool = False
    exports: bool = False


ACTIONS: dict[str, Action] = {
    # Looking
    "case.viewed": Action(_("Opened the case"), "read", opens=True),
    "person.found_by_number": Action(
        _("Found the person by identity number"), "searched", opens=True
    ),
    "cases.listed": Action(_("Saw a list of cases"), "listed"),
    "cases.searched": Action(_("Searched for cases"), "searched"),
    "mock_phone.viewed": Action(_("Looked at the mock phone"), "message"),
    "figures.viewed": Action(_("Looked at the figures"), "figures"),
    # Special access
    "access.declared": Action(_("Said why they open a colleague's case"), "declared"),
    "access.asked": Action(_("Was asked why they open the case"), "declared", opens=True),
    "glass.asked": Action(_("Was asked to break the glass"), "declared"),
    "glass.broken": Action(_("Broke the glass"), "glass"),
    "glass.closed": Action(_("The glass was closed again"), "glass"),
    "glass.reviewed": Action(_("Reviewed a broken glass"), "control"),
    "block.asked": Action(_("Was asked how they know the person"), "block", opens=True),
    "block.set": Action(_("Blocked an employee from the case"), "block"),
    "block.lifted": Action(_("Lifted a block"), "block"),
    # The case
    "referral.registered": Action(_("Registered the referral"), "registered"),
    "person.registered": Action(_("Registered the person"), "registered"),
    "person.corrected": Action(_("Corrected the person's details"), "corrected"),
    "person.number_corrected": Action(_("Corrected the identity number"), "corrected"),
    "person.restricted": Action(_("Restricted the processing"), "rights"),
    "person.released": Action(_("Lifted the restriction of the processing"), "rights"),
    "person.deceased": Action(_("Recorded a death"), "corrected"),
    "contact.added": Action(_("Added a telephone, e-mail or address"), "corrected"),
    "contact.withdrawn": Action(_("Stopped using a telephone, e-mail or address"), "corrected"),
    "case.assigned": Action(_("Gave the case to an adviser, or to nobody"), "worked"),
    "find.decided": Action(_("Decided on the find"), "worked"),
    "note.written": Action(_("Wrote a note"), "worked"),
    "task.made": Action(_("A task was made"), "worked"),
    "task.done": Action(_("Finished a task"), "worked"),
    "case.closed": Action(_("Closed the case"), "worked"),
    "sender.decided": Action(_("Recorded what the sender decided"), "worked"),
    # Meetings and messages
    "appointment.booked": Action(_("Booked an appointment"), "appointment"),
    "appointment.moved": Action(_("Moved an appointment"), "appointment"),
    "appointment.cancelled": Action(_("Cancelled an appointment"), "appointment"),
    "attendance.recorded": Action(_("Recorded whether the person came"), "appointment"),
    "attendance.corrected": Action(_("Corrected whether the person came"), "appointment"),
    "summons.sent": Action(_("Sent the summons"), "letter"),
    "letter.made": Action(_("Made a letter"), "letter"),
    "messages.stopped": Action(_("Stopped the reminders to the person"), "message"),
    # Help and answers
    "consent.recorded": Action(_("Recorded a consent"), "help"),
    "consent.withdrawn": Action(_("Recorded that a consent was withdrawn"), "help"),
    "help.offered": Action(_("Recorded an offer of help"), "help"),
    "help.replied": Action(_("Recorded the answer to an offer of help"), "help"),
    "help.result_recorded": Action(_("Recorded what came of the help"), "help"),
    "answer.sent": Action(_("Answered the sender"), "answer"),
    "answer.corrected": Action(_("Corrected the answer to the sender"), "answer"),
    # Tests
    "sample.ordered": Action(_("Ordered a test"), "sample"),
    "sample.recorded": Action(_("Recorded a test as taken or not taken"), "sample"),
    "samples.listed": Action(_("Saw a list of tests to take"), "sample"),
    # The rights of the person, deletion and files that leave the program
    "access_request.registered": Action(_("Registered a request for access"), "rights"),
    "access_request.answered": Action(_("Answered a request for access"), "rights"),
    "access_report.made": Action(_("The person's own file was made"), "rights"),
    "access_report.failed": Action(_("The person's own file could not be made"), "rights"),
    "access_report.downloaded": Action(_("Took out the person's own file"), "rights"),
    "access_report.destroyed": Action(_("Destroyed the person's own file"), "rights"),
    "report.viewed": Action(_("Looked at the person's report of the log"), "rights", opens=True),
    "report.downloaded": Action(_("Took out the person's report of the log"), "rights", opens=True),
    "deviation.edited": Action(_("Wrote about what was sent in error"), "deviation"),
    "deviation.told": Action(_("Told about what was sent in error"), "deviation"),
    "deviation.settled": Action(_("Settled what was sent in error"), "deviation"),
    "export.requested": Action(_("Asked for an export of people"), "export"),
    "export.viewed": Action(_("Looked at an export before approving it"), "export"),
    "export.approved": Action(_("Approved an export of people"), "export"),
    "export.refused": Action(_("Refused an export of people"), "export"),
    "export.made": Action(_("The file of an export was made"), "export"),
    "export.failed": Action(_("The file of an export could not be made"), "export"),
    "export.downloaded": Action(_("Took out an export of people"), "export", exports=True),
    "export.destroyed": Action(_("Destroyed an export of people"), "export"),
    "archive.asked": Action(_("Asked for the archive's package"), "archive"),
    "archive.made": Action(_("The archive's package was made"), "archive"),
    "archive.failed": Action(_("The archive's package could not be made"), "archive"),
    "archive.downloaded": Action(
        _("Took out the archive's package"), "archive", opens=True, exports=True
    ),
    "archive.archived": Action(_("Recorded that the case is archived"), "archive"),
    # The log itself
    "case_log.viewed": Action(_("Looked at the log of the case"), "log"),
    "employee_log.viewed": Action(_("Looked at what an employee has opened"), "log"),
    "review.viewed": Action(_("Looked at the review list"), "log"),
    "review.line_signed": Action(_("Signed a line of the review list"), "control"),
    "review.month_signed": Action(_("Signed off a month of the review list"), "control"),
    "reading.stopped": Action(_("Was stopped: too many people in an hour"), "control"),
    "reading.stop_lifted": Action(_("Lifted a stop"), "control"),
    "glass.review_viewed": Action(_("Looked at a broken glass to review it"), "control"),
    "employee_contact.kept": Action(_("Kept an employee's contacts for the control"), "control"),
    # Users and the program
    "user.settings_changed": Action(_("Changed their own settings"), "program"),
    "reading.refused": Action(_("Was refused a page after a stop"), "control"),
    "request.refused": Action(_("Was refused a page"), "program"),
    "user.signed_in": Action(_("Signed in"), "program"),
    "user.signed_out": Action(_("Signed out"), "program"),
    "user.sign_in_failed": Action(_("Tried to sign in, and failed"), "program"),
    "user.sign_in_changed": Action(_("Changed how they sign in"), "program"),
    "user.sessions_ended": Action(_("Ended sessions"), "program"),
    "user.confirmed": Action(_("Confirmed with the second factor"), "program"),
    "user.added": Action(_("Added an employee"), "program"),
    "user.let_in": Action(_("Let an employee in again"), "program"),
    "user.second_factor_reset": Action(_("Reset a second factor"), "program"),
    "user.entry_link_given": Action(_("Gave an employee a link to sign in"), "program"),
    "user.way_in_set": Action(_("Set an employee's password or address to sign in"), "program"),
    "user.password_chosen": Action(_("Chose a password"), "program"),
    "membership.added": Action(_("Gave an employee a role"), "program"),
    "membership.ended": Action(_("Ended an employee's role"), "program"),
    "stand_in.added": Action(_("Let somebody stand in for a colleague"), "program"),
    "stand_in.ended": Action(_("Ended a stand-in"), "program"),
    "identity.connected": Action(_("Connected a sign-in provider"), "program"),
    "identity.disconnected": Action(_("Disconnected a sign-in provider"), "program"),
    "identity.refused": Action(_("A sign-in through a provider was refused"), "program"),
    "keys.rotated": Action(_("Keys were changed"), "program"),
    "audit.month_sealed": Action(_("A month of the log was sealed"), "program"),
    "reference_data.loaded": Action(_("Laws and texts were loaded"), "program"),
    "sample_data.loaded": Action(_("Made-up people were loaded"), "program"),
}
# Codes that are put together while running: how they begin, and what they mean.
BEGINNINGS: dict[str, Action] = {
    "retention.": Action(_("Worked on what is to be deleted"), "deletion"),
    "admin.": Action(_("Changed the set-up"), "program"),
    "message.": Action(_("A reminder was handled by the program"), "message"),
}
UNKNOWN = Action(_("Did something else"), "worked")

REFUSED = "request.refused"
OPENING = sorted(code for code, action in ACTIONS.items() if action.opens)
EXPORTING = sorted(code for code, action in ACTIONS.items() if action.exports)

TIERS: dict[str, Promise] = {
    Tier.NORMAL: _("Own case"),
    Tier.DECLARED: _("A colleague's case, with a reason"),
    Tier.BREAK_GLASS: _("Broken glass"),
}
DOORS: dict[str, Promise] = {
    Client.WEB: _("The pages"),
    Client.ADMIN: _("The set-up"),
    Client.API: _("Another system"),
    Client.HOOK: _("The message gateway"),
    Client.JOB: _("The program itself"),
    Client.COMMAND: _("A command"),
}
REASONS = dict(DeclaredReason.choices)


def action_of(code: str) -> Action:
    known = ACTIONS.get(code)
    if known is not None:
        return known
    found = [action for beginning, action in BEGINNINGS.items() if code.startswith(beginning)]
    return found[0] if found else UNKNOWN


def roles_in_words(roles: str) -> str:
    """«adviser, unit leader» of the codes that an event keeps; the program itself has none."""
    names = [str(Role(code).label) for code in roles.split(",") if code in Role.values]
    return ", ".join(names) or _gettext("the program")
