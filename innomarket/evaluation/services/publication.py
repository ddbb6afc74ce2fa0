"""Publishing results takes two: one member of staff prepares, another one looks at every message and publishes.

Whatever changes a result or its selection between the two takes the preparation away; whatever else changes what
would be sent (a recipient, a name, a text) is seen by the hash, and refused. So the second person never publishes
something else than what was looked at.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import KST, now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.common.working_days import end_of_working_days
from innomarket.notifications.services import tell
from innomarket.submissions.freezing import canonical
from innomarket.submissions.models import Submission
from innomarket.submissions.permissions import is_second

from .. import hooks, letters, part_files, permissions, reads, result_file, words
from ..models import (
    AssignmentsFile,
    Entry,
    ObjectionRule,
    Publication,
    PublishedRound,
    Result,
    ResultFile,
    Round,
)
from ..states import PUBLICATION_MOVES, ROUND_MOVES, PublicationState, Purpose

NUMBER = "PB"
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: no signs that people take for each other (0 and O, 1, I and L, U and V)."""


def prepare_publication(*, rounds: Sequence[Round], by: Any) -> Publication:
    """The first of two steps: freeze what the applicants of one or more scored rounds will be told.

    Nothing is published, and no applicant is told. The other staff who run rounds are asked to look at it.
    Raises Refused while an entry that passes is not decided, or where the same is prepared already.
    """
    with transaction.atomic():
        locked = lock_all(
            Round.objects.filter(pk__in=[round.pk for round in rounds]).select_related("lot__call")
        )
        if not locked:
            raise Refused("no_rounds", _("There are no results to publish."))
        for round in locked:
            _ask_ready(round, by)
        found = letters.letters_of(locked)
        sha256 = letters.seal(locked, found)
        at = now()
        _replace_changed(locked, sha256, by=by, at=at)
        publication = created(
            Publication(
                number=next_number(NUMBER),
                prepared_at=at,
                prepared_by=by,
                sha256=sha256,
                **letters.counts(found),
            ),
            actor=by,
            verb="evaluation.prepare_publication",
            rounds=[round.number for round in locked],
            sha256=sha256,
        )
        PublishedRound.objects.bulk_create(
            PublishedRound(publication=publication, round=round) for round in locked
        )
        _tell_staff(publication, locked, by)
    return publication


def withdraw_publication(*, publication: Publication, by: Any, reason: str) -> Publication:
    """Take a preparation back: nothing was published. Anyone who runs rounds may. Raises Refused."""
    with transaction.atomic():
        publication = lock(Publication, publication.pk)
        ask(permissions.may_publish(by))
        state = ask_move(PUBLICATION_MOVES, "withdraw", publication)
        reason = reason_given(reason)
        return _end(publication, state, "evaluation.withdraw_publication", by=by, at=now(), reason=reason)


def confirm_publication(*, publication: Publication, by: Any) -> Publication:
    """The second step, by another person: the results of all its rounds become known at once, or none.

    The database freezes each result; every applicant is told theirs as it was shown; entries get the codes of the
    published list, and the time to object begins. What was evaluated anew supersedes the revision before, which is
    kept. Raises Refused where anything differs from what was prepared.
    """
    with transaction.atomic():
        keys = list(publication.parts.values_list("round", flat=True))
        rounds = lock_all(Round.objects.filter(pk__in=keys).select_related("lot__call"))
        publication = lock(Publication, publication.pk)
        ask(permissions.may_publish(by), is_second(by, publication.prepared_by_id))
        state = ask_move(PUBLICATION_MOVES, "confirm", publication)
        for round in rounds:
            _ask_ready(round, by)
        # Later steps of what is evaluated anew ask under this lock whether they wait.
        anew = [round.pk for round in rounds if round.purpose == Purpose.ANEW]
        lock_all(Submission.objects.filter(pk__in=Entry.objects.filter(round__in=anew).values("submission")))
        found = letters.letters_of(rounds)
        if letters.seal(rounds, found) != publication.sha256:
            raise Refused("changed_since", CHANGED_SINCE)
        at = now()
        publication = changed(
            publication,
            actor=by,
            verb="evaluation.confirm_publication",
            state=state,
            confirmed_at=at,
            confirmed_by=by,
        )
        until = end_of_working_days(at, ObjectionRule.objects.at(at.astimezone(KST).date()).working_days)
        _publish(rounds, found, by=by, at=at, until=until)
        for letter in found:
            _send(letter, until)
        # What an earlier stage publishes says who goes on, and selects nothing.
        for round in lock_all(Round.objects.concluding().filter(pk__in=keys).select_related("lot__call")):
            hooks.results_published.announce(round=round)
        for letter in found:
            if letter.result.ordinal:
                hooks.result_revised.announce(result=letter.result)
    return publication


CHANGED_SINCE = gettext_lazy(
    "Since this was prepared, a result, a text or somebody who receives it has changed. Nothing was published. "
    "Prepare it anew and look at it again."
)


def void_publication(round: Round, *, by: Any, reason: str) -> None:
    """What was prepared of this round no longer stands. Hold the round's lock."""
    for part in PublishedRound.objects.filter(
        round=round, standing=True, publication__state=PublicationState.PREPARED
    ):
        publication = lock(Publication, part.publication_id)
        if publication.state == PublicationState.PREPARED:
            _void(publication, by=by, at=now(), reason=reason)


def standing(round: Round) -> Publication | None:
    """The preparation of this round that waits for its second person."""
    return (
        Publication.objects.filter(state=PublicationState.PREPARED, parts__round=round, parts__standing=True)
        .select_related("prepared_by")
        .first()
    )


def has_changed(publication: Publication) -> bool:
    """Whether what would be sent now differs from what was prepared: the page says so before the refusal."""
    rounds = list(publication.rounds.all())
    return letters.seal(rounds, letters.letters_of(rounds)) != publication.sha256


# ── what the steps are made of ──


def _ask_ready(round: Round, by: Any) -> None:
    ask(permissions.may_publish(by, round))
    ask_move(ROUND_MOVES, "publish", round)
    open_ = reads.undecided(round)
    if open_:
        raise Refused(
            "not_decided",
            _("Round %(number)s: %(n)s entries pass and are not decided. Select first.")
            % {"number": round.number, "n": open_},
        )


def _replace_changed(rounds: list[Round], sha256: str, *, by: Any, at: datetime) -> None:
    """An earlier preparation of exactly these rounds falls where it has changed; any other is in the way."""
    keys = {round.pk for round in rounds}
    parts = PublishedRound.objects.filter(round__in=keys, standing=True).order_by("publication")
    for publication in lock_all(Publication.objects.filter(pk__in=parts.values("publication"))):
        same = set(publication.parts.values_list("round", flat=True)) == keys
        if same and publication.sha256 == sha256:
            raise Refused(
                "prepared_already",
                _("The publication is prepared already: %(number)s. It waits for a second person.")
                % {"number": publication.number},
            )
        if not same:
            raise Refused(
                "prepared_otherwise",
                _(
                    "Some of it is prepared already, together with other rounds: %(number)s. Withdraw that first."
                )
                % {"number": publication.number},
            )
        _void(publication, by=by, at=at, reason=_("It was prepared anew, because something had changed."))


def _void(publication: Publication, *, by: Any, at: datetime, reason: str) -> None:
    state = ask_move(PUBLICATION_MOVES, "void", publication)
    _end(publication, state, "evaluation.void_publication", by=by, at=at, reason=reason)


def _end(
    publication: Publication, state: str, verb: str, *, by: Any, at: datetime, reason: str
) -> Publication:
    publication.state, publication.ended_at, publication.reason = state, at, reason
    publication.save(update_fields=["state", "ended_at", "reason"])
    publication.parts.update(standing=False)
    record(actor=by, verb=verb, subject=publication, changes={"state": state}, reason=reason)
    return publication


def _publish(
    rounds: list[Round], found: Iterable[letters.Letter], *, by: Any, at: datetime, until: datetime
) -> None:
    results = [letter.result for letter in found]
    for result in results:
        if result.supersedes_id is not None:
            Result.objects.filter(pk=result.supersedes_id).update(superseded_at=at)
    for result, code in zip(results, _codes(len(results)), strict=True):
        result.published_at, result.objections_until, result.code = at, until, code
    Result.objects.bulk_update(results, ["published_at", "objections_until", "code"], batch_size=500)
    for round in rounds:
        changed(
            round,
            actor=by,
            verb="evaluation.publish_results",
            state=ask_move(ROUND_MOVES, "publish", round),
            published_at=at,
        )
        _freeze_files(round, at)


def _freeze_files(round: Round, at: datetime) -> None:
    """What everybody downloads from now on: the result, and who was to judge what."""
    data = result_file.as_data(round)
    content = canonical(data)
    sha256 = result_file.sha256_of(content)
    ResultFile.objects.create(round=round, content=content.decode(), sha256=sha256, made_at=at)
    assigned = canonical(part_files.assignments_of(round, data, sha256))
    AssignmentsFile.objects.create(
        round=round, content=assigned.decode(), sha256=result_file.sha256_of(assigned), made_at=at
    )


def _codes(n: int) -> list[str]:
    """So many different codes that were never given: random, not made from anything."""
    codes: set[str] = set()
    while len(codes) < n:
        codes |= {_code() for _each in range(n - len(codes))}
        codes -= set(Result.objects.filter(code__in=codes).values_list("code", flat=True))
    return list(codes)


def _code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _each in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def _send(letter: letters.Letter, until: datetime) -> None:
    submission = letter.result.entry.submission
    tell(
        kind=letter.kind,
        people=letter.people,
        about=submission,
        version=letter.result.entry.round.number,
        values=letter.values(until),
        url=words.submission_path(submission),
    )


def _tell_staff(publication: Publication, rounds: list[Round], by: Any) -> None:
    tell(
        kind="evaluation.publication_prepared",
        people=staff_of("run_rounds").exclude(pk=by.pk),
        about=publication,
        values={
            "number": publication.number,
            "who": str(by),
            "rounds": ", ".join(round.number for round in rounds),
            **{
                name: str(getattr(publication, name))
                for name in ("applicants", "selected", "not_selected", "below_pass", "no_result")
            },
        },
        url=words.publication_path(publication),
    )
