"""Consent: given or declined to a version, and withdrawn. News by mail follows it at once."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import preferences
from innomarket.notifications.models import Way

from .. import permissions, reads
from ..models import Consent, Notice, Purpose


def answer(*, person: Any, by: Any, notice: Notice, given: bool) -> Consent:
    """Record a person's yes or no to the version in force; a yes that is turned into a no is withdrawn.

    The same answer again changes nothing. Raises Refused: for somebody else, and for a version that no longer
    holds or needs no consent.
    """
    with transaction.atomic():
        person = lock(get_user_model(), person.pk)
        ask(permissions.is_oneself(by, person))
        if not notice.needs_consent or reads.notice_for(notice.purpose) != notice:
            raise Refused(
                "another_version", _("This text has changed. Reload the page and read the new one.")
            )
        last = Consent.objects.filter(person=person, notice=notice).order_by("-pk").first()
        stands = last is not None and last.given_at is not None and last.withdrawn_at is None
        if last is not None and given == stands:
            return last
        at = now()
        if stands and last is not None:
            row = audit.changed(last, actor=by, verb="privacy.withdraw_consent", withdrawn_at=at)
        else:
            row = Consent(person=person, notice=notice, **{"given_at" if given else "declined_at": at})
            verb = "privacy.give_consent" if given else "privacy.decline_consent"
            audit.created(row, actor=by, verb=verb, notice=notice.pk, purpose=notice.purpose)
        if notice.purpose == Purpose.NEWS and not (given and last is None):
            _mail_news(person, given)
    return row


def _mail_news(person: Any, wanted: bool) -> None:
    """Without consent, what does not bind stands in the inbox only; with it again, it is mailed."""
    way = Way.MAIL.value if wanted else Way.INBOX.value
    preferences.choose_ways(person=person, by=person, ways=dict.fromkeys(preferences.chosen_by(person), way))
