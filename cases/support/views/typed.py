"""What was typed, if anything was sent."""

from django.http import HttpRequest, QueryDict


def typed(request: HttpRequest) -> QueryDict | None:
    """An empty form that was sent is judged as well; a page that is only opened is not."""
    return request.POST if request.method == "POST" else None
