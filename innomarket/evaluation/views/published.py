"""Published rounds for everybody: who was selected by name, every score by codes, and the file to recompute it from."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import TemplateView, View

from innomarket.common.lists import KeysetListView
from innomarket.submissions.models import Call

from .. import beside, part_files, reads, result_file, verify_program
from ..figures import with_figures
from ..models import Result, Round
from ..states import DrawState, Outcome, RoundState

CODES_ON_A_PAGE = 100


class PublishedRoundList(KeysetListView):
    """The rounds whose results are published, the latest first; ``?call=`` those of one call."""

    template_name = "evaluation/published_list.html"
    order = ("-published_at", "-pk")

    def get_queryset(self) -> Any:
        rows = (
            Round.objects.filter(state=RoundState.PUBLISHED, result_file__isnull=False)
            .select_related("lot__call", "beside")
            .defer("result_file")
        )
        call = self.request.GET.get("call", "")
        return rows.filter(lot__call__number=call) if call else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.request.GET.get("call", "")
        call = Call.objects.visible_to(self.request.user).filter(number=number).first() if number else None
        return super().get_context_data(call=call, section="calls", **kwargs)


class PublishedMixin(View):
    """A published round, or 404."""

    def get_round(self) -> Round:
        found = (
            Round.objects.filter(
                number=self.kwargs["number"], state=RoundState.PUBLISHED, result_file__isnull=False
            )
            .select_related("lot__call", "lot__owner", "stage", "result_file", "assignments_file", "beside")
            .first()
        )
        if found is None:
            raise Http404
        return found


class PublishedRoundView(PublishedMixin, TemplateView):
    template_name = "evaluation/published.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round = self.get_round()
        results = Result.objects.filter(entry__round=round).select_related(
            "entry__round__stage",
            "entry__submission__lot",
            "entry__submission__applicant_organisation",
            "supersedes__entry__round",
        )
        selected = reads.with_scores(
            results.filter(outcome=Outcome.SELECTED).order_by("rank", "-total", "code")
        )
        others = Paginator(
            results.exclude(outcome=Outcome.SELECTED).order_by("code"), CODES_ON_A_PAGE
        ).get_page(self.request.GET.get("page"))
        others.object_list = reads.with_scores(others.object_list)
        revisions = beside.revisions_of([*selected, *others.object_list])
        for result in [*selected, *others.object_list]:
            result.superseding = revisions.get(result.pk)
        first = next(iter([*selected, *others.object_list]), None)
        return super().get_context_data(
            round=round,
            lot=round.lot,
            file=round.result_file,
            assignments=part_files.frozen_assignments(round),
            draws=round.draws.exclude(state=DrawState.VOID),
            groups=list(round.stage.groups.prefetch_related("criteria")),
            checks=reads.checks_of([round.stage_id]).get(round.stage_id, []),
            is_last=round.stage.is_last(),
            selected=selected,
            others=others,
            figures=with_figures([first])[0].figures if first and round.is_first else None,
            beside_it=[one for one in round.beside_it.order_by("pk") if one.state == RoundState.PUBLISHED],
            section="calls",
            **kwargs,
        )


class ResultFileView(PublishedMixin):
    """The file as it was frozen, byte by byte: its ``sha256sum`` is the hash on the page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        round = self.get_round()
        return _download(
            round.result_file.content.encode(), "application/json", f"{round.number}-result.json"
        )


class PartFileView(PublishedMixin):
    """One part of what is published: the rule, the sheets, who was to judge what."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part, round = self.kwargs["part"], self.get_round()
        if part not in part_files.names_of(round):
            raise Http404
        content = part_files.content_of(round, part)
        return _download(content, "application/json", f"{round.number}-{part}.json")


class ResultTableView(PublishedMixin):
    """The same as a table for spreadsheets."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        round = self.get_round()
        table = result_file.as_csv(result_file.read(round.result_file.content))
        return _download(table.encode(), "text/csv; charset=utf-8", f"{round.number}-result.csv")


class VerifyProgramView(View):
    """The program that repeats draw and result from the files, for who has no checkout of this portal."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _download(verify_program.content(), "application/zip", verify_program.NAME)


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
