"""What evaluation keeps about a person, as they take it along: the pool, their seats, and their objections."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.personal import Share

from .models import Absence, Assignment, Evaluator, Objection, Panelist, Recusal, Sheet, Tie
from .states import ACTIVE

Rows = Iterator[dict[str, Any]]


def shares() -> list[Share]:
    """Every part, in the order in which they stand in the export."""
    return [*_pool_shares(), *_seat_shares(), _objection_share()]


def _pool_shares() -> list[Share]:
    return [
        Share(
            "evaluation.profile",
            _("Place in the pool of evaluators"),
            (
                ("state", _("state")),
                ("state_since", _("in this state since")),
                ("reason", _("reason")),
                ("kind", _("kind of expert")),
                ("fields", _("fields of expertise")),
                ("most_panels", _("most panels a year")),
            ),
            _profile,
        ),
        Share(
            "evaluation.ties",
            _("Ties to organisations"),
            (
                ("kind", _("kind of tie")),
                ("organisation", _("organisation")),
                ("from_on", _("from")),
                ("to_on", _("until")),
                ("source", _("source")),
                ("stated_at", _("stated at")),
                ("withdrawn_at", _("withdrawn at")),
            ),
            _ties,
        ),
        Share(
            "evaluation.absences",
            _("Absences"),
            (("from_on", _("from")), ("to_on", _("until and including"))),
            lambda person: Absence.objects.filter(evaluator__user=person).values("from_on", "to_on"),
        ),
    ]


def _seat_shares() -> list[Share]:
    return [
        Share(
            "evaluation.panels",
            _("Panels"),
            (
                ("round", _("round")),
                ("place", _("place")),
                ("seated_at", _("seated at")),
                ("declared_at", _("conflicts declared at")),
                ("left_at", _("left at")),
                ("left_reason", _("why left")),
            ),
            _panels,
        ),
        Share(
            "evaluation.assignments",
            _("Entries assigned to you"),
            (("round", _("round")), ("entry", _("entry")), ("assigned_at", _("assigned at"))),
            _assignments,
        ),
        Share(
            "evaluation.recusals",
            _("Recusals"),
            (
                ("round", _("round")),
                ("entry", _("entry")),
                ("ground", _("ground")),
                ("reason", _("reason")),
                ("at", _("at")),
            ),
            _recusals,
        ),
        Share(
            "evaluation.sheets",
            _("Sheets"),
            (
                ("round", _("round")),
                ("entry", _("entry")),
                ("state", _("state")),
                ("comment", _("comment")),
                ("points", _("points")),
            ),
            _sheets,
        ),
    ]


def _objection_share() -> Share:
    return Share(
        "evaluation.objections",
        _("Objections that you filed or may read"),
        (
            ("number", _("number")),
            ("state", _("state")),
            ("saved_at", _("saved at")),
            ("filed_at", _("filed at")),
            ("text", _("what you object to, and why")),
            ("files", _("files")),
            ("outcome", _("outcome")),
            ("answer", _("answer")),
        ),
        _objections,
    )


def _profile(person: Any) -> Rows:
    for row in Evaluator.objects.filter(user=person).prefetch_related("fields"):
        yield {
            "state": row.state,
            "state_since": row.state_since,
            "reason": row.state_reason,
            "kind": row.kind,
            "fields": [field.code for field in row.fields.all()],
            "most_panels": row.most_panels,
        }


def _ties(person: Any) -> Rows:
    for row in Tie.objects.filter(evaluator__user=person).select_related("organisation").order_by("pk"):
        yield {
            "kind": row.kind,
            "organisation": row.organisation.name_ko if row.organisation else row.name,
            "from_on": row.from_on,
            "to_on": row.to_on,
            "source": row.source,
            "stated_at": row.stated_at,
            "withdrawn_at": row.withdrawn_at,
        }


def _panels(person: Any) -> Rows:
    for row in Panelist.objects.filter(user=person).select_related("round").order_by("pk"):
        yield {
            "round": row.round.number,
            "place": row.place,
            "seated_at": row.seated_at,
            "declared_at": row.declared_at,
            "left_at": row.left_at,
            "left_reason": row.left_reason,
        }


def _assignments(person: Any) -> Rows:
    rows = Assignment.objects.filter(panelist__user=person).select_related("entry__round").order_by("pk")
    for row in rows.iterator(1000):
        yield {
            "round": row.entry.round.number,
            "entry": row.entry.order,
            "assigned_at": row.assigned_at,
        }


def _recusals(person: Any) -> Rows:
    """Of a blind round under way only what the person said: a ground that was found says who applied."""
    rows = Recusal.objects.filter(panelist__user=person).select_related("entry__round__stage").order_by("pk")
    for row in rows:
        round_ = row.entry.round
        hidden = round_.stage.blind and round_.state in ACTIVE and row.ground != Recusal.Ground.DECLARED
        yield {
            "round": round_.number,
            "entry": row.entry.order,
            "ground": "" if hidden else row.ground,
            "reason": "" if hidden else row.reason,
            "at": row.at,
        }


def _sheets(person: Any) -> Rows:
    rows = Sheet.objects.filter(assignment__panelist__user=person).order_by("pk")
    rows = rows.select_related("assignment__entry__round").prefetch_related("scores")
    for row in rows:
        entry = row.assignment.entry
        yield {
            "round": entry.round.number,
            "entry": entry.order,
            "state": row.state,
            "comment": row.comment,
            "points": [score.points for score in sorted(row.scores.all(), key=lambda s: s.criterion_id)],
        }


def _objections(person: Any) -> Rows:
    """Of an organisation that the person has left: number and times, not the organisation's text."""
    readable = set(Objection.objects.of_applicant(person).values_list("pk", flat=True))
    rows = Objection.objects.filter(Q(filed_by=person) | Q(pk__in=readable)).order_by("pk")
    for row in rows.prefetch_related("files__document"):
        mine = row.pk in readable
        yield {
            "number": row.number,
            "state": row.state,
            "saved_at": row.saved_at,
            "filed_at": row.filed_at,
            "text": row.text if mine else "",
            "files": [
                {"name": one.document.name, "size": one.document.size, "sha256": one.document.sha256}
                for one in row.files.all()
                if mine
            ],
            "outcome": row.outcome,
            "answer": row.answer if mine else "",
        }
