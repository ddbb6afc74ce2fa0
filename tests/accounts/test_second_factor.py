"""Staff see pages only with a second factor that was used in this session."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.test import Client

from innomarket.accounts.middleware import is_open
from innomarket.accounts.services.person import give_second_factor, give_staff_groups, register_person
from innomarket.audit.models import Entry

PASSWORD = "a-long-good-secret"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CURRENT = 1


def codes_of(secret):
    """The codes that are taken now: the last one, the current one, the next."""
    return [
        auth.format_hotp_value(auth.hotp_value(secret, count))
        for count in auth.yield_hotp_counters_from_time()
    ]


def code_of(user):
    factor = Authenticator.objects.get(user=user, type="totp").wrap()
    return codes_of(decrypt(factor.instance.data["secret"]))[CURRENT]


@pytest.fixture
def officer(db):
    user = register_person(email="officer@example.com", name="담당자", password=PASSWORD)
    give_staff_groups(user=user, groups=["Verification", "Audit"])
    return user


def sign_in(user, *, with_code=True):
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    if with_code:
        assert answer["Location"] == "/accounts/2fa/authenticate/"
        answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(user)})
        assert answer.status_code == 302
    return client


@pytest.mark.parametrize(
    ("path", "without"),
    [
        ("/accounts/login/", True),
        ("/en/accounts/2fa/totp/activate/", True),
        ("/EN/Accounts/logout/", True),
        ("/readyz", True),
        ("/api/v1/products/", True),
        ("/", False),
        ("/admin/", False),
        ("/en/admin/", False),
        ("/calls/accounts/", False),
        ("/fr/accounts/", False),
        ("/meetings/", False),
        ("/accountsx/", False),
    ],
)
def test_addresses_without_a_factor_are_those_that_lead_to_it(path, without):
    assert is_open(path) is without


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/en/admin/",
        "/admin/accounts/organisation/",
        "/admin/nothing/",
        "/organisations/",
        "/en/",
        "/nothing/",
    ],
)
def test_staff_without_a_factor_are_led_to_set_one_up(officer, address):
    client = sign_in(officer, with_code=False)
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/accounts/2fa/totp/activate/" in answer["Location"]
    assert client.get("/api/v1/products/").status_code == 200


def test_staff_who_used_their_factor_come_in(officer):
    give_second_factor(user=officer)
    client = sign_in(officer)
    for address in ("/admin/", "/en/admin/", "/admin/accounts/organisation/", "/admin/audit/entry/"):
        assert client.get(address).status_code == 200, address


def test_password_alone_does_not_sign_in_who_has_a_factor(officer):
    give_second_factor(user=officer)
    client = Client()
    client.post("/accounts/login/", {"login": officer.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    assert client.get("/people/me/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/people/me/").status_code == 302


def test_session_from_before_the_factor_is_asked_for_a_code(officer):
    client = sign_in(officer, with_code=False)
    give_second_factor(user=officer)
    answer = client.get("/admin/accounts/organisation/")
    assert "/accounts/2fa/reauthenticate/" in answer["Location"]
    assert client.post(answer["Location"], {"code": code_of(officer)}).status_code == 302
    assert client.get("/admin/accounts/organisation/").status_code == 200


def test_factor_set_up_in_this_session_counts_as_used(fresh_database):
    officer = register_person(email="officer@example.com", name="담당자", password=PASSWORD)
    give_staff_groups(user=officer, groups=["Verification"])
    client = sign_in(officer, with_code=False)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    shown = client.get("/accounts/2fa/totp/activate/")
    secret = shown.context["form"].secret
    code = codes_of(secret)[CURRENT]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_factor_that_was_replaced_no_longer_opens_the_session(officer):
    give_second_factor(user=officer)
    client = sign_in(officer)
    Authenticator.objects.filter(user=officer).delete()
    assert "/accounts/2fa/totp/activate/" in client.get("/admin/")["Location"]
    give_second_factor(user=officer)
    assert "/accounts/2fa/reauthenticate/" in client.get("/admin/")["Location"]


def test_post_without_the_factor_does_nothing_and_is_not_repeated(officer):
    client = sign_in(officer, with_code=False)
    answer = client.post("/admin/accounts/organisation/1/verify/", {"reason": "x"})
    assert answer.status_code == 302
    assert "organisation" not in answer["Location"]


def test_who_is_no_staff_is_refused_by_the_admin_itself(db):
    user = register_person(email="someone@example.com", name="누구", password=PASSWORD)
    client = sign_in(user, with_code=False)
    answer = client.get("/admin/", follow=True)
    assert "2fa" not in "".join(url for url, _status in answer.redirect_chain)
    assert "organisation" not in answer.content.decode().lower() or answer.status_code == 403


def test_key_of_a_factor_is_encrypted_at_rest_and_not_in_the_audit(officer):
    give_second_factor(user=officer, secret=SECRET)
    stored = Authenticator.objects.get(user=officer).data["secret"]
    assert SECRET not in stored
    assert not [e for e in Entry.objects.all() if SECRET in str(e.changes)]
    assert sign_in(officer).get("/admin/").status_code == 200


def test_key_still_opens_after_the_servers_key_changed(officer, settings):
    give_second_factor(user=officer, secret=SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-is-long-enough-to-be-one"
    from allauth.mfa.utils import decrypt

    assert decrypt(Authenticator.objects.get(user=officer).data["secret"]) == SECRET


def test_giving_a_factor_twice_replaces_the_key(officer):
    first, second = give_second_factor(user=officer), give_second_factor(user=officer)
    assert first != second
    assert Authenticator.objects.filter(user=officer).count() == 1


def test_one_time_code_signs_in_and_the_next_one_differs(officer):
    give_second_factor(user=officer)
    out = StringIO()
    call_command("one_time_code", "OFFICER@example.com", stdout=out)
    client = sign_in_with(officer, out.getvalue().strip())
    assert client.get("/admin/").status_code == 200
    again = StringIO()
    call_command("one_time_code", officer.email, stdout=again)
    assert again.getvalue() != out.getvalue()
    assert sign_in_with(officer, again.getvalue().strip()).get("/admin/").status_code == 200


def sign_in_with(user, code):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return client


def test_one_time_code_is_not_printed_on_a_server(officer, settings):
    give_second_factor(user=officer)
    settings.EMBEDDED = settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("one_time_code", officer.email)


def test_one_time_code_of_nobody_is_said(db):
    with pytest.raises(CommandError):
        call_command("one_time_code", "nobody@example.com")
