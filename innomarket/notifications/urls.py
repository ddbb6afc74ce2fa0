"""The inbox, and the local mailbox of a checkout."""

from django.urls import path

from .views.inbox import Inbox, InboxMessage
from .views.mailbox import Mail, Mailbox
from .views.preferences import Preferences

app_name = "notifications"

urlpatterns = [
    path("inbox/", Inbox.as_view(), name="inbox"),
    path("inbox/<int:pk>/", InboxMessage.as_view(), name="message"),
    path("inbox/preferences/", Preferences.as_view(), name="preferences"),
    path("mailbox/", Mailbox.as_view(), name="mailbox"),
    path("mailbox/<int:pk>/", Mail.as_view(), name="mail"),
]
