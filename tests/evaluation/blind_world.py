"""A blind round as the services make it: each applicant with canaries in every place, and evaluators on the panel."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from innomarket.common.clock import now
from innomarket.documents.models import Document
from innomarket.evaluation.models import Round
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.submissions import anonymous, kinds
from innomarket.submissions.models import IdentitySearch, Submission
from innomarket.submissions.services.submission import attach_file, submit
from innomarket.submissions.specs import StageSpec
from tests.accounts.factories import company, member, person, staff
from tests.documents.factories import drawn
from tests.documents.papers import paper
from tests.submissions import factories as submissions

from .factories import APPOINTED, pledge_and_declare

BLIND = [StageSpec(kind="scored", blind=True, least_sheets=1)]
NAME_KO, NAME_EN, DOMAIN, PERSON, TITLE = (
    "카나리상사",
    "Canarycorp",
    "canary-mail.example",
    "노란새",
    "Canarytitle",
)
_serial = itertools.count(1)
TEXT = "Words of the anonymous copy"


@dataclass
class Blind:
    round: Round
    staff: Any
    evaluators: list[Any]
    submissions: list[Submission] = field(default_factory=list)

    @property
    def canaries(self) -> list[str]:
        """What no evaluator may read: of every applicant names, numbers, domains; titles; names and hashes of files."""
        found = [NAME_KO, NAME_EN, DOMAIN, PERSON, TITLE, "canaryfile"]
        for submission in self.submissions:
            organisation: Any = submission.applicant_organisation
            found += [submission.number, organisation.business_number]
            found += list(submission.current.files.values_list("sha256", flat=True))  # type: ignore[union-attr]
            found.append(submission.current.sha256)  # type: ignore[union-attr]
        return found

    def copies(self) -> list[Document]:
        entries = self.round.entries.select_related("revision").order_by("order")
        return [document for entry in entries if (document := anonymous.copy_of(entry.revision))]


def applicant(call: Any, n: int, *, pages: tuple[str, ...] = (TEXT,)) -> Submission:
    organisation = company(name_ko=f"(주){NAME_KO}{n}", name_en=f"{NAME_EN} {n} Inc.")
    owner = person(name=f"{PERSON}{n}", email=f"owner{next(_serial)}@{DOMAIN}")
    member(owner, organisation)
    draft = submissions.submission(
        call=call, by=owner, answers={"problem": {"title": f"{TITLE} {n}", "problem": f"{NAME_KO}{n}의 물건"}}
    )
    content = paper(*(f"{text} {n}" for text in pages), info="/Info << /Author (Canarycorp) >>")
    file = SimpleUploadedFile(f"canaryfile{n}.pdf", content, content_type="application/pdf")
    attach_file(submission=draft, by=owner, slot=kinds.ANONYMOUS_COPY.code, upload=file)
    IdentitySearch.objects.filter(submission=draft).update(state="done", searched_at=now(), pages=1)
    submit(submission=draft, by=owner)
    return Submission.objects.select_related("lot__call", "current", "applicant_organisation").get(
        pk=draft.pk
    )


def opened_blind(entries: int = 2, **fields: Any) -> tuple[Any, list[Submission]]:
    """A blind call with submissions, opened on record."""
    call = submissions.open_call(stages=BLIND, **fields)
    made = [applicant(call, n) for n in range(1, entries + 1)]
    submissions.open_up(call)
    return call, made


def prepared_blind(entries: int = 2, panelists: int = 1, **fields: Any) -> Blind:
    call, made = opened_blind(entries, **fields)
    by = staff("run_rounds")
    round_ = create_round(lot=submissions.lot_of(call), by=by)
    evaluators = [person() for _ in range(panelists)]
    for user in evaluators:
        seat_panelist(round=round_, by=by, user=user, reason=APPOINTED)
    return Blind(round_, by, evaluators, made)


def blind_round(entries: int = 2, panelists: int = 1, *, declared: bool = True, **fields: Any) -> Blind:
    """A started blind round whose copies are drawn."""
    made = prepared_blind(entries, panelists, **fields)
    made.round = start_round(round=made.round, by=made.staff)
    for user in made.evaluators if declared else []:
        pledge_and_declare(made.round, user)
    for copy in made.copies():
        drawn(copy, TEXT)
    return made
