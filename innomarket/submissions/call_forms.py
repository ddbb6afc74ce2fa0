"""The forms of the call console: a call with its criteria and lots, on one page that works without scripts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.models import Organisation
from innomarket.accounts.reads import verified_institution

from .models import Call, CallStage, Criterion
from .specs import CheckSpec, CriterionSpec, GroupSpec, LotSpec, StageSpec

MOST_ROWS = 200
SPARE_STAGES, SPARE_CHECKS, SPARE_GROUPS, SPARE_CRITERIA, SPARE_LOTS = 1, 2, 1, 2, 3


class RowForm(forms.Form):
    """One of many rows. A row whose fields are empty (or as the page gave them) is no row."""

    given: tuple[str, ...] = ()

    def full_clean(self) -> None:
        asked = (name for name in self.fields if name not in self.given)
        if self.is_bound and not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in asked):
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    def forget_errors(self) -> None:
        self._errors = ErrorDict()


class StageForm(RowForm):
    """A stage; what is left empty, the rule in force gives when the call is kept."""

    given = ("method", "group_minimum")
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "–"), *CallStage.Kind.choices])
    method = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("", gettext_lazy("as usual for its kind")), *CallStage.Method.choices],
        required=False,
    )
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    pass_mark = forms.DecimalField(
        label=gettext_lazy("Pass mark"), min_value=0, max_value=100, decimal_places=2, required=False
    )
    least_sheets = forms.IntegerField(
        label=gettext_lazy("Fewest sheets"), min_value=1, max_value=100, required=False
    )
    trim_from = forms.IntegerField(
        label=gettext_lazy("Drop highest and lowest from (sheets)"),
        help_text=gettext_lazy("0: never, the plain mean."),
        min_value=0,
        max_value=100,
        required=False,
    )
    group_minimum = forms.ChoiceField(
        label=gettext_lazy("Minimum of a group"),
        choices=[("", gettext_lazy("as the rule says")), *CallStage.GroupMinimum.choices],
        required=False,
    )

    blind = forms.BooleanField(
        label=gettext_lazy("Blind: its evaluators see an anonymous copy and a code, not who applied"),
        help_text=gettext_lazy("Only a scored evaluation. Applicants then add the copy to their submission."),
        required=False,
    )

    def clean_trim_from(self) -> int | None:
        given = self.cleaned_data["trim_from"]
        if given in (1, 2):
            raise ValidationError(_("Dropping two sheets takes three at least."))
        return given


class CheckForm(RowForm):
    stage = forms.IntegerField(label=gettext_lazy("Stage no."), min_value=1)
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    explanation_ko = forms.CharField(
        label=gettext_lazy("Explanation in Korean"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    explanation_en = forms.CharField(
        label=gettext_lazy("Explanation in English"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class GroupForm(RowForm):
    given = ("minimum_percent", "stage")
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    minimum_percent = forms.IntegerField(
        label=gettext_lazy("Minimum (%)"), min_value=0, max_value=100, initial=0, required=False
    )
    stage = forms.IntegerField(
        label=gettext_lazy("Stage no."),
        help_text=gettext_lazy("Empty: the first that gives points."),
        min_value=1,
        required=False,
    )


class CriterionForm(RowForm):
    given = ("max_points",)
    group = forms.IntegerField(label=gettext_lazy("Group no."), min_value=1)
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    weight = forms.IntegerField(label=gettext_lazy("Weight"), min_value=1, max_value=100)
    max_points = forms.IntegerField(
        label=gettext_lazy("Highest score"), min_value=1, max_value=1000, initial=10, required=False
    )
    explanation_ko = forms.CharField(
        label=gettext_lazy("Explanation in Korean"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    explanation_en = forms.CharField(
        label=gettext_lazy("Explanation in English"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class LotForm(RowForm):
    title_ko = forms.CharField(label=gettext_lazy("Title in Korean"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    owner = forms.CharField(
        label=gettext_lazy("Code of the institution whose need it is"), max_length=7, required=False
    )

    def clean_owner(self) -> Organisation | None:
        code = self.cleaned_data["owner"]
        if not code:
            return None
        owner = verified_institution(code)
        if owner is None:
            raise ValidationError(
                _("There is no verified institution with the code %(code)s.") % {"code": code}
            )
        return owner


class WordsForm(forms.Form):
    """What a call says, in both languages."""

    title_ko = forms.CharField(label=gettext_lazy("Title in Korean"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    summary_ko = forms.CharField(
        label=gettext_lazy("What is asked for, in Korean"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    summary_en = forms.CharField(
        label=gettext_lazy("What is asked for, in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CallForm(WordsForm):
    """A call in preparation. ``specs()`` gives what ``create_call`` and ``edit_call`` take."""

    opens_at = forms.DateTimeField(
        label=gettext_lazy("Opens (KST)"), widget=forms.DateTimeInput, help_text=gettext_lazy("Included")
    )
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Closes (KST)"),
        widget=forms.DateTimeInput,
        help_text=gettext_lazy("At this very instant nothing is taken any more."),
    )
    opening_at = forms.DateTimeField(
        label=gettext_lazy("Opening of the submissions, from (KST)"),
        widget=forms.DateTimeInput,
        help_text=gettext_lazy("Until its recorded opening nobody but its owner reads one."),
    )
    one_per_applicant = forms.BooleanField(
        label=gettext_lazy("Take one answer from each applicant to each lot"), required=False
    )

    def __init__(
        self,
        *args: Any,
        groups: Sequence[GroupSpec] = (),
        lots: Sequence[LotSpec] = (),
        stages: Sequence[StageSpec] = (),
        more: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.stage_rows = _rows(StageForm, "stages", data, _stage_rows(stages), SPARE_STAGES, more)
        self.check_rows = _rows(CheckForm, "checks", data, _check_rows(stages), SPARE_CHECKS, more)
        self.group_rows = _rows(GroupForm, "groups", data, _group_rows(groups), SPARE_GROUPS, more)
        self.criterion_rows = _rows(
            CriterionForm, "criteria", data, _criterion_rows(groups), SPARE_CRITERIA, more
        )
        self.lot_rows = _rows(LotForm, "lots", data, _lot_rows(lots), SPARE_LOTS, more)

    def clean(self) -> dict[str, Any]:
        for heading, rows in (
            (_("Stage"), self.stage_rows),
            (_("Check"), self.check_rows),
            (_("Group"), self.group_rows),
            (_("Criterion"), self.criterion_rows),
            (_("Lot"), self.lot_rows),
        ):
            for place, row in enumerate(rows.forms, start=1):
                for name, messages in row.errors.items():
                    label = row.fields[name].label if name in row.fields else ""
                    self.add_error(None, f"{heading} {place}, {label}: {messages[0]}")
        if not self.errors:
            self._ask_groups()
        return self.cleaned_data

    def forget_errors(self) -> None:
        """Show what was typed without saying what is wrong: only rows were asked for."""
        self._errors = ErrorDict()
        for rows in (self.stage_rows, self.check_rows, self.group_rows, self.criterion_rows, self.lot_rows):
            for row in rows.forms:
                row.forget_errors()

    def specs(self) -> dict[str, Any]:
        """The cleaned values, criteria by their groups' numbers, and the lots."""
        names = [
            "title_ko", "title_en", "summary_ko", "summary_en", "opens_at", "closes_at", "opening_at",
            "one_per_applicant",
        ]  # fmt: skip
        criteria = _filled(self.criterion_rows)
        groups = [
            GroupSpec(
                row["name_ko"],
                row["name_en"],
                row["minimum_percent"] or 0,
                [_criterion(criterion) for criterion in criteria if criterion["group"] == place],
                row["stage"] or 0,
            )
            for place, row in enumerate(_filled(self.group_rows), start=1)
        ]
        lots = [
            LotSpec(row["title_ko"], row["title_en"], owner=row["owner"]) for row in _filled(self.lot_rows)
        ]
        parts = {"groups": groups, "lots": lots, "stages": self._stages()}
        return {name: self.cleaned_data[name] for name in names} | parts

    def _stages(self) -> list[StageSpec]:
        checks = _filled(self.check_rows)
        return [
            StageSpec(
                **{name: row[name] for name in ("kind", "name_ko", "name_en", "method", "group_minimum")},
                **{name: row[name] for name in ("pass_mark", "least_sheets", "trim_from", "blind")},
                checks=[
                    CheckSpec(
                        check["name_ko"], check["name_en"], check["explanation_ko"], check["explanation_en"]
                    )
                    for check in checks
                    if check["stage"] == place
                ],
            )
            for place, row in enumerate(_filled(self.stage_rows), start=1)
        ]

    def _ask_groups(self) -> None:
        stages = len(_filled(self.stage_rows))
        for check in _filled(self.check_rows):
            if check["stage"] > stages:
                self.add_error(
                    None,
                    _("The check “%(name)s” names stage %(stage)s, but there are %(n)s stages.")
                    % {"name": check["name_ko"], "stage": check["stage"], "n": stages},
                )
        groups = len(_filled(self.group_rows))
        for row in _filled(self.criterion_rows):
            if row["group"] > groups:
                self.add_error(
                    None,
                    _("The criterion “%(name)s” names group %(group)s, but there are %(n)s groups.")
                    % {"name": row["name_ko"], "group": row["group"], "n": groups},
                )


def groups_of(call: Call) -> list[GroupSpec]:
    """The stored criteria as specs, to fill the form with."""
    criteria = list(Criterion.objects.filter(group__call=call))
    return [
        GroupSpec(
            group.name_ko,
            group.name_en,
            group.minimum_percent,
            criteria=[
                CriterionSpec(
                    c.name_ko, c.name_en, c.weight, c.max_points, c.explanation_ko, c.explanation_en
                )
                for c in criteria
                if c.group_id == group.pk
            ],
            stage=group.stage.order,
        )
        for group in call.groups.select_related("stage")
    ]


def lots_of(call: Call) -> list[LotSpec]:
    """The stored lots as specs; the one that a call without lots of its own has is left out."""
    lots = list(call.lots.select_related("owner", "story").order_by("order"))
    if len(lots) == 1 and (lots[0].title_ko, lots[0].owner_id) == (call.title_ko, None):
        return []
    return [LotSpec(lot.title_ko, lot.title_en, lot.owner, lot.story) for lot in lots]


def _rows(
    form: type[forms.Form], prefix: str, data: Any, initial: list, spare: int, more: bool
) -> BaseFormSet:
    made = formset_factory(form, extra=spare, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
    if data is None:
        return made(initial=initial, prefix=prefix)
    if more:  # "more rows" was pressed: the same typed rows, and empty ones behind them
        data = data.copy()
        total = f"{prefix}-TOTAL_FORMS"
        known = int(data[total]) if str(data.get(total, "")).isdecimal() else len(initial)
        data[total] = str(min(known + spare, MOST_ROWS))
    return made(data, initial=initial, prefix=prefix)


def _filled(rows: BaseFormSet) -> list[dict[str, Any]]:
    """The rows in which something stands, without those that were emptied."""
    fields = rows.empty_form.fields
    needed = next(name for name in ("kind", "name_ko", "title_ko") if name in fields)
    return [row.cleaned_data for row in rows.forms if row.cleaned_data.get(needed)]


def _criterion(row: dict[str, Any]) -> CriterionSpec:
    return CriterionSpec(
        row["name_ko"],
        row["name_en"],
        row["weight"],
        row["max_points"] or 10,
        row["explanation_ko"],
        row["explanation_en"],
    )


def _group_rows(groups: Sequence[GroupSpec]) -> list[dict[str, Any]]:
    return [
        {
            "name_ko": group.name_ko,
            "name_en": group.name_en,
            "minimum_percent": group.minimum_percent,
            "stage": group.stage or None,
        }
        for group in groups
    ]


def _stage_rows(stages: Sequence[StageSpec]) -> list[dict[str, Any]]:
    return [{**vars(stage), "checks": None} for stage in stages]


def _check_rows(stages: Sequence[StageSpec]) -> list[dict[str, Any]]:
    return [
        {"stage": place, **vars(check)}
        for place, stage in enumerate(stages, start=1)
        for check in stage.checks
    ]


def _criterion_rows(groups: Sequence[GroupSpec]) -> list[dict[str, Any]]:
    return [
        {"group": place, **vars(criterion)}
        for place, group in enumerate(groups, start=1)
        for criterion in group.criteria
    ]


def _lot_rows(lots: Sequence[LotSpec]) -> list[dict[str, Any]]:
    return [
        {
            "title_ko": lot.title_ko,
            "title_en": lot.title_en,
            "owner": lot.owner.institution_code if lot.owner else "",
        }
        for lot in lots
    ]
