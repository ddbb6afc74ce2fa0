"""A round's tables as files: who has judged what, and the places as they stand."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views import View

from innomarket.audit.services import record
from innomarket.common.clock import now
from innomarket.common.spreadsheets import as_csv
from innomarket.common.xlsx import workbook

from .. import overview
from ..models import Round
from ..states import RoundState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportRound(PermissionRequiredMixin, View):
    """``…/export/sheets.csv``, ``places.xlsx`` and so on; who takes one away stands in the audit."""

    permission_required = "accounts.run_rounds"
    raise_exception = True

    def get(self, request: HttpRequest, pk: int, what: str, form: str) -> HttpResponseBase:
        round_ = get_object_or_404(Round.objects.select_related("stage", "lot"), pk=pk)
        titles, rows = self._table(round_, what)
        if form not in ("csv", "xlsx"):
            raise Http404
        record(
            actor=request.user,
            verb="evaluation.export_round",
            subject=round_,
            changes={"table": what, "form": form},
        )
        answer: HttpResponseBase
        if form == "csv":
            answer = HttpResponse(as_csv([titles, *rows]), content_type="text/csv; charset=utf-8")
        else:
            name = _("Sheets") if what == "sheets" else _("Ranking")
            answer = StreamingHttpResponse(workbook([(name, titles, rows)]), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{round_.number}-{what}.{form}"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _table(self, round_: Round, what: str) -> tuple[list[str], Iterator[list[Any]]]:
        if round_.state == RoundState.PREPARING:
            raise Http404
        if what == "sheets":
            return overview.sheet_rows(round_, now())
        if what == "places":
            return overview.place_rows(round_)
        raise Http404
