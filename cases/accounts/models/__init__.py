from cases.accounts.models.sessions import Draft, UserSession
from cases.accounts.models.users import ColourScheme, Membership, StandIn, User

__all__ = ["ColourScheme", "Draft", "Membership", "StandIn", "User", "UserSession"]
