import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.factories import person
from tests.catalog.factories import product
from tests.challenges import factories as challenges

pytestmark = pytest.mark.django_db


def task_of(title: str):
    """A public task of this title."""
    task = challenges.published_task()
    task.title, task.problem = title, "자세한 내용"
    task.save()
    return task


def idea_of(title: str):
    """A public idea of this title."""
    idea = challenges.published_idea()
    idea.title, idea.problem, idea.wish, idea.place = title, "자세한 내용", "나아지기를 바란다", ""
    idea.save()
    return idea


def test_find_without_words_asks_for_them(client):
    for query in ("", "?q=", "?q=%20"):
        response = client.get(f"/find/{query}")
        assert response.status_code == 200 and response.context["found"] is None


def test_find_gives_products_and_public_tasks_for_a_sentence(client):
    meant = product(name_ko="교실 공기 청정기", name_en="Classroom purifier", summary="나쁜 공기를 거른다")
    product(name_ko="전자칠판", name_en="Whiteboard", summary="판서 장치")
    task = task_of("교실 공기가 나쁘다")
    other = task_of("주차할 곳이 없다")
    hidden = challenges.submitted_task()
    response = client.get("/en/find/", {"q": "교실의 공기가 나빠서 아이들이 기침을 해요"})
    found = response.context["found"]
    assert found.products[0] == meant and found.products[0].found_in
    assert f"Found in: {found.products[0].found_in}" in response.content.decode()
    assert task in found.tasks and other not in found.tasks
    assert all(one.pk != hidden.pk for one in found.tasks)


def test_find_gives_public_ideas_and_says_nothing_of_who_wrote_them(client):
    author = person(name="김아무개")
    meant, other = idea_of("정류장에서 기다리는 사람을 위한 불"), idea_of("주차할 곳을 알려 주는 표지")
    challenges.submitted_idea(by=author)  # of the same words, not public
    meant.submission.__class__.objects.filter(pk=meant.pk).update(applicant_person=author)
    response = client.get("/find/", {"q": "밤에 정류장이 어두워서 무서워요"})
    assert response.context["found"].ideas == [meant] and other not in response.context["found"].ideas
    text = response.content.decode()
    assert f"/ideas/{meant.number}/" in text and "김아무개" not in text


def test_find_reads_a_long_description_to_its_end(client):
    meant = product(name_ko="결빙 감지 센서", name_en="Ice sensor", summary="노면")
    product(name_ko="전자칠판", name_en="Whiteboard", summary="겨울 학교")
    text = (
        "우리 동네에는 너무 오래 된 길이 많이 있는데 비가 오면 자꾸 미끄러워서 걷기가 힘들어요 겨울에는 위험합니다"
        " 그래서 결빙을 감지하는 센서가 필요해요"
    )
    found = client.get("/find/", {"q": text}).context["found"]
    assert found.products[0] == meant and "결빙" in found.words and len(found.words) <= 100
    assert client.get("/catalog/", {"q": found.words}).context["rows"][0] == meant


def test_find_escapes_what_was_written(client):
    product(name_ko="<img src=x> 로봇", summary="<script>1</script>")
    text = client.get("/find/", {"q": "<script>1</script> 로봇 </textarea>"}).content.decode()
    assert "<script>1" not in text and "<img src=x" not in text and text.count("</textarea>") == 1


def test_find_cuts_what_is_too_long(client):
    assert len(client.get("/find/", {"q": "로봇 " * 400}).context["q"]) == 500
    assert client.get("/find/", {"q": "\0로봇"}).status_code == 200


def test_find_query_count_does_not_grow(client):
    counts = []
    for _turn in range(2):
        for _ in range(2):
            product(name_ko="로봇")
            task_of("로봇이 필요하다")
            idea_of("로봇이 있으면 좋겠다")
        with CaptureQueriesContext(connection) as captured:
            client.get("/find/", {"q": "로봇"})
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10
