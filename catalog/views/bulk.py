"""Many listings by one file: the file to begin with, its check row by row, and one button that applies all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import View

from innomarket.accounts import reads as people
from innomarket.common import formats, spreadsheets
from innomarket.common.refusals import Refused, allowed
from innomarket.common.texts import tidy
from innomarket.common.views import ConfirmView, PrivateMixin, ServiceFormView
from innomarket.common.xlsx import workbook
from innomarket.documents.tables import EXTENSIONS, WrongRows

from .. import differing, permissions
from ..bulk_tables import TABLES, Table, headings_of
from ..forms.bulk import ApplyForm, BulkForm, StaffApplyForm
from ..handed_out import cells_of, piece_of
from ..models import BulkImport, ListingRule
from ..services import bulk as services
from ..states import BulkState

SHOWN = 50
"""Products of a page, each with its values before and after."""
AFTER = "after"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def after_of(request: HttpRequest, table: str = "") -> str:
    """The number behind which a file begins, as the address says it (for a table of the page)."""
    return tidy(request.GET.get(f"{AFTER}_{table}" if table else AFTER, "")[:20])


class ForWriters(LoginRequiredMixin):
    """For owners and editors of an organisation, or with ``staff`` in the address for staff of the catalogue."""

    by_staff = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.may(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def may(self, user: Any) -> bool:
        if self.by_staff:
            return allowed(permissions.may_edit(user))
        return people.editable_organisations_of(user).exists()

    def crumbs(self) -> list[tuple[Any, str]]:
        if self.by_staff:
            return [(_("Staff console"), reverse("admin:catalog_product_changelist"))]
        return [(_("My products"), reverse("catalog:mine"))]


class BulkPage(ForWriters, ServiceFormView):
    """The file to begin with, and the upload; wrong cells are listed here, and nothing was written."""

    template_name = "catalog/bulk.html"
    form_class = BulkForm
    title = _("Change many listings by a file")
    submit_label = _("Check the file")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = ListingRule.objects.at()
        return super().get_context_data(
            by_staff=self.by_staff,
            tables=[self._files(code, table, rule.most_bulk_rows) for code, table in TABLES.items()],
            limit=formats.filesize(rule.max_bulk_bytes),
            most_rows=rule.most_bulk_rows,
            most_of_one=f"{services.MOST_ROWS_OF_ONE:,}",
            extensions=", ".join(EXTENSIONS),
            **kwargs,
        )

    def _files(self, code: str, table: Table, most: int) -> dict[str, Any]:
        """The addresses of a table's file, which products it holds, and where the next one begins."""
        name = "catalog:bulk_file_staff" if self.by_staff else "catalog:bulk_file"
        after = after_of(self.request, code)
        products = services.products_for(self.request.user, by_staff=self.by_staff)
        piece = piece_of(table, products, after=after, most=most)
        behind = f"?{urlencode({AFTER: after})}" if after else ""
        return {
            "title": table.title,
            "files": [(kind.upper(), reverse(name, args=[code, kind]) + behind) for kind in TYPES],
            "numbers": piece.numbers if after or piece.after else (),
            "next_url": f"?{urlencode({f'{AFTER}_{code}': piece.after})}" if piece.after else "",
        }

    def perform(self, form: Any) -> BulkImport:
        file = form.cleaned_data["file"]
        limit = ListingRule.objects.at().max_bulk_bytes
        return services.check_bulk(
            table=form.cleaned_data["table"],
            content=file.read(limit + 1),
            name=file.name or "",
            by=self.request.user,
            by_staff=self.by_staff,
        )

    def refuse(self, form: Any, refused: Refused) -> HttpResponse:
        form.add_error("file", str(refused.reason))
        wrong = refused.wrong if isinstance(refused, WrongRows) else []
        return self.render_to_response(
            self.get_context_data(form=form, wrong=wrong[:500], more=max(0, len(wrong) - 500)),
            status=refused.status,
        )

    def get_success_url(self) -> str:
        return reverse("catalog:bulk_check", args=[self.result.pk])


class StaffBulkPage(BulkPage):
    by_staff = True


class BulkCheck(LoginRequiredMixin, ConfirmView):
    """Each product's fate, and one button: all of it or nothing."""

    template_name = "catalog/bulk_check.html"
    title = _("What the file does")
    submit_label = _("Apply all of it")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.bulk = get_object_or_404(BulkImport, pk=kwargs["pk"], by=request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return StaffApplyForm if self.bulk.by_staff else ApplyForm

    def effects(self) -> list[Any]:
        if not self.bulk.changing or self.bulk.state != BulkState.CHECKED:
            return []
        if self.bulk.by_staff:
            return [
                _("The listings change at once, and the history of each keeps what stood before"),
                _("All of it or nothing: if one listing was changed meanwhile, none is written"),
            ]
        return [
            _("Each listing gets a change that is sent to agency staff; they compare and decide one by one"),
            _("All of it or nothing: if one listing was changed meanwhile, none is sent"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.bulk.rows, SHOWN).get_page(self.request.GET.get("page"))
        rows = [
            row | {"lines": differing.lines(row["before"], row["after"]) if row["fate"] == "change" else []}
            for row in page
        ]
        return super().get_context_data(
            bulk=self.bulk,
            rows=rows,
            page=page,
            open=self.bulk.state == BulkState.CHECKED,
            changing=self.bulk.changing,
            **kwargs,
        )

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(BulkPage.title, self.back_url())]

    def back_url(self) -> str:
        return reverse("catalog:bulk_staff" if self.bulk.by_staff else "catalog:bulk")

    def perform(self, form: Any) -> BulkImport:
        reason = form.cleaned_data.get("reason", "")
        return services.apply_bulk(bulk=self.bulk, by=self.request.user, reason=reason)

    def get_success_url(self) -> str:
        return self.request.path


class BulkFile(ForWriters, PrivateMixin, View):
    """The file to begin with: the headings, and the listings as they stand."""

    def get(self, request: HttpRequest, table: str, kind: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if table not in TABLES or kind not in TYPES:
            raise Http404
        found = TABLES[table]
        products = services.products_for(request.user, by_staff=self.by_staff)
        most = ListingRule.objects.at().most_bulk_rows
        piece = piece_of(found, products, after=after_of(request), most=most)
        headings, rows = headings_of(found), cells_of(found, piece)
        body: Any = (
            spreadsheets.as_csv([headings, *rows]) if kind == "csv" else workbook([(table, headings, rows)])
        )
        response = HttpResponse(body, content_type=TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{table}.{kind}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


class StaffBulkFile(BulkFile):
    by_staff = True
