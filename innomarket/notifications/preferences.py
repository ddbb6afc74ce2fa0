"""How a person wants to be told: the way for each group of kinds that does not bind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import record
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from . import kinds
from .models import Preference, Way
from .permissions import may_choose_ways


def chosen_by(person: Any) -> dict[str, str]:
    """Group -> way for every group that can be chosen, whether the person chose or not."""
    chosen = dict(Preference.objects.filter(person=person).values_list("group", "way"))
    return {group: chosen.get(group, Way.MAIL.value) for group in kinds.choosable_groups()}


def choose_ways(*, person: Any, by: Any, ways: Mapping[str, str]) -> dict[str, str]:
    """A person chooses the way for groups of kinds; what waits for a daily mail already still goes with it.

    Raises Refused for somebody else, for a group that nobody tells, or for an unknown way.
    """
    with transaction.atomic():
        person = lock(get_user_model(), person.pk)
        ask(may_choose_ways(by, person))
        before = chosen_by(person)
        for group, way in ways.items():
            if group not in before or way not in Way.values:
                raise Refused("no_such_way", _("Choose one of the ways."), field=group)
        changes = {group: [before[group], way] for group, way in ways.items() if way != before[group]}
        for group, (_old, way) in changes.items():
            Preference.objects.update_or_create(person=person, group=group, defaults={"way": way})
        if changes:
            record(actor=by, verb="notifications.choose_ways", subject=person, changes=changes)
        return before | dict(ways)
