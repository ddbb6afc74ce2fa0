"""The call for solutions to selected tasks: one lot for each task."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.audit.services import changed
from innomarket.common.locks import lock, lock_all
from innomarket.common.refusals import Refused, ask
from innomarket.evaluation.models import Result
from innomarket.evaluation.objections import is_held_back
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.services.call import create_call
from innomarket.submissions.specs import LotSpec
from innomarket.submissions.states import CallState

from .. import names, permissions
from ..models import Challenge
from ..shipped import proposal_groups

PROPOSAL = "proposal"  # the kind that the designation app registers


def open_solution_call(
    *,
    by: Any,
    challenges: Iterable[Challenge],
    title_ko: str,
    title_en: str,
    opens_at: datetime,
    closes_at: datetime,
    opening_at: datetime,
    summary_ko: str = "",
    summary_en: str = "",
) -> Call:
    """Prepare the call for solutions to these public tasks, in the order of their keys; ``announce_call``
    makes it public, with a milestone in each task's story.

    Each task gets a lot that its institution owns and that carries the task's story. One proposal
    from each company and task. Times are instants (KST on the pages). Raises Refused where no task
    is given, or one is not public, has a call already that was not cancelled, or waits for the answer to an
    objection that concerns it.
    """
    wanted = {task.pk for task in challenges}
    with transaction.atomic():
        tasks = lock_all(Challenge.objects.filter(pk__in=wanted))
        ask(permissions.may_open_solution_call(by))
        _ask_tasks(tasks, len(wanted))
        for task in tasks:
            ask(is_held_back(lock(Submission, task.pk)))
        call = create_call(
            by=by,
            kind=PROPOSAL,
            title_ko=title_ko,
            title_en=title_en,
            summary_ko=summary_ko,
            summary_en=summary_en,
            opens_at=opens_at,
            closes_at=closes_at,
            opening_at=opening_at,
            one_per_applicant=True,
            groups=proposal_groups(),
            lots=[_lot(task) for task in tasks],
        )
        lots = call.lots.order_by("order", "pk")
        for task, lot in zip(tasks, lots, strict=True):
            verb = "challenges.call_again" if task.solution_lot_id else "challenges.call_for_solutions"
            changed(task, actor=by, verb=verb, solution_lot=lot)
    return call


def _ask_tasks(tasks: list[Challenge], asked: int) -> None:
    if not tasks or len(tasks) != asked:
        raise Refused("no_tasks", _("Choose at least one selected task."), field="challenges")
    selected = Result.objects.selected().filter(entry__submission__in=[task.pk for task in tasks])
    standing = set(selected.values_list("entry__submission", flat=True))
    for task in tasks:
        if task.published_at is not None and task.pk not in standing:
            raise Refused(
                "task_no_longer_selected",
                _("Task %(number)s was evaluated anew and is selected no longer.") % {"number": task.number},
                field="challenges",
            )
        if task.published_at is None:
            raise Refused(
                "task_not_selected",
                _("Task %(number)s is not selected: its results must be published first.")
                % {"number": task.number},
                field="challenges",
            )
        if task.solution_lot is not None and task.solution_lot.call.state != CallState.CANCELLED:
            raise Refused(
                "task_has_its_call",
                _("Task %(number)s already has its call for solutions.") % {"number": task.number},
                field="challenges",
            )


def _lot(task: Challenge) -> LotSpec:
    submission = task.submission
    return LotSpec(
        title_ko=names.frozen(submission).title,
        owner=submission.applicant_organisation,
        story=submission.story,
    )


def preview(tasks: Iterable[Challenge]) -> list[str]:
    """What a call over these tasks would contain, a line each."""
    chosen = sorted(tasks, key=lambda task: task.pk)
    lines = [
        ngettext(
            "A call for proposals with %(count)s lot is prepared; it is not public until it is announced.",
            "A call for proposals with %(count)s lots is prepared; it is not public until it is announced.",
            len(chosen),
        )
        % {"count": len(chosen)}
    ]
    lines += [
        f"{task.submission.number} · {names.frozen(task.submission).title}"
        f" ({task.submission.applicant_organisation})"
        for task in chosen
    ]
    return lines
