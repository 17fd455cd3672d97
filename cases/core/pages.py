"""What every page with a form has in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of `context["form"]`; with errors it is not what was asked for: 422."""
    status = 422 if context["form"].errors else 200
    return render(request, template, context, status=status)
