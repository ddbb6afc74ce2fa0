"""The steps of a task and of an idea. In a draft every field may stay empty; the checklist says what is missing."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innomarket.common.fields import WonField

from .models import Challenge, Idea
from .sdgs import GOALS

TEXT_MAX = 2_000
TITLE_MAX = 200


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


class IdeaForm(DraftForm):
    optional = ("place",)

    problem = _text(
        _("What troubles people"),
        _(
            "What goes wrong in daily life, for whom and how often. A picked idea is published, without your name:"
            " name nobody, and write nothing that tells who you are."
        ),
    )
    wish = _text(
        _("What should be better"),
        _("What would be different if the problem were solved. You need not know how."),
    )

    class Meta:
        model = Idea
        fields = ["title", "problem", "wish", "place"]
        labels = {"title": _("Title of the idea"), "place": _("Where")}
        help_texts = {
            "title": _("One line, up to 120 characters: “Light at the bus stop when somebody waits”."),
            "place": _("The kind of place, or the town: “bus stops at night”."),
        }


class TaskChoice(forms.ModelMultipleChoiceField):
    """Selected tasks by number, title and institution."""

    def label_from_instance(self, task: Challenge) -> str:
        submission = task.submission
        return (
            f"{submission.number} · {submission.current.title} ({submission.applicant_organisation.name_ko})"
        )


class SolutionCallForm(forms.Form):
    """What staff give for a call for solutions; times in KST."""

    challenges = TaskChoice(
        label=_("Selected tasks"),
        help_text=_("Each becomes a lot of the call. Only tasks that have no call yet stand here."),
        queryset=Challenge.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one selected task.")},
    )
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=TITLE_MAX)
    title_en = forms.CharField(label=_("Title in English"), max_length=TITLE_MAX)
    summary_ko = forms.CharField(
        label=_("Summary in Korean"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    summary_en = forms.CharField(
        label=_("Summary in English"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    opens_at = forms.DateTimeField(label=_("Opens"), help_text="KST", widget=forms.DateTimeInput)
    closes_at = forms.DateTimeField(label=_("Closes"), help_text="KST", widget=forms.DateTimeInput)
    opening_at = forms.DateTimeField(
        label=_("Opening of the proposals"),
        help_text=_("KST, at or after the closing. Until then nobody but its company reads a proposal."),
        widget=forms.DateTimeInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenges"].queryset = (
            Challenge.objects.waiting_for_a_call()
            .select_related("submission__current", "submission__applicant_organisation")
            .order_by("pk")
        )
