"""The steps of a round as the sample plays them, each through the service that a person would use."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model

from catalog.models import Category, Product
from catalog.services.product import edit_product
from innomarket.accounts.models import Organisation, User
from innomarket.common.clock import moved_to
from innomarket.evaluation.models import Assignment, Draw, Entry, Panelist, Round
from innomarket.evaluation.services.conflict import declare_conflicts
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw
from innomarket.evaluation.services.pledge import sign_pledge
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round, select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.evaluation.services.sheet import needs_comment, questions_of, save_sheet, submit_sheet
from innomarket.submissions.models import Call, Lot, Submission
from innomarket.submissions.services.attachment import attach_file
from innomarket.submissions.services.call import (
    announce_call,
    close_call,
    confirm_opening,
    create_call,
    prepare_opening,
)
from innomarket.submissions.services.submission import begin_submission, save_step, submit

from .cast import BRANDS, Cast
from .needs import NEEDS, Need, need_of, title_of

COMMENTS = (
    "문제가 분명하고 근거가 잘 갖추어졌습니다.",
    "효과를 재는 방법을 더 자세히 적으면 좋겠습니다.",
    "다른 기관에서도 쓸 수 있어 보입니다. 운영비를 함께 살펴 주십시오.",
)
HARSH = 35
# What is said to points at an end of the scale: low, high.
EXTREME = ("제출 내용만으로는 확인되지 않습니다.", "근거 자료와 현장 조건이 모두 분명합니다.")


def chance(*parts: object, of: int) -> int:
    """A number from 0 to ``of`` − 1 that is the same each time for the same parts."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % of


def take_stock(*grown: type[Model]) -> None:
    """Tell the planner what has grown: inside one long transaction nobody else can. Without names, of all."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in grown)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def announced_call(*, by: User, opens_at: datetime, **fields: Any) -> Call:
    """Prepared three days before it opens, and announced."""
    with moved_to(opens_at - timedelta(days=3)):
        call = create_call(by=by, opens_at=opens_at, **fields)
        return announce_call(call=call, by=by)


def closed_and_opened(call: Call, by: User, second: User) -> Call:
    """Closed at its instant, and opened on record at the announced time by two."""
    take_stock()
    with moved_to(call.closes_at):
        call = close_call(call=call)
    with moved_to(call.opening_at):
        prepare_opening(call=call, by=by)
        return confirm_opening(call=call, by=second)


def task_submitted(*, cast: Cast, lot: Lot, body: Organisation, index: int, at: datetime) -> Submission:
    """One challenge task, drafted and submitted by an institution."""
    draft = task_drafted(cast=cast, lot=lot, body=body, index=index, at=at)
    with moved_to(at):
        submit(submission=draft, by=cast.owner(body))
    return draft


def task_drafted(*, cast: Cast, lot: Lot, body: Organisation, index: int, at: datetime) -> Submission:
    """The same, not submitted yet."""
    need, owner = need_of(index), cast.owner(body)
    with moved_to(at):
        draft = begin_submission(by=owner, lot=lot, organisation=body)
        for step, data in _task(need, index, at.year).items():
            draft = save_step(submission=draft, by=owner, step=step, data=data)
    return draft


def _task(need: Need, index: int, year: int) -> dict[str, dict[str, object]]:
    return {
        "problem": {
            "title": title_of(index),
            "problem": f"{need.today} 그래서 늦게 알고, 사람이 위험하며, 비용이 많이 듭니다.",
            "who_suffers": f"{need.who}. 한 해 민원이 {120 + chance(index, 'complaints', of=900)}건입니다.",
            "today": need.today,
        },
        "need": {
            "needed_performance": need.needed,
            "test_site": "우리 기관이 관리하는 시설 한 곳을 여섯 달 동안 내어 드립니다.",
            "scale": f"같은 문제가 있는 곳이 관내에 {5 + chance(index, 'scale', of=60)}곳 있습니다.",
        },
        "plan": {
            "budget_won": 90_000_000 + 10_000_000 * chance(index, "budget", of=12),
            "wanted_from": f"{year}-08-01",
            "wanted_until": f"{year + 1}-07-31",
            "sdgs": [str(goal) for goal in need.sdgs],
        },
    }


def proposal_submitted(
    *, cast: Cast, lot: Lot, firm: Organisation, index: int, at: datetime, price: int
) -> Submission:
    """One proposal to a selected task, with its two papers."""
    owner, need = cast.owner(firm), need_of(index)
    brand_ko, brand_en = BRANDS[cast.companies.index(firm)]
    with moved_to(at):
        draft = begin_submission(by=owner, lot=lot, organisation=firm)
        for step, data in _proposal(need, brand_ko, brand_en, firm.pk, price).items():
            draft = save_step(submission=draft, by=owner, step=step, data=data)
        for slot, name in (("proposal", "제안서.pdf"), ("specification", "규격서.pdf")):
            attach_file(
                submission=draft, by=owner, slot=slot, upload=small_pdf(name, f"{draft.number} {slot}")
            )
        submit(submission=draft, by=owner)
    return draft


def _proposal(
    need: Need, brand_ko: str, brand_en: str, salt: int, price: int
) -> dict[str, dict[str, object]]:
    return {
        "product": {
            "product_name_ko": f"{brand_ko} {need.product_ko}",
            "product_name_en": f"{brand_en} {need.product_en}",
            "summary": f"{need.who}에게 필요한 {need.product_ko}. {need.needed}.",
            "trl": 7 + chance(salt, need.product_ko, of=3),
            "patent_number": f"제10-000{1000 + chance(salt, need.product_en, of=9000)}호",
        },
        "solution": {
            "solution": f"{need.today} 이 제품은 사람이 하던 일을 장치가 늘 대신 합니다.",
            "novelty": "지금까지는 한 번에 재지 못하던 것을 한 장치에서 함께 잽니다.",
            "performance": f"{need.needed}. 시험소에서 세 번 되풀이해 확인했습니다.",
        },
        "offer": {
            "trial_months": 6,
            "unit_price_won": price,
            "unit": "대",
            "delivery_days": 60 + 5 * chance(salt, "delivery", of=7),
        },
    }


def small_pdf(name: str, text: str) -> SimpleUploadedFile:
    """A small, valid PDF of one page."""
    page = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(parts) + 1,
            table,
            len(parts) + 1,
            len(body),
        )
    )
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def panel_started(
    *,
    lot: Lot,
    by: User,
    evaluators: Sequence[User],
    at: datetime,
    reason: str = "당시에는 추첨 제도가 없었습니다.",
) -> Round:
    """A round with its appointed panel, pledged, conflicts declared, ready to be scored."""
    with moved_to(at):
        round_ = create_round(lot=lot, by=by)
        for user in evaluators:
            seat_panelist(round=round_, by=by, user=user, reason=reason)
        return begun(round_, by)


def panel_to_be_drawn(*, lot: Lot, by: User, at: datetime) -> Draw:
    """While the call is open: a round, and its draw committed from the pool and the receipts still to come."""
    with moved_to(at):
        return commit_draw(round=create_round(lot=lot, by=by), by=by)


def panel_drawn(draw: Draw, *, by: User, at: datetime) -> Round:
    """The committed draw carried out, and its panel ready to score."""
    with moved_to(at):
        return begun(carry_out_draw(draw=draw, by=by).round, by)


def begun(round_: Round, by: User) -> Round:
    """Started, with every member pledged and without declared conflicts."""
    round_ = start_round(round=round_, by=by)
    for panelist in round_.panelists.filter(left_at=None).select_related("user"):
        sign_pledge(panelist=panelist, by=panelist.user)
        declare_conflicts(round=round_, by=panelist.user, conflicts={})
    take_stock(Assignment, Entry, Panelist)
    return round_


def papers_checked(*, lot: Lot, by: User, second: User, at: datetime) -> Round:
    """The document check of a lot by one member of staff: every paper is there, the result is published."""
    round_ = panel_started(
        lot=lot, by=by, evaluators=[second], at=at, reason="서류검토는 담당 직원이 맡습니다."
    )
    _criteria, checks = questions_of(round_.stage_id)
    found = dict.fromkeys(checks, (True, "제출 서류가 모두 있고 읽을 수 있습니다."))
    with moved_to(at + timedelta(hours=3)):
        for assignment in Assignment.objects.filter(entry__round=round_).order_by("entry__order"):
            sheet = save_sheet(assignment=assignment, by=second, findings=found, comment="")
            submit_sheet(sheet=sheet, by=second)
        finish_round(round=round_, by=by)
        confirm_publication(publication=prepare_publication(rounds=[round_], by=by), by=second)
    return round_


def scored(
    round_: Round,
    *,
    at: datetime,
    salt: str,
    limit: int | None = None,
    harsh: Collection[tuple[int, int]] = (),
    of: User | None = None,
) -> None:
    """Every evaluator's sheet for every entry, or those ``of`` one, saved and submitted.

    ``harsh``: the entry's order and the place in the panel of sheets that lie far below the others.
    """
    criteria, _checks = questions_of(round_.stage_id)
    assignments = (
        Assignment.objects.filter(entry__round=round_, recusal=None)
        .select_related("panelist__user", "entry")
        .order_by("entry__order", "panelist__place")
    )
    if of is not None:
        assignments = assignments.filter(panelist__user=of)
    with moved_to(at):
        for assignment in assignments[:limit]:
            entry, place = assignment.entry, assignment.panelist.place
            less = HARSH if (entry.order, place) in harsh else 0
            points = {
                pk: _points(salt, entry, place, pk, criterion.max_points, less)
                for pk, criterion in criteria.items()
            }
            sheet = save_sheet(
                assignment=assignment,
                by=assignment.panelist.user,
                points=points,
                comment=COMMENTS[chance(salt, assignment.pk, of=len(COMMENTS))],
                comments={
                    pk: EXTREME[given > criteria[pk].max_points // 2]
                    for pk, given in points.items()
                    if needs_comment(criteria[pk], given)
                },
            )
            submit_sheet(sheet=sheet, by=assignment.panelist.user)


def _points(salt: str, entry: Entry, place: int, criterion: int, most: int, less: int) -> int:
    """What the entry is worth, and a little of the evaluator; ``less``: so many percent below that."""
    worth = 50 + chance(salt, entry.order, of=46)
    percent = worth + chance(salt, entry.order, place, criterion, of=15) - 7 - less
    return max(0, min(most, round(most * percent / 100)))


def selected_and_published(
    rounds: Iterable[Round], *, by: User, second: User, most: int, finish_at: datetime, publish_at: datetime
) -> list[Round]:
    """The best ``most`` of each round that passed, and all results at once: prepared by one, published by a second."""
    finished = []
    take_stock()
    with moved_to(finish_at):
        for round_ in rounds:
            done = finish_round(round=round_, by=by)
            passed = done.entries.filter(result__passed=True).order_by("result__rank", "order")
            # Where places are shared across the line, the line stands before them: staff give a reason.
            chosen = list(passed.values_list("pk", flat=True)[:most])
            finished.append(
                select_entries(
                    round=done, by=by, entries=chosen, reason="같은 점수 가운데 시험 장소가 먼저 마련된 과제"
                )
            )
    with moved_to(publish_at):
        prepared = prepare_publication(rounds=finished, by=by)
        return list(confirm_publication(publication=prepared, by=second).rounds.all())


def categorised(cast: Cast, at: datetime) -> None:
    """Catalogue staff give each newly listed product its category."""
    codes = set(Category.objects.values_list("code", flat=True))
    category_of = {need.product_ko: need.category if need.category in codes else "" for need in NEEDS}
    with moved_to(at):
        for product in Product.objects.filter(category=None):
            kind = product.name_ko.partition(" ")[2]
            edit_product(product=product, by=cast.staff["catalogue"], category=category_of[kind])
