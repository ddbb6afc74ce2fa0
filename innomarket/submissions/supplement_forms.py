"""Forms of supplements: what staff ask for and find, what the applicant gives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innomarket.common.views import ReasonForm

from .models import SupplementPaper
from .services.supplement import PaperSpec
from .states import COPY_VERDICTS, PaperVerdict, SupplementOutcome
from .words import titled

ROWS = 5


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class AskForm(ReasonForm):
    """Up to five papers, each by its name; the first is required. Works without scripts."""

    due_at = forms.DateTimeField(
        label=_("Until (KST)"), help_text=_("At this very instant nothing is taken any more.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The applicant is told it.")
        for n in range(1, ROWS + 1):
            places = {"n": n}
            self.fields[f"name_ko_{n}"] = forms.CharField(
                label=_("Paper %(n)s: name in Korean") % places, max_length=120, required=n == 1
            )
            self.fields[f"name_en_{n}"] = forms.CharField(
                label=_("Paper %(n)s: name in English") % places, max_length=120, required=False
            )
            self.fields[f"why_{n}"] = forms.CharField(
                label=_("Paper %(n)s: why it is needed") % places, max_length=500, required=False
            )

    def papers(self) -> list[PaperSpec]:
        """The rows that have a name."""
        rows = [
            PaperSpec(*(self.cleaned_data[f"{name}_{n}"] for name in ("name_ko", "name_en", "why")))
            for n in range(1, ROWS + 1)
        ]
        return [row for row in rows if row.name_ko or row.name_en]


class ExtendSupplementForm(ReasonForm):
    due_at = forms.DateTimeField(label=_("Until (KST)"))


class JudgeForm(forms.Form):
    paper = forms.ModelChoiceField(
        label=_("Paper"), queryset=SupplementPaper.objects.none(), empty_label=None
    )
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[
            (v.value, v.label) for v in PaperVerdict if v not in (PaperVerdict.NOT_SENT, PaperVerdict.DIFFERS)
        ],
        widget=forms.RadioSelect,
    )
    confirmed_on = _day(
        label=_("Issue date that the paper shows"), required=False, help_text=_("Not for a blank paper.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed unless it is accepted. The applicant reads it."),
    )

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["paper"]
        field.queryset = papers
        field.label_from_instance = lambda paper: f"{paper.order}. {titled(paper, 'name')}"


class ConcludeForm(ReasonForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=SupplementOutcome.choices, widget=forms.RadioSelect
    )


class ReturnForm(ReasonForm):
    """Where the anonymous copy shows who applied, and until when another one is taken."""

    due_at = forms.DateTimeField(
        label=_("Until (KST)"), help_text=_("At this very instant nothing is taken any more.")
    )
    field_order = ["reason", "due_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Where it shows who applied")
        self.fields["reason"].help_text = _(
            "Pages and what stands there (a name, a logo), not the words themselves. The applicant is told it."
        )


class JudgeCopyForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=[(v.value, v.label) for v in COPY_VERDICTS], widget=forms.RadioSelect
    )
    same = forms.BooleanField(
        label=_(
            "I have compared both: nothing but what shows who applied is different, and it shows that no more."
        ),
        required=False,
        help_text=_("Needed to accept it."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed unless it is accepted. The applicant reads it."),
    )


class CopyForm(forms.Form):
    """An anonymous copy in place of the returned one."""

    file = forms.FileField(label=_("File"))


class PaperForm(forms.Form):
    """A file and its issue date; the service says what is wrong at the field. ``has_file``: one is there already."""

    file = forms.FileField(label=_("File"))
    stated_on = _day(label=_("Issue date of the paper"), help_text=_("As the paper itself shows it."))

    def __init__(self, *args: Any, has_file: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not has_file
