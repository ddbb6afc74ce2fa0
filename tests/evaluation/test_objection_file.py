"""Files beside an objection, and its answer and a result on paper: who adds, who reads, what stands."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.documents import quarantine
from innomarket.documents.models import Document
from innomarket.evaluation.models import Objection, ObjectionFile, ObjectionRule
from innomarket.evaluation.services.objection import answer_objection, file_objection, save_objection
from innomarket.notifications.models import Message
from tests.accounts.factories import person, staff
from tests.accounts.test_admin import signed_in
from tests.documents.clamd import clamd
from tests.submissions.factories import pdf

from .test_objection import TEXT, applicant, judged, result_of
from .test_round import refused

pytestmark = pytest.mark.django_db


def with_file(made, name="근거.pdf"):
    return save_objection(result=result_of(made), by=applicant(made), text=TEXT, files=[pdf(name)])


def take_out(made, file, by=None):
    save_objection(result=result_of(made), by=by or applicant(made), text=TEXT, without=file)


def test_files_are_kept_with_the_draft_filed_with_it_and_fixed_then():
    made = judged()
    with_file(made)
    objection = file_objection(
        result=result_of(made), by=applicant(made), text=TEXT, files=[pdf("사진.pdf", b"x")]
    )
    assert [one.document.name for one in objection.files.all()] == ["근거.pdf", "사진.pdf"]
    file = objection.files.first()
    with refused("objected_already"):
        take_out(made, file)
    with pytest.raises(IntegrityError, match="its files too"), transaction.atomic():
        ObjectionFile.objects.filter(pk=file.pk).delete()


def test_a_file_is_taken_out_of_a_draft_by_its_own_side_alone():
    made = judged()
    file = with_file(made).files.get()
    with pytest.raises(Refused, check=lambda error: error.status == 403):
        take_out(made, file, by=person())
    take_out(made, file)
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
    take_out(made, file)
    assert file_objection(result=result_of(made), by=applicant(made), text=TEXT).state == "filed"


@pytest.mark.parametrize("filed", [False, True])
def test_infected_file_of_an_objection_is_told_to_who_holds_it_without_its_name(filed, settings):
    made = judged()
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        write = file_objection if filed else save_objection
        objection = write(
            result=result_of(made), by=applicant(made), text=TEXT, files=[pdf("비밀.pdf", b"EVIL")]
        )
        assert quarantine.check_pending() == 1
    told = Message.objects.get(kind="evaluation.objection_file_refused", recipient=applicant(made))
    assert objection.files.get().document.sha256 in told.body and "비밀" not in told.subject + told.body
    to_staff = Message.objects.filter(kind="evaluation.filed_objection_file_refused")
    assert to_staff.filter(recipient=made.round.chief or made.staff).exists() is filed


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


def test_taking_a_file_out_keeps_what_was_typed_and_chosen_since_it_was_saved(client):
    made = judged()
    file = with_file(made).files.get()
    client.force_login(applicant(made))
    page = f"/objections/{made.submissions[1].number}/"
    typed = f"{TEXT} 더 적었습니다."
    client.post(page, {"text": typed, "take_out": str(file.pk), "papers": [pdf("새 근거.pdf")]})
    objection = Objection.objects.get()
    assert objection.text == typed
    assert [one.document.name for one in objection.files.all()] == ["새 근거.pdf"]


def test_too_late_keeps_the_chosen_files_with_the_text_and_shows_both(client):
    made = judged()
    client.force_login(applicant(made))
    page = f"/objections/{made.submissions[1].number}/"
    with moved_to(result_of(made).objections_until):
        answer = client.post(page, {"text": TEXT, "papers": [pdf("근거.pdf")]})
    assert answer.status_code == 409
    objection = Objection.objects.get()
    assert (objection.state, objection.text) == ("draft", TEXT)
    assert [one.document.name for one in objection.files.all()] == ["근거.pdf"]
    shown = answer.content.decode()
    assert TEXT in shown and "근거.pdf" in shown and "take_out" not in shown


def test_too_late_with_a_file_that_cannot_be_taken_keeps_the_text_and_says_why(client):
    made = judged()
    client.force_login(applicant(made))
    page = f"/en/objections/{made.submissions[1].number}/"
    with moved_to(result_of(made).objections_until):
        answer = client.post(page, {"text": TEXT, "papers": [pdf("글.hwp")]})
    objection = Objection.objects.get()
    assert (answer.status_code, objection.text, objection.files.count()) == (409, TEXT, 0)
    assert "HWP" in answer.content.decode().upper()


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
