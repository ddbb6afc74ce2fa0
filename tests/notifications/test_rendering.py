import datetime

import pytest

from innomarket.common.clock import kst
from innomarket.notifications.kinds import MessageKind, get, register
from innomarket.notifications.rendering import linked, plain, render, text_mail
from tests.notifications.factories import GREETING, TITLED


def test_register_again_is_harmless_and_another_of_the_same_code_is_not():
    assert register(TITLED) is TITLED
    with pytest.raises(ValueError):
        register(MessageKind("test.titled", "other", "other"))
    with pytest.raises(KeyError):
        get("test.nobody_knows")


def test_render_in_each_language():
    assert render(GREETING, "en")[0] == "Inbox"
    assert render(GREETING, "ko")[0] != ""


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("a\r\nBcc: evil@x.example", "About a Bcc: evil@x. example"),
        ("%(secret)s %s {title}", "About %(secret)s %s {title}"),
        ("{{ settings.SECRET_KEY }}", "About {{ settings.SECRET_KEY }}"),
        ("http://evil.example/x", "About http: //evil. example/x"),
        ("www.evil.com", "About www. evil. com"),
        ("Node.js 3.5 kg, 주식회사.한글", "About Node. js 3.5 kg, 주식회사.한글"),
        ("ab\u202efdp\u200b", "About abfdp"),
        ("x" * 500, "About " + "x" * 119 + "…"),
    ],
)
def test_render_value_from_a_person_stays_text(title, subject):
    assert render(TITLED, "en", {"title": title})[0] == subject
    assert "\r" not in render(TITLED, "en", {"title": title})[1]


def test_render_with_a_broken_translation_uses_the_original():
    class Broken:
        def __str__(self):
            from django.utils.translation import get_language

            return "About %(title)s" if get_language() is None else "%(titel)s 안내"

    assert render(MessageKind("test.broken", Broken(), Broken()), "ko", {"title": "x"})[0] == "About x"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (kst(2026, 11, 24, 13), "Tue 24 Nov 2026, 13:00 KST"),
        (datetime.date(2026, 11, 24), "Tue 24 Nov 2026"),
        (["a", "b.com"], "a, b. com"),
        (3_300_000_000, "3,300,000,000"),
        (None, ""),
    ],
)
def test_plain_value(value, text):
    assert plain(value, "en") == text


def test_text_mail_gives_the_address_in_the_readers_language(settings):
    settings.PUBLIC_URL = "https://market.example"
    assert "\n\nhttps://market.example/en/calls/1/\n\n" in text_mail(
        body="b", path="/calls/1/", language="en"
    )
    assert "\n\nhttps://market.example/calls/1/\n\n" in text_mail(body="b", path="/calls/1/", language="ko")
    assert "http" not in text_mail(body="b", path="", language="ko")


def test_linked_text_is_escaped_and_links_to_our_hosts_only():
    text = linked(
        "<b> http://127.0.0.1:8000/accounts/confirm-email/a:b:c/. https://evil.example/", ["127.0.0.1"]
    )
    assert text == (
        '&lt;b&gt; <a href="http://127.0.0.1:8000/accounts/confirm-email/a:b:c/">'
        "http://127.0.0.1:8000/accounts/confirm-email/a:b:c/</a>. https://evil.example/"
    )
