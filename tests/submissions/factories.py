"""Calls and submissions for tests, made by the services themselves.

``open_call()``, ``submission()``, ``submitted()``; ``close(call)`` and ``open_up(call)`` move on with the
clock standing at the call's own instants. Other apps give their own ``kind`` and answers:
``submitted(call=open_call(kind="proposal"), organisation=company)``.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from innomarket.accounts.models import Organisation, User
from innomarket.common.clock import moved_to, now
from innomarket.submissions import kinds
from innomarket.submissions.models import Call, CallStage, Lot, Opening, Revision, Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.services.roster import roster_of
from innomarket.submissions.specs import GroupSpec, LotSpec
from tests.accounts import factories as accounts

from . import kind as test_kind

test_kind.register()

_serial = itertools.count(1)

PDF = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000015 00000 n \n0000000064 00000 n \n"
    b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n113\n%%EOF\n"
)

# Complete answers by kind: what the contract of each kind calls its steps and fields.
ANSWERS: dict[str, dict[str, dict[str, Any]]] = {
    test_kind.TASK: {
        "problem": {"title": "관로 점검", "problem": "물을 막아야 볼 수 있다.", "sdgs": [6, 11]},
        "plan": {"budget_won": 240_000_000},
    },
    test_kind.IDEA: {"problem": {"title": "밝은 정류장"}, "plan": {"budget_won": 1_000_000}},
    "challenge_task": {
        "problem": {
            "title": "물을 빼지 않고 하수관 안쪽을 점검할 방법",
            "problem": "지름 600~1,200mm 차집관로는 물을 막지 않고는 들여다볼 수 없습니다.",
            "who_suffers": "밀폐 공간에 들어가는 현장 작업자 27명",
            "today": "밤에 물을 막고 사람이 들어갑니다.",
        },
        "need": {
            "needed_performance": "하루 1,000m 이상, 폭 2mm 균열",
            "test_site": "처리장 유입 관로 1.2km",
            "scale": "차집관로 212km",
        },
        "plan": {
            "budget_won": 240_000_000,
            "wanted_from": "2027-04-01",
            "wanted_until": "2027-09-30",
            "sdgs": [6, 11],
        },
    },
    "idea": {
        "idea": {
            "title": "기다리는 사람이 있으면 켜지는 정류장 불",
            "problem": "밤에 정류장이 어두워 버스가 그냥 지나갑니다.",
            "wish": "기다리는 사람이 기사에게 보이면 좋겠습니다.",
            "place": "외진 버스 정류장",
        },
    },
    "proposal": {
        "product": {
            "product_name_ko": "물길 점검 로봇",
            "product_name_en": "Waterway inspection robot",
            "summary": "물이 흐르는 관로를 스스로 지나며 균열을 찾습니다.",
            "trl": 8,
            "patent_number": "10-0000000",
        },
        "solution": {
            "solution": "물에 뜬 채로 지나며 소리와 빛으로 잽니다.",
            "novelty": "물을 막지 않습니다.",
            "performance": "하루 1,200m, 폭 1.5mm 균열을 찾았습니다.",
        },
        "offer": {"trial_months": 6, "unit_price_won": 80_000_000, "unit": "대", "delivery_days": 60},
    },
}


def pdf(name: str = "paper.pdf", extra: bytes = b"") -> SimpleUploadedFile:
    """A small PDF; ``extra`` makes its hash another one."""
    content = PDF.replace(b"\nxref", b"\n%" + extra + b"\nxref", 1) if extra else PDF
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def call(
    kind: str = test_kind.TASK,
    *,
    by: User | None = None,
    groups: list[GroupSpec] | None = None,
    lots: list[LotSpec] | None = None,
    **fields: Any,
) -> Call:
    """A call in preparation: opened a day ago, closes in seven days, opening an hour later."""
    serial = next(_serial)
    closes_at = fields.pop("closes_at", None) or now() + timedelta(days=7)
    values = {
        "title_ko": f"공모 {serial}",
        "title_en": f"Call {serial}",
        "opens_at": closes_at - timedelta(days=8),
        "closes_at": closes_at,
        "opening_at": closes_at + timedelta(hours=1),
    } | fields
    return calls.create_call(
        by=by or accounts.staff("run_rounds"),
        kind=kind,
        groups=test_kind.groups() if groups is None else groups,
        lots=lots or [],
        **values,
    )


def scored_stage(call: Call) -> CallStage:
    """The one stage of a call whose rows were put there by hand, announced or not."""
    with pgtrigger.ignore("submissions.CallStage:stages_freeze"):
        return CallStage.objects.create(
            call=call,
            order=1,
            kind="scored",
            method="points",
            name_ko="평가",
            name_en="Scored evaluation",
            pass_mark=70,
            least_sheets=3,
            trim_from=5,
        )


def open_call(kind: str = test_kind.TASK, *, by: User | None = None, **fields: Any) -> Call:
    """An announced call that is open now; one lot of its own unless ``lots`` is given."""
    by = by or accounts.staff("run_rounds")
    return calls.announce_call(call=call(kind, by=by, **fields), by=by)


def lot_of(call: Call) -> Lot:
    """The first lot of a call."""
    return call.lots.order_by("order").first()


def applicant(organisation: Organisation | None = None, **fields: Any) -> tuple[User, Organisation]:
    """An owner who may submit, and the organisation (a verified company unless given)."""
    organisation = organisation or accounts.company(**fields)
    user = accounts.person()
    accounts.member(user, organisation)
    return user, organisation


def submission(
    *,
    lot: Lot | None = None,
    call: Call | None = None,
    by: User | None = None,
    organisation: Organisation | None = None,
    answers: dict[str, dict[str, Any]] | None = None,
    files: bool = True,
    complete: bool = True,
) -> Submission:
    """A draft, complete with answers and required files; ``complete=False`` leaves it empty.

    ``answers`` are put over the kind's complete ones, step by step. ``by`` is the draft's
    ``created_by`` (an owner of the organisation who may submit).
    """
    lot = lot or lot_of(call or open_call())
    kind = kinds.get(lot.call.kind)
    if kind.applicant == "person":
        by, organisation = by or accounts.person(), None
    elif by is None:
        by, organisation = applicant(organisation)
    elif organisation is None:
        organisation = by.memberships.get().organisation
    draft = submissions.begin_submission(by=by, lot=lot, organisation=organisation)
    if not complete:
        return draft
    for step, data in (ANSWERS.get(kind.code, {}) | {}).items():
        data = data | (answers or {}).get(step, {})
        draft = submissions.save_step(submission=draft, by=by, step=step, data=data)
        assert draft.refused_fields == {}, draft.refused_fields
    if files:
        for slot in kind.slots:
            if slot.required:
                submissions.attach_file(
                    submission=draft, by=by, slot=slot.code, upload=pdf(f"{slot.code}.pdf")
                )
    return Submission.objects.get(pk=draft.pk)


def submitted(**fields: Any) -> Submission:
    """A submitted submission of an open call; its revision is ``.current``."""
    draft = submission(**fields)
    revision: Revision = submissions.submit(submission=draft, by=draft.created_by)
    return Submission.objects.select_related("lot__call", "current").get(pk=revision.submission_id)


def close(call: Call) -> Call:
    """Close a call, with the clock at its closing instant."""
    with transaction.atomic(), moved_to(call.closes_at):
        return calls.close_call(call=call)


def open_up(call: Call, by: User | None = None) -> Call:
    """Close a call if it is not closed, and open its submissions at their announced instant."""
    call = Call.objects.get(pk=call.pk)
    if call.state == "announced":
        call = close(call)
    with transaction.atomic(), moved_to(call.opening_at):
        return opened_by_two(call, by)


def opened_by_two(call: Call, by: User | None = None) -> Call:
    """Prepared by one member of staff, confirmed by another (``by``), now."""
    calls.prepare_opening(call=call, by=accounts.staff("run_rounds"))
    return calls.confirm_opening(call=call, by=by or accounts.staff("run_rounds"))


def opened_by_hand(call: Call, at: datetime, by: User) -> Call:
    """A closed call opened on record, with what was submitted, past the services but as the database asks it."""
    Opening.objects.create(
        call=call,
        state="confirmed",
        prepared_at=at,
        prepared_by=accounts.staff("run_rounds"),
        confirmed_at=at,
        confirmed_by=by,
        roster=roster_of(call, at),
        roster_sha256="0" * 64,
    )
    Call.objects.filter(pk=call.pk).update(opened_at=at, opened_by=by)
    return Call.objects.get(pk=call.pk)
