"""A step that saves itself while somebody writes: what the page's script is given, and what it is answered."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.common.refusals import Refused

from ..models import Submission
from ..services import submission as services

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
                "signed_out": _("Not saved: you are signed out. What you typed stays in this window."),
                "sign_in": _("Sign in again"),
                "stale": _("Not saved: somebody saved this step in another window."),
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


def saved_by_itself(
    request: HttpRequest, submission: Submission, step: Any, version: int | None
) -> JsonResponse:
    """Save through the same service as the button, and answer in JSON: never a redirect, never a page."""
    try:
        saved = services.save_step(
            submission=submission,
            by=request.user,
            step=step.code,
            data=request.POST,
            version=version,
            by_itself=True,
        )
    except Refused as refused:
        state = "stale" if isinstance(refused, services.Stale) else "refused"
        return JsonResponse({"state": state, "message": str(refused.reason)}, status=refused.status)
    kept_signed_in(request)
    labels = step.form.base_fields
    wrong = [
        f"{labels[name].label}: {messages[0]}" if name in labels else messages[0]
        for name, messages in saved.refused_fields.items()
    ]
    words = _("Saved %(time)s.") % {"time": formats.kst_time(saved.saved_at)}
    if wrong:
        words = f"{words} {_('Not saved:')} {' · '.join(wrong)}"
    return JsonResponse({"state": "saved", "message": words, "version": saved.version})


def signed_out() -> JsonResponse:
    return JsonResponse({"state": "signed_out"}, status=401)


def kept_signed_in(request: HttpRequest) -> Any:
    """Whoever writes stays signed in: the session is prolonged every ten minutes. Returns when it would end."""
    at = timezone.now()
    last = request.session.get(TOUCHED, 0)
    if at.timestamp() - last >= TOUCH.total_seconds():
        request.session[TOUCHED] = last = int(at.timestamp())
    return at + timedelta(seconds=settings.SESSION_COOKIE_AGE - (at.timestamp() - last))
