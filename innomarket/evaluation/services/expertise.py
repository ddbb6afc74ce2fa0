"""The vocabulary of expertise: staff add fields, name them better and let them end. None is ever deleted."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import Expertise


def add_expertise(
    *, by: Any, code: str, name_ko: str, name_en: str, begins_on: date, order: int = 0
) -> Expertise:
    """A further field, to be chosen from a day on. Raises Refused at "code" where there is one of this code."""
    with transaction.atomic():
        ask(permissions.may_keep_pool(by))
        if Expertise.objects.filter(code=code).exists():
            raise Refused("code_taken", _("There is a field of this code already."), field="code", status=422)
        field = Expertise(code=code, name_ko=name_ko, name_en=name_en, begins_on=begins_on, order=order)
        with in_words(Expertise):
            return created(field, actor=by, verb="evaluation.add_expertise", code=code)


def change_expertise(
    *,
    expertise: Expertise,
    by: Any,
    name_ko: str,
    name_en: str,
    order: int = 0,
    ends_on: date | None = None,
) -> Expertise:
    """Other names, another place, or the first day on which it cannot be chosen any more. Who has it keeps it."""
    with transaction.atomic():
        expertise = lock(Expertise, expertise.pk)
        ask(permissions.may_keep_pool(by))
        if ends_on is not None and ends_on <= expertise.begins_on:
            raise Refused(
                "ends_before", _("It ends after the day on which it begins."), field="ends_on", status=422
            )
        with in_words(Expertise, expertise_dates_in_order="ends_on"):
            return changed(
                expertise,
                actor=by,
                verb="evaluation.change_expertise",
                name_ko=name_ko,
                name_en=name_en,
                order=order,
                ends_on=ends_on,
            )
