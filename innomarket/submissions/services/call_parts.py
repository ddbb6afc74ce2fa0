"""What a call is made of: its stages with their checks, its criteria in groups, and its lots."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from innomarket.common.constraints import in_words
from innomarket.common.refusals import Refused

from .. import stage_rules
from ..models import Call, CallStage, Criterion, CriterionGroup, Lot, StageCheck
from ..specs import CheckSpec, GroupSpec, LotSpec, StageSpec

Kind, Method = CallStage.Kind, CallStage.Method

# Names that a stage has where staff give none, as they are written to the applicants.
NAMES = {
    Kind.DOCUMENT_CHECK: ("서류검토", "Document check"),
    Kind.FIT_CHECK: ("적부판정", "Fit/unfit check"),
    Kind.SCORED: ("평가", "Scored evaluation"),
    Kind.ON_SITE: ("현장실태조사", "On-site survey"),
    Kind.INTERVIEW: ("기업면담", "Interview"),
    Kind.COUNCIL: ("계약심사협의회", "Contract-review council"),
}
# What a stage asks where staff name no check of their own. Our default.
CHECKS = {
    Kind.DOCUMENT_CHECK: CheckSpec("제출 서류", "Papers", "필요한 서류가 모두 있고 읽을 수 있는가. (우리 기본값)",
                                   "Every paper that is needed is there and can be read. (our default)"),
    Kind.ON_SITE: CheckSpec("현장 확인", "On site", "제출한 내용이 현장과 같은가. (우리 기본값)",
                            "What was submitted agrees with what was found on site. (our default)"),
    Kind.INTERVIEW: CheckSpec("면담 확인", "Interview", "제출한 내용을 설명할 수 있는가. (우리 기본값)",
                              "The company can explain what it submitted. (our default)"),
    Kind.COUNCIL: CheckSpec("계약 적합", "Fit for a contract", "수의계약 대상으로 알맞은가. (우리 기본값)",
                            "It is fit for a private contract. (our default)"),
}  # fmt: skip
ONE_SCORED = (StageSpec(kind=Kind.SCORED),)


def method_of(stage: StageSpec) -> str:
    """A scored evaluation gives points; the others say fit or unfit, unless a survey or interview is to score."""
    return stage.method or (Method.POINTS if stage.kind == Kind.SCORED else Method.FIT)


def ask_parts(stages: Sequence[StageSpec], groups: Sequence[GroupSpec]) -> None:
    """Raises Refused where stages and criteria do not fit together."""
    if any(stage.kind not in Kind.values for stage in stages):
        raise Refused("unknown_stage", _("There is no such kind of stage."), field="stages")
    points = [place for place, stage in enumerate(stages, start=1) if method_of(stage) == Method.POINTS]
    if not points:
        raise Refused("no_scored_stage", _("At least one stage gives points."), field="stages")
    for place, stage in enumerate(stages, start=1):
        if place not in points and not (stage.checks or stage.kind in CHECKS):
            raise Refused(
                "checks_missing",
                _("Stage %(stage)s says fit or unfit: name at least one check for it.") % {"stage": place},
                field="stages",
            )
        if any(not (check.name_ko and check.name_en) for check in stage.checks):
            raise Refused("check_names", _("Name each check in Korean and in English."), field="stages")
    for group in groups:
        if group.stage and group.stage not in points:
            raise Refused(
                "group_without_stage",
                _("The group “%(name)s” names stage %(stage)s, which gives no points.")
                % {"name": group.name_ko, "stage": group.stage},
                field="groups",
            )
    for place in points:
        _ask_criteria([group for group in groups if (group.stage or points[0]) == place])


def _ask_criteria(groups: Sequence[GroupSpec]) -> None:
    criteria = [criterion for group in groups for criterion in group.criteria]
    if not criteria or any(not group.criteria for group in groups):
        raise Refused("criteria_missing", _("Give at least one criterion in each group."), field="groups")
    total = sum(criterion.weight for criterion in criteria)
    if total != 100 or any(criterion.weight < 1 for criterion in criteria):
        raise Refused(
            "weights",
            _("The weights of the criteria must add up to 100. Now they add up to %(total)s.")
            % {"total": total},
            field="groups",
        )
    if any(criterion.max_points < 1 for criterion in criteria):
        raise Refused("points", _("The highest score of a criterion is at least 1."), field="groups")
    if any(not 0 <= group.minimum_percent <= 100 for group in groups):
        raise Refused("minimum", _("The minimum of a group lies between 0 and 100 percent."), field="groups")
    named = [(group.name_ko, group.name_en) for group in groups] + [(c.name_ko, c.name_en) for c in criteria]
    if any(not (ko and en) for ko, en in named):
        raise Refused(
            "criteria_names", _("Name each group and criterion in Korean and in English."), field="groups"
        )


def write_parts(call: Call, stages: Sequence[StageSpec], groups: Sequence[GroupSpec]) -> None:
    """Stages with their checks, then the groups with their criteria; those that stood are replaced."""
    Criterion.objects.filter(group__call=call).delete()
    call.groups.all().delete()
    StageCheck.objects.filter(stage__call=call).delete()
    call.stages.all().delete()
    rows = _write_stages(call, stages)
    blind = any(stage.blind for stage in stages)
    if call.blind != blind:
        call.blind = blind
        call.save(update_fields=["blind"])
    StageCheck.objects.bulk_create(
        StageCheck(
            stage=row,
            order=place,
            name_ko=check.name_ko,
            name_en=check.name_en,
            explanation_ko=check.explanation_ko,
            explanation_en=check.explanation_en,
        )
        for row, stage in zip(rows, stages, strict=True)
        if row.method == Method.FIT
        for place, check in enumerate(stage.checks or [CHECKS[Kind(row.kind)]], start=1)
    )
    _write_groups(call, rows, groups)


def _write_stages(call: Call, stages: Sequence[StageSpec]) -> list[CallStage]:
    rule = stage_rules.in_force()
    rows = []
    for place, stage in enumerate(stages, start=1):
        method = method_of(stage)
        by_points = method == Method.POINTS
        trim = rule.trim_from if stage.trim_from is None else stage.trim_from or None
        rows.append(
            CallStage(
                call=call,
                order=place,
                kind=stage.kind,
                method=method,
                name_ko=stage.name_ko or NAMES[Kind(stage.kind)][0],
                name_en=stage.name_en or NAMES[Kind(stage.kind)][1],
                # One person can see whether a paper is there; points take as many as the rule says.
                least_sheets=stage.least_sheets or (rule.least_sheets if by_points else 1),
                pass_mark=(rule.pass_mark if stage.pass_mark is None else stage.pass_mark)
                if by_points
                else None,
                trim_from=trim if by_points else None,
                group_minimum=stage.group_minimum or rule.group_minimum,
                low_percent=rule.low_percent if by_points else None,
                high_percent=rule.high_percent if by_points else None,
                blind=stage.blind,
            )
        )
    with in_words(
        CallStage,
        stage_answers_as_its_kind_does="stages",
        stage_by_points_has_its_mark="stages",
        only_a_scored_stage_is_blind="stages",
    ):
        return CallStage.objects.bulk_create(rows)


def _write_groups(call: Call, stages: Sequence[CallStage], groups: Sequence[GroupSpec]) -> None:
    first = next(stage.order for stage in stages if stage.by_points)
    by_place = {stage.order: stage for stage in stages}
    rows = CriterionGroup.objects.bulk_create(
        CriterionGroup(
            call=call,
            stage=by_place[group.stage or first],
            order=place,
            name_ko=group.name_ko,
            name_en=group.name_en,
            minimum_percent=group.minimum_percent,
            tie_order=place,
        )
        for place, group in enumerate(groups, start=1)
    )
    Criterion.objects.bulk_create(
        Criterion(
            group=row,
            order=place,
            name_ko=criterion.name_ko,
            name_en=criterion.name_en,
            explanation_ko=criterion.explanation_ko,
            explanation_en=criterion.explanation_en,
            weight=criterion.weight,
            max_points=criterion.max_points,
        )
        for row, group in zip(rows, groups, strict=True)
        for place, criterion in enumerate(group.criteria, start=1)
    )


def write_lots(call: Call, lots: Sequence[LotSpec]) -> None:
    """The lots of a call; one of the call's title where it names none."""
    call.lots.all().delete()
    lots = list(lots) or [LotSpec(call.title_ko, call.title_en)]
    Lot.objects.bulk_create(
        Lot(
            call=call,
            order=place,
            title_ko=lot.title_ko,
            title_en=lot.title_en,
            owner=lot.owner,
            story=lot.story,
        )
        for place, lot in enumerate(lots, start=1)
    )


def stages_of(call: Call) -> list[StageSpec]:
    """The stored stages as specs, with everything that they count by."""
    checks: dict[int, list[CheckSpec]] = {}
    for check in StageCheck.objects.filter(stage__call=call):
        spec = CheckSpec(check.name_ko, check.name_en, check.explanation_ko, check.explanation_en)
        checks.setdefault(check.stage_id, []).append(spec)
    return [
        StageSpec(
            kind=stage.kind,
            name_ko=stage.name_ko,
            name_en=stage.name_en,
            method=stage.method,
            checks=checks.get(stage.pk, []),
            pass_mark=stage.pass_mark,
            least_sheets=stage.least_sheets,
            trim_from=(stage.trim_from or 0) if stage.by_points else None,
            group_minimum=stage.group_minimum,
            blind=stage.blind,
        )
        for stage in call.stages.all()
    ]
