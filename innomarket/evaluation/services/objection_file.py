"""Files beside an objection's text: added and taken out while it is a draft. Callers hold the result's lock."""

from collections.abc import Iterable
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from innomarket.audit.services import created, record
from innomarket.common.refusals import Refused
from innomarket.documents.dropping import drop
from innomarket.documents.models import Document

from ..models import Objection, ObjectionFile, ObjectionRule
from .receiving import receive_papers

EXTENSIONS = ("pdf", "jpg", "jpeg", "png")


def take_files(objection: Objection, by: Any, files: Iterable[File]) -> None:
    """Add files to a draft. Raises Refused at "papers": too many, too big, another kind, a virus."""
    given = list(files)
    most = ObjectionRule.objects.at().most_files
    if given and objection.files.count() + len(given) > most:
        raise Refused(
            "too_many_files", _("At most %(most)s files.") % {"most": most}, field="papers", status=422
        )
    for document in receive_papers(given, by=by, extensions=EXTENSIONS):
        created(
            ObjectionFile(objection=objection, document=document),
            actor=by,
            verb="evaluation.add_objection_file",
            objection=objection.pk,
            sha256=document.sha256,
        )


def take_out_file(objection: Objection, by: Any, file: ObjectionFile) -> None:
    """Take a file out of a draft again; one that is gone already is no harm."""
    if objection.files.filter(pk=file.pk).exists():
        record(
            actor=by,
            verb="evaluation.take_out_objection_file",
            subject=objection,
            changes={"sha256": file.document.sha256},
        )
        document = file.document
        file.delete()
        drop([document])


def ask_sound(objection: Objection) -> None:
    """Nothing is filed with a file that the virus check refused. One that is still being checked may."""
    refused = (
        objection.files.filter(document__state=Document.State.REFUSED).select_related("document").first()
    )
    if refused is not None:
        raise Refused(
            "file_refused",
            _("The virus check refused the file “%(name)s”. Take it out first.")
            % {"name": refused.document.name},
            field="papers",
        )
