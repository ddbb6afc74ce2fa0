"""The public register of designations."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from challenges.views.task import name_of
from innomarket.common import formats
from innomarket.common.clock import now, today
from innomarket.common.lists import KeysetListView

from ..filters import DesignationFilter, state_counts
from ..models import Decision, Designation


class DesignationList(KeysetListView):
    template_name = "designation/list.html"
    order = ("-designated_on", "-pk")
    filterset_class = DesignationFilter

    def get_queryset(self) -> QuerySet:
        return Designation.objects.visible_to(self.request.user).select_related("organisation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible, day = Designation.objects.visible_to(self.request.user), today()
        facets = [self.facet("state", _("State"), state_counts(visible, day))]
        context = super().get_context_data(facets=facets, section="catalog", **kwargs)
        context["items"] = [row_of(designation, day) for designation in context["rows"]]
        return context


def state_of(designation: Designation, day: Any) -> tuple[Any, str]:
    """In force or ended, asked from the dates."""
    if day in designation.valid:
        return _("in force"), "success"
    return (
        (_("not yet in force"), "information") if day < designation.valid.lower else (_("ended"), "neutral")
    )


def row_of(designation: Designation, day: Any) -> dict[str, Any]:
    language = "en" if (get_language() or "ko").startswith("en") else "ko"
    state, tone = state_of(designation, day)
    name = designation.product_name_en if language == "en" else designation.product_name_ko
    return {
        "title": name or designation.product_name_ko,
        "url": reverse("designation:detail", args=[designation.number]),
        "number": designation.number,
        "meta": [name_of(designation.organisation), designation.get_type_display()],
        "state": state,
        "tone": tone,
        "note": f"{formats.kst_date(designation.valid.lower, language)} – "
        f"{formats.kst_date(designation.last_day, language)}",
    }


class DesignationDetail(TemplateView):
    """One designation: what, whose, since when and until when, and how it came about."""

    template_name = "designation/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        designation = get_object_or_404(
            Designation.objects.visible_to(self.request.user).select_related(
                "organisation",
                "decision__motion__meeting__committee",
                "submission__lot__challenge__submission",
                "submission__lot__owner",
                "story",
            ),
            number=self.kwargs["number"],
        )
        day = today()
        state, tone = state_of(designation, day)
        lot = designation.submission.lot
        challenge = getattr(lot, "challenge", None)
        return super().get_context_data(
            designation=designation,
            decision=designation.decision,
            ending=Decision.objects.filter(motion__wanted__designation=designation, adopted=True)
            .select_related("motion__meeting")
            .first(),
            meeting=designation.decision.motion.meeting,
            state=state,
            tone=tone,
            years=designation.valid.upper.year - designation.valid.lower.year,
            in_force=day in designation.valid,
            lot=lot,
            task_url=reverse("challenges:detail", args=[challenge.number]) if challenge else "",
            milestones=milestones_of(designation),
            section="catalog",
            now=now(),
            **kwargs,
        )


def milestones_of(designation: Designation) -> list[dict[str, Any]]:
    if designation.story is None:
        return []
    own = reverse("designation:detail", args=[designation.number])
    english = (get_language() or "ko").startswith("en")
    rows: list[dict[str, Any]] = [
        {
            "at": milestone.at,
            "text": milestone.text_en if english else milestone.text_ko,
            "url": "" if own.endswith(milestone.url or "-") else milestone.url,
            "is_now": False,
        }
        for milestone in designation.story.milestones.public()
    ]
    if rows:
        rows[-1]["is_now"] = True
    return rows
