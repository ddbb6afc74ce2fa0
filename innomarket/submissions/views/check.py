"""Check your answers, and submit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused
from innomarket.common.views import add_refusal

from .. import freezing, searching
from ..forms import SubmitForm
from ..kinds import ANONYMOUS_COPY
from ..services import identity
from ..services import submission as services
from ..templatetags.submissions import checked
from . import edits
from .form import FormPage
from .progress import Progress, files_url, page_url, step_url


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
