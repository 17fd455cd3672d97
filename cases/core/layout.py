"""Layout objects of our crispy pack: a section with a legend, and a row of fields."""

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

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        values = {"legend": self.legend, "fields": fields}
        return render_to_string(f"{template_pack}/{self.template}", values)


class Row(LayoutObject):
    """Fields side by side where there is room, one below the other on a phone."""

    template = "layout/row.html"

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(f"{template_pack}/{self.template}", {"fields": fields})
