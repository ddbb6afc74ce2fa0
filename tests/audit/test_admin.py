"""What staff read of the history: words first, the code beneath."""

import pytest
from django.utils.translation import override

from innomarket.audit.services import record
from tests.accounts.factories import person, staff
from tests.support.staff import sign_in


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "words"), [("", "공모 마감"), ("/en", "Call closed")])
def test_history_and_its_filter_say_what_was_done_in_words(client, prefix, words):
    record(actor=None, verb="submissions.close_call", subject=person())
    record(actor=None, verb="accounts.sign_up", subject=person())
    sign_in(client, staff("read_audit"))
    with override("en" if prefix else "ko"):
        page = client.get(f"{prefix}/admin/audit/entry/?verb=submissions.close_call").content.decode()
    assert page.count("submissions.close_call</span>") == 1
    assert words in page and "accounts.sign_up</span>" not in page
