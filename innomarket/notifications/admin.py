"""Who was told what: by object, kind and state; a failed message can be tried again."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused, first

from . import kinds, samples, services
from .models import Message, Preference
from .permissions import may_retry
from .states import MOVES

TONES = {
    "waiting": "information",
    "digest": "information",
    "sent": "success",
    "digested": "success",
    "inbox": "neutral",
    "failed": "danger",
    "suppressed": "neutral",
}


class RetryMessage(ActionView):
    name = "retry"
    title = _("Send it again")
    permission_required = "accounts.read_audit"
    done = _("The message is waiting to be sent.")

    def available(self, obj: Any) -> Refusal | None:
        return first(may_retry(self.request.user, obj), _not_failed(obj))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The mail to %(person)s is tried again within a minute.")
            % {"person": obj.recipient or obj.address_to},
            _("It keeps its Message-ID, so that a server which already has it can drop the double."),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Message:  # type: ignore[override]
        return services.retry(message=obj, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]


class RetryFailed(ActionView):
    """After a mail server that refused everybody."""

    name = "retry-failed"
    title = _("Send all failed ones again")
    permission_required = "accounts.read_audit"
    object_less = True

    def available(self, obj: Any) -> Refusal | None:
        if Message.objects.filter(state=Message.State.FAILED).exists():
            return None
        return Refusal("none_failed", _("No message has failed."))

    def effects(self, obj: Any) -> list[Any]:
        n = Message.objects.filter(state=Message.State.FAILED).count()
        most = services.RETRIED_AT_ONCE
        waiting = ngettext(
            "%(n)s message is tried again within a minute.",
            "%(n)s messages are tried again within a minute.",
            n,
        )
        lines = [waiting % {"n": f"{min(n, most):,}"}]
        if n > most:
            lines.append(
                _("The oldest %(most)s of %(n)s: repeat the step for the rest.")
                % {"most": f"{most:,}", "n": f"{n:,}"}
            )
        return [
            *lines,
            *self._why(),
            _("Each keeps its Message-ID, so that a server which already has it can drop the double."),
        ]

    def _why(self) -> list[Any]:
        """What the mail server said last, the most frequent answers first."""
        said = Message.objects.filter(state=Message.State.FAILED).values("error").annotate(n=Count("pk"))
        return [
            _("%(n)s of them: %(error)s") % {"n": f"{row['n']:,}", "error": row["error"]}
            for row in said.order_by("-n")[:3]
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> None:  # type: ignore[override]
        n = services.retry_failed(by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        self.done = ngettext(
            "%(n)s message is waiting to be sent.", "%(n)s messages are waiting to be sent.", n
        ) % {"n": f"{n:,}"}


def _not_failed(message: Message) -> Refusal | None:
    try:
        ask_move(MOVES, "retry", message)
    except Refused as refused:
        return Refusal(refused.code, refused.reason)
    return None


class PreviewKinds(ActionView):
    """Every kind as it would be mailed in both languages, with invented values. It changes nothing."""

    name = "kinds"
    title = _("See every kind of message")
    permission_required = "accounts.read_audit"
    object_less = True
    http_method_names = ["get", "head", "options"]
    form_class = forms.Form
    template_name = "admin/notifications/message/kinds.html"

    def effects(self, obj: Any) -> list[Any]:
        return [_("Each in Korean and in English, with invented values. Nothing is sent.")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=_previews(), **kwargs)


def _previews() -> list[dict[str, Any]]:
    languages = [code for code, _name in settings.LANGUAGES]
    return [
        {
            "name": name,
            "kinds": [
                {
                    "kind": kind,
                    "texts": [(language, *samples.preview(kind, language)) for language in languages],
                }
                for kind in kinds.all_kinds()
                if kind.group == group
            ],
        }
        for group, name in kinds.groups().items()
    ]


class KindFilter(admin.SimpleListFilter):
    """From the registered kinds: the table is never read for its different values."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(((kind.code, kind.words) for kind in kinds.all_kinds()), key=_group_and_words)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _group_and_words(pair: tuple[str, Any]) -> tuple[str, str]:
    return pair[0].partition(".")[0], pair[1]


class GroupFilter(admin.SimpleListFilter):
    title = _("group of messages")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(kinds.groups().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind__startswith=f"{self.value()}.") if self.value() else queryset


class ObjectFilter(admin.SimpleListFilter):
    """The log of one object: its console links here with ?about=submissions.call:12."""

    title = _("object")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get(self.parameter_name, "")
        return [(chosen, chosen)] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        # PostgreSQL holds no NUL character.
        label = (self.value() or "").replace("\0", "")
        return queryset.filter(object_label=label) if label else queryset


@admin.register(Message)
class MessageAdmin(ServiceAdmin):
    permission_required = "accounts.read_audit"
    list_display = ["subject", "state", "told", "what", "attempts", "created_at", "sent_at"]
    list_filter = ["state", GroupFilter, KindFilter, ObjectFilter, "language"]
    list_select_related = ["recipient"]
    # An object is named as in the list: submissions.submission:12
    search_fields = ["=object_label", "recipient__email", "address_to", "subject"]
    search_help_text = _("Object (submissions.submission:12), address or subject")
    ordering = ["-id"]
    # Who was told of what and when. What stood in it is between sender and reader: a receipt names sealed files.
    exclude = ["body", "key", "kind"]
    readonly_fields = ["what"]
    action_views = [RetryMessage, RetryFailed, PreviewKinds]

    @admin.display(description=_("to"))
    def told(self, obj: Message) -> str:
        return str(obj.recipient or obj.address_to)

    @admin.display(description=_("kind"))
    def what(self, obj: Message) -> str:
        """In words; the code stays beneath for who searches for it."""
        kind = kinds.find(obj.kind)
        return format_html(
            '{}<br><span class="small subtle code">{}</span>', kind.words if kind else obj.kind, obj.kind
        )

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {
            "heading": obj.subject,
            "state": obj.get_state_display(),
            "tone": TONES[obj.state],
            "number": obj.object_label,
        }


@admin.register(Preference)
class PreferenceAdmin(ServiceAdmin):
    """The ways that people chose. They choose themselves (Inbox → How we tell you): nothing is changed here."""

    permission_required = "accounts.read_audit"
    list_display = ["person", "of_group", "way"]
    list_filter = ["way"]
    list_select_related = ["person"]
    search_fields = ["person__email"]
    search_help_text = _("Address of the person")
    ordering = ["person_id", "group"]
    fields = ["person", "of_group", "way"]
    readonly_fields = ["of_group"]

    @admin.display(description=_("group of messages"), ordering="group")
    def of_group(self, obj: Preference) -> str:
        return str(kinds.groups().get(obj.group, obj.group))
