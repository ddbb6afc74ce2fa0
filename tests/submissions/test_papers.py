from __future__ import annotations

import hashlib
import io
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from innomarket.notifications.models import Message
from innomarket.submissions import freezing, verification
from innomarket.submissions.services import submission as services
from innomarket.submissions.views import verify

from . import factories

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def signed_in(client: Client, submission: Any) -> Client:
    client.force_login(submission.created_by)
    return client


def test_draft_pdf_is_marked_and_names_what_is_missing(client: Client) -> None:
    draft = factories.submission(complete=False)
    response = signed_in(client, draft).get(reverse("submissions:draft_pdf", args=[draft.number]))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "filename*=utf-8''" in response["Content-Disposition"]
    said = text_of(response)
    assert "미제출" in said and "아직 없는 항목" in said and draft.number in said


def test_draft_pdf_of_what_was_submitted_is_the_submitted_revision(client: Client) -> None:
    submitted = factories.submitted()
    address = reverse("submissions:draft_pdf", args=[submitted.number])
    said = text_of(signed_in(client, submitted).get(address))
    assert "미제출" not in said and "제출본 00" in said and submitted.current.sha256 in said
    services.save_step(
        submission=submitted, by=submitted.created_by, step="problem", data={"title": "다른 제목"}
    )
    said = text_of(client.get(address))
    assert "미제출" in said and "다른 제목" in said


def test_receipt_pdf_has_number_hashes_and_the_address(client: Client) -> None:
    submitted = factories.submitted()
    response = signed_in(client, submitted).get(
        "/en" + reverse("submissions:receipt_pdf", args=[submitted.number, 0])
    )
    said = text_of(response)
    assert f"{submitted.number}-00" in said and submitted.current.sha256 in said and "KST" in said
    for file in submitted.current.files.all():
        assert file.sha256 in said and file.name in said
    assert "/en/verify/" in said


def test_receipt_mail_names_hashes_and_no_file_names() -> None:
    submitted = factories.submitted()
    told = Message.objects.filter(kind="submissions.submitted").latest("pk")
    said = " ".join(str(getattr(told, field.attname)) for field in told._meta.concrete_fields)
    assert submitted.current.sha256 in said and "/verify/?number=" in said
    assert "://" in said.partition("/verify/")[0]
    for file in submitted.current.files.all():
        assert file.sha256 in said and file.name not in said


def test_verification_answers_for_the_whole_and_for_each_file() -> None:
    submitted = factories.submitted()
    whole = hashlib.sha256(freezing.canonical(freezing.frozen_revision(submitted.current))).hexdigest()
    (match,) = verification.matches(submitted.number, whole)
    assert match.of_whole and match.state == "stands" and match.number == f"{submitted.number}-00"
    for file in submitted.current.files.all():
        (match,) = verification.matches(f"{submitted.number}-00", file.sha256)
        assert not match.of_whole
    assert verification.matches(f"{submitted.number}-01", whole) == []
    assert verification.matches(submitted.number, "0" * 64) == []


def test_verification_says_replaced_and_withdrawn() -> None:
    submitted = factories.submitted()
    first = submitted.current.sha256
    by = submitted.created_by
    services.save_step(submission=submitted, by=by, step="problem", data={"title": "다른 제목"})
    second = services.submit(submission=submitted, by=by)
    (match,) = verification.matches(submitted.number, first)
    assert (match.state, match.later) == ("replaced", f"{submitted.number}-01")
    services.withdraw(submission=submitted, by=by, reason="잘못 제출했습니다")
    (match,) = verification.matches(submitted.number, second.sha256)
    assert match.state == "withdrawn" and match.later_at is not None


def test_verify_page_tells_the_public_nothing_of_content(client: Client) -> None:
    submitted = factories.submitted()
    pasted = f" {submitted.current.sha256[:30].upper()} {submitted.current.sha256[30:]} "
    response = client.get(
        reverse("submissions:verify"), {"number": f"{submitted.number.lower()}-00", "sha256": pasted}
    )
    page = response.content.decode()
    assert "서로 일치합니다" in page and submitted.lot.call.number in page
    assert submitted.current.title not in page and submitted.applicant_organisation.name_ko not in page


def test_verify_page_answers_alike_whether_the_number_exists(
    client: Client, django_assert_num_queries: Any
) -> None:
    submitted = factories.submitted()
    pages = []
    client.get(reverse("submissions:verify"))
    for number in (submitted.number, "R26ZZ99999999"):
        with django_assert_num_queries(2):
            assert verification.matches(number, "0" * 64) == []
        answer = client.get(reverse("submissions:verify"), {"number": number, "sha256": "0" * 64})
        assert answer.status_code == 200
        page = answer.content.decode().replace(number, "")
        start = page.index("서로 일치하지 않습니다")
        pages.append(page[start : page.index("csrf", start) if "csrf" in page[start:] else start + 300])
    assert pages[0] == pages[1]


def test_verify_page_refuses_what_is_no_hash_and_too_many(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("submissions:verify")
    assert client.get(address, {"number": "#", "sha256": "xyz"}).status_code == 422
    monkeypatch.setattr(verify, "A_MINUTE", 0)
    assert client.get(address, {"number": "R26PR00000001", "sha256": "0" * 64}).status_code == 429
