"""Layout objects of our crispy pack: sections, rows, and fields that follow an answer."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.template.loader import render_to_string
from django.utils.functional import Promise


class Section(LayoutObject):
    """A group of fields under one legend."""

    template = "layout/section.html"

    def __init__(self, legend: str | Promise, *fields: Any) -> None:
        self.legend = legend
        self.fields = list(fields)

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        values = {"legend": self.legend, "fields": fields}
        return render_to_string(f"{template_pack}/{self.template}", values)


class Row(LayoutObject):
    """Fields side by side where there is room, one below the other on a phone."""

    template = "layout/row.html"

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(f"{template_pack}/{self.template}", {"fields": fields})


class Conditional(LayoutObject):
    """Fields that matter only after certain answers: hidden by show-when.js until one is chosen.

    `Conditional("outcome", ["deceased"], "deceased_on")`. Without script they always show, and what
    was typed is sent in either case: the form's `clean` decides what counts.
    """

    template = "layout/conditional.html"

    def __init__(self, name: str, values: Iterable[str], *fields: Any) -> None:
        self.name = name
        self.values = list(values)
        self.fields = list(fields)

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        condition = f"{form.add_prefix(self.name)}={'|'.join(self.values)}"
        values = {"condition": condition, "fields": fields}
        return render_to_string(f"{template_pack}/{self.template}", values)
