"""The steps that staff take with rounds: each says what it will do, to whom, how many, and calls one service."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused
from innomarket.submissions.models import Lot, Submission
from innomarket.submissions.reads import people_behind

from .. import forms as ours
from .. import reads
from ..models import Round
from ..services import batch, result
from ..services import round as rounds
from ..services import sheet as sheets
from ..states import ROUND_MOVES, SEATING, RoundState


def counts_of(round: Round) -> dict[str, int]:
    """The round's counts, asked once for a page."""
    if not hasattr(round, "_counts"):
        round._counts = reads.counts(round)  # type: ignore[attr-defined]
    return round._counts  # type: ignore[attr-defined]


def _told_applicants(round: Round) -> str:
    """How many people of applicants a publication tells; asked once for a page."""
    if not hasattr(round, "_told"):
        behind = people_behind(
            Submission.objects.filter(pk__in=round.entries.order_by().values("submission"))
        )
        round._told = behind.count()  # type: ignore[attr-defined]
    n = round._told  # type: ignore[attr-defined]
    return ngettext(
        "%(n)s person of the applicants is told", "%(n)s people of the applicants are told", n
    ) % {"n": n}


def _told_panel(round: Round) -> str:
    n = counts_of(round)["panel"]
    return ngettext("%(n)s evaluator is told", "%(n)s evaluators are told", n) % {"n": n}


ENDED = {
    RoundState.PUBLISHED: gettext_lazy("The results are published."),
    RoundState.CANCELLED: gettext_lazy("The round is cancelled."),
}


class Step(ActionView):
    """A move of one round: possible where the table of moves holds it."""

    permission_required = "accounts.run_rounds"
    verb = ""

    def available(self, obj: Any) -> Refusal | None:
        try:
            ask_move(ROUND_MOVES, self.verb, obj)
        except Refused as refused:
            return Refusal(refused.code, self.not_now(obj) or refused.reason)
        return None

    def not_now(self, obj: Any) -> Any:
        """Why this is not possible in the round's state, in words of its own."""
        return ENDED.get(RoundState(obj.state), "")


class RoundFormStep(Step):
    """A step whose form needs the round."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "round": self.object}


class CreateRounds(ActionView):
    name = "create"
    title = gettext_lazy("Make rounds")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.CreateRoundsForm
    done = gettext_lazy("The rounds are made.")

    def get_initial(self) -> dict[str, Any]:
        return {"call": self.request.GET.get("call")}

    def available(self, obj: Any) -> Refusal | None:
        if ours.calls_without_rounds().exists():
            return None
        return Refusal(
            "no_calls", _("Every lot of the announced calls has its round. Announce a call first.")
        )

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("A round for each lot of the call that has none, by the rule in force"),
            _("The same panel sits on all of them; nobody is told before a round starts"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        given = form.cleaned_data
        lots = Lot.objects.filter(call=given["call"])
        if given["lots"]:
            lots = lots.filter(order__in=given["lots"])
        else:
            busy = Round.objects.exclude(state=RoundState.CANCELLED).order_by().values("lot")
            lots = lots.exclude(pk__in=busy)
        made = batch.create_rounds(
            lots=list(lots), by=self.request.user, people=given["people"], due_at=given["due_at"]
        )
        return made[0] if len(made) == 1 else made


class StartCall(ActionView):
    name = "start-call"
    title = gettext_lazy("Start all rounds of a call")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.StartCallForm
    done = gettext_lazy("The rounds have started.")

    def available(self, obj: Any) -> Refusal | None:
        if Round.objects.filter(state=RoundState.PREPARING).exists():
            return None
        return Refusal("no_rounds", _("No round is being prepared. Make rounds first."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _(
                "Every submission that counts becomes an entry, at its current revision, for every member of the panel"
            ),
            _("The evaluators are told; they declare their conflicts of interest first"),
            _("Where one round cannot be started, none is"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        ready = Round.objects.filter(lot__call=form.cleaned_data["call"], state=RoundState.PREPARING)
        return batch.start_rounds(rounds=list(ready.select_related("lot")), by=self.request.user)


class PublishCall(ActionView):
    name = "publish-call"
    title = gettext_lazy("Publish all results of a call")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.PublishCallForm
    danger = True
    done = gettext_lazy("The results are published.")

    def available(self, obj: Any) -> Refusal | None:
        if Round.objects.filter(state=RoundState.FINISHED).exists():
            return None
        return Refusal("no_rounds", _("No scored round waits for its publication. End the scoring first."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The results of all scored rounds of the call are published at once, or none"),
            _("Every applicant is told theirs, with scores and comments and without the evaluators' names"),
            _("They can no longer be changed"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        ready = Round.objects.filter(lot__call=form.cleaned_data["call"], state=RoundState.FINISHED)
        return result.publish_results(rounds=list(ready), by=self.request.user)


class Seat(RoundFormStep):
    name = "seat"
    title = gettext_lazy("Seat evaluators")
    form_class = ours.PanelForm
    done = gettext_lazy("The panel is changed.")

    def available(self, obj: Any) -> Refusal | None:
        if obj.state in SEATING:
            return None
        return Refusal("seat_not_now", _("The panel is fixed when the scoring has ended."))

    def effects(self, obj: Any) -> list[Any]:
        if obj.state == RoundState.SCORING:
            n = counts_of(obj)["entries"]
            return [
                ngettext("Each gets %(n)s entry and is told", "Each gets %(n)s entries and is told", n)
                % {"n": n},
                _("Who belongs to an applicant is recused from that entry"),
            ]
        return [
            _("They join the panel and are told when the round starts"),
            _("People of the institution whose task it is are refused"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return batch.seat_panelists(round=obj, by=self.request.user, people=form.cleaned_data["people"])


class Unseat(RoundFormStep):
    name = "unseat"
    title = gettext_lazy("Take somebody off the panel")
    form_class = ours.UnseatForm
    danger = True
    done = gettext_lazy("The panel is changed.")

    def available(self, obj: Any) -> Refusal | None:
        if obj.state not in SEATING:
            return Refusal("seat_not_now", _("The panel is fixed when the scoring has ended."))
        return None if counts_of(obj)["panel"] else Refusal("empty_panel", _("Nobody sits on the panel."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The entries close for them, and their drafts are set aside"),
            _("What they submitted still counts, unless you set it aside"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.unseat_panelist(
            panelist=form.cleaned_data["panelist"], by=self.request.user, reason=form.cleaned_data["reason"]
        )


class Start(Step):
    name = "start"
    verb = "start"
    title = gettext_lazy("Start the round")
    form_class = forms.Form
    done = gettext_lazy("The round has started.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("The round has started.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is not None:
            return refusal
        if obj.lot.call.opened_at is None:
            return Refusal(
                "not_opened", _("Open the submissions of the call first. Until then they are sealed.")
            )
        if counts_of(obj)["panel"] < obj.least_sheets:
            return Refusal(
                "panel_too_small", _("Seat at least %(n)s evaluators first.") % {"n": obj.least_sheets}
            )
        return None

    def effects(self, obj: Any) -> list[Any]:
        n = Submission.objects.countable().filter(lot=obj.lot_id).count()
        return [
            ngettext("%(n)s submission becomes an entry", "%(n)s submissions become entries", n) % {"n": n},
            _("Every member of the panel gets every entry; who belongs to an applicant is recused from it"),
            _told_panel(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.start_round(round=obj, by=self.request.user)


class Finish(Step):
    name = "finish"
    verb = "finish"
    title = gettext_lazy("End the scoring")
    form_class = ours.FinishForm
    done = gettext_lazy("The results are computed.")

    def get_form(self, form_class: Any = None) -> forms.BaseForm:
        form = super().get_form(form_class)
        form.fields["reason"].required = bool(counts_of(self.object)["short"])
        return form

    def not_now(self, obj: Any) -> Any:
        if obj.state == RoundState.PREPARING:
            return _("The round must be started first.")
        return super().not_now(obj) or _("The scoring has ended.")

    def effects(self, obj: Any) -> list[Any]:
        counts = counts_of(obj)
        left = counts["expected"] - counts["counted"]
        lines = [_("Results of %(n)s entries are computed") % {"n": counts["entries"]}]
        if left:
            lines.append(
                ngettext(
                    "%(n)s sheet that is not submitted is left out",
                    "%(n)s sheets that are not submitted are left out",
                    left,
                )
                % {"n": left}
            )
        if counts["short"]:
            text = ngettext(
                "%(n)s entry has fewer than %(least)s sheets: no result, and a reason is needed",
                "%(n)s entries have fewer than %(least)s sheets: no result, and a reason is needed",
                counts["short"],
            )
            lines.append(text % {"n": counts["short"], "least": obj.least_sheets})
        return [*lines, _("The applicants are not told yet")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.finish_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Select(RoundFormStep):
    name = "select"
    verb = "select"
    title = gettext_lazy("Select entries")
    form_class = ours.SelectForm
    template_name = "admin/evaluation/round/select.html"
    done = gettext_lazy("The selection is kept. It can be changed until the results are published.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The selected ones are marked; the others that pass are “not selected”"),
            _("Nobody is told before the results are published"),
        ]

    def get_initial(self) -> dict[str, Any]:
        ranked = self._ranked()
        first = self.request.GET.get("first", "")
        if first.isdecimal() and len(first) < 7:
            return {"entries": reads.first_places(ranked, int(first))}
        return {"entries": {row.entry.pk for row in ranked if row.outcome == "selected"}}

    def _ranked(self) -> list[reads.Ranked]:
        if not hasattr(self, "_rows"):
            self._rows = reads.ranking(self.object)
        return self._rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        chosen = {str(value) for value in context["form"]["entries"].value() or ()}
        context.update(
            ranked=[(row, str(row.entry.pk) in chosen) for row in self._ranked()],
            groups=list(self.object.lot.call.groups.all()),
            first=self.request.GET.get("first", ""),
        )
        return context

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.select_entries(
            round=obj,
            by=self.request.user,
            entries=form.cleaned_data["entries"],
            reason=form.cleaned_data["reason"],
        )


class Publish(Step):
    name = "publish"
    verb = "publish"
    title = gettext_lazy("Publish the results")
    form_class = forms.Form
    danger = True
    done = gettext_lazy("The results are published.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended and the selection is made.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and reads.undecided(obj):
            return Refusal("not_decided", _("Select first: entries that pass are not decided."))
        return refusal

    def effects(self, obj: Any) -> list[Any]:
        return [
            _told_applicants(obj),
            _("With scores and comments, without the evaluators' names"),
            _("The results can no longer be changed"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.publish_results(rounds=[obj], by=self.request.user)


class Reopen(Step):
    name = "reopen"
    verb = "reopen"
    title = gettext_lazy("Open again for scoring")
    danger = True
    done = gettext_lazy("The round is being scored again.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible between the end of the scoring and the publication.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The computed results and the selection are dropped and made anew"),
            _("Submitted sheets stand; sheets in draft can be completed"),
            _told_panel(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.reopen_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class SetAside(RoundFormStep):
    name = "set-aside"
    verb = "score"
    title = gettext_lazy("Set a sheet aside")
    form_class = ours.SetAsideForm
    danger = True
    done = gettext_lazy("The sheet no longer counts.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The sheet does not count, and its evaluator cannot write another"),
            _("It is kept with your reason and cannot be taken back in"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return sheets.set_aside_sheet(
            sheet=form.cleaned_data["sheet"], by=self.request.user, reason=form.cleaned_data["reason"]
        )


class Cancel(Step):
    name = "cancel"
    verb = "cancel"
    title = gettext_lazy("Cancel the round")
    danger = True
    done = gettext_lazy("The round is cancelled.")

    def effects(self, obj: Any) -> list[Any]:
        n = counts_of(obj)["counted"]
        lines = [
            ngettext(
                "%(n)s submitted sheet is kept and counts for nothing",
                "%(n)s submitted sheets are kept and count for nothing",
                n,
            )
            % {"n": n},
            _("A new round of the lot can be made"),
        ]
        return [*lines, _told_panel(obj)] if obj.started_at else lines

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.cancel_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])
