"""The local mailbox: every mail of a checkout that has no mail server, for whoever tries it out.

It shows confirmation links to anyone, so it exists only with the embedded services and without MAIL_URL.
"""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic.base import View

from innomarket.common.lists import KeysetListView
from innomarket.common.views import PrivateMixin

from ..backends import local_mailbox_is_on
from ..models import LocalMail
from ..rendering import linked


class OnlyHere(PrivateMixin, View):
    """404 wherever mail goes to a real server, or the services are not this checkout's own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not local_mailbox_is_on():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class Mailbox(OnlyHere, KeysetListView):
    """Newest first; ?to= finds the mails to an address."""

    template_name = "notifications/mailbox.html"
    search_parameter = "to"

    def get_queryset(self) -> QuerySet[LocalMail]:
        to = self.request.GET.get("to", "").replace("\0", "").strip()
        return LocalMail.objects.filter(to__icontains=to) if to else LocalMail.objects.all()


class Mail(OnlyHere):
    """One mail, with links to this portal that can be followed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(LocalMail, pk=pk)
        hosts = [host.strip("[]") for host in settings.ALLOWED_HOSTS]
        return render(request, "notifications/mail.html", {"mail": mail, "text": linked(mail.body, hosts)})
