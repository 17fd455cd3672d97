from cases.privacy.actions.access import (
    AlreadyAnswered,
    hand_out_report,
    note_answered,
    register_access_request,
)
from cases.privacy.actions.deviations import (
    AlreadySettled,
    ErrorDetails,
    ReasonMissing,
    edit_report,
    settle_deviation,
    tell_sent_in_error,
)
from cases.privacy.actions.exports import (
    AlreadyDecided,
    NothingToExport,
    NotYours,
    OwnRequest,
    TooManyCases,
    approve_export,
    destroy_file,
    hand_out_export,
    refuse_export,
    request_export,
)
from cases.privacy.actions.restriction import (
    AlreadyRestricted,
    NotRestricted,
    lift_restriction,
    restrict_processing,
)

__all__ = [
    "AlreadyAnswered",
    "AlreadyDecided",
    "AlreadyRestricted",
    "AlreadySettled",
    "ErrorDetails",
    "NotRestricted",
    "NotYours",
    "NothingToExport",
    "OwnRequest",
    "ReasonMissing",
    "TooManyCases",
    "approve_export",
    "destroy_file",
    "edit_report",
    "hand_out_export",
    "hand_out_report",
    "lift_restriction",
    "note_answered",
    "refuse_export",
    "register_access_request",
    "request_export",
    "restrict_processing",
    "settle_deviation",
    "tell_sent_in_error",
]
