"""The steps of a challenge task. In a draft every field may stay empty; the checklist says what is missing."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innomarket.common.fields import WonField

from .models import Challenge
from .sdgs import GOALS

TEXT_MAX = 2_000


def _text(label: Any, help_text: Any, rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DraftForm(forms.ModelForm):
    """Nothing is required while drafting. ``needed`` fields are asked when submitting, so they are not
    shown as optional."""

    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            field.needed = name not in self.optional


class ProblemForm(DraftForm):
    problem = _text(
        _("The problem"),
        _(
            "Describe the problem, not the product you have in mind: what goes wrong, where and how often, and"
            " what it costs. The content of a selected task and its attachments are published: write no names"
            " of people and nothing confidential."
        ),
        rows=8,
    )
    who_suffers = _text(
        _("Who suffers from it"),
        _("Which people, how many of them, and what it does to them: residents, patients, workers on site."),
    )
    today = _text(
        _("How it is done today"),
        _("What you use now, what it costs a year, and why what is on the market is not enough."),
    )

    class Meta:
        model = Challenge
        fields = ["title", "problem", "who_suffers", "today"]
        labels = {"title": _("Title of the task")}
        help_texts = {
            "title": _(
                "One line, up to 120 characters, that names the problem: “Inspecting sewers without draining"
                " them”, not “Purchase of inspection robots”."
            )
        }


class NeedForm(DraftForm):
    needed_performance = _text(
        _("Needed performance"),
        _(
            "What a solution must reach, in figures that can be measured, and how you would measure it: “cracks"
            " of 2 mm or less, found in 19 of 20 samples”. Name no product and no maker."
        ),
    )
    test_site = _text(
        _("Test site and conditions"),
        _("Where it can be tried for up to a year: place, length or number, power, season, access, safety."),
    )
    scale = _text(
        _("Scale"),
        _(
            "How many places have this problem, in your institution and in others that could use the solution."
        ),
        rows=4,
    )

    class Meta:
        model = Challenge
        fields = ["needed_performance", "test_site", "scale"]


class PlanForm(DraftForm):
    optional = ("sdgs",)

    budget_won = WonField(
        label=_("Budget estimate"),
        help_text=_(
            "For the pilot, VAT included, in whole won, for example 300,000,000. Commas may be used."
        ),
        required=False,
    )
    sdgs = forms.TypedMultipleChoiceField(
        label=_("Sustainable Development Goals"),
        help_text=_("Which goals a solution would serve. Choose those that fit; none is needed."),
        required=False,
        coerce=int,
        empty_value=[],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Challenge
        fields = ["budget_won", "wanted_from", "wanted_until", "sdgs"]
        labels = {"wanted_from": _("Wanted from"), "wanted_until": _("Wanted until")}
        help_texts = {
            "wanted_from": _("When the trial could begin at your site."),
            "wanted_until": _("A trial lasts at most one year."),
        }
        widgets = {"wanted_from": forms.DateInput, "wanted_until": forms.DateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ko"
        self.fields["sdgs"].choices = [(goal.number, goal.name(language)) for goal in GOALS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("wanted_from"), data.get("wanted_until")
        if begin and end and end < begin:
            self.add_error("wanted_until", _("The end of the wanted time must not lie before its beginning."))
        return data
