"""What was submitted: the receipt, the frozen text, the files; and taking it back."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from innomarket.common.numbers import ordinal
from innomarket.common.refusals import ask
from innomarket.common.views import ConfirmView, PrivateMixin, RefusalMixin
from innomarket.documents.services import send

from .. import deadlines, freezing, kinds, permissions
from ..forms import WithdrawForm
from ..models import Attachment, Revision, RevisionFile, Submission
from ..services import submission as services
from ..templatetags.submissions import revision_files
from ..words import moment, verify_url
from .own import OwnMixin, is_pending
from .progress import page_url


class ReceiptView(OwnMixin, TemplateView):
    """Number, time by the database's clock, every file with size and SHA-256, the hash of the whole."""

    template_name = "submissions/receipt.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        revisions = list(
            self.submission.revisions.select_related("submitted_by")
            .prefetch_related("files__document")
            .order_by("-ordinal")
        )
        for revision in revisions:
            revision.submission = self.submission
        latest = revisions[0] if revisions else None
        context.update(
            revision=latest,
            receipt_number=self._number(latest) if latest else "",
            files=revision_files(latest) if latest else [],
            earlier=[self._earlier(revision) for revision in revisions[1:]],
            next=next_lines(self.submission, context["closed"]) if context["is_submitted"] else [],
            receipt_pdf=self._paper("receipt_pdf", latest),
            submitted_pdf=self._paper("submitted_pdf", latest),
            verify_url=verify_url(self._number(latest), latest.sha256) if latest else "",
            supplements=list(self.submission.supplements.order_by("-pk")),
            frozen_url=self._frozen(latest) if latest else "",
            changed=context["is_submitted"]
            and latest is not None
            and latest.emptied_at is None
            and not services.is_unchanged(self.submission),
            may_withdraw=context["is_submitted"]
            and context["closed"] is None
            and context["submit_refusal"] is None,
        )
        return context

    def _number(self, revision: Revision) -> str:
        return f"{self.submission.number}-{ordinal(revision.ordinal)}"

    def _paper(self, name: str, revision: Revision | None) -> str:
        if revision is None:
            return ""
        return reverse(f"submissions:{name}", args=[self.submission.number, revision.ordinal])

    def _frozen(self, revision: Revision) -> str:
        return reverse("submissions:frozen", args=[self.submission.number, revision.ordinal])

    def _earlier(self, revision: Revision) -> dict[str, Any]:
        return {
            "number": self._number(revision),
            "at": revision.submitted_at,
            "sha256": revision.sha256,
            "url": self._frozen(revision),
        }


def next_lines(submission: Submission, closed: Any) -> list[Any]:
    """What happens next, as page and paper say it; ``closed``: why the call takes nothing more, or None."""
    call, lines = submission.lot.call, []
    if closed is None:
        lines.append(
            _("Until %(when)s you can change it and submit again, or withdraw it.")
            % {"when": moment(deadlines.closing_of(submission))}
        )
    if call.opened_at is None:
        lines.append(
            _("The submissions are opened from %(when)s on. Until then only your side reads this.")
            % {"when": moment(call.opening_at)}
        )
    if is_pending(submission):
        lines.append(
            _("Your organisation must be verified before the opening: only then does this take part.")
        )
    return lines + list(kinds.of(submission).extra.get("next", []))


class WithdrawView(OwnMixin, ConfirmView):
    """Take it back before the closing."""

    title = gettext_lazy("Withdraw the submission")
    form_class = WithdrawForm
    submit_label = gettext_lazy("Withdraw")
    danger = True
    success_message = gettext_lazy(
        "Withdrawn. It is not evaluated unless you submit it again before the closing."
    )

    def effects(self) -> list[Any]:
        return [
            _("%(number)s is no longer submitted and is not evaluated.") % {"number": self.submission.number},
            _("What you wrote and your files are kept. You can submit again until %(when)s.")
            % {"when": moment(deadlines.closing_of(self.submission))},
            _("The people of your side are told by mail."),
        ]

    def perform(self, form: Any) -> Submission:
        return services.withdraw(
            submission=self.submission, by=self.request.user, reason=form.cleaned_data["reason"]
        )

    def get_success_url(self) -> str:
        return page_url(self.submission, "check")

    def back_url(self) -> str:
        return page_url(self.submission, "receipt")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Calls"), reverse("submissions:call_list")),
            (self.its_call.number, reverse("submissions:call", args=[self.its_call.number])),
            (_("Receipt"), page_url(self.submission, "receipt")),
        ]


class DraftFileView(OwnMixin, View):
    """A file of one's own draft."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        kept = Attachment.objects.kept().select_related("document")
        attachment = get_object_or_404(kept, submission=self.submission, pk=kwargs["pk"])
        return send(attachment.document)


class RevisionMixin(PrivateMixin, RefusalMixin, View):
    """A submitted revision for everyone who may read it: one's own, staff and evaluators after the opening."""

    def revision(self) -> Revision:
        readable = Revision.objects.readable_by(self.request.user).select_related("submission__lot__call")
        return get_object_or_404(
            readable, submission__number=self.kwargs["number"], ordinal=self.kwargs["ordinal"]
        )


class SubmittedFileView(RevisionMixin):
    """A file as it was submitted."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        files = RevisionFile.objects.select_related("document")
        file = get_object_or_404(files, revision=self.revision(), pk=kwargs["pk"])
        return send(file.document, name=file.name)


class FrozenView(RevisionMixin):
    """The exact bytes that the receipt's SHA-256 is of: anyone can recompute it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        revision = self.revision()
        ask(permissions.is_kept(revision))
        response = HttpResponse(
            freezing.canonical(freezing.frozen_revision(revision)), content_type="application/json"
        )
        name = f"{revision.submission.number}-{ordinal(revision.ordinal)}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
