from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from cases.accounts.proof import provider_proved_second_factor


class SecondFactorStage(AuthenticateStage):
    """Asks for our second factor, unless the sign-in provider has proved one of its own."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if self.login.user and provider_proved_second_factor(request, self.login.user):
            return False
        return super()._should_handle(request)
