"""The files of a draft in their places."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innomarket.common import formats
from innomarket.common.refusals import Refused
from innomarket.documents.models import Document

from .. import searching
from ..forms import UploadForm
from ..kinds import ANONYMOUS_COPY
from ..models import SubmissionRule
from ..services import filling, identity
from ..services import submission as services
from ..templatetags.submissions import checked
from .form import FormPage
from .progress import Progress, files_url
from .uploading import upload_settings


class FilesView(FormPage):
    """The files of one place: several at once, each kept or refused by itself."""

    template_name = "submissions/files.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.current = f"files:{kwargs['slot']}"
        self.refused_files: list[dict[str, Any]] = []
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=UploadForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        slot = self._slot()
        if "remove" in request.POST:
            return self._remove(request.POST["remove"])
        given = bool(request.FILES.getlist("file"))
        if not given and "next" in request.POST:
            return HttpResponseRedirect(Progress(self.submission, self.current).next_url)
        form = UploadForm(files=request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        kept = 0
        for upload in form.cleaned_data["file"]:
            try:
                services.attach_file(
                    submission=self.submission, by=request.user, slot=slot.code, upload=upload
                )
                kept += 1
            except Refused as refused:
                self.refused_files.append({"name": upload.name, "size": upload.size, "error": refused.reason})
        if self.refused_files:
            for file in self.refused_files:
                form.add_error(
                    "file",
                    file["error"]
                    if file["name"] in file["error"]
                    else _("%(name)s: %(reason)s") % {"name": file["name"], "reason": file["error"]},
                )
            self.reload()
            return self.render_to_response(self.get_context_data(form=form, kept=kept), status=422)
        messages.success(
            request, ngettext("%(n)s file was saved.", "%(n)s files were saved.", kept) % {"n": kept}
        )
        if "next" in request.POST:
            return HttpResponseRedirect(Progress(self.submission, self.current).next_url)
        return HttpResponseRedirect(files_url(self.submission, slot.code))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slot = self._slot()
        rule = SubmissionRule.objects.at()
        context = super().get_context_data(**kwargs)
        files = [file for file in context["progress"].files if file.slot == slot.code]
        context.update(
            slot=slot,
            title=slot.label,
            extensions=", ".join(name.upper() for name in slot.extensions),
            limit=formats.filesize(rule.max_file_bytes),
            limit_is_ours=rule.is_default,
            room=min(slot.max_files - len(files), rule.max_files - len(context["progress"].files)),
            most_files=rule.max_files,
            files=[
                {
                    "name": file.document.name,
                    "size": file.document.size,
                    "sha256": file.document.sha256,
                    "state": _("saved"),
                    "url": reverse("submissions:file", args=[self.submission.number, file.pk]),
                    **checked(file.document),
                    "remove_name": "remove" if context["may_edit"] and context["closed"] is None else "",
                    "remove_value": file.pk,
                }
                for file in files
            ]
            + self._refused_by_check(slot)
            + self.refused_files,
        )
        if slot == ANONYMOUS_COPY:
            context["searches"] = [
                searching.shown(search) for search in identity.searches_of(self.submission)
            ]
        if context["may_edit"] and context["closed"] is None:
            context["uploads"] = upload_settings(self.submission, slot, rule, context["room"])
        return context

    def _refused_by_check(self, slot: Any) -> list[dict[str, Any]]:
        """What the virus check took out of the draft, until it is replaced by another file."""
        rows = self.submission.attachments.filter(
            slot=slot.code, document__state=Document.State.REFUSED
        ).select_related("document")
        said = _("The virus check found something in this file. It was taken out and deleted.")
        return [{"name": row.document.name, "size": row.document.size, "error": said} for row in rows]

    def _slot(self) -> Any:
        slot = filling.slot_of(self.kind, self.kwargs["slot"])
        if slot is None:
            raise Http404
        return slot

    def _remove(self, pk: str) -> HttpResponse:
        if not pk.isdecimal() or len(pk) > 18:
            raise Http404
        kept = self.submission.attachments.kept().select_related("submission__lot", "document")
        attachment = get_object_or_404(kept, pk=int(pk), slot=self._slot().code)
        services.remove_file(attachment=attachment, by=self.request.user)
        messages.success(self.request, _("%(name)s was removed.") % {"name": attachment.document.name})
        return HttpResponseRedirect(self.request.path)
