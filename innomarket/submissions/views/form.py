"""Writing a submission: one group of questions a page, files in their places, check and submit."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from innomarket.common import formats, kept
from innomarket.common.refusals import Refused, ask
from innomarket.common.views import add_refusal
from innomarket.documents.models import Document

from .. import deadlines, freezing, permissions, searching
from ..forms import SubmitForm, UploadForm
from ..kinds import ANONYMOUS_COPY
from ..models import SubmissionRule
from ..services import filling, identity
from ..services import submission as services
from ..services.editing import changed_since
from ..states import SubmissionState
from ..templatetags.submissions import checked
from ..words import moment, titled
from . import both, edits
from .own import OwnMixin, localised
from .progress import Progress, files_url, page_url, step_url
from .saving import draft_settings, saved_by_itself, signed_out
from .uploading import upload_settings


class FormPage(OwnMixin, TemplateView):
    """A page of the form with its steps, its checklist and its deadline beside it."""

    current = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = Progress(self.submission, self.current)
        context = {
            "progress": progress,
            "steps": progress.steps(),
            "steps_heading": progress.heading(),
            "checklist": progress.checklist(),
            "previous": progress.previous,
            "saved_at": self.submission.saved_at,
            "lot_title": titled(self.submission.lot, "title"),
            "crumb_calls": reverse("submissions:call_list"),
        }
        return super().get_context_data(**{**context, **kwargs})

    def reload(self) -> None:
        self.submission.refresh_from_db()
        self.submission.lot.call = self.its_call

    def say_not_submitted(self) -> None:
        """After the closing a draft is kept, and that it was not submitted is said plainly."""
        closed = self.closed
        if closed is not None:
            kept = _("Your text is kept as a draft. It was not submitted and cannot be submitted any more.")
            messages.warning(self.request, f"{closed.reason} {kept}")


class StepView(FormPage):
    """One step: what is valid is saved, what is not stays in the form with its error.

    The page's script saves it too while somebody writes (static/js/draft.js): it asks for JSON.
    """

    template_name = "submissions/step.html"
    keeps_typed = True  # a session that ended loses nothing (common/kept.py)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.current = f"step:{kwargs['step']}"
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_edit(request.user, self.submission))
        typed = kept.taken(request)
        form = filling.step_form(self.submission, self._step(), typed)
        if typed is None:
            return self.render_to_response(self.get_context_data(form=form))
        form.full_clean()
        shown = {"version": both.version_of(typed), "window": both.window_of(typed)}
        return self.render_to_response(self.get_context_data(form=form, kept=True, **shown))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = self._step()
        if kept.wants_json(request):
            return saved_by_itself(request, self.submission, step)
        if "forget" in request.POST:
            return kept.drop(request, HttpResponseRedirect(request.path))
        if both.undecided(request.POST):
            return self._ask_again()
        self.typed = both.chosen(self.submission, step, request.POST)
        try:
            saved = services.save_step(
                submission=self.submission,
                by=request.user,
                step=step.code,
                data=self.typed,
                version=both.version_of(request.POST),
                window=both.window_of(request.POST),
            )
        except services.Stale as stale:
            return self._show_both(stale)
        except Refused as refused:
            return self._keep_typed(refused)
        self.submission.saved_at, self.submission.version = saved.saved_at, saved.version
        self.submission.state, self.submission.title = saved.state, saved.title
        if saved.refused_fields:
            form = filling.step_form(self.submission, step, self.typed)
            form.full_clean()
            page = self.render_to_response(self.get_context_data(form=form, partly=True), status=422)
            return kept.drop(request, page)
        return kept.drop(request, self._go_on())

    def handle_no_permission(self) -> HttpResponse:
        """Signed out while writing: what was typed comes back after signing in."""
        if kept.wants_json(self.request):
            return signed_out()
        response = super().handle_no_permission()
        return kept.keep(self.request, response) if self.request.method == "POST" else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        step = self._step()
        context = {"step": step, "title": step.title, "lead": step.lead, "version": self.submission.version}
        context["window"] = both.window_of(self.request.POST)
        context["writer"] = kept.writer(self.request.user)
        found = super().get_context_data(**{**context, **kwargs})
        if found["may_edit"] and "both" not in kwargs and self.submission.state != SubmissionState.WITHDRAWN:
            found["draft"] = draft_settings(self.request)
        return found

    def _step(self) -> Any:
        step = filling.step_of(self.kind, self.kwargs["step"])
        if step is None:
            raise Http404
        return step

    def _go_on(self) -> HttpResponse:
        time = formats.kst_time(self.submission.saved_at)
        self.say_not_submitted()
        if "later" in self.request.POST:
            messages.success(
                self.request,
                _("Saved %(time)s. It is not submitted: come back and submit before %(when)s.")
                % {"time": time, "when": moment(deadlines.closing_of(self.submission))}
                if self.closed is None and self.submission.state != SubmissionState.SUBMITTED
                else _("Saved %(time)s.") % {"time": time},
            )
            return HttpResponseRedirect(localised(self.kind.url(self.submission)))
        messages.success(self.request, _("Saved %(time)s.") % {"time": time})
        if "stay" in self.request.POST or both.ALL in self.request.POST:
            return HttpResponseRedirect(self.request.path)
        return HttpResponseRedirect(Progress(self.submission, self.current).next_url)

    def _keep_typed(self, refused: Refused) -> HttpResponse:
        form = filling.step_form(self.submission, self._step(), self.typed)
        form.full_clean()
        add_refusal(form, refused)
        return self.render_to_response(self.get_context_data(form=form), status=refused.status)

    def _show_both(self, stale: services.Stale) -> HttpResponse:
        """Nothing was stored: what the other window saved stands beside what was typed here."""
        self.submission.version, self.submission.saved_at = (
            stale.submission.version,
            stale.submission.saved_at,
        )
        return self._ask_whose(self.typed, stale.theirs, stale.reason, stale.status)

    def _ask_again(self) -> HttpResponse:
        """Nothing was chosen for an answer: both texts again, what others saved meanwhile among them."""
        theirs = changed_since(
            self.submission, step=self._step().code, version=0, window=both.window_of(self.request.POST)
        )
        return self._ask_whose(self.request.POST, theirs, _("Choose for each answer whose text stays."), 422)

    def _ask_whose(self, sent: Any, theirs: Any, reason: Any, status: int) -> HttpResponse:
        stored = filling.step_form(self.submission, self._step())
        typed = filling.step_form(self.submission, self._step(), sent)
        typed.full_clean()
        shown = both.side_by_side(stored, typed, theirs, self.request.POST)
        context = self.get_context_data(form=typed, both=shown, refusal=reason)
        return self.render_to_response(context, status=status)


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


class CheckView(FormPage):
    """Check your answers: everything as it would be submitted, what is missing, and the submit itself."""

    template_name = "submissions/check.html"
    current = "check"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        looked = request.POST.get("shown", "") if request.POST.get("looked") == "on" else ""
        try:
            revision = services.submit(submission=self.submission, by=request.user, looked=looked)
        except Refused as refused:
            if refused.code == "unchanged":
                messages.info(request, refused.reason)
                return HttpResponseRedirect(page_url(self.submission, "receipt"))
            self.reload()
            form = self._form(data=self._asked_again())
            form.is_valid()
            add_refusal(form, refused)
            return self.render_to_response(self.get_context_data(form=form), status=refused.status)
        messages.success(
            request,
            _("Submitted as %(number)s, revision %(ordinal)02d.")
            % {"number": self.submission.number, "ordinal": revision.ordinal},
        )
        unseen = edits.unseen(self.submission, revision, request.POST.get(edits.FIELD, ""))
        if unseen is not None:
            messages.warning(request, unseen)
        return HttpResponseRedirect(page_url(self.submission, "receipt"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        progress = context["progress"]
        frozen = self.kind.freeze(self.submission)
        context.update(
            parts=self._parts(frozen.sections),
            frozen_title=frozen.title,
            places=self._places(progress),
            unchanged=context["is_submitted"] and services.is_unchanged(self.submission),
            complete=not progress.missing,
            current=self.submission.current,
            edits=edits.latest(self.submission),
            stamp=edits.stamp(self.submission),
            searches=[searching.shown(search) for search in self.searches],
        )
        return context

    @cached_property
    def searches(self) -> list[Any]:
        """The searches of the anonymous copy; none where no stage is blind."""
        return identity.searches_of(self.submission) if self.its_call.blind else []

    def _form(self, **kwargs: Any) -> SubmitForm:
        return SubmitForm(shown=identity.key_of(self.searches), **kwargs)

    def _asked_again(self) -> dict[str, Any]:
        """What was typed; what the page did not show yet is not confirmed with it."""
        kept = self.request.POST.dict()
        if kept.get("shown", "") != identity.key_of(self.searches):
            kept["shown"] = identity.key_of(self.searches)
            kept.pop("looked", None)
        return kept

    def _parts(self, frozen: list[Any]) -> list[dict[str, Any]]:
        """The answers as they would be frozen, under the step where each is given."""
        sections = freezing.sections_of(frozen)
        owner = {name: step.code for step in self.kind.steps for name in step.form.base_fields}
        parts = []
        for step in self.kind.steps:
            mine = [section for section in sections if owner.get(section["key"]) == step.code]
            parts.append({"title": step.title, "sections": mine, "url": step_url(self.submission, step.code)})
        rest = [section for section in sections if section["key"] not in owner]
        if rest:
            parts.append({"title": _("More"), "sections": rest, "url": ""})
        return parts

    def _places(self, progress: Progress) -> list[dict[str, Any]]:
        return [
            {
                "slot": slot,
                "anonymous": slot == ANONYMOUS_COPY,
                "url": files_url(self.submission, slot.code),
                "files": [
                    {
                        "name": file.document.name,
                        "size": file.document.size,
                        "sha256": file.document.sha256,
                        "url": reverse("submissions:file", args=[self.submission.number, file.pk]),
                        **checked(file.document),
                    }
                    for file in progress.files
                    if file.slot == slot.code
                ],
            }
            for slot in self.kind.slots
        ]
