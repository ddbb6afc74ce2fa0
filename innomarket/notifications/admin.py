"""Who was told what: by object, kind and state; a failed message can be tried again."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused, first

from . import services
from .models import Message
from .permissions import may_retry
from .states import MOVES

TONES = {"waiting": "information", "sent": "success", "failed": "danger", "suppressed": "neutral"}


class RetryMessage(ActionView):
    name = "retry"
    title = _("Send it again")
    permission_required = "accounts.read_audit"
    done = _("The message is waiting to be sent.")

    def available(self, obj: Any) -> Refusal | None:
        return first(may_retry(self.request.user, obj), _not_failed(obj))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The mail to %(person)s is tried again within a minute.") % {"person": obj.recipient},
            _("It keeps its Message-ID, so that a server which already has it can drop the double."),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Message:  # type: ignore[override]
        return services.retry(message=obj, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]


def _not_failed(message: Message) -> Refusal | None:
    try:
        ask_move(MOVES, "retry", message)
    except Refused as refused:
        return Refusal(refused.code, refused.reason)
    return None


@admin.register(Message)
class MessageAdmin(ServiceAdmin):
    permission_required = "accounts.read_audit"
    list_display = ["id", "kind", "object_label", "recipient", "state", "attempts", "created_at", "sent_at"]
    list_filter = ["state", "kind", "language"]
    list_select_related = ["recipient"]
    # An object is named as in the list: submissions.submission:12
    search_fields = ["=object_label", "recipient__email", "subject"]
    search_help_text = _("Object (submissions.submission:12), address or subject")
    ordering = ["-id"]
    # Who was told of what and when. What stood in it is between sender and reader: a receipt names sealed files.
    exclude = ["body", "key"]
    action_views = [RetryMessage]

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {"state": obj.get_state_display(), "tone": TONES[obj.state], "number": obj.object_label}
