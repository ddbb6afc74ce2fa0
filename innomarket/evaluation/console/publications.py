"""Publishing in the console: prepared by one, looked at message by message, published by another."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import KST, now
from innomarket.common.refusals import Refusal
from innomarket.common.working_days import end_of_working_days
from innomarket.submissions.permissions import is_second
from innomarket.submissions.words import moment, titled

from .. import letters, reads
from ..forms.round import PublishCallForm
from ..models import ObjectionRule, Publication, Round
from ..services import publication as services
from ..states import Outcome, PublicationState, RoundState
from .steps import Step

RUNS_ROUNDS = "accounts.run_rounds"
LETTERS_ON_A_PAGE = 20
TONES = {
    PublicationState.PREPARED: "warning",
    PublicationState.CONFIRMED: "success",
    PublicationState.WITHDRAWN: "neutral",
    PublicationState.VOID: "danger",
}
NEXT = [
    gettext_lazy("Nothing is published yet, and no applicant is told"),
    gettext_lazy("You see every message as it will be sent, and who receives it"),
    gettext_lazy("A second member of staff looks at it and publishes"),
]


class _ToThePublication(ActionView):
    """After the step the person looks at what was prepared."""

    def get_success_url(self) -> str:
        return reverse("admin:evaluation_publication_change", args=[self.result.pk])


class PrepareCall(_ToThePublication):
    name = "prepare-call"
    title = gettext_lazy("Prepare the results of a call for publication")
    permission_required = RUNS_ROUNDS
    object_less = True
    form_class = PublishCallForm
    done = gettext_lazy(
        "The publication is prepared. Look at the messages; a second member of staff publishes."
    )

    def available(self, obj: Any) -> Refusal | None:
        if Round.objects.filter(state=RoundState.FINISHED).exists():
            return None
        return Refusal("no_rounds", _("No scored round waits for its publication. End the scoring first."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The results of all scored rounds of the call are prepared together and published at once"),
            *NEXT,
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        ready = Round.objects.filter(lot__call=form.cleaned_data["call"], state=RoundState.FINISHED)
        return services.prepare_publication(rounds=list(ready), by=self.request.user)


class Prepare(_ToThePublication, Step):
    name = "prepare"
    verb = "publish"
    title = gettext_lazy("Prepare the publication")
    form_class = forms.Form
    done = PrepareCall.done

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended and the selection is made.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and reads.undecided(obj):
            return Refusal("not_decided", _("Select first: entries that pass are not decided."))
        return refusal

    def effects(self, obj: Any) -> list[Any]:
        return list(NEXT)

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        standing = services.standing(obj)
        return [(_("Prepared already"), standing.number)] if standing else []

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return services.prepare_publication(rounds=[obj], by=self.request.user)


class _PublicationStep(ActionView):
    permission_required = RUNS_ROUNDS

    def available(self, obj: Publication) -> Refusal | None:
        if obj.state == PublicationState.PREPARED:
            return None
        return Refusal(
            "settled", _("This publication is settled: %(state)s.") % {"state": obj.get_state_display()}
        )


class Confirm(_PublicationStep):
    name = "publish"
    title = gettext_lazy("Publish the results")
    form_class = forms.Form
    danger = True
    done = gettext_lazy("The results are published, and the applicants are told.")

    def available(self, obj: Publication) -> Refusal | None:
        refusal = super().available(obj) or is_second(self.request.user, obj.prepared_by_id)
        if refusal is None and changed_since(obj):
            return Refusal("changed_since", services.CHANGED_SINCE)
        return refusal

    def facts(self, obj: Publication) -> list[tuple[Any, Any]]:
        return [(_("Prepared by"), obj.prepared_by), (_("Prepared at"), moment(obj.prepared_at))]

    def effects(self, obj: Publication) -> list[Any]:
        return [
            ngettext(
                "%(n)s person of the applicants is told",
                "%(n)s people of the applicants are told",
                obj.people,
            )
            % {"n": obj.people},
            _("With scores and comments, without the evaluators' names"),
            _("The list is public: who was selected by name, the others by codes that only they are told"),
            _("The results can no longer be changed"),
            _("The time to object begins"),
        ]

    def perform(self, obj: Publication, form: forms.BaseForm) -> Any:
        return services.confirm_publication(publication=obj, by=self.request.user)


class Withdraw(_PublicationStep):
    name = "withdraw"
    title = gettext_lazy("Withdraw the preparation")
    done = gettext_lazy("The preparation is withdrawn. Nothing was published.")

    def effects(self, obj: Publication) -> list[Any]:
        return [_("Nothing is published. The record of the preparation stays.")]

    def perform(self, obj: Publication, form: forms.BaseForm) -> Any:
        return services.withdraw_publication(
            publication=obj, by=self.request.user, reason=form.cleaned_data["reason"]
        )


def changed_since(publication: Publication) -> bool:
    """Asked once for a page."""
    if not hasattr(publication, "_changed"):
        publication._changed = services.has_changed(publication)  # type: ignore[attr-defined]
    return publication._changed  # type: ignore[attr-defined]


@admin.register(Publication)
class PublicationAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    empty_text = gettext_lazy(
        "Nothing was prepared yet. When a round is scored and its selection is made, prepare its publication there."
    )
    action_views = [Confirm, Withdraw]
    list_display = ["number", "state", "which", "applicants", "prepared_by", "prepared_at", "confirmed_at"]
    list_filter = ["state"]
    search_fields = ["number", "rounds__number"]
    list_select_related = ["prepared_by"]
    ordering = ["-pk"]
    fields = [
        *("number", "prepared_by", "prepared_at", "confirmed_by", "confirmed_at"),
        *("ended_at", "reason", "sha256"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("prepared_by", "confirmed_by")
        return rows.prefetch_related("rounds__lot__call")

    @admin.display(description=gettext_lazy("rounds"))
    def which(self, obj: Publication) -> str:
        return ", ".join(round.number for round in obj.rounds.all())

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        prepared = obj.state == PublicationState.PREPARED
        rounds = list(obj.rounds.all())
        return {
            "heading": _("Publication of results"),
            "number": obj.number,
            "state": obj.get_state_display(),
            "tone": TONES[PublicationState(obj.state)],
            "seen_by": _("Agency staff who run rounds"),
            "waiting": _("a second member of staff, who looks at it and publishes") if prepared else "",
            "stats": [
                {"label": _("Selected"), "value": obj.selected},
                {"label": _("Not selected"), "value": obj.not_selected},
                *([{"label": Outcome.ADVANCES.label, "value": obj.advances}] if obj.advances else []),
                *([{"label": Outcome.UNFIT.label, "value": obj.unfit}] if obj.unfit else []),
                {"label": _("Below the pass mark"), "value": obj.below_pass},
                {"label": _("No result"), "value": obj.no_result},
                {"label": _("People who are told"), "value": obj.people},
            ],
            "rounds": [(round, titled(round.lot, "title")) for round in rounds],
            "changed": prepared and changed_since(obj),
            "changed_text": services.CHANGED_SINCE,
            "q": request.GET.get("q", "").strip(),
            "page": _letters(request, rounds) if prepared else None,
        }


def _letters(request: HttpRequest, rounds: list[Round]) -> Page[Any]:
    """The messages as they would be sent today, those that hold the words of the search, page by page."""
    at = now()
    until = end_of_working_days(at, ObjectionRule.objects.at(at.astimezone(KST).date()).working_days)
    found = [letter for letter in letters.letters_of(rounds) if _holds(letter, request.GET.get("q", ""))]
    page = Paginator(found, LETTERS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown: Any = [_shown(letter, until) for letter in page.object_list]
    page.object_list = shown
    return page


def _holds(letter: letters.Letter, q: str) -> bool:
    """By number, title, or the name of the applicant."""
    submission = letter.result.entry.submission
    organisation = submission.applicant_organisation
    names = [organisation.name_ko, organisation.name_en] if organisation else [submission.applicant_person]
    text = " ".join(str(part) for part in (submission.number, letter.result.entry.revision.title, *names))
    return all(word in text.casefold() for word in q.casefold().split())


def _shown(letter: letters.Letter, until: Any) -> dict[str, Any]:
    """One message: to whom, and its texts in the languages in which they will read it."""
    languages = sorted({person.language for person in letter.people}, reverse=True) or ["ko"]
    submission = letter.result.entry.submission
    return {
        "result": letter.result,
        "submission": submission,
        "applicant": submission.applicant_organisation or submission.applicant_person,
        "people": letter.people,
        "texts": [(language, *letter.text(language, until)) for language in languages],
    }
