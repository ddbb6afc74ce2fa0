"""Pictures and documents: uploaded into a draft, and sent to all once the listing that holds them is live."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.common.refusals import Refused, allowed
from innomarket.common.views import add_refusal, refusal_page
from innomarket.documents import pictures
from innomarket.documents.models import Document, Rendition
from innomarket.documents.services import send

from .. import permissions
from ..forms.parts import DocumentUploadForm, PictureUploadForm
from ..models import ListingChange, ListingFile, ListingRule, Product, ProductDocument, ProductImage
from ..services.comparing import stamp
from ..services.file import DOCUMENTS, EXTENSIONS, PICTURES, add_file
from ..states import ChangeState
from .step import StepPage

PREVIEW_WIDTH = 640
PUBLIC_DOCUMENT = "public, max-age=3600"


class FilesPage(StepPage):
    """The rows of what was uploaded, and one more file: it is kept whatever else on the page is wrong."""

    template_name = "catalog/change_files.html"

    @property
    def part(self) -> str:
        return PICTURES if self.step.code == "pictures" else DOCUMENTS

    def upload_form(self, data: Any = None, files: Any = None) -> Any:
        kind = PictureUploadForm if self.part == PICTURES else DocumentUploadForm
        return kind(data, files, prefix="new")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change = self.draft()
        if change is None or "new-file" not in request.FILES:
            return super().post(request, *args, **kwargs)
        form = self.upload_form(request.POST, request.FILES)
        form.is_valid()
        words = {name: str(form.data.get(f"new-{name}", ""))[:200] for name in form.fields if name != "file"}
        try:
            row = add_file(
                change=change, by=request.user, part=self.part, upload=request.FILES["new-file"], words=words
            )
        except Refused as refused:
            add_refusal(form, refused)
            sheet = self.sheet(change.content, request.POST)
            return self.page(
                change, sheet, seen=request.POST.get("seen", ""), status=refused.status, upload=form
            )
        request.POST = self._with_row(change, row)  # type: ignore[assignment]
        self.change = ListingChange.objects.get(pk=change.pk)
        return super().post(request, *args, **kwargs)

    def _with_row(self, change: ListingChange, row: dict[str, Any]) -> Any:
        """What was typed, with the new file's row behind the others as if the page had held it."""
        data = self.request.POST.copy()
        total = f"{self.part}-TOTAL_FORMS"
        typed = str(data.get(total, ""))
        place = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
        for name, value in row.items():
            data[f"{self.part}-{place}-{name}"] = str(value)
        data[total] = str(place + 1)
        if data.get("seen") == stamp(change.content, self.parts):  # nobody else wrote meanwhile
            after = change.content | {self.part: [*change.content[self.part], row]}
            data["seen"] = stamp(after, self.parts)
        return data

    def then(self) -> str:
        return self.request.path if "upload" in self.request.POST else super().then()

    def page(self, change: ListingChange, sheet: Any, **context: Any) -> HttpResponse:
        rule = ListingRule.objects.at()
        picture = self.part == PICTURES
        held = {
            file.document_id: file.document
            for file in ListingFile.objects.filter(product=self.product).select_related("document")
        }
        for row in sheet.rows[0].forms:
            given = str(row["document"].value() or "")
            row.file = next((file for key, file in held.items() if str(key) == given), None)
        most = rule.most_images if picture else rule.most_documents
        context.setdefault("upload", self.upload_form())
        return super().page(
            change,
            sheet,
            picture=picture,
            most=most,
            room=max(0, most - len(change.content[self.part])),
            extensions=", ".join(pictures.EXTENSIONS if picture else EXTENSIONS),
            limit=formats.filesize(rule.max_image_bytes if picture else rule.max_document_bytes),
            **context,
        )


def public_picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """A copy of a picture that a live listing holds; its address is its own hash, and who kept it is answered 304."""
    shown = ProductImage.objects.filter(document=OuterRef("document"))
    found = Rendition.objects.filter(Exists(shown), sha256=sha256, document__state=Document.State.CLEAN)
    rendition = found.first()
    if rendition is None:
        return HttpResponse(
            _("There is no such picture."), status=404, content_type="text/plain; charset=utf-8"
        )
    if f'"{sha256}"' in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified()
    return pictures.send(rendition, public=True)


def draft_picture(request: HttpRequest, number: str, document: int) -> HttpResponse:
    """A picture of a draft, for its writers, and for staff once the change is sent or where they write it."""
    file = _file_for_writers(request, number, document, is_picture=True)
    found = Rendition.objects.filter(document=file.document_id).order_by("-width")
    rendition = found.filter(width__lte=PREVIEW_WIDTH).first() or get_object_or_404(found)
    if file.document.state == Document.State.PENDING:
        refused = Refused(
            "file_not_checked", _("This file is being checked for viruses. Try again in a minute.")
        )
        return refusal_page(request, refused)
    return pictures.send(rendition, public=False)


def listing_file(request: HttpRequest, number: str, document: int) -> HttpResponse:
    """A document as a download: for all where the live listing holds it, else for the writers of the draft."""
    live = ProductDocument.objects.filter(product__number=number, document=document)
    row = live.select_related("document").first()
    found = row.document if row else _file_for_writers(request, number, document, is_picture=False).document
    try:
        response = send(found)
    except Refused as refused:
        return refusal_page(request, refused)
    if row:
        response["Cache-Control"] = PUBLIC_DOCUMENT
    return response


def _file_for_writers(request: HttpRequest, number: str, document: int, *, is_picture: bool) -> ListingFile:
    files = ListingFile.objects.filter(product__number=number, document=document, is_picture=is_picture)
    file = get_object_or_404(files.select_related("document", "product__supplier"))
    product: Product = file.product
    keeps = allowed(permissions.may_edit(request.user)) and _is_before_staff(product, document)
    if not keeps and not allowed(permissions.may_propose(request.user, product)):
        return get_object_or_404(files.none())
    return file


def _is_before_staff(product: Product, document: int) -> bool:
    """Whether the supplier has sent a change, or the correction that staff write holds the file."""
    if product.changes.filter(state=ChangeState.PROPOSED).exists():
        return True
    correction = product.changes.filter(by_staff=True, state=ChangeState.DRAFT).first()
    rows = [*correction.content[PICTURES], *correction.content[DOCUMENTS]] if correction else []
    return any(row.get("document") == document for row in rows)
