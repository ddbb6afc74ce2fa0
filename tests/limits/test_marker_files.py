"""Marks in sealed proposals are in no file that the portal makes: exports, datasets, nightly files, consoles' tables.

Each file is made while the proposals are sealed, unpacked and searched. Each holds something public, which the same
search finds: a file that is empty, or that the search cannot read, proves nothing.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from catalog.models import Snapshot
from catalog.services import snapshot as snapshots
from innomarket.accounts.models import Membership, User
from innomarket.common.clock import moved_to, now
from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage
from innomarket.evaluation.services.result import finish_round
from innomarket.privacy.services.export import ask_export, make_due
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.services.submission import save_step
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import product
from tests.challenges import factories as challenges
from tests.evaluation import factories as evaluation
from tests.portal.ocds import story
from tests.submissions import factories
from tests.support.staff import sign_in

from .marked import TEXTS, draft_one, finds, planted, withdraw_one

pytestmark = pytest.mark.django_db

SEEN = "공개표시온새"
"""Planted in a listed product, its supplier and a public task: what a file must hold to count."""
FEEDS = ("calls", "challenges", "products", "designations")


@pytest.fixture(autouse=True)
def _stores(tmp_path, settings, monkeypatch):
    """What is public and what is private lies in folders of this test."""
    settings.MEDIA_ROOT = tmp_path / "public"
    private = PrivateStorage(location=str(tmp_path / "private"))
    monkeypatch.setitem(storages._storages, "private", private)
    monkeypatch.setattr("innomarket.documents.services.private_storage", lambda: private)
    monkeypatch.setattr(Document.file.field, "storage", private)


@pytest.fixture
def sealed() -> Submission:
    """A submitted proposal, one withdrawn and a draft, all sealed, that answer a public task; a product is listed."""
    story.rules()
    task = challenges.published_task(answers={"problem": {"title": SEEN}})
    product(supplier=company(name_ko=SEEN), name_ko=SEEN, name_en=SEEN, summary=SEEN)
    return planted(challenges.solution_call(task))


def unpacked(data: bytes) -> bytes:
    """What is in an archive or a packed file; workbooks are archives."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"\n".join(unpacked(archive.read(name)) for name in archive.namelist())
    return unpacked(gzip.decompress(data)) if data.startswith(b"\x1f\x8b") else data


def asked(client: Client, url: str) -> bytes:
    cache.clear()  # so many files at once are more than the limit
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return unpacked(body) + repr(sorted(answer.headers.items())).encode()


def history(folder: Any) -> dict[str, bytes]:
    """What ``manage.py export_ocds`` writes."""
    found = {}
    for options in ({}, {"records": True}, {"records": True, "versioned": True}):
        target = folder / "ocds.json"
        call_command("export_ocds", output=str(target), stdout=io.StringIO(), **options)
        found[f"export_ocds {sorted(options)}"] = target.read_bytes()
    return found


def nightly() -> dict[str, bytes]:
    """The files that the nightly task makes, as they lie in the store."""
    assert snapshots.make_due() == Snapshot.objects.count() > 0
    return {row.name: unpacked(row.file.open().read()) for row in Snapshot.objects.all()}


def offered(client: Client, task: str) -> dict[str, bytes]:
    """What programs take away by themselves."""
    urls = [f"/api/v1/bulk/products.{kind}" for kind in ("ndjson", "csv", "xlsx")]
    urls += [reverse("machines:products_file", args=[kind]) for kind in ("csv", "cp949.csv", "xlsx")]
    urls += ["/ocds/releases.json", "/ocds/history.json", "/ocds/history.jsonl"]
    urls += [f"/ocds/records/ocds-000000-{task}.json", "/feeds/products.atom", "/feeds/challenges.atom"]
    return {url: asked(client, url) for url in urls}


def test_files_for_everybody_hold_no_mark_of_what_is_sealed(sealed, tmp_path):
    found = history(tmp_path) | nightly() | offered(Client(), sealed.lot.challenge.submission.number)
    rest = [f"/feeds/{name}.atom" for name in FEEDS] + ["/sitemap.xml", "/robots.txt", "/ocds/"]
    rest += [f"/api/v1/{name}/" for name in ("calls", "challenge-tasks", "statistics", "snapshots")]
    rest += [reverse("machines:records")]
    rest += [reverse("machines:designations_file", args=[kind]) for kind in ("csv", "cp949.csv", "xlsx")]
    assert finds({url: asked(Client(), url) for url in rest}) == set()
    assert finds(found) == set()
    spelled = (SEEN.encode(), SEEN.encode("cp949"), SEEN.encode("unicode_escape"))
    assert [name for name, data in found.items() if not any(each in data for each in spelled)] == []


def exported(user: User) -> bytes:
    """One's own data, asked for on the page and put together by the worker."""
    row = ask_export(person=user, by=user)
    make_due()
    row.refresh_from_db()
    return unpacked(storages["private"].open(row.path).read())


def test_personal_data_of_others_hold_no_mark_and_those_of_the_author_do(sealed):
    author = sealed.created_by
    assert (author.email, TEXTS[1]) in finds({author.email: exported(author)})  # the control
    member(person(), sealed.applicant_organisation)
    member(rival := person(), sealed.lot.challenge.submission.applicant_organisation)
    Membership.objects.filter(user=author).update(left_at=now())  # who has left takes nothing along
    others = [author, rival, staff("run_rounds"), staff("verify_organisations"), person()]
    found = {user.email: exported(user) for user in others}
    assert all(email.encode() in data for email, data in found.items())
    assert finds(found) == set()


def consoles(call: Call) -> dict[str, bytes]:
    """The tables that staff take away of a call whose submissions are opened, and of the round over it."""
    made = evaluation.round_with(0, 3, lot=factories.lot_of(call), finished=False)
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 8)
    finish_round(round=made.round, by=made.staff)
    desk = sign_in(Client(), made.staff)
    urls = [reverse("admin:submissions_call_roster", args=[call.pk])]
    urls += [
        reverse("admin:evaluation_round_export", args=[made.round.pk, what, form])
        for what in ("sheets", "places")
        for form in ("csv", "xlsx")
    ]
    return {url: asked(desk, url) for url in urls}


def test_tables_of_consoles_hold_no_mark_of_what_was_never_submitted():
    """After the opening too: a draft, what was withdrawn, and what was written on in a submission and not sent."""
    call = factories.open_call("proposal")
    done = factories.submitted(call=call, answers={"product": {"product_name_ko": SEEN}})
    save_step(submission=done, by=done.created_by, step="product", data={"product_name_ko": TEXTS[1]})
    draft_one(call)
    withdraw_one(call)
    opened = factories.open_up(call)
    with moved_to(opened.opening_at):
        found = consoles(opened)
    assert finds(found) == set()
    roster, *tables = found.values()
    assert done.number in roster.decode() and len(tables) == 4
    assert all(SEEN in table.decode() for table in tables)
