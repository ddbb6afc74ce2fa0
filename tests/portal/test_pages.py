import re

import pytest

PAGES = [
    "/",
    "/open-data/",
    "/help/",
    "/accessibility/",
    "/privacy/",
    "/display/",
    "/accounts/login/",
    "/accounts/signup/",
]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_has_one_heading_its_language_and_nothing_inline(client, path, prefix):
    response = client.get(prefix + path)
    assert response.status_code == 200
    html = response.text
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert f'<html lang="{"en" if prefix else "ko"}"' in html
    assert 'class="skip-link" href="#main"' in html and 'id="main"' in html
    assert "<style" not in html and " style=" not in html and "javascript:" not in html
    assert not re.search(r"<script(?![^>]* src=)", html) and not re.search(r"\son[a-z]+=", html)


@pytest.mark.parametrize("path", PAGES)
def test_the_language_link_leads_to_the_same_page(client, path):
    assert f'href="/en{path}" lang="en"' in client.get(path).text
    assert f'href="{path}" lang="ko"' in client.get(f"/en{path}").text


def test_every_id_of_a_page_is_unique(client):
    for path in PAGES:
        ids = re.findall(r' id="([^"]+)"', client.get(path).text)
        assert len(ids) == len(set(ids)), path


def test_an_unknown_page_says_so_in_our_look(client):
    response = client.get("/en/no-such-page/")
    assert response.status_code == 404
    assert "There is no such page" in response.text


def test_a_failed_page_needs_no_database(rf, django_assert_num_queries):
    from django.views.defaults import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500 and "오류가 났습니다" in response.content.decode()


def test_a_form_without_its_token_is_explained(django_user_model):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/en/display/", {"theme": "dark"})
    assert response.status_code == 403
    assert "The form has expired" in response.text
