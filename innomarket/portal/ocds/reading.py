"""Finds the facts of processes, a batch at a time, with the same number of queries for one and for many.

Only what everybody may read is asked for: public tasks, announced calls, published results. Content of proposals is
never read: of a proposal its number, its company and, once it is designated, the names of the designation are public.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from catalog.models import ListingVersion
from challenges.models import Challenge
from designation.models import Decision, Designation, DesignationRule
from designation.names import CODE as PROPOSAL
from designation.services.designation import years_after
from innomarket.audit.models import Entry as History
from innomarket.evaluation.models import Result, ResultFile, Round
from innomarket.evaluation.states import Outcome, RoundState
from innomarket.submissions.models import Amendment, Call, CallStage, DeadlineMove, Lot, Submission
from innomarket.submissions.states import SubmissionState
from pilots.models import LedgerEntry, Pilot
from pilots.states import LedgerKind

from .facts import Answer, Process, Purchase

ANYBODY = AnonymousUser()
# What is asked of a result: neither points nor reasons.
OUTCOME = (
    *("outcome", "published_at", "superseded_at", "entry__submission"),
    *("entry__round__lot", "entry__round__stage__order"),
)


@contextmanager
def one_view() -> Iterator[None]:
    """All queries inside see the same instant: no release is made of half of what somebody is committing.

    Short, a batch long. Inside a transaction of the caller it is that one's view.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def public_tasks() -> QuerySet[Challenge]:
    """Tasks whose selection is published, in the order of their keys."""
    return (
        Challenge.objects.public()
        .select_related("submission__applicant_organisation", "submission__current")
        .order_by("pk")
    )


def public_lots() -> QuerySet[Lot]:
    """Lots of announced calls for proposals."""
    calls = Call.objects.visible_to(ANYBODY).filter(kind=PROPOSAL)
    return Lot.objects.filter(call__in=calls.order_by()).select_related("call", "owner").order_by("pk")


def of_tasks(tasks: Iterable[Challenge]) -> list[Process]:
    """The process of each task: its planning and its first call."""
    found = list(tasks)
    calls = _calls_of(task.submission.story_id for task in found)
    processes = []
    for task in found:
        number = task.submission.number
        lots = calls.get(task.submission.story_id or 0, [])
        processes.append(Process(number, task=task, lot=lots[0] if lots else None, base=number))
    return _filled(processes)


def of_lots(lots: Iterable[Lot]) -> list[Process]:
    """The processes of lots without a public task, and of each further call for a task; a first call is its task's."""
    found = list(lots)
    tasks = {task.submission.story_id: task for task in _tasks_of(lot.story_id for lot in found)}
    calls = _calls_of(tasks)
    processes = []
    for lot in found:
        task = tasks.get(lot.story_id)
        if task is None:
            local = f"{lot.call.number}-{lot.order}"
            processes.append(Process(local, lot=lot, base=local))
            continue
        number = task.submission.number
        place = [one.pk for one in calls[lot.story_id or 0]].index(lot.pk) + 1
        if place > 1:
            earlier = number if place == 2 else f"{number}-{place - 1}"
            processes.append(Process(f"{number}-{place}", task=task, lot=lot, base=number, earlier=earlier))
    return _filled(processes)


def _tasks_of(stories: Iterable[int | None]) -> QuerySet[Challenge]:
    return public_tasks().filter(submission__story__in={pk for pk in stories if pk})


def _calls_of(stories: Iterable[int | None]) -> dict[int, list[Lot]]:
    """The announced lots of each story, in the order of their announcements: the place of one never changes."""
    rows: dict[int, list[Lot]] = defaultdict(list)
    lots = public_lots().filter(story__in={pk for pk in stories if pk})
    for lot in lots.order_by("call__announced_at", "pk"):
        rows[lot.story_id or 0].append(lot)
    return rows


def _filled(processes: list[Process]) -> list[Process]:
    lots = {process.lot.pk: process for process in processes if process.lot}
    by_call: dict[int, list[Process]] = defaultdict(list)
    for process in lots.values():
        if process.lot:
            by_call[process.lot.call_id].append(process)
    _calls(by_call)
    _results(lots)
    _answers(lots)
    return processes


def _calls(by_call: dict[int, list[Process]]) -> None:
    for move in DeadlineMove.objects.filter(call__in=by_call, for_all=True).order_by("call", "ordinal"):
        for process in by_call[move.call_id]:
            process.moves.append(move)
    for amendment in Amendment.objects.filter(call__in=by_call, ordinal__gt=0).order_by("call", "ordinal"):
        for process in by_call[amendment.call_id]:
            process.amendments.append(amendment)
    for pk, at in _history("submissions.call", by_call, "submissions.cancel_call").items():
        for process in by_call[pk]:
            process.cancelled_at = at
    stages = CallStage.objects.filter(call__in=by_call).order_by().values_list("call")
    for pk, last in stages.annotate(last=Max("order")):
        for process in by_call[pk]:
            process.last_stage = last


def _history(subject: str, keys: Iterable[int], verb: str) -> dict[int, datetime]:
    """When the verb was done to each: what has no instant in its own row has it in the history."""
    rows = History.objects.filter(subject_type=subject, subject_id__in=[str(key) for key in keys], verb=verb)
    return {int(pk): at for pk, at in rows.order_by("pk").values_list("subject_id", "at")}


def _results(lots: dict[int, Process]) -> None:
    rounds = Round.objects.filter(lot__in=lots, state=RoundState.PUBLISHED)
    rounds = rounds.annotate(has_file=Exists(ResultFile.objects.filter(round=OuterRef("pk"))))
    for round in rounds.select_related("stage").order_by("published_at", "pk"):
        lots[round.lot_id].rounds.append(round)
    results = Result.objects.published().filter(entry__round__lot__in=lots)
    for result in results.select_related("entry__round__stage").only(*OUTCOME).order_by("pk"):
        lots[result.entry.round.lot_id].outcomes.append(result)
    received = Submission.objects.filter(lot__in=lots, state=SubmissionState.SUBMITTED).order_by()
    for pk, count in received.values_list("lot").annotate(count=Count("pk")):
        lots[pk].received = count


def _answers(lots: dict[int, Process]) -> None:
    outcomes: dict[int, list[Result]] = defaultdict(list)
    for process in lots.values():
        for result in process.outcomes:
            outcomes[result.entry.submission_id].append(result)
    chosen = {pk for pk, rows in outcomes.items() if any(one.outcome == Outcome.SELECTED for one in rows)}
    public = Q(pk__in=chosen) | Q(designation__isnull=False, lot__in=lots)
    submissions = Submission.objects.filter(public).select_related("applicant_organisation").defer("title")
    answers = {one.pk: Answer(one, results=outcomes[one.pk]) for one in submissions.order_by("pk")}
    designations = Designation.objects.visible_to(ANYBODY).filter(submission__in=answers)
    for designation in designations.select_related("organisation", "product").order_by("pk"):
        answers[designation.submission_id].designation = designation
    decisions = Decision.objects.filter(motion__submission__in=answers).select_related("motion")
    for decision in decisions.order_by("decided_at", "pk"):
        answer = answers[decision.motion.submission_id]
        if decision.motion.wanted_id is None and not decision.adopted:
            answer.rejected.append(decision)
        elif decision.motion.wanted_id is not None and decision.adopted:
            answer.ended_at = decision.decided_at
    _as_issued(answers.values())
    _purchases(answers.values())
    for answer in answers.values():
        lots[answer.submission.lot_id].answers.append(answer)


def _as_issued(answers: Iterable[Answer]) -> None:
    """The end of a designation changes its last day: the one before follows from the rule of the day it was issued."""
    rules = list(DesignationRule.objects.all())
    for answer in answers:
        if answer.designation is not None and answer.ended_at is not None:
            day = answer.designation.designated_on
            years = [rule.years for rule in rules if day in rule.valid]
            if years:
                answer.issued_last = years_after(day, years[0]) - timedelta(days=1)


def _purchases(answers: Iterable[Answer]) -> None:
    products = {
        answer.designation.product.pk: answer
        for answer in answers
        if answer.designation and hasattr(answer.designation, "product")
    }
    paid = LedgerEntry.objects.filter(kind=LedgerKind.PAY).order_by("pk")
    rows = (
        Pilot.objects.visible_to(ANYBODY)
        .filter(product__in=products)
        .select_related("institution", "contract__inspection", "result", "product__designation")
        .prefetch_related(Prefetch("ledger", paid, to_attr="payments"), "measures", "uses")
        .order_by("pk")
    )
    pilots = list(rows)
    keys = [pilot.pk for pilot in pilots]
    inspected = _history("pilots.pilot", keys, "pilots.inspect")
    cancelled = _history("pilots.pilot", keys, "pilots.cancel")
    versions = _versions_of(pilots)
    for pilot in pilots:
        contract = getattr(pilot, "contract", None)
        products[pilot.product_id].purchases.append(
            Purchase(
                pilot=pilot,
                contract=contract,
                inspection=getattr(contract, "inspection", None),
                inspected_at=inspected.get(pilot.pk),
                cancelled_at=cancelled.get(pilot.pk),
                payments=pilot.payments,
                measures=sorted(pilot.measures.all(), key=lambda measure: measure.order),
                result=getattr(pilot, "result", None),
                uses=sorted(pilot.uses.all(), key=lambda note: note.pk),
                item_class=_class_at(pilot, versions.get(pilot.product_id, [])),
            )
        )


def _versions_of(pilots: Iterable[Pilot]) -> dict[int, list[tuple[datetime, str]]]:
    """By product: the class of goods that each version of its listing named, from that instant on."""
    versions: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    rows = ListingVersion.objects.filter(product__in={pilot.product_id for pilot in pilots})
    rows = rows.order_by("product", "ordinal")
    for pk, since, code in rows.values_list("product", "since", "content__item_class"):
        versions[pk].append((since, code or ""))
    return versions


def _class_at(pilot: Pilot, versions: list[tuple[datetime, str]]) -> str:
    """As the listing stood when the pilot was matched: a later correction of it changes no release."""
    if not versions:
        return pilot.product.item_class_id or ""
    before = [code for since, code in versions if since <= pilot.matched_at]
    return before[-1] if before else versions[0][1]
