"""Questions about calls and submissions that several services and pages ask."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from innomarket.accounts.models import Membership

from .models import Call, OwnClosing, Submission
from .states import CallState, SubmissionState


def people_behind(submissions: QuerySet[Submission]) -> QuerySet[Any]:
    """The people who are told about these submissions: the person, or the organisation's members."""
    members = Membership.objects.active().filter(
        organisation__in=submissions.order_by().values("applicant_organisation")
    )
    return get_user_model().objects.filter(
        Q(pk__in=submissions.order_by().values("applicant_person")) | Q(pk__in=members.values("user")),
        is_active=True,
    )


def people_by_submission(submissions: Iterable[Submission]) -> dict[int, list[Any]]:
    """The people behind each, by its key: one query for all (with ``applicant_person`` at hand)."""
    submissions = list(submissions)
    members: dict[int, list[Any]] = {}
    rows = (
        Membership.objects.active()
        .filter(organisation__in={one.applicant_organisation_id for one in submissions}, user__is_active=True)
        .select_related("user")
        .order_by("user")
    )
    for row in rows:
        members.setdefault(row.organisation_id, []).append(row.user)
    found: dict[int, list[Any]] = {}
    for one in submissions:
        organisation, person = one.applicant_organisation_id, one.applicant_person
        alone = [person] if person is not None and person.is_active else []
        found[one.pk] = members.get(organisation, []) if organisation is not None else alone
    return found


def owners_of_lots(call: Call) -> QuerySet[Any]:
    """The people of the institutions whose needs the call's lots are."""
    members = Membership.objects.active().filter(organisation__in=call.lots.order_by().values("owner"))
    return get_user_model().objects.filter(pk__in=members.values("user"), is_active=True)


def counts_of(call: Call) -> dict[str, int]:
    """How many submissions a call has, by state: what may be known before the opening."""
    found = Submission.objects.filter(lot__call=call).values_list("state").annotate(n=Count("pk")).order_by()
    return {state.value: 0 for state in SubmissionState} | dict(found)


def nearest_closing() -> Subquery:
    """For accounts' queue: by when an organisation must be verified, over ``OuterRef("pk")``.

    The nearest closing among the calls that it answers and whose submissions are not opened yet: its own one, where
    it was given more time by name.
    """
    own = OwnClosing.objects.filter(
        move__call=OuterRef("lot__call"), organisation=OuterRef("applicant_organisation")
    )
    last = own.order_by().values("organisation").annotate(last=Max("move__closes_at")).values("last")
    answered = Submission.objects.filter(
        applicant_organisation=OuterRef("pk"),
        lot__call__state__in=(CallState.ANNOUNCED, CallState.CLOSED),
        lot__call__opened_at=None,
    ).exclude(state=SubmissionState.WITHDRAWN)
    # The greater one of two; PostgreSQL passes over one that is not there.
    closes_at = Greatest("lot__call__closes_at", Subquery(last))
    return Subquery(
        answered.annotate(closes_for_it=closes_at).order_by("closes_for_it").values("closes_for_it")[:1]
    )
