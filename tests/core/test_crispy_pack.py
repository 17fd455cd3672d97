"""The crispy pack designsystemet: what a screen reader and a keyboard need of every field."""

import re
from html.parser import HTMLParser

import pytest
from crispy_forms.layout import Field
from django import forms
from django.template import engines
from django.utils import translation

from cases.core.forms import AdvisoryForm, TypedDateField
from cases.core.layout import Row, Section


class SampleForm(AdvisoryForm):
    name = forms.CharField(label="Name", help_text="As in the register")
    nickname = forms.CharField(label="Nickname", required=False)
    seen_on = TypedDateField(label="Seen on", required=False)
    how = forms.ChoiceField(
        label="How",
        widget=forms.RadioSelect,
        choices=[("post", "By post"), ("hand", "By hand")],
        help_text="Choose one",
    )
    agreed = forms.BooleanField(label="Agreed", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, max_length=200, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    layout = (
        Section("Person", Row("name", "nickname"), "seen_on"),
        "how",
        "agreed",
        "note",
        Field("secret"),
    )


class Ids(HTMLParser):
    """Every id of a page, and every id something points at."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed_at: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        self.pointed_at |= set((values.get("aria-describedby") or "").split())
        if values.get("for"):
            self.pointed_at.add(str(values["for"]))
        if (values.get("href") or "").startswith("#"):
            self.pointed_at.add(str(values["href"])[1:])


def draw(form: forms.BaseForm, template: str = "components/form.html") -> str:
    with translation.override("en"):
        return engines["django"].get_template(template).render({"form": form, "submit": "Save"})


@pytest.fixture
def empty() -> str:
    return draw(SampleForm())


@pytest.fixture
def refused() -> str:
    return draw(SampleForm({"note": "x"}))


def fieldset_of(page: str, name: str) -> str:
    match = re.search(rf'<fieldset[^>]*id="id_{name}".*?</fieldset>', page, re.DOTALL)
    assert match
    return match[0]


@pytest.mark.parametrize("page", ["empty", "refused"])
def test_every_pointer_hits_one_element(page: str, request: pytest.FixtureRequest) -> None:
    found = Ids()
    found.feed(request.getfixturevalue(page))
    assert len(found.ids) == len(set(found.ids))
    assert found.pointed_at - set(found.ids) == set()


def test_no_style_and_no_script_stands_in_the_form(refused: str) -> None:
    assert "style=" not in refused
    assert "<script" not in refused
    assert not re.search(r"\son[a-z]+=", refused)


def test_each_field_says_in_words_whether_it_must_be_filled_in(empty: str) -> None:
    name = empty[empty.index('for="id_name"') :][:200]
    nickname = empty[empty.index('for="id_nickname"') :][:200]
    assert "Must be filled in" in name
    assert "Optional" in nickname
    assert "*" not in re.sub(r"<[^>]+>", "", empty)


def test_a_tick_box_has_no_mark_for_it_can_not_be_left_empty(empty: str) -> None:
    assert "Optional" not in empty[empty.index('for="id_agreed"') :][:120]


def test_a_plain_form_has_no_marks() -> None:
    assert "Must be filled in" not in draw(SampleForm(), "components/plain_form.html")


def test_a_choice_made_from_the_start_has_no_mark() -> None:
    assert "Must be filled in" in fieldset_of(draw(SampleForm()), "how")
    assert "Must be filled in" not in fieldset_of(draw(SampleForm(initial={"how": "post"})), "how")


def test_choices_are_a_fieldset_that_focus_can_move_to(refused: str) -> None:
    fieldset = fieldset_of(refused, "how")
    assert 'tabindex="-1"' in fieldset
    assert 'aria-describedby="id_how_helptext id_how_error"' in fieldset
    assert "<legend" in fieldset
    assert "aria-invalid" not in fieldset.split(">")[0]
    assert fieldset.count('aria-invalid="true"') == 2


def test_what_was_chosen_stays_chosen() -> None:
    fieldset = fieldset_of(draw(SampleForm({"how": "hand"})), "how")
    chosen = re.findall(r'value="(\w+)"[^>]*\schecked', fieldset)
    assert chosen == ["hand"]


def test_errors_stand_at_the_field_and_once_in_the_summary(refused: str) -> None:
    assert refused.count("<ds-error-summary") == 1
    assert '<a class="ds-link" href="#id_name">Name: Must be filled in.</a>' in refused
    assert '<div id="id_name_error">' in refused
    assert refused.count("Must be filled in.") == 4  # name and how, each in two places


def test_a_form_without_faults_has_no_summary(empty: str) -> None:
    assert "ds-error-summary" not in empty


def test_a_long_text_counts_down(empty: str) -> None:
    assert 'data-field="counter" data-limit="200"' in empty
    assert empty.count('data-field="counter"') == 1


def test_a_typed_date_is_echoed_and_keeps_its_width(empty: str) -> None:
    date_input = re.search(r'<input[^>]*id="id_seen_on"[^>]*>', empty)
    assert date_input
    assert "data-date-echo" in date_input[0]
    assert 'class="w-date' in date_input[0]


def test_hidden_fields_have_no_label(empty: str) -> None:
    assert '<input type="hidden" name="secret"' in empty
    assert "div_id_secret" not in empty


def test_typed_text_can_not_become_markup() -> None:
    drawn = draw(SampleForm({"name": '"><script>alert(1)</script>', "how": "nowhere"}))
    assert "<script" not in drawn


def test_lines_of_a_formset_keep_apart() -> None:
    formset = forms.formset_factory(SampleForm, extra=2)(
        {
            "lines-TOTAL_FORMS": "2",
            "lines-INITIAL_FORMS": "0",
            "lines-0-note": "x",
            "lines-1-note": "y",
        },
        prefix="lines",
    )
    summary = engines["django"].get_template("components/error_summary.html")
    drawn = summary.render({"formset": formset})
    assert 'href="#id_lines-0-name"' in drawn
    assert 'href="#id_lines-1-name"' in drawn


def test_the_summary_follows_the_page_and_not_the_form() -> None:
    class Turned(SampleForm):
        layout = ("how", "name")

    drawn = draw(Turned({}))
    assert drawn.index("#id_how") < drawn.index('href="#id_name"')
