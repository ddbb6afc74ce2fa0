"""The tus 1.0.0 protocol (core, creation, termination, expiration) for the files of one's own draft.

Answers are short plain texts in the page's language, which the page's script shows at the file. A cut connection
leaves what was stored before; the script asks how far it came (HEAD) and goes on there.
"""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.generic import View

from innomarket.common.refusals import Refused
from innomarket.common.views import PrivateMixin
from innomarket.documents.models import Document, Upload
from innomarket.documents.uploads import PIECE_BYTES, ask_alive

from ..models import AttachmentUpload, Submission
from ..services import upload as services
from ..templatetags.submissions import checked

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
LONGEST_NUMBER = 15  # digits


class TusView(PrivateMixin, View):
    """What both addresses share: the version, who asks, and refusals in words instead of pages."""

    submission: Submission

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = self._answer(request, *args, **kwargs)
        except Refused as refused:
            # 409 means one thing to a tus client: ask how far it is and go on there. Every other no is final.
            final = refused.status == 409 and refused.code != "wrong_offset"
            response = _plain(str(refused.reason), 422 if final else refused.status)
        except UnreadablePostError:
            response = _plain(_("The connection broke. Nothing of this piece was kept."), 400)
        response["Tus-Resumable"] = VERSION
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(status=204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = "creation,termination,expiration"
        return response

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _plain(_("You are signed out. Sign in again, then choose the same file: it goes on."), 401)
        # Without its texts: a piece needs none of them, and each would be unsealed.
        own = Submission.objects.of_applicant(request.user).defer("title")
        found = own.select_related("lot__call", "applicant_organisation")
        self.submission = get_object_or_404(found, number=kwargs["number"])
        if request.method not in ("OPTIONS", "GET") and request.headers.get("Tus-Resumable") != VERSION:
            response = _plain("Tus-Resumable: 1.0.0", 412)
            response["Tus-Version"] = VERSION
            return response
        return super().dispatch(request, *args, **kwargs)


class UploadsView(TusView):
    """Creation: POST with Upload-Length and Upload-Metadata (filename)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        size = number(request.headers.get("Upload-Length"))
        name = filename(request.headers.get("Upload-Metadata", ""))
        if size is None or name is None:
            return _plain("Upload-Length, Upload-Metadata", 400)
        coming = services.begin_upload(
            submission=self.submission, by=request.user, slot=kwargs["slot"], name=name, size=size
        )
        response = HttpResponse(status=201)
        response["Location"] = reverse(
            "submissions:upload", args=[self.submission.number, coming.upload.uuid]
        )
        return _expiring(response, coming.upload)


class UploadView(TusView):
    """One upload of one's own: how far (HEAD), the next piece (PATCH), cancel (DELETE), what became of it (GET)."""

    http_method_names = ["get", "head", "patch", "delete", "options"]

    def head(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upload = self._coming().upload
        if upload.state != Upload.State.COMPLETE:
            ask_alive(upload)
        response = HttpResponse(status=200)
        response["Upload-Length"] = str(upload.size)
        return _expiring(response, upload)

    def patch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        coming = self._coming()
        if request.content_type != CONTENT_TYPE:
            return _plain(CONTENT_TYPE, 415)
        offset, length = (
            number(request.headers.get("Upload-Offset")),
            number(request.headers.get("Content-Length")),
        )
        if offset is None or length is None:
            return _plain("Upload-Offset, Content-Length", 400)
        if length > PIECE_BYTES:
            return _plain(_("A piece is too long."), 413)
        content = request.body
        if len(content) != length:  # the connection ended early: a piece is kept whole or not at all
            return _plain(_("The connection broke. Nothing of this piece was kept."), 400)
        coming = services.add_piece(coming=coming, by=request.user, offset=offset, content=content)
        return _expiring(HttpResponse(status=204), coming.upload)

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.cancel_upload(coming=self._coming(), by=request.user)
        return HttpResponse(status=204)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the page's script shows in the row; no part of tus."""
        coming = self._coming("attachment__document")
        found: dict[str, Any] = {"state": coming.upload.state, "reason": coming.upload.refused_reason}
        file = services.attached(coming)
        if file is not None:
            document = file.document
            found |= {
                "name": document.name,
                "size": document.size,
                "sha256": document.sha256,
                "pk": file.pk,
                "url": reverse("submissions:file", args=[self.submission.number, file.pk])
                if document.state == Document.State.CLEAN
                else "",
                "checked": checked(document).get("state") or _("saved"),
            }
        return JsonResponse(found)

    def _coming(self, *more: str) -> AttachmentUpload:
        coming = get_object_or_404(
            AttachmentUpload.objects.select_related("upload", *more),
            submission=self.submission,
            upload__uuid=self.kwargs["uuid"],
            upload__by=self.request.user,
        )
        coming.submission = self.submission  # with its call and its organisation
        return coming


def number(text: str | None) -> int | None:
    """A whole number of a header, or None."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def filename(metadata: str) -> str | None:
    """The name in Upload-Metadata (comma-separated "key base64"), or None where there is none or it is broken."""
    for pair in metadata.split(","):
        key, _space, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode() or None
            except (binascii.Error, UnicodeDecodeError):
                return None
    return None


def _expiring(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.received)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
