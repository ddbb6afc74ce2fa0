"""A file of an objection or of a visit's record in which the virus check found something: who holds it is told."""

from typing import Any

from innomarket.documents.models import Document
from innomarket.notifications.services import tell

from .. import objections, words
from ..models import Objection, ObjectionFile, VisitFile
from ..states import ObjectionState
from .objection import applicants_of, staff_of_objection


def tell_refused(*, document: Document) -> None:
    """Subscribed to ``document_refused``: the applicant, and staff once it was filed; for a visit, who recorded it.

    Nothing is filed with such a file (``ask_sound``); what was filed keeps its row and hash, and sends it to nobody.
    The messages name the hash, never the file.
    """
    in_objection = ObjectionFile.objects.filter(document=document).select_related("objection").first()
    if in_objection is not None:
        _of_objection(in_objection.objection, document)
    in_visit = VisitFile.objects.filter(document=document).select_related("visit__entry").first()
    if in_visit is not None:
        _of_visit(in_visit, document)


def _of_objection(objection: Objection, document: Document) -> None:
    values = objections.values_of(objection) | {"sha256": document.sha256}
    told: dict[str, Any] = {"about": objection, "version": document.pk, "values": values}
    path = words.objection_path(objection.result)
    tell(kind="evaluation.objection_file_refused", people=applicants_of(objection), url=path, **told)
    if objection.state != ObjectionState.DRAFT:
        tell(
            kind="evaluation.filed_objection_file_refused",
            people=staff_of_objection(objection),
            url=words.objection_console_path(objection),
            **told,
        )


def _of_visit(file: VisitFile, document: Document) -> None:
    visit = file.visit
    round = visit.entry.round
    people = {person.pk: person for person in (visit.recorded_by, round.chief)}
    tell(
        kind="evaluation.visit_file_refused",
        people=list(people.values()),
        about=visit.entry,
        version=document.pk,
        values={
            "submission": visit.entry.submission.number,
            "round": round.number,
            "sha256": document.sha256,
        },
        url=words.console_path(round),
    )
