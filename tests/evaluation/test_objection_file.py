"""Files beside an objection, and its answer and a result on paper: who adds, who reads, what stands."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from innomarket.common.refusals import Refused
from innomarket.documents.models import Document
from innomarket.evaluation.models import Objection, ObjectionFile, ObjectionRule
from innomarket.evaluation.services.objection import answer_objection, file_objection, save_objection
from innomarket.evaluation.services.objection_file import take_out_file
from tests.accounts.factories import person, staff
from tests.accounts.test_admin import signed_in
from tests.submissions.factories import pdf

from .test_objection import TEXT, applicant, judged, result_of
from .test_round import refused

pytestmark = pytest.mark.django_db


def with_file(made, name="근거.pdf"):
    return save_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf(name)])


def test_files_are_kept_with_the_draft_filed_with_it_and_fixed_then():
    made = judged()
    with_file(made)
    objection = file_objection(
        result=result_of(made), by=applicant(made), text=TEXT, files=[pdf("사진.pdf", b"x")]
    )
    assert [one.document.name for one in objection.files.all()] == ["근거.pdf", "사진.pdf"]
    file = objection.files.first()
    with refused("save_not_now"):
        take_out_file(file=file, by=applicant(made))
    with pytest.raises(IntegrityError, match="its files too"), transaction.atomic():
        ObjectionFile.objects.filter(pk=file.pk).delete()


def test_a_file_is_taken_out_of_a_draft_by_its_own_side_alone():
    made = judged()
    file = with_file(made).files.get()
    with pytest.raises(Refused, check=lambda error: error.status == 403):
        take_out_file(file=file, by=person())
    take_out_file(file=file, by=applicant(made))
    assert not ObjectionFile.objects.exists()


def test_more_files_or_other_kinds_than_are_taken_are_refused_and_nothing_is_kept():
    made = judged()
    most = ObjectionRule.objects.at().most_files
    with refused("too_many_files"):
        save_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf()] * (most + 1))
    for name in ("글.hwp", "수식.xlsx"):
        with pytest.raises(Refused, check=lambda error: error.field == "papers"):
            save_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf(name)])
    assert not Document.objects.exists() and not Objection.objects.exists()


def test_what_the_virus_check_refused_is_not_filed():
    made = judged()
    file = with_file(made).files.get()
    Document.objects.filter(pk=file.document_id).update(state="refused", refused_reason="x")
    with refused("file_refused"):
        file_objection(result=result_of(made), by=applicant(made), text=TEXT)
    take_out_file(file=file, by=applicant(made))
    assert file_objection(result=result_of(made), by=applicant(made), text=TEXT).state == "filed"


def test_page_takes_files_and_gives_each_back_to_those_who_read_the_objection(client):
    made = judged()
    client.force_login(applicant(made))
    page = f"/en/objections/{made.submissions[1].number}/"
    text = client.get(page).content.decode()
    assert "PDF, JPG or PNG, up to" in text and "at most 5 files (our default)" in text
    assert client.post(page, {"text": TEXT, "later": "1", "papers": [pdf("근거.pdf")]}).status_code == 302
    file = ObjectionFile.objects.get()
    Document.objects.update(state="clean")
    address = reverse("evaluation:objection_file", args=[file.pk])
    text = client.get(page).content.decode()
    assert "근거.pdf" in text and address in text
    assert client.get(address).status_code == 200
    signed_in(client, staff("run_rounds"))
    assert client.get(address).status_code == 404  # a draft is its side's alone
    file_objection(result=result_of(made), by=applicant(made), text=TEXT)
    assert client.get(address).status_code == 200
    console = client.get(f"/en/admin/evaluation/objection/{file.objection_id}/change/").content.decode()
    assert address in console
    for other in (made.evaluators[0], made.submissions[0].created_by, person()):
        client.force_login(other)
        assert client.get(address).status_code == 404
    client.force_login(applicant(made))
    assert client.post(page, {"take_out": str(file.pk)}).status_code == 302
    assert ObjectionFile.objects.exists()  # filed


def test_page_takes_a_file_out_of_the_draft(client):
    made = judged()
    file = with_file(made).files.get()
    client.force_login(applicant(made))
    page = f"/objections/{made.submissions[1].number}/"
    for key in ("x", "999999999999999999", str(file.pk + 1)):
        assert client.post(page, {"take_out": key}).status_code == 404
    client.post(page, {"take_out": str(file.pk)})
    assert not ObjectionFile.objects.exists()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_answer_and_result_are_given_on_paper_to_their_own_side(client, language):
    made = judged()
    with_file(made)
    objection = file_objection(result=result_of(made), by=applicant(made), text=TEXT)
    prefix = "" if language == "ko" else "/en"
    address = f"{prefix}/objections/{objection.number}/answer.pdf"
    client.force_login(applicant(made))
    assert client.get(address).status_code == 404  # not answered yet
    answer_objection(
        objection=objection, by=staff("run_rounds"), outcome="partly", answer='#import "x"\n일부 맞습니다.'
    )
    for one in (
        address,
        f"{prefix}/objections/{made.submissions[1].number}/result-{made.round.number}.pdf",
    ):
        answer = client.get(one)
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"%PDF") and answer["Content-Type"] == "application/pdf"
    client.force_login(made.submissions[0].created_by)
    assert client.get(address).status_code == 404
    assert (
        client.get(f"/objections/{made.submissions[1].number}/result-{made.round.number}.pdf").status_code
        == 404
    )
