import re

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from innomarket.common.rendering import render_field


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class StepForm(forms.Form):
    length = forms.IntegerField(label="Length", help_text="a day")
    share = forms.DecimalField(label="Share", required=False)
    stage = forms.ChoiceField(
        label="Stage", choices=[("", "---------"), ("7", "lab"), ("8", "field")], widget=forms.RadioSelect
    )
    goals = forms.MultipleChoiceField(
        label="Goals",
        choices=[("1", "one"), ("2", "two")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    why = forms.CharField(label="Why", widget=forms.Textarea, min_length=50, max_length=1500)
    agree = forms.BooleanField(label="I agree")
    upload = forms.FileField(label="Report")
    at = forms.DateTimeField(label="Closes", widget=forms.DateTimeInput)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def shown(name: str, data: dict | None = None, **options) -> str:
    return render_field(StepForm(data)[name], **options)


def attribute(html: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', html)
    return found.group(1) if found else ""


def test_a_number_is_a_text_input_that_keeps_what_was_typed():
    html = shown("length", {"length": "약 1.2km"}, unit="m")
    assert 'type="text"' in html and 'inputmode="numeric"' in html and 'value="약 1.2km"' in html
    assert "<span>m</span>" in html


def test_a_decimal_asks_for_a_decimal_keyboard():
    assert 'inputmode="decimal"' in shown("share")


def test_hint_and_error_are_joined_to_the_input_and_stand_before_it():
    html = shown("length", {"length": "x"})
    assert attribute(html, "aria-describedby") == "id_length_hint id_length_error"
    assert attribute(html, "aria-invalid") == "true"
    assert html.index("id_length_hint") < html.index("id_length_error") < html.index("<input")


def test_a_field_without_an_error_is_not_invalid():
    assert "aria-invalid" not in shown("length", {"length": "5"})


def test_every_described_by_id_exists_once():
    form = StepForm({"length": "x", "why": "short", "stage": "9"})
    for bound in form:
        html = render_field(bound)
        for target in re.findall(r'aria-describedby="([^"]*)"', html):
            for one in target.split():
                assert html.count(f'id="{one}"') == 1, (bound.name, one)


def test_optional_is_said_required_is_an_attribute():
    assert "optional" in shown("share") and "required" not in shown("share")
    assert "optional" not in shown("share", optional=False)
    assert "optional" not in shown("length") and "required" in shown("length")


def test_radio_choices_are_a_group_without_the_empty_one():
    html = shown("stage", cards=True, choice_hints={"8": "upload the record"})
    assert html.count('type="radio"') == 2 and "---------" not in html
    assert "<legend>Stage" in html and html.count("choice-card") == 2
    assert html.index("field</span>") < html.index("upload the record")


def test_a_long_answer_says_its_limits_and_lets_the_server_judge():
    html = shown("why")
    assert "1,500" in html and "maxlength" not in html
    assert attribute(html, "aria-describedby") == "id_why_note"


def test_a_moment_is_a_picker_with_the_value_kept():
    html = shown("at", {"at": "2026-11-24T13:00"})
    assert 'type="datetime-local"' in html and 'value="2026-11-24T13:00"' in html


def test_a_hidden_field_is_its_bare_input():
    assert shown("token").startswith("<input")


def test_rendering_leaves_the_form_as_it_was():
    form = StepForm()
    render_field(form["length"])
    assert form.fields["length"].widget.input_type == "number"


def test_what_people_typed_is_escaped():
    assert "<script>" not in shown("why", {"why": "</textarea><script>"})


def summary(form: forms.Form) -> str:
    return Template("{% load innomarket %}{% error_summary form %}").render(Context({"form": form}))


def test_error_summary_links_to_inputs_that_exist():
    form = StepForm({"length": "x"})
    html = summary(form)
    page = "".join(render_field(bound) for bound in form)
    links = re.findall(r'href="#([^"]+)"', html)
    assert len(links) == 6  # every wrong field once
    for link in links:
        assert re.search(rf'<(input|textarea|select)[^>]* id="{link}"', page), link


def test_error_summary_names_the_field_and_is_an_alert():
    html = summary(StepForm({"length": "x"}))
    assert 'role="alert"' in html and 'tabindex="-1"' in html
    assert "Length: " in html


def test_error_summary_of_a_good_or_unsent_form_is_empty():
    assert summary(StepForm()).strip() == ""


def test_error_summary_shows_what_belongs_to_no_field():
    form = StepForm({})
    form.add_error(None, "The call has closed.")
    assert "<strong>The call has closed.</strong>" in summary(form)


@pytest.mark.parametrize("name", ["length", "why", "upload", "at"])
def test_every_input_has_a_label(name):
    html = shown(name)
    assert f'<label class="label" for="id_{name}">' in html and f'id="id_{name}"' in html
