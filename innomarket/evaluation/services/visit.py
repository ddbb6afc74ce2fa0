"""Putting a survey on site or an interview on record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import Entry, Round, Visit, VisitFile
from ..states import ROUND_MOVES
from .receiving import receive_papers

EXTENSIONS = ("pdf", "jpg", "jpeg", "png", "hwp", "hwpx", "docx", "xlsx")
MOST_FILES = 10
TEXT_MAX = 8_000


def record_visit(
    *,
    entry: Entry,
    by: Any,
    held_at: datetime,
    place: str,
    took_part: str,
    findings: str,
    files: Iterable[File] = (),
) -> Visit:
    """Write down when and where it was, who took part and what was found; until the stage ends it can be put better.

    Files are added to those that stand. Raises Refused for other stages, for a time to come, for what is left
    empty, and at "papers" for what cannot be taken.
    """
    with transaction.atomic():
        round = share(Round, entry.round_id)
        entry = lock(Entry, entry.pk)
        ask(permissions.may_record(by, round))
        ask_move(ROUND_MOVES, "score", round)
        if not round.stage.has_record:
            raise Refused("no_record_here", _("This stage is neither a survey nor an interview."))
        if held_at > now():
            raise Refused("not_held_yet", _("This time is still to come."), field="held_at")
        given = {
            name: _text(text, name)
            for name, text in (("place", place), ("took_part", took_part), ("findings", findings))
        }
        visit = Visit.objects.filter(entry=entry).first()
        verb = "evaluation.record_visit"
        if visit is None:
            new = Visit(entry=entry, held_at=held_at, recorded_by=by, recorded_at=now(), **given)
            visit = created(new, actor=by, verb=verb)
        else:
            visit = changed(
                visit, actor=by, verb=verb, held_at=held_at, recorded_by=by, recorded_at=now(), **given
            )
        _take_files(visit, by, list(files))
    return visit


def _take_files(visit: Visit, by: Any, files: list[File]) -> None:
    if visit.files.count() + len(files) > MOST_FILES:
        raise Refused("too_many_files", _("At most %(most)s files.") % {"most": MOST_FILES}, field="papers")
    for document in receive_papers(files, by=by, extensions=EXTENSIONS):
        VisitFile.objects.create(visit=visit, document=document)


def _text(text: str, field: str) -> str:
    text = text.strip()
    most = 200 if field == "place" else TEXT_MAX
    if not text:
        raise Refused("empty", _("This field is required."), field=field)
    if len(text) > most:
        raise Refused(
            "comment_too_long", _("Write at most %(most)s characters.") % {"most": f"{most:,}"}, field=field
        )
    return text
