"""Two revisions of one's own submission, or the last one and the draft as it stands, side by side."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from innomarket.common.numbers import ordinal

from .. import comparing
from ..models import Revision
from ..services import submission as services
from .own import OwnMixin

DRAFT = "draft"
WORDS = {
    "same": "neutral",
    "changed": "primary",
    "added": "success",
    "removed": "danger",
    "renamed": "primary",
}


class CompareView(OwnMixin, TemplateView):
    """``?from=0&to=1`` or ``to=draft``; without them the last two, or the last revision and a draft that differs."""

    template_name = "submissions/compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        revisions = list(self.submission.revisions.prefetch_related("files").order_by("ordinal"))
        if not revisions:
            raise Http404
        sides = self._sides(revisions)
        before, after = (self._side(sides, name) for name in self._asked(revisions))
        lines, files = comparing.compare(sides[before]["content"], sides[after]["content"])
        labels = {slot.code: slot.label for slot in self.kind.slots}
        context.update(
            before=sides[before],
            after=sides[after],
            choices=list(sides.values()),
            title_pieces=comparing.word_pieces(
                sides[before]["content"]["title"], sides[after]["content"]["title"]
            ),
            lines=[_shown(line) for line in lines if line.state != "same"],
            same=sum(line.state == "same" for line in lines),
            files=[_shown(file) | {"label": labels.get(file.slot, file.slot)} for file in files],
            receipt_url=reverse("submissions:receipt", args=[self.submission.number]),
        )
        return context

    def _sides(self, revisions: list[Revision]) -> dict[str, dict[str, Any]]:
        sides = {
            str(one.ordinal): {
                "value": str(one.ordinal),
                "name": f"{self.submission.number}-{ordinal(one.ordinal)}",
                "at": one.submitted_at,
                "content": services.given_before(one),
            }
            for one in revisions
        }
        sides[DRAFT] = {
            "value": DRAFT,
            "name": _("the draft as it stands"),
            "at": self.submission.saved_at,
            "content": services.given_now(self.submission),
        }
        return sides

    def _asked(self, revisions: list[Revision]) -> tuple[str, str]:
        last = str(revisions[-1].ordinal)
        differs = not services.is_unchanged(self.submission)
        usual = (str(revisions[-2].ordinal), last) if len(revisions) > 1 else (last, DRAFT)
        if differs:
            usual = (last, DRAFT)
        return self.request.GET.get("from") or usual[0], self.request.GET.get("to") or usual[1]

    def _side(self, sides: dict[str, Any], name: str) -> str:
        if name not in sides:
            raise Http404
        return name


def _shown(line: Any) -> dict[str, Any]:
    """A line with its state as a word and a colour."""
    words = {
        "same": _("unchanged"),
        "changed": _("changed"),
        "added": _("added"),
        "removed": _("removed"),
        "renamed": _("renamed"),
    }
    return {"line": line, "word": words[line.state], "tone": WORDS[line.state]}
