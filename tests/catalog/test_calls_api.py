"""A call by REST says its times in the very words of its page."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.submissions import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ko", "en"])
def test_call_says_its_times_in_the_words_of_its_page(client, language):
    call = factories.open_call()
    told = client.get(f"/api/v1/calls/{call.number}/", headers={"accept-language": language}).json()
    with translation.override(language):
        page = client.get(reverse("submissions:call", args=[call.number])).content.decode()
    for name in ("opens_at", "closes_at", "opening_at"):
        assert told[f"{name}_label"] in page, name
        assert told[f"{name}_label"].endswith("KST") and told[name].endswith("Z")
