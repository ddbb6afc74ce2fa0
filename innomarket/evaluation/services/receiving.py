"""Files from people, for an objection or the record of a visit: what cannot be taken is said at their field."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.base import File

from innomarket.common.refusals import Refused
from innomarket.documents.models import Document
from innomarket.documents.services import receive
from innomarket.submissions.models import SubmissionRule


def receive_papers(files: Iterable[File], *, by: Any, extensions: tuple[str, ...]) -> Iterator[Document]:
    """Each file, received and hashed. Raises Refused at "papers": too big, another kind, a virus."""
    limit = SubmissionRule.objects.at().max_file_bytes
    for upload in files:
        try:
            yield receive(upload=upload, by=by, extensions=extensions, max_bytes=limit)
        except Refused as refused:
            raise Refused(refused.code, refused.reason, field="papers", status=refused.status) from refused
