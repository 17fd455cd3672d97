from cases.privacy.actions.restriction import (
    AlreadyRestricted,
    NotRestricted,
    lift_restriction,
    restrict_processing,
)

__all__ = ["AlreadyRestricted", "NotRestricted", "lift_restriction", "restrict_processing"]
