"""Make and revoke an organisation's tokens for the API; find the one that a program shows."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.audit import services as audit
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import services as outbox

from .. import messages, permissions, reads
from ..models import ApiRule, ApiToken, Organisation

MARK = "imk_"
USE_KEPT = timedelta(minutes=10)
"""How exact "last used" is: one write in this time, not one for each request."""


def make_token(
    *, organisation: Organisation, by: Any, label: str, scopes: list[str], days: int
) -> tuple[ApiToken, str]:
    """A new token of a verified organisation and its text, which is told here alone.

    Raises Refused: not an owner, not verified, too many valid ones, or a time longer than the rule of today allows.
    """
    with transaction.atomic():
        organisation = lock(Organisation, organisation.pk)
        ask(permissions.may_make_tokens(by, organisation))
        rule, at = ApiRule.objects.at(), now()
        if ApiToken.objects.valid_at(at).filter(organisation=organisation).count() >= rule.most_tokens:
            text = _("%(n)s tokens are valid already. Revoke one first.") % {"n": rule.most_tokens}
            raise Refused("too_many_tokens", text)
        if not 1 <= days <= rule.most_token_days:
            text = _("A token is valid for 1 to %(most)s days.") % {"most": rule.most_token_days}
            raise Refused("token_days", text, field="days", status=422)
        text = MARK + secrets.token_urlsafe(32)
        token = audit.created(
            ApiToken(
                organisation=organisation,
                label=label.strip(),
                prefix=text[: len(MARK) + 8],
                token_hash=_hash(text),
                scopes=sorted(scopes),
                made_by=by,
                made_at=at,
                expires_at=at + timedelta(days=days),
            ),
            actor=by,
            verb="accounts.make_token",
            organisation=organisation.pk,
            scopes=sorted(scopes),
            days=days,
        )
    return token, text


def revoke_token(*, token: ApiToken, by: Any) -> ApiToken:
    """From now on it opens nothing; the owners, but for the one who did it, are told.

    Raises Refused where it has been revoked.
    """
    with transaction.atomic():
        organisation = lock(Organisation, token.organisation_id)
        token = lock(ApiToken, token.pk)
        ask(permissions.may_revoke_tokens(by, organisation))
        if token.revoked_at is not None:
            raise Refused("token_revoked", _("This token has been revoked."))
        token = audit.changed(token, actor=by, verb="accounts.revoke_token", revoked_at=now(), revoked_by=by)
        owners = reads.owners_of(organisation)
        outbox.tell(
            kind=messages.TOKEN_REVOKED.code,
            people=owners.exclude(pk=by.pk),
            about=token,
            values={
                "organisation": messages.named(organisation),
                "person": by.name if owners.filter(pk=by.pk).exists() else gettext_lazy("Agency staff"),
                "token": token.prefix,
                "label": token.label,
            },
            url=f"{organisation.path}tokens/",
        )
        return token


def token_shown(text: str) -> ApiToken | None:
    """The valid token with this text, of an organisation that is verified; its use is noted."""
    at = now()
    token = (
        ApiToken.objects.valid_at(at)
        .filter(token_hash=_hash(text), organisation__state=Organisation.State.VERIFIED)
        .first()
    )
    if token is not None and (token.used_at is None or token.used_at < at - USE_KEPT):
        ApiToken.objects.filter(Q(used_at=None) | Q(used_at__lt=at), pk=token.pk).update(used_at=at)
    return token


def _hash(text: str) -> str:
    # 256 random bits: nothing to guess, so one plain hash is enough.
    return hashlib.sha256(text.encode()).hexdigest()
