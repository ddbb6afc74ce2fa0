"""Members: added, changed, removed; an organisation keeps an owner whatever happens at once."""

import pytest

from innomarket.accounts import reads
from innomarket.accounts.models import Membership
from innomarket.accounts.services.membership import add_member, change_member, remove_member
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message

from .factories import company, member, person


@pytest.mark.django_db
def test_owner_adds_an_editor_who_is_told():
    owner, newcomer, organisation = person(), person(), company()
    member(owner, organisation)
    membership = add_member(
        organisation=organisation, by=owner, user=newcomer, role="editor", may_submit=True
    )
    assert reads.may_edit_for(newcomer, organisation)
    assert reads.may_submit_for(newcomer, organisation)
    assert set(reads.people_of(organisation)) == {owner, newcomer}
    assert Message.objects.get(kind="accounts.member_added").recipient == newcomer
    entry = Entry.objects.get(verb="accounts.add_member")
    assert entry.subject_id == str(membership.pk)
    assert entry.changes["role"] == "editor"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["editor", "viewer", None])
def test_who_is_no_owner_adds_nobody(role):
    organisation, actor = company(), person()
    member(person(), organisation)
    if role:
        member(actor, organisation, role=role)
    with pytest.raises(Refused) as refused:
        add_member(organisation=organisation, by=actor, user=person(), role="viewer")
    assert refused.value.status == 403


@pytest.mark.django_db
def test_owner_of_another_organisation_adds_nobody():
    organisation, other, stranger = company(), company(), person()
    member(person(), organisation)
    member(stranger, other)
    with pytest.raises(Refused):
        add_member(organisation=organisation, by=stranger, user=stranger, role="owner")


@pytest.mark.django_db
def test_member_is_not_added_twice():
    owner, organisation = person(), company()
    member(owner, organisation)
    with pytest.raises(Refused) as refused:
        add_member(organisation=organisation, by=owner, user=owner, role="editor")
    assert refused.value.field == "email"
    assert Membership.objects.count() == 1


@pytest.mark.django_db
def test_former_member_can_be_added_again():
    owner, colleague, organisation = person(), person(), company()
    member(owner, organisation)
    first = add_member(organisation=organisation, by=owner, user=colleague, role="editor")
    remove_member(membership=first, by=owner)
    add_member(organisation=organisation, by=owner, user=colleague, role="viewer")
    assert Membership.objects.filter(user=colleague).count() == 2
    assert Message.objects.filter(recipient=colleague, kind="accounts.member_added").count() == 2


@pytest.mark.django_db
def test_viewer_does_not_get_the_right_to_submit():
    owner, organisation = person(), company()
    member(owner, organisation)
    with pytest.raises(Refused) as refused:
        add_member(organisation=organisation, by=owner, user=person(), role="viewer", may_submit=True)
    assert refused.value.field == "may_submit"
    membership = add_member(organisation=organisation, by=owner, user=person(), role="editor")
    with pytest.raises(Refused):
        change_member(membership=membership, by=owner, role="viewer", may_submit=True)
    with pytest.raises(Refused) as refused:
        change_member(membership=membership, by=owner, role="emperor", may_submit=False)
    assert refused.value.field == "role"


@pytest.mark.django_db
def test_changed_rights_hold_at_once_and_the_person_is_told():
    owner, colleague, organisation = person(), person(), company()
    member(owner, organisation)
    membership = member(colleague, organisation, role="editor", may_submit=False)
    change_member(membership=membership, by=owner, role="editor", may_submit=True)
    assert reads.may_submit_for(colleague, organisation)
    change_member(membership=membership, by=owner, role="viewer", may_submit=False)
    assert not reads.may_edit_for(colleague, organisation)
    assert Message.objects.filter(recipient=colleague, kind="accounts.member_changed").count() == 2
    change_member(membership=membership, by=owner, role="viewer", may_submit=False)
    assert Entry.objects.filter(verb="accounts.change_member").count() == 2


@pytest.mark.django_db
def test_last_owner_neither_leaves_nor_steps_down():
    owner, editor, organisation = person(), person(), company()
    membership = member(owner, organisation)
    member(editor, organisation, role="editor")
    with pytest.raises(Refused) as refused:
        remove_member(membership=membership, by=owner)
    assert refused.value.code == "last_owner"
    with pytest.raises(Refused):
        change_member(membership=membership, by=owner, role="editor", may_submit=True)
    assert reads.owners_of(organisation).get() == owner


@pytest.mark.django_db
def test_owner_leaves_when_there_is_another_who_is_told():
    first, second, organisation = person(), person(), company()
    leaving = member(first, organisation)
    member(second, organisation)
    remove_member(membership=leaving, by=first)
    assert not reads.memberships_of(first).exists()
    assert Message.objects.get(kind="accounts.member_left").recipient == second
    assert Entry.objects.filter(verb="accounts.leave", actor=first).exists()


@pytest.mark.django_db
def test_removed_member_reads_nothing_and_is_told():
    owner, colleague, organisation = person(), person(), company()
    member(owner, organisation)
    membership = member(colleague, organisation, role="editor")
    remove_member(membership=membership, by=owner)
    assert not reads.organisations_of(colleague).exists()
    assert Message.objects.get(kind="accounts.member_removed").recipient == colleague
    with pytest.raises(Refused) as refused:
        remove_member(membership=membership, by=owner)
    assert refused.value.code == "has_left"


@pytest.mark.django_db
def test_editor_removes_nobody_but_leaves():
    organisation, editor = company(), person()
    owner = member(person(), organisation)
    own = member(editor, organisation, role="editor")
    with pytest.raises(Refused):
        remove_member(membership=owner, by=editor)
    remove_member(membership=own, by=editor)
    assert not reads.memberships_of(editor).exists()
