"""Uploads piece by piece, their limits, and the list of bad files, by tus and by the plain form alike."""

import hashlib
import io
import struct
import unicodedata
import zipfile
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import reverse

from innomarket.common.clock import moved_to, now
from innomarket.documents import quarantine, types, uploads
from innomarket.documents.models import Document, Piece, Upload
from innomarket.submissions.models import Attachment, SubmissionRule
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.documents.clamd import clamd
from tests.documents.factories import CONTENT, ooxml, zipped
from tests.documents.factories import pdf as pdf_of

from . import factories, tus

pytestmark = pytest.mark.django_db

PDF = pdf_of("x" * 5000)


@pytest.fixture
def draft():
    return factories.submission(files=False)


@pytest.fixture
def task(client):
    """A draft whose place takes every kind of file; its author is signed in."""
    user, institution = factories.applicant(accounts.institution())
    call = factories.open_call("challenge_task")
    client.force_login(user)
    return factories.submission(call=call, by=user, organisation=institution, files=False)


@pytest.fixture
def owner(client, draft):
    client.force_login(draft.created_by)
    return client


def stored(store):
    return [path for path in store.rglob("*") if path.is_file()]


def test_upload_in_pieces_becomes_the_file(owner, draft, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = tus.send(owner, draft, "제안서.pdf", PDF, piece=1000)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(PDF)))
    document = Attachment.objects.get(submission=draft).document
    assert (document.name, document.sha256) == ("제안서.pdf", hashlib.sha256(PDF).hexdigest())
    with document.file.open() as content:
        assert content.read() == PDF
    assert not Piece.objects.exists() and len(stored(store)) == 1


def test_upload_goes_on_where_it_was_cut(owner, draft, store):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    tus.patch(owner, url, 0, PDF[:2000])
    cut = {"wsgi.input": io.BytesIO(PDF[2000:2500]), "CONTENT_LENGTH": "3000"}
    broken = owner.generic(
        "PATCH",
        url,
        b"x",
        content_type="application/offset+octet-stream",
        headers=tus.TUS | {"Upload-Offset": "2000"},
        **cut,
    )
    assert broken.status_code == 400
    found = tus.head(owner, url)
    assert (found["Upload-Offset"], found["Upload-Length"]) == ("2000", str(len(PDF)))
    assert found["Cache-Control"] == "private, no-store" and "Upload-Expires" in found
    assert not Attachment.objects.exists() and len(stored(store)) == 1
    assert tus.patch(owner, url, 2000, PDF[2000:]).status_code == 204
    shown = owner.get(url).json()
    assert (shown["state"], shown["sha256"]) == ("complete", hashlib.sha256(PDF).hexdigest())
    assert tus.head(owner, url)["Upload-Offset"] == str(len(PDF)), "the answer to the last piece may be lost"


@pytest.mark.parametrize("offset", [0, 1999, 2001])
def test_piece_at_another_offset_is_refused(owner, draft, offset):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    tus.patch(owner, url, 0, PDF[:2000])
    assert tus.patch(owner, url, offset, PDF[2000:2100]).status_code == 409
    assert tus.head(owner, url)["Upload-Offset"] == "2000"


def test_more_than_announced_is_refused(owner, draft):
    url = tus.create(owner, draft, "a.pdf", 10)["Location"]
    assert tus.patch(owner, url, 0, PDF).status_code == 422


def test_piece_that_is_too_long_is_refused_unread(owner, draft):
    url = tus.create(owner, draft, "a.pdf", 4 << 20)["Location"]
    assert tus.patch(owner, url, 0, b"x" * ((2 << 20) + 1)).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 412),
        ({"Tus-Resumable": "0.2.2"}, 412),
        (tus.TUS, 400),
        (tus.TUS | {"Upload-Length": "5"}, 400),
        (tus.TUS | {"Upload-Length": "-5", "Upload-Metadata": "filename YS5wZGY="}, 400),
        (tus.TUS | {"Upload-Length": "5", "Upload-Metadata": "filename ???"}, 400),
        (tus.TUS | {"Upload-Length": "9" * 40, "Upload-Metadata": "filename YS5wZGY="}, 400),
    ],
)
def test_creation_with_broken_headers_is_refused(owner, draft, headers, status):
    answer = owner.post(reverse("submissions:uploads", args=[draft.number, "paper"]), headers=headers)
    assert answer.status_code == status and not Upload.objects.exists()


def test_piece_of_another_type_is_refused(owner, draft):
    url = tus.create(owner, draft, "a.pdf", 10)["Location"]
    answer = owner.generic("PATCH", url, b"x", headers=tus.TUS | {"Upload-Offset": "0"})
    assert answer.status_code == 415


def test_options_name_the_extensions(owner, draft):
    answer = owner.options(reverse("submissions:uploads", args=[draft.number, "paper"]))
    assert answer["Tus-Extension"] == "creation,termination,expiration" and answer["Tus-Version"] == "1.0.0"


def test_cancelled_upload_leaves_nothing(owner, draft, store, django_capture_on_commit_callbacks):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    tus.patch(owner, url, 0, PDF[:2000])
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.delete(url, headers=tus.TUS).status_code == 204
    assert stored(store) == [] and tus.head(owner, url).status_code == 404


def test_expired_upload_is_over_and_swept(owner, draft, store, django_capture_on_commit_callbacks):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    tus.patch(owner, url, 0, PDF[:2000])
    assert uploads.sweep_expired() == 0
    with transaction.atomic(), moved_to(now() + uploads.KEPT_FOR):
        assert tus.head(owner, url).status_code == 410
        with django_capture_on_commit_callbacks(execute=True):
            assert uploads.sweep_expired() == 1
    assert stored(store) == [] and not Upload.objects.exists()


def test_signed_out_in_the_middle_says_so_and_goes_on_after(owner, draft):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    tus.patch(owner, url, 0, PDF[:2000])
    owner.logout()
    answer = tus.patch(owner, url, 2000, PDF[2000:])
    assert answer.status_code == 401 and answer["Content-Type"].startswith("text/plain")
    owner.force_login(draft.created_by)
    assert tus.patch(owner, url, 2000, PDF[2000:]).status_code == 204


def test_upload_of_somebody_else_does_not_exist(owner, draft, client):
    url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
    colleague, _company = factories.applicant(draft.applicant_organisation)
    stranger, _other = factories.applicant()
    for other in (colleague, stranger):
        owner.force_login(other)
        for answer in (tus.head(owner, url), tus.patch(owner, url, 0, PDF), owner.get(url)):
            assert answer.status_code == 404
        assert owner.delete(url, headers=tus.TUS).status_code == 404
    assert tus.create(owner, draft, "a.pdf", 10).status_code == 404


@pytest.mark.parametrize(("seconds", "status"), [(-1, 204), (0, 422), (1, 422)])
def test_upload_counts_only_when_complete_before_the_closing_instant(owner, draft, seconds, status):
    closes_at = draft.lot.call.closes_at
    with transaction.atomic(), moved_to(closes_at - timedelta(minutes=10)):
        url = tus.create(owner, draft, "a.pdf", len(PDF))["Location"]
        tus.patch(owner, url, 0, PDF[:2000])
    with transaction.atomic(), moved_to(closes_at + timedelta(seconds=seconds)):
        answer = tus.patch(owner, url, 2000, PDF[2000:])
    assert answer.status_code == status
    assert Attachment.objects.exists() == (status == 204)


@pytest.mark.parametrize(("size", "status"), [(1000, 201), (1001, 422), (0, 422)])
def test_limits_refuse_at_the_beginning(owner, draft, size, status):
    SubmissionRule.objects.update(max_file_bytes=1000)
    assert tus.create(owner, draft, "a.pdf", size).status_code == status


def test_all_unfinished_uploads_together_have_a_limit(owner, draft):
    SubmissionRule.objects.update(max_file_bytes=1000, max_files=2)
    assert [tus.create(owner, draft, "a.pdf", 900).status_code for _ in range(3)] == [201, 201, 422]


def test_slot_that_is_full_refuses_at_the_beginning_and_at_the_end(owner, draft):
    first, second = (tus.create(owner, draft, "a.pdf", len(PDF))["Location"] for _ in range(2))
    assert tus.patch(owner, first, 0, PDF).status_code == 204
    assert tus.patch(owner, second, 0, PDF).status_code == 422
    assert owner.get(second).json()["state"] == "refused"
    assert tus.create(owner, draft, "a.pdf", len(PDF)).status_code == 422
    assert Attachment.objects.kept().count() == 1


def test_tus_without_the_form_token_is_refused(draft, client):
    client.handler.enforce_csrf_checks = True
    client.force_login(draft.created_by)
    assert tus.create(client, draft, "a.pdf", 10).status_code == 403


# ── anchors.md, "Security tests" 7, both ways ──


def by_form(client, draft, name, content, slot):
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("x", content)
    upload._name = name  # as a browser that lies sends it: the constructor would take the last segment
    return client.post(reverse("submissions:files", args=[draft.number, slot]), {"file": upload})


def by_tus(client, draft, name, content, slot):
    return tus.send(client, draft, name, content, slot=slot)


WAYS = {"form": by_form, "tus": by_tus}


def broken(content, part):
    """The same container with a deflated part whose first byte no unpacker takes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo(part).header_offset
    names, more = struct.unpack_from("<HH", content, place + 26)
    start = place + 30 + names + more
    return content[:start] + b"\xff" + content[start + 1 :]


def packed(kind, compression):
    """A true file of the kind, packed as no office program does."""
    with zipfile.ZipFile(io.BytesIO(CONTENT[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts, compression=compression)


def broken_lzma(kind, part):
    """Packed with LZMA, with properties (behind their four bytes of length) that do not exist."""
    content = packed(kind, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo(part).header_offset
    names, more = struct.unpack_from("<HH", content, place + 26)
    start = place + 30 + names + more + 4
    return content[:start] + b"\xff" * 5 + content[start + 5 :]


BOMB = zipped({"[Content_Types].xml": b"x", "word/document.xml": b"\0" * (12 << 20)})
MACROS = ooxml("word/document.xml", "wordprocessingml.document", **{"word/vbaProject.bin": b"x"})
CLIMBING = ooxml("word/document.xml", "wordprocessingml.document", **{"../../evil.sh": b"x"})
REFUSED = {
    "html": ("a.html", b"<html><script>1</script>"),
    "html as pdf": ("a.pdf", b"<html><script>1</script>"),
    "svg": ("a.svg", b"<svg onload='1'/>"),
    "svg as png": ("a.png", b"<svg onload='1'/>"),
    "polyglot": ("a.pdf", PDF + b"<html><script>1</script></html>"),
    "zip bomb": ("a.docx", BOMB),
    "zip bomb as pdf": ("a.pdf", BOMB),
    "zip as hwpx": ("a.hwpx", zipped({"a.txt": b"x"})),
    "docx as xlsx": ("a.xlsx", CONTENT["docx"]),
    "macros": ("a.docx", MACROS),
    "climbing inside": ("a.docx", CLIMBING),
    "ole as hwp": ("a.hwp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(2048, b"\0")),
    "html behind a picture": ("a.png", CONTENT["png"] + b"<script>1</script>"),
    "empty": ("a.pdf", b""),
    "over the limit": ("a.pdf", pdf_of("y" * 30_000)),
    "wrong extension": ("a.exe", PDF),
    "png as pdf": ("a.pdf", CONTENT["png"]),
    "eicar": ("a.pdf", pdf_of(types.EICAR.decode())),
    "damaged docx": ("a.docx", broken(CONTENT["docx"], "[Content_Types].xml")),
    "damaged xlsx": ("a.xlsx", broken(CONTENT["xlsx"], "[Content_Types].xml")),
    "damaged hwpx": ("a.hwpx", broken(CONTENT["hwpx"], "mimetype")),
    "damaged docx of lzma": ("a.docx", broken_lzma("docx", "[Content_Types].xml")),
    "damaged hwpx of lzma": ("a.hwpx", broken_lzma("hwpx", "mimetype")),
    "xlsx of lzma": ("a.xlsx", packed("xlsx", zipfile.ZIP_LZMA)),
    "xlsx of bzip2": ("a.xlsx", packed("xlsx", zipfile.ZIP_BZIP2)),
    "right-to-left": ("invoice\u202efdp.exe", PDF),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", REFUSED)
def test_bad_file_is_refused_in_words_and_leaves_nothing(
    client, task, store, way, case, django_capture_on_commit_callbacks
):
    SubmissionRule.objects.update(max_file_bytes=20_000)
    name, content = REFUSED[case]
    with django_capture_on_commit_callbacks(execute=True):
        answer = WAYS[way](client, task, name, content, "attachment")
    assert answer.status_code == 422
    assert len(answer.content.decode()) > 20
    assert not Attachment.objects.exists() and not Document.objects.exists() and stored(store) == []


@pytest.mark.parametrize("way", WAYS)
def test_file_of_what_was_withdrawn_is_refused_where_another_one_stands(client, store, way):
    call = factories.open_call(one_per_applicant=True)
    first = factories.submission(call=call)
    submissions.submit(submission=first, by=first.created_by)
    submissions.withdraw(submission=first, by=first.created_by)
    submissions.begin_submission(
        by=first.created_by, lot=first.lot, organisation=first.applicant_organisation
    )
    files = stored(store)
    client.force_login(first.created_by)
    answer = WAYS[way](client, first, "a.pdf", PDF, "more")
    assert answer.status_code in (409, 422)
    first.refresh_from_db()
    assert first.state == "withdrawn" and stored(store) == files


def test_upload_begun_before_another_one_stands_is_refused_at_its_end(client, store):
    call = factories.open_call(one_per_applicant=True)
    first = factories.submission(call=call)
    submissions.submit(submission=first, by=first.created_by)
    submissions.withdraw(submission=first, by=first.created_by)
    client.force_login(first.created_by)
    url = tus.create(client, first, "a.pdf", len(PDF), "more")["Location"]
    submissions.begin_submission(
        by=first.created_by, lot=first.lot, organisation=first.applicant_organisation
    )
    assert tus.patch(client, url, 0, PDF).status_code == 422
    assert client.get(url).json()["state"] == "refused"


def test_refusal_that_is_stored_names_no_file(client, draft):
    client.force_login(draft.created_by)
    url = tus.create(client, draft, "비밀계획.pdf", len(PDF))["Location"]
    tus.patch(client, url, 0, PDF[:2000])
    SubmissionRule.objects.update(max_file_bytes=1000)
    assert tus.patch(client, url, 2000, PDF[2000:]).status_code == 422
    reason = Upload.objects.get().refused_reason
    assert "1000" in reason and "비밀" not in reason


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", sorted(CONTENT))
def test_every_kind_is_kept_under_its_korean_name_and_comes_back_as_it_was(client, task, way, kind):
    name = f"사업 계획서 (최종) №1.{kind}"
    assert WAYS[way](client, task, name, CONTENT[kind], "attachment").status_code in (204, 302)
    file = Attachment.objects.get()
    assert file.document.name == name
    answer = client.get(reverse("submissions:file", args=[task.number, file.pk]))
    assert b"".join(answer.streaming_content) == CONTENT[kind]
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert not answer["Content-Type"].startswith(("text/", "image/svg"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../x.pdf", "x.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("zero\u202ewidth.pdf", "zerowidth.pdf"),
        ("사업계획서 (최종).pdf", "사업계획서 (최종).pdf"),
        (unicodedata.normalize("NFD", "규격서.pdf"), "규격서.pdf"),
    ],
)
def test_name_is_made_safe_and_the_download_is_an_attachment(owner, draft, way, name, kept):
    if way == "form":
        name = name.replace("\r\n", "")  # a form's header cannot hold it: no browser sends it
    assert WAYS[way](owner, draft, name, PDF, "more").status_code in (204, 302)
    file = Attachment.objects.get()
    assert file.document.name == kept
    answer = owner.get(reverse("submissions:file", args=[draft.number, file.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("content", [PDF, pdf_of("EVIL")])
def test_nothing_is_served_while_pending_or_infected(owner, draft, way, content, settings):
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        assert WAYS[way](owner, draft, "비밀.pdf", content, "paper").status_code in (204, 302)
        file = Attachment.objects.get()
        address = reverse("submissions:file", args=[draft.number, file.pk])
        assert owner.get(address).status_code == 409
        page = owner.get(reverse("submissions:files", args=[draft.number, "paper"])).content.decode()
        assert "바이러스" in page and address not in page
        assert quarantine.check_pending() == 1
        assert owner.get(address).status_code == (404 if content != PDF else 200)


def infected(settings, draft, *, submit):
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        file = submissions.attach_file(
            submission=draft, by=draft.created_by, slot="paper", upload=factories.pdf("비밀.pdf", b"EVIL")
        )
        revision = submissions.submit(submission=draft, by=draft.created_by) if submit else None
        assert quarantine.check_pending() == 1
    return file, revision


def test_infected_draft_file_is_missing_again_and_its_people_are_told_without_its_name(
    owner, draft, settings
):
    from innomarket.notifications.models import Message
    from innomarket.submissions.services import filling

    file, _none = infected(settings, draft, submit=False)
    assert not draft.attachments.kept().exists()
    assert [line.step for line in filling.missing(draft)] == ["paper"]
    told = Message.objects.get(kind="submissions.file_refused")
    assert told.recipient == draft.created_by and file.document.sha256 in told.body
    assert "비밀" not in told.subject + told.body
    assert not Message.objects.filter(kind="submissions.submitted_file_refused").exists()
    page = owner.get(reverse("submissions:files", args=[draft.number, "paper"])).content.decode()
    assert "비밀.pdf" in page and "바이러스" in page


def test_infected_submitted_file_never_loses_the_submission(owner, draft, settings):
    from innomarket.notifications.models import Message

    file, revision = infected(settings, draft, submit=True)
    draft.refresh_from_db()
    assert (draft.state, draft.current) == ("submitted", revision)
    assert revision.files.get().sha256 == file.document.sha256
    page = owner.get(reverse("submissions:receipt", args=[draft.number])).content.decode()
    assert file.document.sha256 in page.replace("<wbr>", "").replace("\u200b", "") and "바이러스" in page
    served = reverse("submissions:submitted_file", args=[draft.number, 0, revision.files.get().pk])
    assert served not in page and owner.get(served).status_code == 409
    for kind in ("submissions.file_refused", "submissions.submitted_file_refused"):
        message = Message.objects.filter(kind=kind).first()
        assert message is not None and "비밀" not in message.subject + message.body
