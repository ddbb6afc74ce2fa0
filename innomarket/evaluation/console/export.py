"""A round's tables as files: who has judged what, the places as they stand, who cannot judge what."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from django.views import View

from innomarket.audit.services import record
from innomarket.common.clock import now
from innomarket.common.spreadsheets import as_csv
from innomarket.common.xlsx import workbook

from .. import overview
from ..models import Round
from ..states import RoundState

Rows = tuple[list[str], Iterator[list[Any]]]


class Table(NamedTuple):
    """A table of a round: its name, and what gives its titles and rows."""

    name: Any
    rows: Callable[[Round], Rows]


TABLES = {
    "sheets": Table(gettext_lazy("Sheets"), lambda round_: overview.sheet_rows(round_, now())),
    "places": Table(gettext_lazy("Ranking"), overview.place_rows),
    "conflicts": Table(gettext_lazy("Conflicts of interest"), overview.conflict_rows),
}
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
            name = str(TABLES[what].name)
            answer = StreamingHttpResponse(workbook([(name, titles, rows)]), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{round_.number}-{what}.{form}"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _table(self, round_: Round, what: str) -> Rows:
        if round_.state == RoundState.PREPARING or what not in TABLES:
            raise Http404
        return TABLES[what].rows(round_)
