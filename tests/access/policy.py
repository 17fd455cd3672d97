"""What each address answers to each person. A new address without a line here fails the suite.

The people are those of `matrix.py`: adviser, colleague, coordinator and leader belong to the unit
the rows are of; `cleared` too, and may see protected people; `outsider` leads another unit;
`auditor` and `municipal` belong to the unit and see no case; `reader` and `administrator` belong to
no unit; `nobody` is not signed in.
"""

from dataclasses import dataclass

UNIT_STAFF = ("adviser", "colleague", "coordinator", "leader", "cleared")
EVERYONE_SIGNED_IN = (
    *UNIT_STAFF, "outsider", "auditor", "municipal", "taker", "reader", "administrator",
)  # fmt: skip
HIDDEN = "404"


@dataclass(frozen=True)
class Rule:
    """Who gets through; everyone else who is signed in is refused, the outsider as `foreign` says."""

    who: tuple[str, ...]
    foreign: str = ""
    refused_with: tuple[int, ...] = (403, 404, 405)
    methods: tuple[str, ...] = ("GET", "HEAD", "POST", "OPTIONS")
    public: bool = False
    # Whoever may look gets the page, or is led on; what is sent may be wrong or too late.
    shown_with: tuple[int, ...] = (200, 302)
    allowed_with: tuple[int, ...] = (200, 302, 400, 404, 405, 409, 422)


ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CASE_PAGE = Rule(UNIT_STAFF, foreign=HIDDEN)
CASE_READ = Rule(UNIT_STAFF, foreign=HIDDEN, methods=("GET", "HEAD"))
CASE_POST = Rule(UNIT_STAFF, foreign=HIDDEN, methods=("POST",))
RIGHTS_PAGE = Rule(("leader",), foreign=HIDDEN)
RIGHTS_POST = Rule(("leader",), foreign=HIDDEN, methods=("POST",))
KEEPERS_PAGE = Rule(("leader", "municipal"), foreign=HIDDEN)
KEEPERS_POST = Rule(("leader", "municipal"), foreign=HIDDEN, methods=("POST",))
CASE_STAFF = Rule((*UNIT_STAFF, "outsider"))
# The unit's own leader and auditor; the leader of another unit finds nothing.
LOG_READ = Rule(("leader", "auditor"), foreign=HIDDEN, methods=("GET", "HEAD"))
LOG_POST = Rule(("leader", "auditor"), foreign=HIDDEN, methods=("POST",))
SIGNED_IN = Rule(EVERYONE_SIGNED_IN)
# Without a password or a second factor of one's own there is nothing to confirm with.
CONFIRM = Rule(EVERYONE_SIGNED_IN, shown_with=(200, 302, 403), allowed_with=(200, 302, 403, 405))
# Nobody of the matrix has a second factor, or an account at a provider.
OF_A_FACTOR = Rule(EVERYONE_SIGNED_IN, shown_with=(200, 302, 404))
SIGNED_IN_POST = Rule(EVERYONE_SIGNED_IN, methods=("POST",))
PUBLIC = Rule((), public=True)
# Django admin first sends on to its own sign-in, which refuses.
SET_UP = Rule(
    # The municipal administrator of the unit gets into what is set up per unit, with the unit's own
    # rows alone: tests/accounts/test_admin_rights.py.
    ("administrator", "municipal"),
    refused_with=(302, 403, 404, 405),
    shown_with=(200, 302, 403, 404),
    allowed_with=(200, 302, 400, 403, 404, 405),  # nothing is deleted there
)

# Deletion: what is not one's own unit's does not exist.
LEADERS = ("leader", "outsider")

POLICY: dict[str, Rule] = {
    "desk:today": SIGNED_IN,
    "desk:cases": Rule((*UNIT_STAFF, "outsider"), methods=("GET", "HEAD")),
    "desk:search": Rule((*UNIT_STAFF, "outsider"), methods=("POST",)),
    "desk:case": CASE_READ,
    "desk:healthz": PUBLIC,
    "desk:readyz": PUBLIC,
    # Browsers tell here which rule of the page a script broke.
    "desk:browser_reports": PUBLIC,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_reauthenticate": CONFIRM,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": CONFIRM,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": OF_A_FACTOR,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": CONFIRM,
    "mfa_remove_webauthn": OF_A_FACTOR,
    "mfa_edit_webauthn": OF_A_FACTOR,
    "mfa_login_webauthn": PUBLIC,
    "mfa_view_recovery_codes": OF_A_FACTOR,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": OF_A_FACTOR,
    # Without a provider in the settings these do not exist; tests/oidc asks them with one.
    "oidc:account": OF_A_FACTOR,
    "oidc:start": PUBLIC,
    "oidc:callback": PUBLIC,
    "oidc:confirm": OF_A_FACTOR,
    "oidc:signed_out": PUBLIC,
    "oidc:end_session": PUBLIC,
    "accounts:settings": SIGNED_IN,
    "accounts:session": SIGNED_IN,
    "accounts:session_over": PUBLIC,
    "accounts:sessions": SIGNED_IN,
    "accounts:unsent": SIGNED_IN,
    "accounts:choose_password": PUBLIC,
    "accounts:kept_units": Rule((*LEADERS, "municipal")),
    "accounts:people": KEEPERS_PAGE,
    "accounts:member": KEEPERS_PAGE,
    "accounts:add_member": KEEPERS_PAGE,
    "accounts:end_membership": KEEPERS_PAGE,
    "accounts:add_stand_in": KEEPERS_PAGE,
    "accounts:end_stand_in": KEEPERS_POST,
    "accounts:sign_in_of": KEEPERS_POST,
    "accounts:save_draft": SIGNED_IN_POST,
    "accounts:delete_draft": SIGNED_IN_POST,
    "casework:break_glass": CASE_STAFF,
    "casework:close_glass": Rule((*UNIT_STAFF, "outsider"), methods=("POST",)),
    "casework:declare": CASE_PAGE,
    "casework:break_glass_on": CASE_PAGE,
    "casework:know_person": CASE_PAGE,
    "casework:blocks": Rule(("coordinator", "leader"), foreign=HIDDEN),
    "casework:lift_block": Rule(("coordinator", "leader"), foreign=HIDDEN, methods=("POST",)),
    "casework:samples": Rule(("taker",), methods=("GET", "HEAD")),
    "casework:record_sample": Rule(("taker",), methods=("POST",)),
    "casework:order_sample": CASE_PAGE,
    "casework:case_samples": CASE_READ,
    "casework:opened_by": CASE_READ,
    "casework:choose_basis": CASE_STAFF,
    "casework:register": CASE_PAGE,
    "casework:task_done": CASE_POST,
    "casework:decide": CASE_PAGE,
    # The case of the matrix is the adviser's: colleagues can not pass it on.
    "casework:assign": Rule(("adviser", "coordinator", "leader"), foreign=HIDDEN),
    "casework:note": CASE_PAGE,
    "casework:correct_person": CASE_PAGE,
    "casework:add_contact": CASE_PAGE,
    "casework:withdraw_contact": CASE_POST,
    "appointments:book": CASE_PAGE,
    "appointments:move": CASE_PAGE,
    "appointments:cancel": CASE_PAGE,
    "appointments:summons": CASE_PAGE,
    "appointments:summons_page": CASE_PAGE,
    "appointments:sent_summons": CASE_PAGE,
    "appointments:attendance": CASE_PAGE,
    "appointments:correct_attendance": CASE_PAGE,
    "support:help": CASE_PAGE,
    "support:consent": CASE_PAGE,
    "support:withdraw_consent": CASE_PAGE,
    "support:offer": CASE_PAGE,
    "support:reply": CASE_PAGE,
    "support:result": CASE_PAGE,
    "support:answer": CASE_PAGE,
    # The case of the matrix has no answer: what one would be is no page of its own.
    "support:answer_page": Rule(UNIT_STAFF, foreign=HIDDEN, shown_with=(404,)),
    "support:sender_decision": CASE_PAGE,
    "support:close": CASE_PAGE,
    "reminders:mock_phone": CASE_STAFF,
    "hooks:sms_receipts": PUBLIC,
    "retention:due": Rule(LEADERS, methods=("GET", "HEAD")),
    "retention:confirm": Rule(("leader",), foreign=HIDDEN),
    "retention:ask_log": Rule(("leader", "municipal"), foreign=HIDDEN),
    "retention:drop_log": Rule(("leader", "municipal"), foreign=HIDDEN),
    "retention:second": Rule((*LEADERS, "municipal"), methods=("GET", "HEAD")),
    "retention:list": Rule(("leader", "municipal"), foreign=HIDDEN, methods=("GET", "HEAD")),
    "retention:confirm_second": Rule(("leader", "municipal"), foreign=HIDDEN),
    "retention:withdraw": Rule(("leader", "municipal"), foreign=HIDDEN, methods=("POST",)),
    # It names nobody: both who confirmed may read it.
    "retention:certificate": Rule(
        ("leader", "municipal", "auditor"), foreign=HIDDEN, methods=("GET", "HEAD")
    ),
    "retention:hold": Rule(("leader",), foreign=HIDDEN),
    "retention:lift_hold": Rule(("leader",), foreign=HIDDEN, methods=("POST",)),
    "retention:archive": Rule(("leader",), foreign=HIDDEN),
    "retention:ask_package": Rule(("leader",), foreign=HIDDEN),
    "retention:download_package": Rule(("leader",), foreign=HIDDEN),
    "privacy:rights": CASE_READ,
    "privacy:access_request": RIGHTS_PAGE,
    "privacy:access_file": RIGHTS_POST,
    "privacy:access_answered": RIGHTS_POST,
    "privacy:corrections": CASE_READ,
    "privacy:correct_number": CASE_PAGE,
    "privacy:restrict": RIGHTS_PAGE,
    "privacy:lift": RIGHTS_PAGE,
    "privacy:sent_in_error": CASE_PAGE,
    "privacy:deviation": RIGHTS_PAGE,
    "privacy:deviation_page": RIGHTS_PAGE,
    "privacy:settle": RIGHTS_PAGE,
    "privacy:exports": Rule(("leader", "outsider", "municipal"), methods=("GET", "HEAD")),
    "privacy:new_export": Rule(("leader", "outsider")),
    "privacy:export": Rule(("leader", "municipal"), foreign=HIDDEN),
    "privacy:approve_export": Rule(("leader", "municipal"), foreign=HIDDEN, methods=("POST",)),
    "privacy:refuse_export": Rule(("leader", "municipal"), foreign=HIDDEN, methods=("POST",)),
    # The export of the matrix was asked for by the adviser: only who asked gets the file. Whoever
    # comes by GET is led to the page of the export, which the leader sees.
    "privacy:download_export": Rule(
        ("leader",), foreign=HIDDEN, methods=("POST",), allowed_with=(403,)
    ),
    "statistics:figures": Rule((*UNIT_STAFF, "outsider", "municipal", "reader")),
    "desk:waiting": Rule(("leader", "outsider", "municipal"), methods=("GET", "HEAD")),
    "oversight:start": Rule((*UNIT_STAFF, "outsider", "auditor"), methods=("GET", "HEAD")),
    "oversight:find_case": Rule((*UNIT_STAFF, "outsider", "auditor"), methods=("POST",)),
    "oversight:own_log": Rule(EVERYONE_SIGNED_IN, methods=("GET", "HEAD")),
    "oversight:case_log": Rule((*UNIT_STAFF, "auditor"), foreign=HIDDEN, methods=("GET", "HEAD")),
    "oversight:employee_log": LOG_READ,
    "oversight:employee_contacts": Rule(("leader", "municipal"), foreign=HIDDEN),
    "oversight:reviews": Rule(("leader", "outsider", "auditor"), methods=("GET", "HEAD")),
    "oversight:review": LOG_READ,
    "oversight:sign": LOG_POST,
    "oversight:sign_off": LOG_POST,
    "oversight:person_report": Rule(("leader",), foreign=HIDDEN, methods=("GET", "HEAD")),
    "oversight:person_report_file": Rule(("leader",), foreign=HIDDEN, methods=("POST",)),
    "oversight:glasses": Rule(
        ("leader", "outsider", "auditor", "municipal"), methods=("GET", "HEAD")
    ),
    "oversight:glass": Rule(("leader", "auditor", "municipal"), foreign=HIDDEN),
    "oversight:stops": Rule(
        ("leader", "outsider", "auditor", "municipal"), methods=("GET", "HEAD")
    ),
    "oversight:lift": Rule(("leader", "municipal"), foreign=HIDDEN, methods=("POST",)),
}


def rule_for(name: str) -> Rule | None:
    """The line of an address; every page of Django admin follows one line."""
    return SET_UP if name.startswith("admin:") else POLICY.get(name)
