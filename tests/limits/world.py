"""A small world in which each address of the project has an object, and each actor a place.

``build()`` makes it through factories and services; ``scene(...)`` keeps it in one transaction for a module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import translation

from catalog.services import saved
from designation.models import WantedMotion
from designation.services.committee import seat_member
from innomarket.accounts.models import User
from innomarket.accounts.services.api_token import make_token
from innomarket.accounts.services.invitation import invite
from innomarket.common.clock import now, today
from innomarket.common.management.commands import load_rules
from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage
from innomarket.evaluation.models import Result
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.draw import commit_draw
from innomarket.evaluation.services.evaluator import add_absence, add_tie
from innomarket.evaluation.services.objection import file_objection
from innomarket.evaluation.services.pledge import sign_pledge
from innomarket.evaluation.services.publication import prepare_publication
from innomarket.evaluation.services.result import select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.notifications import kinds as message_kinds
from innomarket.notifications.models import Message
from innomarket.notifications.preferences import choose_ways
from innomarket.privacy.models import RetentionRun
from innomarket.privacy.services.erasure import ask_erasure
from innomarket.submissions import kinds
from innomarket.submissions.models import OutageCase, OutageProposal, Submission
from innomarket.submissions.services.attachment import attach_file
from innomarket.submissions.services.break_glass import ask_to_read
from innomarket.submissions.services.call import extend_call
from innomarket.submissions.services.outage import record_outage
from innomarket.submissions.services.submission import submit
from innomarket.submissions.services.supplement import PaperSpec, ask_for_papers, give_paper, send_supplement
from innomarket.submissions.services.upload import begin_upload
from innomarket.submissions.specs import LotSpec
from innomarket.timeline.services import open_story
from tests.accounts.factories import company, institution, member, person, staff
from tests.catalog import factories as catalog
from tests.challenges import factories as challenges
from tests.designation import factories as designation
from tests.documents.factories import drawn
from tests.evaluation import factories as evaluation
from tests.evaluation import factories as rounds
from tests.pilots import factories as pilots
from tests.submissions import factories as submissions
from tests.support.staff import sign_in

DESKS = {
    "rounds": "run_rounds",
    "committee": "keep_committee",
    "budget": "keep_budget",
    "catalogue": "keep_catalogue",
    "verification": "verify_organisations",
    "audit": "read_audit",
}
STAFF = (*DESKS, "superuser")
TITLE_MARK, TEXT_MARK, NAME_MARK, CONTENT_MARK = (
    "밀봉표제온새",
    "밀봉본문온새",
    "밀봉이름온새",
    b"sealed-content-mark",
)
"""Planted in company A's sealed and opened proposals: title, answer, name of a file, its content."""
PUBLIC = (
    "citizen",
    "company_a",
    "company_b",
    "institution_a",
    "institution_b",
    "evaluator",
    "other_evaluator",
    "conflicted",
    "member",
)
ACTORS = ("anonymous", *PUBLIC, *STAFF, "no_factor")


@dataclass
class World:
    """Actors by name (None for a visitor), their clients, and objects by name."""

    people: dict[str, User | None]
    things: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def sign_in(self) -> None:
        for name, user in self.people.items():
            client = self.clients[name] = Client()
            if user is None:
                continue
            if name in STAFF:
                sign_in(client, user)
            else:
                client.force_login(user)


@contextmanager
def scene(files: Path, blocker: Any, *, opened: bool = True) -> Iterator[World]:
    """The world in a transaction that is rolled back, with its files in a folder of their own."""
    storage = PrivateStorage(location=str(files))
    services = "innomarket.documents.services.private_storage"
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), translation.override("ko"):
        patch.setattr(services, lambda: storage)
        patch.setattr(Document.file.field, "storage", storage)
        with transaction.atomic():
            world = build(opened=opened)
            world.sign_in()
            yield world
            transaction.set_rollback(True)


def build(*, opened: bool = True) -> World:
    load_rules.Command(stdout=StringIO()).handle()
    world = World(_people())
    _organisations(world)
    _calls(world)
    if opened:
        _opened(world)
        _evaluation(world)
        _supplement(world)
    for part in (_committee, _purchase, _messages):
        part(world)
    return world


def _people() -> dict[str, User | None]:
    people: dict[str, User | None] = {"anonymous": None}
    people |= {name: person(name=f"이름 {name}") for name in PUBLIC}
    people |= {name: staff(permission) for name, permission in DESKS.items()}
    people["superuser"] = person(is_staff=True, is_superuser=True)
    people["no_factor"] = staff(*DESKS.values())
    assert Permission.objects.filter(codename__in=DESKS.values()).count() == len(DESKS)
    return people


def _organisations(world: World) -> None:
    for name, made in (
        ("company_a", company()),
        ("company_b", company()),
        ("institution_a", institution()),
        ("institution_b", institution()),
    ):
        member(world.people[name], made)
        world.things[name] = made
    world.things["membership"] = member(person(), world.things["company_a"], role="editor")
    world.things["api_token"], _text = make_token(
        organisation=world.things["company_a"],
        by=world.people["company_a"],
        label="ERP",
        scopes=["read"],
        days=30,
    )
    world.things["invitation"] = invite(
        organisation=world.things["company_a"],
        by=world.people["company_a"],
        email="invited@example.com",
        role="editor",
    )
    world.things["pending"] = company(state="pending")
    world.things["refused"] = company(state="refused")
    member(world.people["company_a"], world.things["refused"])


def proposal_call(world: World, **fields: Any) -> Any:
    """An open call for solutions to a task of institution A."""
    lot = LotSpec(
        title_ko="관로 점검", title_en="Sewers", owner=world.things["institution_a"], story=open_story()
    )
    return submissions.open_call("proposal", lots=[lot], **fields)


def _calls(world: World) -> None:
    things, by = world.things, world.people["company_a"]
    organisation = things["company_a"]
    things["task"] = challenges.published_task(owner=things["institution_a"])
    things["idea"] = challenges.published_idea()
    things["draft_call"] = submissions.call("challenge_task")
    things["open_call"] = proposal_call(world)
    things["draft"] = submissions.submission(call=things["open_call"], by=by, organisation=organisation)
    things["attachment"] = things["draft"].attachments.kept().order_by("pk").first()
    slots = [slot.code for slot in kinds.get("proposal").slots if slot.max_files > 1]
    things["upload"] = begin_upload(
        submission=things["draft"], by=by, slot=slots[0], name="later.pdf", size=100
    )
    _deadlines(world)
    things["sealed_call"] = proposal_call(world)
    things["sealed"] = marked_proposal(world, things["sealed_call"])


def _deadlines(world: World) -> None:
    """An outage of long ago that moves nothing, and a call extended for company B alone."""
    things, staff_member, instant = world.things, world.people["rounds"], now()
    things["outage_proposal"] = OutageProposal.objects.create(
        starts_at=now() - timedelta(days=30), ends_at=now() - timedelta(days=30, minutes=-20), failed="web"
    )
    things["outage"] = record_outage(
        by=staff_member,
        starts_at=instant - timedelta(days=300, hours=1),
        ends_at=instant - timedelta(days=300),
        noticed_at=instant - timedelta(days=300),
        what="Network",
    )
    call = proposal_call(world)
    later = call.opening_at + timedelta(days=1)
    extend_call(
        call=call,
        by=staff_member,
        closes_at=later,
        opening_at=later,
        reason="Its network was down.",
        organisations=[things["company_b"]],
    )
    things["deadline_move"] = call.moves.get()
    things["glass"] = ask_to_read(
        submission=things["draft"], by=staff_member, ground="court", reason="Order of a court."
    )
    OutageCase.objects.create(outage=things["outage"], submission=things["draft"])


def _opened(world: World) -> None:
    things = world.things
    things["opened_call"] = proposal_call(world)
    things["opened"] = marked_proposal(world, things["opened_call"])
    submissions.open_up(things["opened_call"])
    things["opened_call"].refresh_from_db()


def marked_proposal(world: World, call: Any) -> Any:
    """Company A's submitted proposal with the marks in it."""
    by = world.people["company_a"]
    draft = submissions.submission(
        call=call,
        by=by,
        organisation=world.things["company_a"],
        answers={
            "product": {"product_name_ko": TITLE_MARK, "product_name_en": f"{TITLE_MARK} robot"},
            "solution": {"solution": f"{TEXT_MARK} 물에 뜬 채로 잽니다."},
        },
    )
    attach_file(
        submission=draft,
        by=by,
        slot="evidence",
        upload=submissions.pdf(f"{NAME_MARK}.pdf", CONTENT_MARK),
    )
    return submit(submission=draft, by=by).submission


def _evaluation(world: World) -> None:
    things, people = world.things, world.people
    by = people["rounds"]
    lot = things["opened_call"].lots.get()
    round_ = create_round(lot=lot, by=by)
    for user in (people["evaluator"], people["conflicted"], person()):
        seat_panelist(round=round_, by=by, user=user, reason="Nobody in the pool fits.")
    things["round"] = start_round(round=round_, by=by)
    for panelist in things["round"].panelists.select_related("user"):
        sign_pledge(panelist=panelist, by=panelist.user)
        declare_conflicts(round=things["round"], by=panelist.user, conflicts={})
    things["entry"] = things["round"].entries.get(submission=things["opened"])
    declare_conflict(
        assignment=things["entry"].assignments.get(panelist__user=people["conflicted"]),
        by=people["conflicted"],
        reason="지난해까지 이 기업의 자문이었습니다.",
    )
    _published(world)
    drawn(things["opened"].current.files.first().document, TEXT_MARK)
    _pool(world)
    other = create_round(lot=designation.proposal_lot(), by=by)
    seat_panelist(round=other, by=by, user=people["other_evaluator"], reason="Nobody in the pool fits.")


def _pool(world: World) -> None:
    """The evaluator in the pool, with a tie and days away, and a draw that is committed for an open call."""
    things, people = world.things, world.people
    mine = things["pool_member"] = evaluation.evaluator(user=people["evaluator"])
    things["expertise"] = evaluation.field_of("ai")
    things["tie"] = add_tie(
        evaluator=mine, by=people["evaluator"], kind="advisor", from_on=date(2020, 1, 1), name="어떤 연구소"
    )
    things["absence"] = add_absence(
        evaluator=mine,
        by=people["evaluator"],
        from_on=today() + timedelta(days=90),
        to_on=today() + timedelta(days=99),
    )
    round_ = create_round(lot=things["open_call"].lots.get(), by=people["rounds"])
    things["draw"] = commit_draw(round=round_, by=people["rounds"], seats={"technical": 1})


def _published(world: World) -> None:
    """A round of three tasks of others, published; another one prepared for it."""
    for name in ("published", "prepared"):
        made = rounds.round_with(finished=True)
        if name == "published":
            own = Submission.objects.filter(pk=made.submissions[1].pk)
            own.update(applicant_organisation=world.things["company_a"])
        select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
        if name == "published":
            rounds.published(made)
            world.things[name] = made.round
            world.things["judged"] = own.get()
            world.things["objection"] = file_objection(
                result=Result.objects.get(entry__submission=own.get()),
                by=world.people["company_a"],
                text="혁신성 점수의 근거를 알려 주십시오.",
            )
        else:
            world.things["publication"] = prepare_publication(rounds=[made.round], by=made.staff)


def _supplement(world: World) -> None:
    """One paper asked of company A after the opening, and sent."""
    request = ask_for_papers(
        submission=world.things["opened"],
        by=world.people["rounds"],
        papers=[PaperSpec("사업자등록증", "Business certificate")],
        due_at=now() + timedelta(days=30),
        reason="빠졌습니다.",
    )
    by = world.people["company_a"]
    give_paper(
        paper=request.papers.get(), by=by, upload=submissions.pdf("paper.pdf"), stated_on=date(2020, 1, 2)
    )
    world.things["supplement"] = send_supplement(request=request, by=by)


def _committee(world: World) -> None:
    things, by = world.things, world.people["committee"]
    body = designation.committee(by=by)
    things["seat"] = seat_member(
        committee=body,
        by=by,
        place=6,
        holder=world.people["member"],
        valid=DateRange(date(2020, 1, 1), None),
    )
    things["committee"] = body
    things["meeting"] = designation.session(body, by=by)
    lot = designation.proposal_lot(owner=things["institution_a"])
    decided = designation.selected_proposal(
        lot=lot, supplier=things["company_a"], by=world.people["company_a"]
    )
    things["motion"] = designation.voting(things["meeting"], by=by, submission=decided)
    things["product"] = catalog.product(supplier=things["company_a"])
    things["designation"] = things["product"].designation
    things["wanted"] = WantedMotion.objects.create(
        designation=things["designation"], result=Result.objects.get(entry__submission=decided)
    )
    things["saved_search"] = saved.save_search(by=world.people["company_a"], name="로봇", query="q=로봇")
    things["listing_change"] = catalog.proposed_change(things["product"], things["membership"].user)
    things["attribute"], things["item_class"] = catalog.attribute(), catalog.item_class()


def _purchase(world: World) -> None:
    things = world.things
    bought = pilots.designated_product(owner=things["institution_a"], supplier=things["company_a"])
    things["pilot"] = pilots.contracted(product=bought, by=world.people["budget"])
    things["line"] = things["pilot"].line


def _messages(world: World) -> None:
    things = world.things
    things["erasure"] = ask_erasure(person=person(), by=world.people["audit"], reason="Asked by letter.")
    things["retention_run"] = RetentionRun.objects.create()
    things["message"] = Message.objects.filter(recipient=world.people["company_a"]).first()
    reader = world.people["company_b"]
    group = next(iter(message_kinds.choosable_groups()))
    choose_ways(person=reader, by=reader, ways={group: "inbox"})
