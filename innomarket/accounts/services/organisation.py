"""An organisation applies, and agency staff verify or refuse it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common import clock
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import services as outbox

from .. import hooks, messages, permissions, reads
from ..messages import named
from ..models import InstitutionClass, Membership, Organisation, OrganisationKind, User
from ..numbers import clean_business_number, clean_institution_code
from ..states import ORGANISATION_MOVES

AT_FIELDS = {
    "one_organisation_for_a_business_number": "business_number",
    "business_number_has_10_digits": "business_number",
    "business_number_is_not_zero": "business_number",
    "one_organisation_for_an_institution_code": "institution_code",
    "institution_code_has_7_digits": "institution_code",
}


def apply_for_organisation(
    *,
    by: User,
    kind: OrganisationKind,
    name_ko: str,
    name_en: str = "",
    institution_code: str | None = None,
    institution_class: InstitutionClass | None = None,
    business_number: str | None = None,
    size_class: str = "",
    is_women_owned: bool = False,
    is_youth_led: bool = False,
    region: str = "",
) -> Organisation:
    """Enter an organisation that waits for verification; who applies becomes its owner and may submit.

    Raises Refused: a kind that is not open to applications, a wrong number or one that another
    organisation has already (at its field).
    """
    with transaction.atomic():
        ask(permissions.may_apply(by, kind))
        details = _details(
            kind=kind,
            name_ko=name_ko,
            name_en=name_en,
            institution_code=institution_code,
            institution_class=institution_class,
            business_number=business_number,
            size_class=size_class,
            is_women_owned=is_women_owned,
            is_youth_led=is_youth_led,
            region=region,
        )
        with in_words(Organisation, **AT_FIELDS):
            organisation = audit.created(
                Organisation(**details), actor=by, verb="accounts.apply_for_organisation", kind=kind.code
            )
        audit.created(
            Membership(organisation=organisation, user=by, role=Membership.Role.OWNER, may_submit=True),
            actor=by,
            verb="accounts.add_member",
            organisation=organisation.pk,
            user=by.pk,
            role=Membership.Role.OWNER,
            may_submit=True,
        )
        _tell_staff(organisation, by, version=1)
    return organisation


def apply_again(*, organisation: Organisation, by: User, reason: str = "", **details: Any) -> Organisation:
    """A refused organisation's owner corrects the details (as in apply_for_organisation) and asks again.

    Raises Refused where the organisation was not refused, or a number is wrong or taken.
    """
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_change_organisation(by, organisation))
        kind = details.get("kind", organisation.kind)
        ask(permissions.may_apply(by, kind))
        state = ask_move(ORGANISATION_MOVES, "apply_again", organisation)
        kept = {name: getattr(organisation, name) for name in DETAILS}
        cleaned = _details(**{**kept, **details, "kind": kind})
        with in_words(Organisation, **AT_FIELDS):
            audit.changed(
                organisation,
                actor=by,
                verb="accounts.apply_again",
                reason=reason,
                state=state,
                applied_at=clock.now(),
                decided_at=None,
                refused_reason="",
                **cleaned,
            )
        _tell_staff(organisation, by, version=organisation.applied_at.isoformat())
    return organisation


def verify_organisation(*, organisation: Organisation, by: User, reason: str = "") -> Organisation:
    """Staff confirm that the organisation is what it says; its people are told."""
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_verify(by))
        state = ask_move(ORGANISATION_MOVES, "verify", organisation)
        audit.changed(
            organisation,
            actor=by,
            verb="accounts.verify_organisation",
            reason=reason,
            state=state,
            decided_at=clock.now(),
        )
        hooks.organisation_verified.announce(organisation=organisation)
        outbox.tell(
            kind=messages.VERIFIED.code,
            people=reads.people_of(organisation),
            about=organisation,
            version=organisation.applied_at.isoformat(),
            values={"organisation": named(organisation)},
            url=organisation.path,
        )
    return organisation


def refuse_organisation(*, organisation: Organisation, by: User, reason: str) -> Organisation:
    """Staff refuse it with a reason that its people read. Its numbers become free for others."""
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_verify(by))
        state = ask_move(ORGANISATION_MOVES, "refuse", organisation)
        shown = " ".join(reason.split())
        if not shown or len(shown) > REASON_MAX:
            raise Refused(
                "reason_needed",
                _("Give a reason of up to %(most)s characters: the organisation's people read it.")
                % {"most": REASON_MAX},
                field="reason",
            )
        audit.changed(
            organisation,
            actor=by,
            verb="accounts.refuse_organisation",
            reason=shown,
            state=state,
            decided_at=clock.now(),
            refused_reason=shown,
        )
        outbox.tell(
            kind=messages.REFUSED.code,
            people=reads.people_of(organisation),
            about=organisation,
            version=organisation.applied_at.isoformat(),
            values={"organisation": named(organisation), "reason": shown},
            url=organisation.path,
        )
    return organisation


DETAILS = (
    "kind",
    "name_ko",
    "name_en",
    "institution_code",
    "institution_class",
    "business_number",
    "size_class",
    "is_women_owned",
    "is_youth_led",
    "region",
)
REASON_MAX = Organisation._meta.get_field("refused_reason").max_length or 0


def _details(*, kind: OrganisationKind, **given: Any) -> dict[str, Any]:
    """The fields as they are stored: what the kind asks for is checked, what it does not have is left out."""
    details = dict(given, kind=kind)
    for name in ("name_ko", "name_en", "region"):
        details[name] = " ".join(str(given[name] or "").split())
    if not details["name_ko"]:
        raise Refused("name_needed", _("Give the organisation's name."), field="name_ko")
    details["institution_code"] = (
        _number("institution_code", clean_institution_code, given["institution_code"])
        if kind.has_institution_code
        else None
    )
    details["business_number"] = (
        _number("business_number", clean_business_number, given["business_number"])
        if kind.has_business_number
        else None
    )
    if not kind.has_institution_code:
        details["institution_class"] = None
    elif details["institution_class"] is None:
        raise Refused("class_needed", _("Choose the class of the institution."), field="institution_class")
    if not kind.has_business_number:
        details.update(size_class="", is_women_owned=False, is_youth_led=False)
    try:
        Organisation(**details).clean_fields(exclude=["state"])
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise Refused("not_right", " ".join(texts), field=field) from error
    return details


def _number(field: str, clean: Any, text: str | None) -> str:
    try:
        return clean(text or "")
    except ValidationError as error:
        raise Refused(error.code or field, error.message, field=field) from error


def _tell_staff(organisation: Organisation, by: User, *, version: str | int) -> None:
    outbox.tell(
        kind=messages.APPLIED.code,
        people=reads.staff_of("verify_organisations"),
        about=organisation,
        version=version,
        values={
            "organisation": named(organisation),
            "person": by.name,
            "kind": named(organisation.kind),
        },
        url=f"/admin/accounts/organisation/{organisation.pk}/change/",
    )
