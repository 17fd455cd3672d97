from cases.privacy.models.access import AccessRequest, ReportLanguage
from cases.privacy.models.deviations import (
    Deviation,
    DeviationOutcome,
    SentInError,
    SentKind,
)
from cases.privacy.models.exports import ExportedCase, PersonExport, Scope
from cases.privacy.models.files import FileState, MadeFile, Problem
from cases.privacy.models.restriction import Restriction

__all__ = [
    "AccessRequest",
    "Deviation",
    "DeviationOutcome",
    "ExportedCase",
    "FileState",
    "MadeFile",
    "PersonExport",
    "Problem",
    "ReportLanguage",
    "Restriction",
    "Scope",
    "SentInError",
    "SentKind",
]
