"""What happens at once: the same number twice, the last owners who leave together."""

from django.db import IntegrityError

from innomarket.accounts import reads
from innomarket.accounts.models import ApiRule, ApiToken, Membership, Organisation
from innomarket.accounts.services.api_token import make_token, revoke_token
from innomarket.accounts.services.membership import add_member, change_member, remove_member
from innomarket.accounts.services.organisation import apply_for_organisation
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from tests.support.races import at_once

from .factories import company, kind, member, person


def apply_as_company(by):
    return apply_for_organisation(
        by=by, kind=kind("company"), name_ko="물결로보틱스", business_number="1234567891", size_class="small"
    )


def test_same_number_twice_at_once_gives_one_clear_message(fresh_database):
    first, second = person(), person()
    kind("company")
    outcomes = at_once(lambda: apply_as_company(first), lambda: apply_as_company(second))
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert [type(error) for error in errors] == [Refused]
    assert errors[0].field == "business_number"
    assert Organisation.objects.count() == 1
    assert Membership.objects.count() == 1


def test_two_last_owners_who_leave_at_once_leave_one(fresh_database):
    first, second, organisation = person(), person(), company()
    memberships = [member(first, organisation), member(second, organisation)]
    outcomes = at_once(
        *(
            lambda m=m, by=by: remove_member(membership=m, by=by)
            for m, by in zip(memberships, (first, second), strict=True)
        )
    )
    assert [type(o.error) for o in outcomes if o.error] == [Refused]
    assert reads.owners_of(organisation).count() == 1


def test_owner_leaves_while_the_other_steps_down_leaves_one(fresh_database):
    first, second, organisation = person(), person(), company()
    one, two = member(first, organisation), member(second, organisation)
    outcomes = at_once(
        lambda: remove_member(membership=one, by=first),
        lambda: change_member(membership=two, by=second, role="viewer", may_submit=False),
    )
    assert [type(o.error) for o in outcomes if o.error] == [Refused]
    assert reads.owners_of(organisation).count() == 1


def test_trigger_keeps_an_owner_against_raw_writes_at_once(fresh_database):
    """Without the service's lock: the database alone lets only one of the two go."""
    first, second, organisation = person(), person(), company()
    ids = [member(first, organisation).pk, member(second, organisation).pk]
    outcomes = at_once(*(lambda pk=pk: Membership.objects.filter(pk=pk).update(role="editor") for pk in ids))
    assert [type(o.error) for o in outcomes if o.error] == [IntegrityError]
    assert Membership.objects.filter(organisation=organisation, role="owner", left_at=None).count() == 1


def test_same_person_added_twice_at_once_is_one_member(fresh_database):
    owner, newcomer, organisation = person(), person(), company()
    member(owner, organisation)
    add = lambda: add_member(organisation=organisation, by=owner, user=newcomer, role="editor")  # noqa: E731
    outcomes = at_once(add, add)
    assert [type(o.error) for o in outcomes if o.error] == [Refused]
    assert Membership.objects.filter(user=newcomer).count() == 1
    assert Message.objects.filter(recipient=newcomer).count() == 1


def test_two_making_the_last_token_at_once_make_one(fresh_database):
    ApiRule.objects.update(most_tokens=1)
    seats = [member(person(), company(), role="owner")]
    seats.append(member(person(), seats[0].organisation, role="owner"))

    def make(seat) -> None:
        make_token(organisation=seat.organisation, by=seat.user, label="x", scopes=["read"], days=1)

    outcomes = at_once(*(lambda seat=seat: make(seat) for seat in seats))
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["too_many_tokens"]
    assert ApiToken.objects.count() == 1


def test_two_revoking_a_token_at_once_revoke_it_once(fresh_database):
    seat = member(person(), company(), role="owner")
    token, _text = make_token(
        organisation=seat.organisation, by=seat.user, label="x", scopes=["read"], days=1
    )
    outcomes = at_once(*[lambda: revoke_token(token=token, by=seat.user)] * 2)
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["token_revoked"]
