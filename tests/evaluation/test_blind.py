"""In a blind round an evaluator sees codes and the anonymous copy: nothing that can be fetched says who applied."""

import itertools
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.documents.models import Reading
from innomarket.evaluation.models import Entry, Recusal
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.round import seat_panelist, start_round
from innomarket.notifications.models import Message
from innomarket.notifications.sending import send_due
from innomarket.submissions.models import IdentitySearch, Submission
from innomarket.submissions.services.returning import return_copy
from tests.accounts.factories import member, person, staff
from tests.documents.conftest import store  # noqa: F401
from tests.limits.addresses import names

from .blind_world import TEXT, blind_round, prepared_blind
from .factories import APPOINTED, pledge_and_declare

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]

# Lists of everybody, not of a round: who is registered is public.
OPEN_TO_ALL = {
    "accounts:organisation_list", "accounts:organisation", "api:organisation-list", "api:organisation-detail",
}  # fmt: skip
"""Every verified organisation stands here, whether it applied for anything or not."""


def sheet(made, order=1, name="sheet", *more):
    return reverse(f"evaluation:{name}", args=[made.round.number, order, *more])


def leaks(response, canaries) -> list[str]:
    """The canaries in a body and its headers; what the address itself says is an echo of what was typed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    head = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    said = f"{head} {body.decode('utf-8', 'replace')}"
    return [word for word in canaries if word in said and word not in response.wsgi_request.get_full_path()]


def in_both(address: str) -> tuple[str, str]:
    """The address in Korean and in English; ``reverse`` follows the language of the page asked last."""
    plain = address.removeprefix("/en")
    return plain, f"/en{plain}"


def addresses(made):
    """Every address of the project with whatever could fit into it: numbers of everything, keys, places, pages."""
    submission = made.submissions[0]
    numbers = [submission.number, made.round.number, submission.lot.call.number]
    files = list(submission.current.files.values_list("pk", flat=True))
    fitting = {
        "number": numbers,
        "ordinal": [0, 1],
        "order": [1, 2],
        "pk": [submission.pk, made.round.pk, *files],
        "page": [1],
        "slot": ["paper", "anonymous_copy"],
        "step": ["problem"],
        "kind": ["company"],
    }
    reversible = get_resolver()
    for name in sorted(names() - OPEN_TO_ALL):
        parts = name.split(":")
        resolver = reversible
        for space in parts[:-1]:
            resolver = resolver.namespace_dict[space][1]
        for _pattern, params in {
            (pattern, tuple(params))
            for possible in resolver.reverse_dict.getlist(parts[-1])
            for pattern, params in possible[0]
        }:
            values = [fitting.get(param, ["1"]) for param in params]
            if name.startswith("admin:"):  # closed to whoever is no staff: one object of each is enough
                values = [each[:1] for each in values]
            for chosen in itertools.product(*values):
                with suppress(NoReverseMatch):
                    yield name, reverse(name, kwargs=dict(zip(params, chosen, strict=True)))


def test_no_address_of_the_project_tells_an_evaluator_who_applied(client):
    made = blind_round()
    client.force_login(made.evaluators[0])
    asked, found = 0, {}
    for name, address in dict.fromkeys(addresses(made)):
        for path in in_both(address):
            response = client.get(path)
            asked += response.status_code == 200
            told = leaks(response, made.canaries)
            if told:
                found[name, path] = told
    assert found == {}
    assert asked > 30  # the walk does open pages: the queue, the round, its sheets, their images and texts
    for order in (1, 2):
        assert TEXT in client.get(sheet(made, order)).content.decode()


def test_each_page_and_both_languages_of_a_seat_are_silent(client):
    made = blind_round(declared=False)
    user = made.evaluators[0]
    client.force_login(user)
    around = [
        reverse(f"evaluation:{name}", args=[made.round.number]) for name in ("seat", "decline", "round")
    ]
    around += [reverse("evaluation:queue"), reverse("portal:workspace"), reverse("notifications:inbox")]
    for path in (path for address in around for path in in_both(address)):
        response = client.get(path, follow=True)
        assert (response.status_code, leaks(response, made.canaries)) == (200, [])
    pledge_and_declare(made.round, user)
    around += [sheet(made, 1), sheet(made, 1, "conflict"), sheet(made, 2)]
    around += [sheet(made, 1, "copy_image", 1), sheet(made, 1, "copy_text", 1)]
    for path in (path for address in around for path in in_both(address)):
        response = client.get(path, follow=True)
        assert (response.status_code, leaks(response, made.canaries)) == (200, [])


def test_mails_and_messages_of_a_blind_round_are_silent():
    made = blind_round()
    declare_conflict(assignment=_assignment(made), by=made.evaluators[0], reason="A friend's.")
    mail.outbox.clear()
    send_due()
    own = set(Message.objects.filter(recipient=made.evaluators[0]).values_list("pk", flat=True))
    assert own
    for sent in [one for one in mail.outbox if made.evaluators[0].email in one.to]:
        whole = sent.message().as_string() + sent.subject + sent.body
        assert [word for word in made.canaries if word in whole] == []
    for message in Message.objects.filter(pk__in=own):
        assert [word for word in made.canaries if word in str(vars(message))] == []


def _assignment(made, order=1, evaluator=0):
    seat = made.round.panelists.get(user=made.evaluators[evaluator])
    return seat.assignments.select_related("entry", "panelist").get(entry__order=order)


def test_the_copy_is_read_by_the_seat_alone(client):
    made = blind_round()
    image, text = sheet(made, 1, "copy_image", 1), sheet(made, 1, "copy_text", 1)
    client.force_login(made.evaluators[0])
    page = client.get(sheet(made, 1)).content.decode()
    assert image in page
    assert f"{TEXT}</text>" in page
    assert "240,000,000" in page  # a figure that the kind calls anonymous
    assert client.get(text).content.decode() == TEXT
    assert client.get(image)["Cache-Control"] == "private, no-store"
    stranger, outsider = person(), made.submissions[0].created_by
    for user in (stranger, outsider):
        client.force_login(user)
        assert [client.get(url).status_code for url in (image, text)] == [404, 404]
    client.force_login(made.evaluators[0])
    declare_conflict(assignment=_assignment(made), by=made.evaluators[0], reason="I know it.")
    assert [client.get(url).status_code for url in (image, text)] == [403, 403]
    made.round.state = "published"
    type(made.round).objects.filter(pk=made.round.pk).update(state="cancelled")
    assert client.get(sheet(made, 2, "copy_text", 1)).status_code == 404


def test_what_was_submitted_is_not_readable_by_its_evaluator():
    made = blind_round()
    assert not Submission.objects.readable_by(made.evaluators[0]).exists()
    assert Entry.objects.assigned_to(made.evaluators[0]).count() == 2


def test_only_the_copies_are_drawn():
    made = blind_round()
    assert {row.document_id for row in Reading.objects.all()} == {copy.pk for copy in made.copies()}


def test_a_conflict_that_was_found_is_not_shown(client):
    made = prepared_blind(panelists=2)
    friend = made.evaluators[0]
    member(friend, made.submissions[0].applicant_organisation)
    start_round(round=made.round, by=made.staff)
    pledge_and_declare(made.round, friend)
    entry = Entry.objects.get(round=made.round, submission=made.submissions[0])
    assert Recusal.objects.get(entry=entry).ground == Recusal.Ground.SAME_ORGANISATION
    client.force_login(friend)
    page = client.get(reverse("evaluation:round", args=[made.round.number])).content.decode()
    assert f"/{entry.order}/" not in re.sub(r"\s", "", page).partition("<table")[2]
    assert "소속" not in page.partition("<table")[2]


def test_a_copy_that_cannot_be_shown_stops_the_start():
    made = prepared_blind()
    IdentitySearch.objects.filter(submission=made.submissions[0]).update(
        state="failed", problem="damaged", found=0, findings=[]
    )
    with pytest.raises(Refused) as refused:
        start_round(round=made.round, by=made.staff)
    assert refused.value.code == "copy_unreadable"
    assert made.submissions[0].number in str(refused.value)


def test_who_knows_who_applied_sits_on_no_blind_panel():
    made = prepared_blind()
    with pytest.raises(Refused) as refused:
        seat_panelist(round=made.round, by=made.staff, user=staff("run_rounds"), reason=APPOINTED)
    assert refused.value.code == "not_blind"


def test_a_panel_member_who_came_to_know_stops_the_start(monkeypatch):
    made = prepared_blind()
    user = made.evaluators[0]
    type(user).objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    with pytest.raises(Refused, match=str(user)):
        start_round(round=made.round, by=made.staff)


def test_entries_of_a_blind_round_follow_no_number(monkeypatch):
    import innomarket.evaluation.services.blinding as module

    class Reversed:
        def shuffle(self, rows):
            rows.reverse()

    monkeypatch.setattr(module.secrets, "SystemRandom", Reversed)
    made = blind_round(entries=3)
    numbers = list(made.round.entries.order_by("order").values_list("submission__number", flat=True))
    assert numbers == sorted(numbers, reverse=True)


def test_the_evaluators_pages_ask_the_same_at_one_and_three_entries(client):
    asked = []
    for entries in (1, 3):
        made = blind_round(entries)
        client.force_login(made.evaluators[0])
        counts = []
        for address in (reverse("evaluation:round", args=[made.round.number]), sheet(made, 1)):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        asked.append(counts)
    assert asked[0] == asked[1]


def test_open_rounds_have_no_copy(client):
    from .factories import round_with

    made = round_with(entries=1)
    client.force_login(made.evaluators[0])
    assert client.get(sheet(made, 1, "copy_text", 1)).status_code == 404


def test_a_copy_that_is_being_judged_is_not_returned():
    made = blind_round()
    with pytest.raises(Refused) as refused:
        return_copy(
            submission=made.submissions[0],
            by=made.staff,
            due_at=now() + timedelta(days=2),
            reason="p. 1: a logo",
        )
    assert refused.value.code == "in_a_round"
    assert made.round.number in str(refused.value)
