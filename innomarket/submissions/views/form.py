"""What the pages of the form have in common: steps, checklist and deadline beside each."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from ..words import titled
from .own import OwnMixin
from .progress import Progress


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
