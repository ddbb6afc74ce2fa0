"""Applying for an organisation, verifying and refusing it."""

import pytest
from django.db import IntegrityError, transaction

from innomarket.accounts import queue, reads
from innomarket.accounts.models import InstitutionClass, Membership, Organisation
from innomarket.accounts.services.organisation import (
    apply_again,
    apply_for_organisation,
    refuse_organisation,
    verify_organisation,
)
from innomarket.audit.models import Entry
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message

from .factories import business_number, company, institution, kind, member, person, staff

pytestmark = pytest.mark.django_db


def apply_as_company(by, **fields):
    return apply_for_organisation(
        **{
            "by": by,
            "kind": kind("company"),
            "name_ko": "물결로보틱스",
            "business_number": "123-45-67891",
            "size_class": "small",
            **fields,
        }
    )


def test_application_makes_its_applicant_the_owner_who_may_submit():
    founder, verifier = person(), staff("verify_organisations")
    organisation = apply_as_company(founder)
    organisation.refresh_from_db()
    assert organisation.state == "pending"
    assert organisation.business_number == "1234567891"
    membership = Membership.objects.get(organisation=organisation)
    assert (membership.user, membership.role, membership.may_submit) == (founder, "owner", True)
    assert reads.may_submit_for(founder, organisation)
    assert Entry.objects.filter(verb="accounts.apply_for_organisation", actor=founder).count() == 1
    assert list(Message.objects.values_list("recipient", "kind")) == [
        (verifier.pk, "accounts.organisation_applied")
    ]


def test_application_keeps_no_business_number_in_the_audit():
    apply_as_company(person())
    assert not Entry.objects.filter(changes__icontains="1234567891").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"business_number": "123-45-67890"}, "business_number"),
        ({"business_number": None}, "business_number"),
        ({"name_ko": "  "}, "name_ko"),
        ({"name_ko": "가" * 121}, "name_ko"),
        ({"size_class": "enormous"}, "size_class"),
    ],
)
def test_application_with_a_wrong_field_is_refused_there(fields, field):
    with pytest.raises(Refused) as refused:
        apply_as_company(person(), **fields)
    assert refused.value.field == field
    assert not Organisation.objects.exists()
    assert not Entry.objects.filter(verb__startswith="accounts.").exists()


def test_institution_needs_code_and_class():
    applicant, local = person(), kind("public_institution")
    with pytest.raises(Refused) as refused:
        apply_for_organisation(by=applicant, kind=local, name_ko="새솔시", institution_code="1234567")
    assert refused.value.field == "institution_class"
    local_class = InstitutionClass.objects.get(code="local")
    with pytest.raises(Refused) as refused:
        apply_for_organisation(
            by=applicant, kind=local, name_ko="새솔시", institution_code="12", institution_class=local_class
        )
    assert refused.value.field == "institution_code"
    made = apply_for_organisation(
        by=applicant,
        kind=local,
        name_ko="새솔시",
        institution_code="1234567",
        institution_class=local_class,
        business_number="not asked for",
        size_class="small",
    )
    assert (made.business_number, made.size_class) == (None, "")


def test_kind_that_is_not_open_is_refused():
    with pytest.raises(Refused) as refused:
        apply_for_organisation(by=person(), kind=kind("agency"), name_ko="조달 기관")
    assert refused.value.field == "kind"


def test_business_number_of_another_organisation_is_refused_at_its_field():
    company(business_number="1234567891")
    with pytest.raises(Refused) as refused:
        apply_as_company(person())
    assert refused.value.field == "business_number"


def test_refused_organisation_frees_its_number_and_may_apply_again(django_assert_max_num_queries):
    founder, verifier = person(), staff("verify_organisations")
    first = refuse_organisation(
        organisation=apply_as_company(founder), by=verifier, reason="다른 회사입니다."
    )
    assert first.state == "refused"
    second = apply_as_company(person())
    with pytest.raises(Refused) as refused:
        apply_again(organisation=first, by=founder)
    assert refused.value.field == "business_number"
    first.refresh_from_db()
    assert first.state == "refused"
    again = apply_again(organisation=first, by=founder, business_number=business_number(777))
    again.refresh_from_db()
    assert (again.state, again.refused_reason, again.decided_at) == ("pending", "", None)
    assert second.state == "pending"
    # Staff are told of each application, also of the second one of the same organisation.
    assert Message.objects.filter(recipient=verifier, kind="accounts.organisation_applied").count() == 3


def test_only_a_refused_organisation_applies_again_and_only_its_owner():
    founder, stranger = person(), person()
    organisation = apply_as_company(founder)
    with pytest.raises(Refused):
        apply_again(organisation=organisation, by=founder)
    with pytest.raises(Refused) as refused:
        apply_again(organisation=organisation, by=stranger)
    assert refused.value.status == 403


def test_verified_organisation_tells_its_people_once():
    founder, verifier = person(language="en"), staff("verify_organisations")
    organisation = apply_as_company(founder, name_en="Wave Robotics")
    verify_organisation(organisation=organisation, by=verifier)
    organisation.refresh_from_db()
    assert organisation.is_verified
    assert organisation.decided_at is not None
    message = Message.objects.get(kind="accounts.organisation_verified")
    assert message.recipient == founder
    assert "Wave Robotics" in message.subject
    with pytest.raises(Refused):
        verify_organisation(organisation=organisation, by=verifier)
    assert Message.objects.filter(kind="accounts.organisation_verified").count() == 1


@pytest.mark.parametrize("permissions", [(), ("run_rounds",), ("keep_budget", "read_audit")])
def test_staff_without_the_permission_do_not_verify(permissions):
    organisation = apply_as_company(person())
    with pytest.raises(Refused) as refused:
        verify_organisation(organisation=organisation, by=staff(*permissions))
    assert refused.value.status == 403


def test_permission_without_being_staff_does_not_verify():
    organisation = apply_as_company(person())
    former = staff("verify_organisations")
    former.is_staff = False
    former.save()
    with pytest.raises(Refused):
        verify_organisation(organisation=organisation, by=former)


def test_refusing_needs_a_reason():
    organisation = apply_as_company(person())
    for reason in ("", "   ", "가" * 301):
        with pytest.raises(Refused) as refused:
            refuse_organisation(organisation=organisation, by=staff("verify_organisations"), reason=reason)
        assert refused.value.field == "reason"


def test_queue_shows_the_nearest_closing_first(monkeypatch):
    from django.db.models import Case, DateTimeField, Value, When

    from innomarket.common.clock import kst

    late, soon, none = (apply_as_company(person(), business_number=business_number(n)) for n in (1, 2, 3))
    dates = {late.pk: kst(2026, 12, 1), soon.pk: kst(2026, 11, 24)}
    hint = Case(*(When(pk=pk, then=Value(at)) for pk, at in dates.items()), output_field=DateTimeField())
    monkeypatch.setattr(queue, "_hints", [lambda: hint, lambda: Value(None, output_field=DateTimeField())])
    assert list(queue.nearest_first(Organisation.objects.all())) == [soon, late, none]


def test_queue_without_hints_shows_who_waits_longest(monkeypatch):
    monkeypatch.setattr(queue, "_hints", [])
    first, second = (apply_as_company(person(), business_number=business_number(n)) for n in (1, 2))
    assert list(queue.nearest_first(Organisation.objects.all())) == [first, second]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_organisation SET business_number = '0000000000'",
        "UPDATE accounts_organisation SET business_number = '12345'",
        "UPDATE accounts_organisation SET institution_code = '12345678'",
        "UPDATE accounts_organisation SET state = 'pending'",
        "UPDATE accounts_organisation SET state = 'refused', refused_reason = ''",
        "UPDATE accounts_membership SET role = 'viewer'",
        "UPDATE accounts_membership SET left_at = joined_at - interval '1 second'",
        "DELETE FROM accounts_membership",
    ],
)
def test_database_refuses_what_no_service_writes(sql):
    from django.db import DataError, connection

    member(person(), company())
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_organisation_is_visible_to_its_people_and_when_verified_to_all():
    from django.contrib.auth.models import AnonymousUser

    pending, verified, insider = company(state="pending"), institution(), person()
    member(insider, pending)
    seen = {
        "anonymous": AnonymousUser(),
        "stranger": person(),
        "insider": insider,
        "verifier": staff("verify_organisations"),
        "other staff": staff("run_rounds"),
    }
    assert {
        who: set(Organisation.objects.visible_to(user).values_list("pk", flat=True))
        for who, user in seen.items()
    } == {
        "anonymous": {verified.pk},
        "stranger": {verified.pk},
        "insider": {verified.pk, pending.pk},
        "verifier": {verified.pk, pending.pk},
        "other staff": {verified.pk},
    }
