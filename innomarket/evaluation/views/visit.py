"""A file of a survey's record, for who judges the entry and for staff who run rounds."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from innomarket.common.views import PrivateMixin, RefusalMixin
from innomarket.documents.services import send

from .. import reads


class VisitFileView(LoginRequiredMixin, RefusalMixin, PrivateMixin):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        files = reads.visit_files_for(request.user)
        file = get_object_or_404(
            files,
            pk=kwargs["pk"],
            visit__entry__round__number=kwargs["number"],
            visit__entry__order=kwargs["order"],
        )
        return send(file.document)
