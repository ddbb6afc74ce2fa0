"""Use after the trial, and what trials measured: said by who tried it, shown on the product's page."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from innomarket.common.refusals import Refused
from pilots.services.use import note_use

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return factories.concluded(verdict="failure")


@pytest.fixture
def editor(pilot):
    return factories.editor_of(pilot.institution)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_page_of_the_product_shows_each_measure_and_the_verdict_as_it_is(client, pilot, prefix):
    whole = client.get(f"{prefix}/catalog/{pilot.product.number}/").content.decode()
    page = re.sub(r"<[^>]+>", "", whole)  # Korean words on an English page are marked as such
    for measure in pilot.measures.all():
        assert measure.name in page and measure.found in page
    assert pilot.result.summary in page and f"{prefix}/pilots/{pilot.number}/" in whole


def test_institution_says_whether_it_goes_on_and_the_latest_word_counts(client, pilot, editor):
    client.force_login(editor)
    address = reverse("pilots:use", args=[pilot.number])
    assert address in client.get(f"/pilots/{pilot.number}/").content.decode()
    assert client.post(address, {"use": "used", "words": ""}).status_code == 422
    client.post(address, {"use": "used", "words": "매주 점검에 씁니다."})
    note_use(pilot=pilot, by=editor, use="unused", words="소음 때문에 창고에 두었습니다.")
    pilot.product.refresh_from_db()
    assert pilot.product.use_after == "unused"
    page = client.get(f"/catalog/{pilot.product.number}/").content.decode()
    assert "소음 때문에" in page and "매주 점검" not in page
    page = client.get(f"/pilots/{pilot.number}/").content.decode()
    assert "소음 때문에" in page and "매주 점검" in page


def test_use_is_said_after_the_verdict_and_by_nobody_else(pilot, editor):
    early = factories.inspected()
    with pytest.raises(Refused):
        note_use(pilot=early, by=factories.editor_of(early.institution), use="used", words="x")
    for by in (
        factories.editor_of(pilot.product.supplier),
        factories.viewer_of(pilot.institution),
        factories.editor_of(early.institution),
    ):
        with pytest.raises(Refused) as caught:
            note_use(pilot=pilot, by=by, use="used", words="x")
        assert caught.value.status == 403
    with pytest.raises(Refused) as caught:
        note_use(pilot=pilot, by=editor, use="sold", words="x")
    assert caught.value.field == "use"


def test_what_was_said_stands_in_the_database(pilot, editor):
    note_use(pilot=pilot, by=editor, use="partly", words="여름에만 씁니다.")
    for statement in ("UPDATE pilots_usenote SET words = 'x'", "DELETE FROM pilots_usenote"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)
