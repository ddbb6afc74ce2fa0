"""A person's inbox: what was sent to them, newest first."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic.base import View

from innomarket.common.lists import KeysetListView
from innomarket.common.views import PrivateMixin

from .. import services
from ..models import Message


class Inbox(LoginRequiredMixin, PrivateMixin, KeysetListView):  # type: ignore[misc]
    """All messages or the unread ones; POST marks all as read."""

    template_name = "notifications/inbox.html"

    def get_queryset(self) -> QuerySet[Message]:
        mine = Message.objects.inbox(self.request.user)
        return mine.unread() if self.only_unread() else mine

    def only_unread(self) -> bool:
        return self.request.GET.get("show") == "unread"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unread = Message.objects.inbox(self.request.user).unread().count()
        here = reverse("notifications:inbox")
        tabs = [
            {"label": _("All"), "url": here, "on": not self.only_unread()},
            {"label": _("Unread"), "url": f"{here}?show=unread", "n": unread, "on": self.only_unread()},
        ]
        return super().get_context_data(
            tabs=tabs, unread_messages=unread, only_unread=self.only_unread(), **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.mark_read(by=request.user)  # type: ignore[arg-type]
        return redirect("notifications:inbox")


class InboxMessage(LoginRequiredMixin, PrivateMixin, View):  # type: ignore[misc]
    """One message. Opening it marks it as read, as in any mailbox."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = get_object_or_404(Message.objects.inbox(request.user), pk=pk)
        if message.read_at is None:
            services.mark_read(by=request.user, message=message)  # type: ignore[arg-type]
        return render(request, "notifications/message.html", {"message": message})
