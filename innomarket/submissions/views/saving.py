"""A step that saves itself while somebody writes: what the page's script is given, and what it is answered."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from innomarket.common import formats, kept
from innomarket.common.refusals import Refused

from ..models import Submission
from ..services import submission as services
from .both import version_of, window_of

TOUCH = timedelta(minutes=10)
TOUCHED = "worked_at"


def draft_settings(request: HttpRequest) -> str:
    """For ``data-draft``: every sentence that the script may say, whose tab it is, and when the session ends."""
    ends = kept_signed_in(request)
    time = formats.kst_time(ends)
    return json.dumps(
        {
            "person": request.user.pk,
            "left": int((ends - timezone.now()).total_seconds()),
            "login": f"{reverse('account_login')}?next={request.path}",
            "texts": {
                "saving": _("Saving…"),
                "offline": _(
                    "Not saved: no connection. It is tried again; what you typed stays in this window."
                ),
                "trouble": _(
                    "Not saved: the server is in trouble. It is tried again; what you typed stays in this window."
                ),
                "gone": _(
                    "Not saved: this draft is not here any more for you. What you typed stays in this window: copy it."
                ),
                "signed_out": _("Not saved: you are signed out. What you typed stays in this window."),
                "sign_in": _("Sign in again"),
                "look": _("Look at both"),
                "ending": _("You will be signed out at %(time)s. Saving keeps you signed in.")
                % {"time": time},
                "found": _("What you typed in this window before was not saved."),
                "put_back": _("Put it back"),
                "drop": _("Drop it"),
                "back": _("It is back in the form."),
            },
        }
    )


def saved_by_itself(request: HttpRequest, submission: Submission, step: Any) -> JsonResponse:
    """Save through the same service as the button, and answer in JSON: never a redirect, never a page."""
    try:
        saved = services.save_step(
            submission=submission,
            by=request.user,
            step=step.code,
            data=request.POST,
            version=version_of(request.POST),
            window=window_of(request.POST),
            by_itself=True,
        )
    except services.Stale as stale:
        return JsonResponse({"state": "stale", "message": _by_whom(stale)}, status=stale.status)
    except Refused as refused:
        return JsonResponse({"state": "refused", "message": str(refused.reason)}, status=refused.status)
    kept_signed_in(request)
    labels = step.form.base_fields
    wrong = [
        f"{labels[name].label}: {messages[0]}" if name in labels else messages[0]
        for name, messages in saved.refused_fields.items()
    ]
    words = _("Saved %(time)s.") % {"time": formats.kst_time(saved.saved_at)}
    if wrong:
        words = f"{words} {_('Not saved:')} {' · '.join(wrong)}"
    answer = {"state": "saved", "message": words, "version": saved.version, "wrong": bool(wrong)}
    response = JsonResponse(answer)
    # What a lost session left has been saved with it; what was refused of it stands in the form still.
    return response if wrong else kept.drop(request, response)


def _by_whom(stale: services.Stale) -> str:
    latest = max(stale.theirs.values(), key=lambda edit: edit.last_at)
    return _("Not saved: %(who)s changed the same answer at %(time)s, or another window of yours did.") % {
        "who": latest.by,
        "time": formats.kst_time(latest.last_at),
    }


def signed_out() -> JsonResponse:
    return JsonResponse({"state": "signed_out"}, status=401)


def kept_signed_in(request: HttpRequest) -> Any:
    """Whoever writes stays signed in: the session is prolonged every ten minutes. Returns when it would end."""
    at = timezone.now()
    last = request.session.get(TOUCHED, 0)
    if at.timestamp() - last >= TOUCH.total_seconds():
        request.session[TOUCHED] = last = int(at.timestamp())
    return at + timedelta(seconds=settings.SESSION_COOKIE_AGE - (at.timestamp() - last))
