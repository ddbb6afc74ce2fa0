"""People, organisations and memberships for tests. Rows are made as they stand after the services ran.

Others import the plain functions: ``person()``, ``staff("run_rounds")``, ``institution()``,
``company()``, ``member(user, organisation)``.
"""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from innomarket.accounts import shipped
from innomarket.accounts.models import InstitutionClass, Membership, Organisation, OrganisationKind, User
from innomarket.accounts.numbers import business_check_digit
from innomarket.common.clock import now

PASSWORD = "correct-horse-battery"


def business_number(serial: int) -> str:
    """A right number, a different one for each serial up to 999,999,999."""
    nine = f"{serial:09d}"
    return f"{nine}{business_check_digit(nine)}"


class UserFactory(DjangoModelFactory):
    """A person who may sign in. The password is not usable unless given: hashing is slow."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"사람 {n}")
    language = "ko"
    password = "!"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password")
        user = model_class(password=password, **kwargs)
        if not password.startswith("!"):
            user.set_password(password)
        user.save()
        return user


class OrganisationFactory(DjangoModelFactory):
    """Verified, unless ``state`` says otherwise."""

    class Meta:
        model = Organisation

    kind = factory.LazyFunction(lambda: kind("company"))
    name_ko = factory.Sequence(lambda n: f"기관 {n}")
    name_en = factory.Sequence(lambda n: f"Organisation {n}")
    state = Organisation.State.VERIFIED
    decided_at = factory.LazyAttribute(lambda o: None if o.state == "pending" else now())
    refused_reason = factory.LazyAttribute(lambda o: "The papers do not fit." if o.state == "refused" else "")


class CompanyFactory(OrganisationFactory):
    name_ko = factory.Sequence(lambda n: f"가상기업 {n}")
    name_en = factory.Sequence(lambda n: f"Invented Company {n}")
    business_number = factory.Sequence(lambda n: business_number(100_000_000 + n))
    size_class = Organisation.Size.SMALL


class InstitutionFactory(OrganisationFactory):
    kind = factory.LazyFunction(lambda: kind("public_institution"))
    name_ko = factory.Sequence(lambda n: f"가상기관 {n}")
    name_en = factory.Sequence(lambda n: f"Invented Institution {n}")
    institution_code = factory.Sequence(lambda n: f"{7_000_000 + n:07d}")
    institution_class = factory.LazyFunction(lambda: _class("local"))


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(CompanyFactory)
    role = Membership.Role.OWNER
    may_submit = True


def kind(code: str) -> OrganisationKind:
    """The shipped kind, loaded when it is first asked for."""
    found = OrganisationKind.objects.filter(code=code).first()
    if found is None:
        shipped.load()
        found = OrganisationKind.objects.get(code=code)
    return found


def _class(code: str) -> InstitutionClass:
    found = InstitutionClass.objects.filter(code=code).first()
    if found is None:
        shipped.load()
        found = InstitutionClass.objects.get(code=code)
    return found


def person(**fields: Any) -> User:
    """A person who is nobody's staff and nobody's member."""
    return UserFactory.create(**fields)


def staff(*permissions: str, **fields: Any) -> User:
    """Agency staff with exactly these permissions: ``staff("run_rounds", "keep_budget")``."""
    user = UserFactory.create(is_staff=True, **fields)
    rows = list(Permission.objects.filter(content_type__app_label="accounts", codename__in=permissions))
    assert len(rows) == len(set(permissions)), f"unknown permission among {permissions}"
    user.user_permissions.set(rows)
    return user


def institution(**fields: Any) -> Organisation:
    """A verified public institution with its code and class."""
    return InstitutionFactory.create(**fields)


def company(**fields: Any) -> Organisation:
    """A verified company with its own business number."""
    return CompanyFactory.create(**fields)


def member(
    user: User, organisation: Organisation, role: str = "owner", may_submit: bool = True, **fields: Any
) -> Membership:
    """Make the person a member: owner with the right to submit, unless said otherwise."""
    return MembershipFactory.create(
        user=user, organisation=organisation, role=role, may_submit=may_submit and role != "viewer", **fields
    )
