"""Invitations: to any address with the same answer, accepted once by its person, withdrawn, expired."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils.translation import override

from innomarket.accounts import reads
from innomarket.accounts.models import Invitation, Membership
from innomarket.accounts.services.invitation import accept_invitation, invite, withdraw_invitation
from innomarket.accounts.services.person import register_person
from innomarket.accounts.tokens import token_of
from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications import sending
from innomarket.notifications.models import Message
from tests.support.races import at_once

from .factories import company, member, person

ADDRESS = "new@example.com"


@pytest.fixture(autouse=True)
def _korean():
    with override("ko"):
        yield


def owned():
    """An owner and the organisation."""
    owner, organisation = person(), company()
    member(owner, organisation)
    return owner, organisation


def invited(address=ADDRESS, **fields):
    owner, organisation = owned()
    values = {"role": "editor", "may_submit": True} | fields
    return invite(organisation=organisation, by=owner, email=address, **values), owner, organisation


def registered(address=ADDRESS, **fields):
    return register_person(email=address, name="새 사람", **fields)


@pytest.mark.django_db
def test_invited_person_accepts_once_and_the_owners_are_told():
    invitation, owner, organisation = invited(" New@Example.com ")
    someone = registered()
    with override("en"):
        membership = accept_invitation(token=token_of(invitation.nonce), by=someone)
    assert (membership.organisation, membership.role, membership.may_submit) == (organisation, "editor", True)
    assert reads.may_submit_for(someone, organisation)
    told = Message.objects.get(kind="accounts.invitation_accepted")
    assert told.recipient == owner and someone.name in told.subject
    assert "작성자" in told.body, "the role in the reader's language, whatever the accepter reads"
    invitation.refresh_from_db()
    assert invitation.accepted_by == someone and invitation.accepted_at
    verbs = Entry.objects.filter(actor=someone).values_list("verb", flat=True)
    assert {"accounts.join", "accounts.accept_invitation"} <= set(verbs)
    with pytest.raises(Refused) as refused:
        accept_invitation(token=token_of(invitation.nonce), by=someone)
    assert refused.value.code == "invitation_used"


@pytest.mark.django_db
def test_mail_holds_the_token_and_the_database_does_not(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invitation, _owner, _organisation = invited()
    token = token_of(invitation.nonce)
    assert sending.send_due() == 1
    assert mail.outbox[0].to == [ADDRESS] and f"/invitations/{token}/" in mail.outbox[0].body
    with connection.cursor() as cursor:
        for table in ("accounts_invitation", "notifications_message", "audit_entry"):
            cursor.execute(f"SELECT count(*) FROM {table} row WHERE row::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT count(*) FROM audit_entry row WHERE row::text LIKE %s", [f"%{ADDRESS}%"])
        assert cursor.fetchone() == (0,)
    assert len(invitation.token_hash) == 64 and invitation.token_hash != token


@pytest.mark.django_db
def test_message_sent_again_holds_the_same_token(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invited()
    sending.send_due()
    Message.objects.update(state="waiting", sent_at=None)
    sending.send_due()
    assert len(mail.outbox) == 2 and mail.outbox[0].body == mail.outbox[1].body


@pytest.mark.django_db
@pytest.mark.parametrize("known", [None, True, False, "closed"])
def test_answer_is_the_same_whether_or_not_the_address_is_registered(client, known):
    if known is not None:
        someone = registered(verified=known is not False)
        if known == "closed":
            type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    owner, organisation = owned()
    client.force_login(owner)
    address = f"/organisations/{organisation.pk}/members/invite/"
    response = client.post(address, {"email": ADDRESS, "role": "editor"}, follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(organisation.get_absolute_url(), 302)]
    assert ADDRESS in text and "새 사람" not in text
    message = Message.objects.get()
    assert (message.recipient, message.address_to, message.state) == (None, ADDRESS, "waiting")
    assert Invitation.objects.count() == 1 and Membership.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, "editor", "viewer"])
def test_who_is_no_owner_invites_and_withdraws_nobody(role):
    invitation, _owner, organisation = invited()
    actor = person()
    if role:
        member(actor, organisation, role=role)
    for step in (
        lambda: invite(organisation=organisation, by=actor, email="x@example.com", role="viewer"),
        lambda: withdraw_invitation(invitation=invitation, by=actor),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.status == 403
    assert Invitation.objects.standing().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"role": "chief"}, "role"),
        ({"role": "viewer", "may_submit": True}, "may_submit"),
    ],
)
def test_wrong_invitation_is_refused_at_its_field(fields, field):
    with pytest.raises(Refused) as refused:
        invited(**fields)
    assert refused.value.field == field
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_member_is_not_invited_again():
    owner, organisation = owned()
    with pytest.raises(Refused) as refused:
        invite(organisation=organisation, by=owner, email=owner.email.upper(), role="editor")
    assert refused.value.field == "email"


@pytest.mark.django_db
def test_member_by_another_address_cannot_join_twice():
    invitation, owner, _organisation = invited()
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=owner, email=ADDRESS, verified=True)
    with pytest.raises(Refused) as refused:
        accept_invitation(token=token_of(invitation.nonce), by=owner)
    assert refused.value.code == "one_active_membership_each"
    assert Invitation.objects.standing().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("verified", [True, False])
def test_another_person_cannot_accept_and_an_unconfirmed_address_is_another(verified):
    invitation, _owner, _organisation = invited()
    someone = registered("other@example.com") if verified else registered(verified=False)
    with pytest.raises(Refused) as refused:
        accept_invitation(token=token_of(invitation.nonce), by=someone)
    assert (refused.value.code, refused.value.status) == ("another_address", 403)
    assert ADDRESS not in str(refused.value.reason)


@pytest.mark.django_db
def test_invitation_ends_at_its_instant():
    invitation, _owner, _organisation = invited()
    someone, token = registered(), token_of(invitation.nonce)
    with transaction.atomic(), moved_to(invitation.expires_at), pytest.raises(Refused) as refused:
        accept_invitation(token=token, by=someone)
    assert refused.value.code == "invitation_expired"
    with transaction.atomic(), moved_to(invitation.expires_at - timedelta(seconds=1)):
        assert accept_invitation(token=token, by=someone).user == someone


@pytest.mark.django_db
def test_withdrawn_and_replaced_links_no_longer_work():
    first, owner, organisation = invited()
    second = invite(organisation=organisation, by=owner, email=ADDRESS, role="viewer")
    someone = registered()
    with pytest.raises(Refused) as refused:
        accept_invitation(token=token_of(first.nonce), by=someone)
    assert refused.value.code == "invitation_withdrawn"
    withdraw_invitation(invitation=second, by=owner)
    for step in (
        lambda: accept_invitation(token=token_of(second.nonce), by=someone),
        lambda: withdraw_invitation(invitation=second, by=owner),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "invitation_withdrawn"


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "한글", "a" * 5000])
def test_unknown_token_is_not_found(token):
    invited()
    with pytest.raises(Http404):
        accept_invitation(token=token, by=registered())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"token_hash": "plain"},
        {"accepted_at": now},
        {"expires_at": lambda: now() - timedelta(days=30)},
        {"role": "viewer", "may_submit": True},
    ],
)
def test_database_refuses_what_no_service_writes(fields):
    invitation, _owner, _organisation = invited()
    values = {name: value() if callable(value) else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**values)


def test_accepted_twice_at_once_is_one_membership(fresh_database):
    invitation, _owner, organisation = invited()
    someone = registered()
    accept = lambda: accept_invitation(token=token_of(invitation.nonce), by=someone)  # noqa: E731
    outcomes = at_once(accept, accept)
    assert [type(o.error) for o in outcomes if o.error] == [Refused]
    assert Membership.objects.filter(organisation=organisation, user=someone).count() == 1


def test_accepted_and_withdrawn_at_once_have_one_outcome(fresh_database):
    invitation, owner, _organisation = invited()
    someone = registered()
    outcomes = at_once(
        lambda: accept_invitation(token=token_of(invitation.nonce), by=someone),
        lambda: withdraw_invitation(invitation=invitation, by=owner),
    )
    assert [type(o.error) for o in outcomes if o.error] == [Refused]
    invitation.refresh_from_db()
    assert (invitation.accepted_at is None) != (invitation.withdrawn_at is None)


def test_invited_twice_at_once_leaves_one_that_stands(fresh_database):
    owner, organisation = owned()
    ask = lambda: invite(organisation=organisation, by=owner, email=ADDRESS, role="editor")  # noqa: E731
    assert [o.error for o in at_once(ask, ask)] == [None, None]
    assert Invitation.objects.count() == 2 and Invitation.objects.standing().count() == 1


# ── pages ──


@pytest.mark.django_db
def test_newcomer_is_led_from_the_page_to_signing_in_and_back(client):
    invitation, _owner, organisation = invited()
    path = f"/invitations/{token_of(invitation.nonce)}/"
    shown = client.get(path)
    text = shown.content.decode()
    assert shown.status_code == 200 and shown["Cache-Control"] == "private, no-store"
    assert organisation.name_ko in text and ADDRESS not in text
    assert re.search(rf'href="[^"]*login/\?next={re.escape(path)}"', text)
    assert client.post(path).status_code == 403
    client.force_login(registered())
    assert organisation.name_ko in client.get(path).content.decode()
    assert client.post(path).url == organisation.get_absolute_url()
    client.get(organisation.get_absolute_url())  # takes the message with it
    used = client.get(path)
    assert used.status_code == 409 and organisation.name_ko not in used.content.decode()


@pytest.mark.django_db
def test_page_says_to_another_person_why_not(client):
    invitation, _owner, _organisation = invited()
    client.force_login(registered("other@example.com"))
    shown = client.get(f"/invitations/{token_of(invitation.nonce)}/")
    assert shown.status_code == 200 and '<form class="confirm' not in shown.content.decode()
    assert client.post(f"/invitations/{token_of(invitation.nonce)}/").status_code == 403
    assert not Membership.objects.filter(user__email="other@example.com").exists()


@pytest.mark.django_db
def test_owner_sees_open_invitations_and_withdraws_one(client):
    invitation, owner, organisation = invited()
    viewer = person()
    member(viewer, organisation, role="viewer")
    client.force_login(viewer)
    assert ADDRESS not in client.get(organisation.get_absolute_url()).content.decode()
    client.force_login(owner)
    assert ADDRESS in client.get(organisation.get_absolute_url()).content.decode()
    page = f"/organisations/{organisation.pk}/invitations/{invitation.pk}/withdraw/"
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 302
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    assert client.post(page).status_code == 409


@pytest.mark.django_db
def test_invitation_of_another_organisation_is_not_found(client):
    invitation, _owner, _organisation = invited()
    rival, theirs = owned()
    client.force_login(rival)
    page = f"/organisations/{theirs.pk}/invitations/{invitation.pk}/withdraw/"
    assert client.get(page).status_code == client.post(page).status_code == 404


@pytest.mark.django_db
def test_sending_invitations_is_limited(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"invite": "2/h/user"}
    owner, organisation = owned()
    client.force_login(owner)
    page = f"/organisations/{organisation.pk}/members/invite/"
    answers = [
        client.post(page, {"email": f"nobody{n}@example.com", "role": "editor"}).status_code for n in range(3)
    ]
    assert answers == [302, 302, 429]
    assert Invitation.objects.count() == 2
