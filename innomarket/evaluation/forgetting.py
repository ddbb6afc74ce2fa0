"""What an erasure takes from evaluation, and what goes after a time. Seats, sheets, votes and results stay as they are.

A draw and a result are recomputed from their files and from sheets: neither reads a profile, a tie or a reason.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.common.clock import now
from innomarket.common.personal import Kept
from innomarket.documents.dropping import drop
from innomarket.documents.models import Document
from innomarket.submissions.forgetting import empty
from innomarket.submissions.models import Submission
from innomarket.submissions.states import SubmissionState

from .models import Absence, Entry, Evaluator, Objection, ObjectionFile, Panelist, Recusal, Result, Tie
from .states import ACTIVE, EvaluatorState, ObjectionState, Outcome

OURS = gettext_noop("innomarket: no source states a period")
GONE = "–"
"""What stands where words were: the columns may not be empty."""
OUT = (EvaluatorState.LEFT, EvaluatorState.REFUSED)
FROZEN = (
    "evaluation.Objection:filed_objection_stands",
    "evaluation.ObjectionFile:filed_objection_keeps_its_files",
)


def erase(person: Any, code: str) -> dict[str, int]:
    """Profile, fields, ties, absences, unfiled objections go; reasons of recusals and for leaving become the code.

    Of a person who applies for themselves. What an organisation wrote is the organisation's; what was filed stands.
    """
    pool = list(Evaluator.objects.select_for_update().filter(user=person))
    drafts = Objection.objects.filter(
        state=ObjectionState.DRAFT, result__entry__submission__applicant_person=person
    )
    for row in pool:  # first: who is in the pool has a kind
        row.state, row.state_since, row.state_reason = EvaluatorState.LEFT, now(), ""
        row.save(update_fields=["state", "state_since", "state_reason"])
    return {
        "profiles": len(pool),
        "ties": _forget(pool),
        "recusals": Recusal.objects.filter(panelist__user=person).update(reason=code),
        "seats_left": Panelist.objects.filter(user=person).exclude(left_reason="").update(left_reason=code),
        "objections": _delete_drafts(list(drafts.select_for_update(of=("self",)))),
    }


def periods() -> list[Kept]:
    """What is deleted after a time, each with its default."""
    return [
        Kept(
            "evaluation.profiles",
            _("Profiles and ties of who left the pool"),
            _left,
            "state_since",
            36,
            OURS,
            _forget_profiles,
        ),
        Kept(
            "evaluation.absences",
            _("Absences of evaluators"),
            lambda before: Absence.objects.filter(to_on__lt=before),
            "to_on",
            12,
            OURS,
            _delete_absences,
        ),
        Kept(
            "evaluation.recusals",
            _("Reasons of recusals in rounds that ended"),
            _reasons,
            "at",
            60,
            OURS,
            _forget_reasons,
        ),
        Kept(
            "evaluation.seats_left",
            _("Reasons for leaving a panel, in rounds that ended"),
            lambda before: (
                Panelist.objects.filter(left_at__lt=before)
                .exclude(left_reason__in=["", GONE])
                .exclude(round__state__in=ACTIVE)
            ),
            "left_at",
            60,
            OURS,
            _forget_why_left,
        ),
        Kept(
            "evaluation.objection_drafts",
            _("Objections never filed"),
            lambda before: Objection.objects.filter(state=ObjectionState.DRAFT, until__lt=before),
            "until",
            12,
            OURS,
            _delete_late_drafts,
        ),
        Kept(
            "evaluation.objections",
            _("Texts, answers and files of objections that ended"),
            lambda before: Objection.objects.filter(ended_at__lt=before, emptied_at=None),
            "ended_at",
            None,
            OURS,
            _empty,
        ),
        Kept(
            "evaluation.not_selected",
            _("Texts and files of submissions that were judged and not selected"),
            _not_selected,
            "submitted_at",
            None,
            OURS,
            empty,
        ),
    ]


def _forget(pool: Iterable[Evaluator]) -> int:
    """The rows of the evaluators stay, since draws name their keys; how many ties went."""
    keys = [row.pk for row in pool]
    Evaluator.objects.filter(pk__in=keys).update(kind="", most_panels=None, state_reason="")
    Evaluator.fields.through.objects.filter(evaluator__in=keys).delete()
    Absence.objects.filter(evaluator__in=keys).delete()
    with pgtrigger.ignore("evaluation.Tie:ties_stay"):
        return Tie.objects.filter(evaluator__in=keys).delete()[0]


def _forget_profiles(rows: list[Any]) -> None:
    _forget(rows)


def _delete_absences(rows: list[Any]) -> None:
    Absence.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _forget_reasons(rows: list[Any]) -> None:
    Recusal.objects.filter(pk__in=[row.pk for row in rows]).update(reason=GONE)


def _forget_why_left(rows: list[Any]) -> None:
    Panelist.objects.filter(pk__in=[row.pk for row in rows]).update(left_reason=GONE)


def _left(before: datetime) -> QuerySet[Any]:
    of_them = {"evaluator": OuterRef("pk")}
    known = (
        ~Q(kind="")
        | Q(Exists(Evaluator.fields.through.objects.filter(**of_them)))
        | Q(Exists(Tie.objects.filter(**of_them)))
        | Q(Exists(Absence.objects.filter(**of_them)))
    )
    return Evaluator.objects.filter(known, state__in=OUT, state_since__lt=before)


def _reasons(before: datetime) -> QuerySet[Any]:
    return Recusal.objects.filter(at__lt=before).exclude(reason=GONE).exclude(entry__round__state__in=ACTIVE)


def _not_selected(before: datetime) -> QuerySet[Any]:
    """Decided, published and no longer to be objected to since then, and no objection waits for its answer.

    Results are recomputed from sheets and the hash of the revision: both stay.
    """
    decided = Result.objects.deciding().exclude(outcome=Outcome.SELECTED)
    over = decided.filter(objections_until__lt=before)
    judged = Entry.objects.filter(round__state__in=ACTIVE)
    rows = Submission.objects.filter(
        state=SubmissionState.SUBMITTED,
        current__emptied_at=None,
        pk__in=over.order_by().values("entry__submission"),
    )
    for objections in (Objection.objects.waiting(), Objection.objects.filter(ended_at__gte=before)):
        rows = rows.exclude(pk__in=objections.values("result__entry__submission"))
    return rows.exclude(pk__in=judged.values("submission"))


def _delete_drafts(rows: list[Any]) -> int:
    keys = [row.pk for row in rows]
    _delete_files(keys)
    Objection.objects.filter(pk__in=keys).delete()
    return len(keys)


def _delete_late_drafts(rows: list[Any]) -> None:
    _delete_drafts(rows)


def _empty(rows: list[Any]) -> None:
    """The words go; that there was an objection, when, and how it was answered stays with the result."""
    with pgtrigger.ignore(*FROZEN):
        _delete_files([row.pk for row in rows])
        for row in rows:
            row.text, row.answer, row.emptied_at = GONE, GONE if row.answer else "", now()
            row.save(update_fields=["text", "answer", "emptied_at"])


def _delete_files(objections: list[int]) -> None:
    files = ObjectionFile.objects.filter(objection__in=objections)
    documents = list(Document.objects.filter(pk__in=list(files.values_list("document", flat=True))))
    files.delete()
    drop(documents)
