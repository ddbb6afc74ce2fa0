"""Records of surveys and interviews, and their files."""

from typing import Any

from django.db.models import QuerySet

from ..models import Entry, Visit, VisitFile


def visit_files_for(user: Any) -> QuerySet[VisitFile]:
    """The files of records that a person may read: of the entries that they judge; staff who run rounds read all."""
    files = VisitFile.objects.select_related("document", "visit__entry__round")
    if user.is_staff and user.has_perm("accounts.run_rounds"):
        return files
    mine = Entry.objects.assigned_to(user)
    return files.filter(visit__entry__in=mine.order_by().values("pk"))


def visit_of(entry: Entry) -> Visit | None:
    """The record of an entry's survey or interview, with its files."""
    return Visit.objects.filter(entry=entry).prefetch_related("files__document").first()
