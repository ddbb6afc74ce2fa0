import re

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from innomarket.notifications import kinds, preferences
from innomarket.notifications.backends import LocalMailbox
from innomarket.notifications.models import LocalMail, Message
from tests.accounts.factories import person, staff
from tests.notifications.factories import message
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db
MAILBOX = "innomarket.notifications.backends.LocalMailbox"


@pytest.fixture
def embedded(settings):
    settings.EMBEDDED, settings.MAIL_URL, settings.EMAIL_BACKEND = True, "", MAILBOX


def mail(body: str = "text", **fields) -> LocalMail:
    LocalMailbox().send_messages(
        [EmailMessage(**{"subject": "s", "body": body, "to": ["a@example.com"], **fields})]
    )
    return LocalMail.objects.latest("pk")


# ── inbox ──


@pytest.mark.parametrize("name", ["inbox", "message"])
def test_inbox_of_nobody_asks_to_sign_in(client, name):
    args = [message(person()).pk] if name == "message" else []
    response = client.get(reverse(f"notifications:{name}", args=args))
    assert response.status_code == 302 and "login" in response["Location"]


def test_inbox_shows_ones_own_only_and_is_private(client):
    mine = person()
    message(mine, title="mine <b>")
    message(person(), title="canary")
    sign_in(client, mine)
    response = client.get("/inbox/")
    text = response.content.decode()
    assert "About mine &lt;b&gt;" in text and "canary" not in text
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("query", ["", "?show=unread"])
def test_inbox_without_messages_says_so(client, language, query):
    sign_in(client, person())
    response = client.get(f"{language}/inbox/{query}")
    assert response.status_code == 200 and b"empty" in response.content


def test_inbox_pages_by_key(client):
    mine = person()
    for number in range(45):
        message(mine, title=f"n{number}")
    sign_in(client, mine)
    url, seen = "/inbox/", []
    while url:
        page = client.get(url).context["page"]
        seen += [row.pk for row in page.rows]
        url = page.next_url
    assert seen == sorted(seen, reverse=True) and len(seen) == 45


def test_inbox_query_count_does_not_grow(client):
    mine, counts = person(), []
    sign_in(client, mine)
    for rows in (1, 3):
        while Message.objects.count() < rows:
            message(mine)
        with CaptureQueriesContext(connection) as queries:
            client.get("/inbox/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_inbox_unread_only_and_all_marked(client):
    mine = person()
    read, unread = message(mine, title="one"), message(mine, title="two")
    sign_in(client, mine)
    client.get(reverse("notifications:message", args=[read.pk]))
    assert [row.pk for row in client.get("/inbox/?show=unread").context["rows"]] == [unread.pk]
    assert client.post("/inbox/").status_code == 302
    assert not Message.objects.unread().exists()


def test_message_opened_is_read_and_names_its_object(client):
    mine = person(language="en")
    row = message(mine, title="x")
    sign_in(client, mine)
    response = client.get(f"/en/inbox/{row.pk}/")
    assert 'class="button" href="/en/inbox/"' in response.content.decode()
    row.refresh_from_db()
    assert row.read_at is not None


def test_message_of_another_is_not_found(client):
    row = message(person())
    sign_in(client, staff("run_rounds"))
    assert client.get(f"/inbox/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


# ── local mailbox ──


@pytest.mark.parametrize(
    ("is_embedded", "mail_url"), [(False, ""), (True, "smtp://mail.example"), (False, "smtp://x")]
)
def test_mailbox_does_not_exist_on_a_server(client, settings, is_embedded, mail_url):
    found = mail()
    settings.EMBEDDED, settings.MAIL_URL = is_embedded, mail_url
    assert client.get("/mailbox/").status_code == 404
    assert client.get(f"/mailbox/{found.pk}/").status_code == 404


def test_mailbox_lists_mails_and_finds_an_address(client, embedded):
    mail(subject="first")
    mail(subject="second", to=["b@example.com"])
    text = client.get("/mailbox/").content.decode()
    assert text.index("second") < text.index("first")
    text = client.get("/mailbox/?to=B@example").content.decode()
    assert "second" in text and "first" not in text
    assert client.get("/mailbox/?to=%00").status_code == 200


def test_mail_text_is_escaped_and_only_our_links_can_be_followed(client, embedded):
    found = mail("<img src=x>\nhttp://testserver/accounts/confirm-email/KEY/\nhttp://evil.example/")
    text = client.get(f"/mailbox/{found.pk}/").content.decode()
    assert '<a href="http://testserver/accounts/confirm-email/KEY/">' in text
    assert "<img src=x>" not in text and 'href="http://evil.example/"' not in text


def test_mail_of_a_new_account_confirms_the_address(client, embedded):
    password = "a-long-enough-pass-9"
    client.post(
        reverse("account_signup"),
        {
            "email": "new@example.com",
            "password1": password,
            "password2": password,
            "name": "새 사람",
            "terms": "on",
        },
    )
    text = client.get(f"/mailbox/{LocalMail.objects.get().pk}/").content.decode()
    link = re.search(r'href="http://testserver(/accounts/confirm-email/[^"]+)"', text)
    assert link, text
    assert client.get(link.group(1)).status_code in (200, 302)


# ── admin ──


def test_admin_retry_asks_for_a_reason_and_sends_again(client):
    row = message(person(), state="failed")
    sign_in(client, staff("read_audit"))
    page = f"/admin/notifications/message/{row.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}retry/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}retry/", {"reason": "again"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting"
    assert client.post(f"{page}retry/", {"reason": "again"}).status_code == 409
    listed = client.get("/admin/notifications/message/", {"q": row.recipient.email})
    assert listed.status_code == 200 and str(row.recipient) in listed.content.decode()


def test_admin_retries_all_failed_after_saying_how_many_and_why(client):
    rows = [message(person(), state="failed", error="550 no relay") for _ in range(2)]
    sign_in(client, staff("read_audit"))
    page = "/en/admin/notifications/message/retry-failed/"
    shown = client.get(page).content.decode()
    assert "Each keeps its Message-ID" in shown
    assert "2 messages are tried again" in shown and "2 of them: 550 no relay" in shown
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "The relay is open again."}).status_code == 302
    assert {type(row).objects.get(pk=row.pk).state for row in rows} == {"waiting"}
    assert client.post(page, {"reason": "again"}).status_code == 409


def test_admin_shows_who_chose_which_way(client):
    who, group = person(), next(iter(kinds.choosable_groups()))
    preferences.choose_ways(by=who, person=who, ways={group: "digest"})
    sign_in(client, staff("read_audit"))
    listed = client.get("/en/admin/notifications/preference/").content.decode()
    with translation.override("en"):
        assert str(who) in listed and str(kinds.groups()[group]) in listed
    shown = client.get(f"/en/admin/notifications/preference/{who.message_preferences.get().pk}/change/")
    assert shown.status_code == 200 and "in one mail a day" in shown.content.decode()


def test_admin_of_other_staff_is_closed(client):
    row = message(person())
    sign_in(client, staff("run_rounds"))
    assert client.get("/admin/notifications/message/").status_code == 403
    assert client.get(f"/admin/notifications/message/{row.pk}/retry/").status_code == 403
