"""One group of questions: saved by hand, by itself while somebody writes, and beside what others saved meanwhile."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from innomarket.common import formats, kept
from innomarket.common.refusals import Refused, ask
from innomarket.common.views import add_refusal

from .. import deadlines, permissions
from ..services import filling
from ..services import submission as services
from ..services.editing import changed_since
from ..states import SubmissionState
from ..words import moment
from . import both
from .form import FormPage
from .own import localised
from .progress import Progress
from .saving import draft_settings, saved_by_itself, signed_out


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
        response: HttpResponse = super().handle_no_permission()
        if self.request.method == "POST":
            response = kept.keep(self.request, response)
            if kept.COOKIE in response.cookies:
                said = _(
                    "You were signed out. What you wrote is kept: sign in, and it stands in the form again."
                )
                messages.warning(self.request, said)
        return response

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
