from cases.retention.models.archive import ArchivePackage
from cases.retention.models.lists import DueList, DueListItem, Hold, LeftOut, ListState
from cases.retention.models.log import LogDeletion
from cases.retention.models.proof import OTHER_ROWS, Certificate, ErasedCase, ErasedKind, Erasure
from cases.retention.models.rules import Clock, RetentionRule

__all__ = [
    "OTHER_ROWS",
    "ArchivePackage",
    "Certificate",
    "Clock",
    "DueList",
    "DueListItem",
    "ErasedCase",
    "ErasedKind",
    "Erasure",
    "Hold",
    "LeftOut",
    "ListState",
    "LogDeletion",
    "RetentionRule",
]
