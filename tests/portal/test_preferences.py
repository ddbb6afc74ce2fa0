import pytest

pytestmark = pytest.mark.django_db


def choose(client, **data):
    return client.post("/display/", data)


def test_a_choice_is_remembered_and_shown(client):
    response = choose(client, theme="dark", contrast="more", next="/help/")
    assert (response.status_code, response.url) == (302, "/help/")
    page = client.get("/help/").text
    assert 'data-theme="dark"' in page and 'data-contrast="more"' in page


def test_the_system_setting_forgets_the_cookie(client):
    choose(client, theme="dark", contrast="more")
    choose(client, theme="system")
    page = client.get("/help/").text
    assert "data-theme" not in page and "data-contrast" not in page


def test_an_unknown_theme_is_nothing(client):
    choose(client, theme='"><script>')
    assert "data-theme" not in client.get("/help/").text


def test_a_forged_cookie_is_nothing(client):
    client.cookies["theme"] = '"onload="x'
    client.cookies["contrast"] = "less"
    page = client.get("/help/").text
    assert "data-theme" not in page and "data-contrast" not in page and "onload" not in page


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "", "\\\\x"]
)
def test_nobody_is_sent_elsewhere(client, target):
    assert choose(client, theme="dark", next=target).url == "/"


def test_cookies_are_for_this_site_and_not_for_scripts(client):
    cookie = choose(client, theme="dark").cookies["theme"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) > 30_000_000


def test_the_page_without_a_menu_has_the_choices(client):
    assert 'name="theme"' in client.get("/en/display/").text


def test_other_methods_are_refused(client):
    assert client.delete("/display/").status_code == 405
