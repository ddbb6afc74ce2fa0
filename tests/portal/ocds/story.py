"""A need on its whole way, through the services: the story that the tests tell as releases."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

from challenges.models import Challenge
from designation.models import Designation, WantedMotion
from designation.services import motion as motions
from designation.services.review import table_review
from innomarket.accounts.models import Organisation
from innomarket.common.management.commands import load_rules
from innomarket.submissions.models import Call, Submission
from pilots.models import Pilot
from pilots.services import payment, trial
from pilots.services.use import note_use
from tests.accounts.factories import company, institution
from tests.challenges import factories as challenges
from tests.designation import factories as designations
from tests.designation.test_review import revised
from tests.pilots import factories as pilots
from tests.submissions import factories as engine


@dataclass
class Told:
    """What the story made."""

    task: Challenge
    call: Call
    proposal: Submission
    designation: Designation
    pilot: Pilot

    @property
    def number(self) -> str:
        return self.task.submission.number


def rules() -> None:
    load_rules.Command(stdout=StringIO()).handle()


def task(owner: Organisation | None = None) -> Challenge:
    return challenges.published_task(owner=owner or institution())


def proposal(call: Call, supplier: Organisation | None = None, **fields: Any) -> Submission:
    return engine.submitted(call=call, organisation=supplier or company(), **fields)


def designated(proposal: Submission, by: Any) -> Designation:
    motion = designations.voting(by=by, submission=proposal)
    designations.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
    return Designation.objects.select_related("submission", "product").get(submission=proposal)


def told(*, end: bool = True) -> Told:
    """From the task to the result, and to the vote that ends the designation."""
    secretary, officer = designations.secretary(), pilots.budget_officer()
    need = task()
    call = challenges.solution_call(need)
    answer = proposal(call)
    engine.open_up(call)
    answer = Submission.objects.select_related("lot__call__opened_by", "current").get(pk=answer.pk)
    designations.result(answer)
    made = designated(answer, secretary)
    pilot = pilots.matched(product=made.product, by=officer)
    pilot = pilots.pilots.commit_purchase(pilot=pilot, by=officer, amount_won=pilot.reserved_won)
    pilots.sign(pilot, officer)
    pilots.inspect(pilot, officer, accepted=2, refused=1)
    payment.pay(pilot=pilot, by=officer, amount_won=10_000_000)
    trial.record_measures(pilot=pilot, by=officer, measures=pilots.MEASURES)
    trial.conclude(pilot=pilot, by=officer, verdict="success", summary="목표를 대체로 이루었다.")
    payment.pay(pilot=pilot, by=officer, amount_won=56_000_000)
    note_use(pilot=pilot, by=officer, use="used", words="두 곳에서 계속 쓴다.")
    if end:
        ended(made, secretary)
    return Told(need, call, answer, made, pilots.fresh(pilot))


def ended(designation: Designation, by: Any) -> None:
    """An evaluation anew finds otherwise, and the committee ends the designation."""
    revised(designation.submission)
    meeting = designations.session(by=by)
    motion = table_review(meeting=meeting, by=by, wanted=WantedMotion.objects.get(designation=designation))
    motion = motions.open_vote(motion=motion, by=by)
    designations.cast(motion, "for", "for", "for")
    motions.close_vote(motion=motion, by=by)
