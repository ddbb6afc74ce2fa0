"""An evaluator's sheet: saved as often as one likes, submitted as a version that stands, set aside by staff."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.submissions.models import Criterion, StageCheck

from .. import permissions
from ..models import Assignment, Finding, Round, Score, Sheet, SheetVersion
from ..sheet_text import version_sha256
from ..states import ROUND_MOVES, SHEET_MOVES, WRITING

COMMENT_MAX = 4_000
SHORT_MAX = 1_000

Findings = Mapping[int, tuple[bool | None, str]]


def save_sheet(
    *,
    assignment: Assignment,
    by: Any,
    points: Mapping[int, int] | None = None,
    comment: str,
    comments: Mapping[int, str] | None = None,
    findings: Findings | None = None,
    edition: int | None = None,
) -> Sheet:
    """Keep what is written: points and comments by the criterion's key (those not given are empty).

    A stage that says fit or unfit takes ``findings`` instead: (fit, reason) by the check's key. ``edition`` is
    the one that the page showed: where the sheet was saved since, nothing is overwritten. Raises Refused for who
    may not judge the entry, when the round is not being scored, when the sheet is submitted, for an older
    edition (409), and at the field ``criterion_<key>`` for points outside the criterion's range.
    """
    points, comments, findings = points or {}, comments or {}, findings or {}
    with transaction.atomic():
        assignment = _taken(assignment, by)
        sheet = Sheet.objects.select_for_update(of=("self",)).filter(assignment=assignment).first()
        _ask_writing(sheet)
        _ask_edition(sheet, edition)
        criteria, checks = questions_of(assignment.entry.round.stage_id)
        _ask_points(criteria, points)
        _ask_known({*comments} - {*criteria}, {*findings} - {*checks})
        comment = _ask_text(comment, "comment", COMMENT_MAX)
        said = {pk: _ask_text(text, f"comment_{pk}", SHORT_MAX) for pk, text in comments.items()}
        why = {pk: (fit, _ask_text(text, f"reason_{pk}", SHORT_MAX)) for pk, (fit, text) in findings.items()}
        at = now()
        if sheet is None:
            sheet = created(
                Sheet(assignment=assignment, comment=comment, saved_at=at, edition=1),
                actor=by,
                verb="evaluation.save_sheet",
            )
        else:
            sheet = changed(
                sheet,
                actor=by,
                verb="evaluation.save_sheet",
                comment=comment,
                saved_at=at,
                edition=sheet.edition + 1,
            )
        _write_scores(sheet, criteria, points, said)
        _write_findings(sheet, why)
    return sheet


def submit_sheet(*, sheet: Sheet, by: Any, word: str = "") -> Sheet:
    """Hand the sheet in as a version that stands: every question answered, and a comment for the applicant.

    Points at an end of the scale, as the stage has announced it, take a comment of their own; a finding takes
    its reason. A sheet that the chief returned and that says what it said takes a ``word`` on why.
    """
    with transaction.atomic():
        assignment = _taken(sheet.assignment, by)
        sheet = lock(Sheet, sheet.pk)
        state = ask_move(SHEET_MOVES, "submit", sheet)
        criteria, checks = questions_of(assignment.entry.round.stage_id)
        given = _given(sheet, checks)
        ask(*_open_checks(given, checks) if checks else _open_criteria(sheet, given, criteria))
        answers = _answers(given, criteria, checks)
        # The reasons of checks are written to the applicant: together they are the comment.
        comment = sheet.comment or "\n".join(text for _given, text in answers)
        word = _ask_word(sheet, answers, comment, word)
        at = now()
        points, comments = [given for given, _text in answers], [text for _given, text in answers]
        version = SheetVersion.objects.create(
            sheet=sheet,
            ordinal=sheet.version + 1,
            points=points,
            comments=comments,
            comment=comment,
            word=word,
            submitted_at=at,
            sha256=version_sha256(
                revision=assignment.entry.revision.sha256,
                place=assignment.panelist.place,
                ordinal=sheet.version + 1,
                points=points,
                comments=comments,
                comment=comment,
            ),
        )
        return changed(
            sheet,
            actor=by,
            verb="evaluation.submit_sheet",
            state=state,
            comment=comment,
            submitted_at=at,
            version=version.ordinal,
        )


def set_aside_sheet(*, sheet: Sheet, by: Any, reason: str) -> Sheet:
    """Staff take a sheet out of the count, with a reason; nobody takes it back in."""
    with transaction.atomic():
        round = share(Round, sheet.assignment.entry.round_id)
        lock(Assignment, sheet.assignment_id)
        sheet = lock(Sheet, sheet.pk)
        ask(permissions.may_set_aside(by, round))
        ask_move(ROUND_MOVES, "score", round)
        state = ask_move(SHEET_MOVES, "set_aside", sheet)
        return changed(
            sheet, actor=by, verb="evaluation.set_aside_sheet", reason=reason_given(reason), state=state
        )


def _taken(assignment: Assignment, by: Any) -> Assignment:
    """The round shared, so that finishing waits for us; the assignment locked; the person asked."""
    round = share(Round, assignment.entry.round_id)
    # What was submitted stays sealed here: deciphering it would cost more than all the rest.
    assignment = lock(
        Assignment.objects.select_related(
            "panelist", "entry__submission__lot", "entry__round", "entry__revision"
        ).defer("entry__submission__title", "entry__revision__title", "entry__revision__sections"),
        assignment.pk,
    )
    ask(permissions.may_score(by, assignment))
    ask_move(ROUND_MOVES, "score", round)
    return assignment


def questions_of(stage: int) -> tuple[dict[int, Criterion], dict[int, StageCheck]]:
    """The criteria of a stage, or its checks, by key and in the order in which versions keep the answers."""
    criteria = Criterion.objects.filter(group__stage=stage).select_related("group__stage")
    checks = StageCheck.objects.filter(stage=stage, stage__method="fit")
    ordered = criteria.order_by("group__order", "group", "order", "pk")
    return {one.pk: one for one in ordered}, {one.pk: one for one in checks.order_by("order", "pk")}


def needs_comment(criterion: Criterion, points: int) -> bool:
    """Whether points lie at an end of the scale that takes a comment of its own."""
    stage, percent = criterion.group.stage, points * 100
    low, high = stage.low_percent, stage.high_percent
    return (low is not None and percent <= low * criterion.max_points) or (
        high is not None and percent >= high * criterion.max_points
    )


def left_open(sheet: Sheet) -> list[Refusal]:
    """Everything that keeps a sheet from being submitted, in the order of its questions: for its page, all at once."""
    criteria, checks = questions_of(sheet.assignment.entry.round.stage_id)
    given = _given(sheet, checks)
    return _open_checks(given, checks) if checks else _open_criteria(sheet, given, criteria)


def _given(sheet: Sheet, checks: Mapping[int, StageCheck]) -> dict[int, Any]:
    """What is saved, by the key of the question: scores, or findings of checks."""
    if checks:
        return {finding.check_asked_id: finding for finding in sheet.findings.all()}
    return {score.criterion_id: score for score in sheet.scores.all()}


def _open_criteria(
    sheet: Sheet, scores: Mapping[int, Score], criteria: Mapping[int, Criterion]
) -> list[Refusal]:
    found = []
    for pk, criterion in criteria.items():
        score = scores.get(pk)
        if score is None or score.points is None:
            text = _("Give points for each criterion.")
            found.append(Refusal("points_missing", text, field=f"criterion_{pk}"))
        elif not score.comment and needs_comment(criterion, score.points):
            text = _("Points so low or so high take a comment of their own: say why.")
            found.append(Refusal("extreme_needs_comment", text, field=f"comment_{pk}"))
    if not sheet.comment:
        text = _("Write a comment: the applicant reads it as feedback.")
        found.append(Refusal("comment_missing", text, field="comment"))
    return found


def _open_checks(findings: Mapping[int, Finding], checks: Mapping[int, StageCheck]) -> list[Refusal]:
    found = []
    for pk in checks:
        finding = findings.get(pk)
        if finding is None or finding.fit is None:
            text = _("Say fit or unfit for each check.")
            found.append(Refusal("fit_missing", text, field=f"check_{pk}"))
        elif not finding.reason:
            found.append(Refusal("reason_needed", _("Give the reason."), field=f"reason_{pk}"))
    return found


def _answers(
    given: Mapping[int, Any], criteria: Mapping[int, Criterion], checks: Mapping[int, StageCheck]
) -> list[tuple[int, str]]:
    """Of a sheet with nothing left open: each answer with what was said to it."""
    if checks:
        return [(int(given[pk].fit), given[pk].reason) for pk in checks]
    return [(given[pk].points, given[pk].comment) for pk in criteria]


def _ask_word(sheet: Sheet, answers: list[tuple[int, str]], comment: str, word: str) -> str:
    word = _ask_text(word, "word", SHORT_MAX)
    last = sheet.versions.order_by("-ordinal").first()
    if last is None or word:
        return word
    if (last.points, last.comments, last.comment) == (
        [given for given, _text in answers],
        [text for _given, text in answers],
        comment,
    ):
        raise Refused(
            "word_needed",
            _("You submit the sheet as it was: say in a few words why it stands."),
            field="word",
        )
    return word


def _write_scores(
    sheet: Sheet, criteria: Mapping[int, Criterion], points: Mapping[int, int], comments: Mapping[int, str]
) -> None:
    given = {*points} | {pk for pk, text in comments.items() if text}
    sheet.scores.exclude(criterion__in=given).delete()
    Score.objects.bulk_create(
        [
            Score(
                sheet=sheet,
                criterion=criteria[pk],
                points=points.get(pk),
                max_points=criteria[pk].max_points,
                comment=comments.get(pk, ""),
            )
            for pk in sorted(given)
        ],
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["points", "comment"],
    )


def _write_findings(sheet: Sheet, findings: Findings) -> None:
    sheet.findings.exclude(check_asked__in=[*findings]).delete()
    Finding.objects.bulk_create(
        [
            Finding(sheet=sheet, check_asked_id=pk, fit=fit, reason=reason)
            for pk, (fit, reason) in sorted(findings.items())
        ],
        update_conflicts=True,
        unique_fields=["sheet", "check_asked"],
        update_fields=["fit", "reason"],
    )


def _ask_writing(sheet: Sheet | None) -> None:
    if sheet is not None and sheet.state not in WRITING:
        raise Refused(
            "score_not_now",
            _("This cannot be done now: the state is “%(state)s”. Reload the page to see it as it is.")
            % {"state": sheet.get_state_display()},
        )


def _ask_edition(sheet: Sheet | None, edition: int | None) -> None:
    """The later save never overwrites silently: what the page was made of must be what stands."""
    if edition is not None and edition != (sheet.edition if sheet else 0):
        raise Refused(
            "saved_elsewhere",
            _(
                "This sheet was saved in another window after you opened it here. Nothing is overwritten: "
                "compare below, then save again to keep what stands on this page."
            ),
        )


def _ask_known(criteria: set[int], checks: set[int]) -> None:
    if criteria or checks:
        raise Refused("unknown_criterion", _("A criterion that you scored is not one of this call."))


def _ask_points(criteria: Mapping[int, Criterion], points: Mapping[int, int]) -> None:
    for pk, given in points.items():
        if pk not in criteria:
            raise Refused("unknown_criterion", _("A criterion that you scored is not one of this call."))
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= criteria[pk].max_points:
            raise Refused(
                "out_of_range",
                _("Give a whole number from 0 to %(most)s.") % {"most": criteria[pk].max_points},
                field=f"criterion_{pk}",
            )


def _ask_text(text: str, field: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise Refused(
            "comment_too_long",
            _("Write at most %(most)s characters.") % {"most": f"{most:,}"},
            field=field,
        )
    return text
