"""The sheet as a form: points and comments for criteria, or fit/unfit and reasons for checks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.submissions.models import CallStage, Criterion, StageCheck
from innomarket.submissions.words import titled

from ..services.sheet import COMMENT_MAX, SHORT_MAX
from .fields import NeededToSubmit

RADIOS_UP_TO = 10
FIT, UNFIT = "1", "0"


class SheetForm(forms.Form):
    """Answers to each question and the comment; a draft may leave any of them empty.

    ``edition`` is the save that the page was made of: the service never overwrites a later one silently.
    """

    use_required_attribute = False
    edition = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    comment = NeededToSubmit(
        label=gettext_lazy("Comment for the applicant"),
        help_text=gettext_lazy("The applicant reads it with the result, without your name."),
        max_length=COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    word = forms.CharField(
        label=gettext_lazy("Word to the chief"),
        help_text=gettext_lazy("Needed only where you submit the sheet as it was: say why it stands."),
        max_length=SHORT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        stage: CallStage,
        criteria: Sequence[Criterion],
        checks: Sequence[StageCheck],
        returned: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.stage, self.criteria, self.checks = stage, criteria, checks
        for criterion in criteria:
            self._add_criterion(criterion)
        for check in checks:
            self._add_check(check)
        if checks:
            self.fields["comment"].required = False
            self.fields["comment"].help_text = _(
                "Left empty, your reasons are its comment. The applicant reads it with the result."
            )
        if not returned:
            del self.fields["word"]
        self.order_fields([name for name in self.fields if name not in ("comment", "word")])

    def _add_criterion(self, criterion: Criterion) -> None:
        text = _("Give a whole number from 0 to %(most)s.") % {"most": criterion.max_points}
        self.fields[f"criterion_{criterion.pk}"] = forms.IntegerField(
            label=str(titled(criterion, "name")),
            required=False,
            min_value=0,
            max_value=criterion.max_points,
            error_messages={"invalid": text, "min_value": text, "max_value": text},
        )
        self.fields[f"comment_{criterion.pk}"] = forms.CharField(
            label=_("Comment on “%(name)s”") % {"name": titled(criterion, "name")},
            required=False,
            max_length=SHORT_MAX,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _add_check(self, check: StageCheck) -> None:
        self.fields[f"check_{check.pk}"] = forms.ChoiceField(
            label=str(titled(check, "name")),
            required=False,
            choices=[(FIT, gettext_lazy("fit")), (UNFIT, gettext_lazy("unfit"))],
            widget=forms.RadioSelect,
        )
        self.fields[f"reason_{check.pk}"] = forms.CharField(
            label=_("Reason for “%(name)s”") % {"name": titled(check, "name")},
            required=False,
            max_length=SHORT_MAX,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def answers(self) -> dict[str, Any]:
        """What ``save_sheet`` takes of what was typed."""
        data = self.cleaned_data
        points = {c.pk: data.get(f"criterion_{c.pk}") for c in self.criteria}
        return {
            "points": {pk: given for pk, given in points.items() if given is not None},
            "comments": {c.pk: data.get(f"comment_{c.pk}", "") for c in self.criteria},
            "findings": {
                c.pk: (
                    {FIT: True, UNFIT: False}.get(data.get(f"check_{c.pk}", "")),
                    data.get(f"reason_{c.pk}", ""),
                )
                for c in self.checks
            },
            "comment": data["comment"],
            "edition": data.get("edition"),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Each question as ``components/score.html`` wants it, or as a field where radios would be too many."""
        asked = [self._criterion_row(n, criterion) for n, criterion in enumerate(self.criteria, start=1)]
        return asked + [self._check_row(n, check) for n, check in enumerate(self.checks, start=1)]

    def _criterion_row(self, number: int, criterion: Criterion) -> dict[str, Any]:
        weight = _("Weight %(weight)s of 100") % {"weight": criterion.weight}
        row = self._row(number, f"criterion_{criterion.pk}", f"comment_{criterion.pk}")
        low, high = self._ends(criterion)
        return row | {
            "hint": weight,
            "explanation": str(titled(criterion, "explanation")),
            "max": criterion.max_points,
            "weight": criterion.weight,
            "low": low,
            "high": high,
            "ends": self._ends_said(low, high),
            "scale": [{"value": points} for points in range(criterion.max_points + 1)]
            if criterion.max_points <= RADIOS_UP_TO
            else None,
        }

    def _check_row(self, number: int, check: StageCheck) -> dict[str, Any]:
        row = self._row(number, f"check_{check.pk}", f"reason_{check.pk}")
        return row | {
            "hint": "",
            "explanation": str(titled(check, "explanation")),
            "is_check": True,
            "scale": [{"value": FIT, "label": _("fit")}, {"value": UNFIT, "label": _("unfit")}],
        }

    def _row(self, number: int, name: str, said: str) -> dict[str, Any]:
        bound = self[name]
        return {
            "bound": bound,
            "name": bound.html_name,
            "number": number,
            "title": bound.label,
            "chosen": bound.value(),
            "error": " ".join(str(error) for error in bound.errors),
            "comment": self[said],
        }

    def _ends(self, criterion: Criterion) -> tuple[int | None, int | None]:
        """The highest points at the low end and the lowest at the high end that take a comment."""
        low, high, most = self.stage.low_percent, self.stage.high_percent, criterion.max_points
        return (
            None if low is None else low * most // 100,
            None if high is None else -(-high * most // 100),
        )

    def _ends_said(self, low: int | None, high: int | None) -> str:
        if low is None and high is None:
            return ""
        if low is None:
            return _("%(high)s and above take a comment.") % {"high": high}
        if high is None:
            return _("%(low)s and below take a comment.") % {"low": low}
        return _("%(low)s and below, %(high)s and above take a comment.") % {"low": low, "high": high}
