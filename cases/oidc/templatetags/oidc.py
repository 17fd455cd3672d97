from django import template

from cases.oidc.configuration import configured_provider

register = template.Library()


@register.simple_tag
def provider_name() -> str:
    """What the sign-in provider is called; nothing where there is none."""
    provider = configured_provider()
    return provider.name if provider else ""
