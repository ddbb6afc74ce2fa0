"""Changes of listings: suppliers begin, write and propose them, and staff take them over or refuse them.

Staff write their own corrections in the same way and make them live themselves. The two do not meet: each side has
one open change of a listing at most.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.accounts.reads import people_of, staff_of
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.common.shown import name_of
from innomarket.common.texts import tidied
from innomarket.notifications.services import tell

from .. import permissions
from ..models import ListingChange, Product
from ..states import CHANGE_MOVES
from . import comparing
from . import content as contents
from .version import put_content

REASON_MAX = 500


def begin_change(
    *, product: Product, by: Any, again: ListingChange | None = None, by_staff: bool = False
) -> ListingChange:
    """A draft with the listing as it stands, for the supplier's people, or ``by_staff`` for those who keep the
    catalogue. Raises Refused where one is open.

    ``again`` is a change of the same product that was refused or withdrawn: what it changed stands in the draft.
    """
    with transaction.atomic():
        product = lock(Product, product.pk)
        ask(permissions.may_write(by, product, by_staff=by_staff))
        at, live = now(), contents.content_of(product)
        content = live
        if again is not None:
            earlier = ListingChange.objects.get(pk=again.pk, product=product, by_staff=by_staff)
            content = live | _own_parts(earlier)
        with in_words(ListingChange):
            return created(
                ListingChange(
                    product=product,
                    by_staff=by_staff,
                    base=live,
                    content=content,
                    begun_by=by,
                    begun_at=at,
                    saved_at=at,
                ),
                actor=by,
                verb="catalog.begin_change",
                product=product.number,
            )


def save_change(
    *, change: ListingChange, by: Any, fields: dict[str, Any], seen: str | None = None
) -> ListingChange:
    """Keep what was typed of some parts of the content (``content.COLUMNS``, ``KEYS``, "models", ``PARTS``).

    What is wrong is kept too: ``propose_change`` asks whether it can stand. ``seen`` is ``comparing.stamp`` of these
    parts as the page showed them. Raises Refused (code "changed_elsewhere") where somebody saved one of them since,
    and KeyError for a part that is none. Two people who write different parts do not meet.
    """
    with transaction.atomic():
        change = _mine(change, by)
        ask_move(CHANGE_MOVES, "save", change)
        if unknown := set(fields) - set(change.content):
            raise KeyError(", ".join(sorted(unknown)))
        comparing.ask_unchanged(change.content, fields, seen)
        change.content = change.content | tidied(fields)
        change.version += 1
        change.saved_at = now()
        change.save(update_fields=["content", "version", "saved_at"])
        record(
            actor=by,
            verb="catalog.save_change",
            subject=change,
            changes={"parts": sorted(fields), "version": change.version},
        )
    return change


def model_mark(model: dict[str, Any] | None) -> str:
    """What a page hands back of the model that it showed; of a new one ""."""
    if model is None:
        return ""
    return f"{comparing.stamp(model, model)}:{model['name']}"


def place_of_model(models: list[dict[str, Any]], mark: str) -> int | None:
    """Where the marked model stands now, wherever the others went; None for a new one and one that is gone."""
    said = [place for place, model in enumerate(models) if model_mark(model) == mark]
    _stamp, _colon, name = mark.partition(":")
    return next(
        iter([*said, *(place for place, model in enumerate(models) if mark and model["name"] == name)]), None
    )


def save_model(*, change: ListingChange, by: Any, model: dict[str, Any], mark: str) -> ListingChange:
    """Keep one model of a draft, whatever became of the others. ``mark``: ``model_mark`` as the page showed it.

    Raises Refused (code "changed_elsewhere") where this model was changed or taken out since; a new one is added.
    """
    with transaction.atomic():
        change = _mine(change, by)
        models = list(change.content["models"])
        place = place_of_model(models, mark)
        if mark and (place is None or model_mark(models[place]) != mark):
            raise comparing.changed_elsewhere()
        at = len(models) if place is None else place
        models[at : at + 1] = [model]
        return save_change(change=change, by=by, fields={"models": models})


def propose_change(
    *, change: ListingChange, by: Any, seen: str | None = None, tells_staff: bool = True
) -> ListingChange:
    """Hand the change to the staff who keep the catalogue. It is tried out on the rows first, and undone.

    ``seen`` is the ``mark`` of the change as a page showed it. Raises Refused where it was written since (code
    "changed_since_seen"), where nothing differs, where the profile of the category asks for more, or at the place
    that is wrong, e.g. field ``certificates.0.number``. A caller that proposes many at once tells staff itself, once.
    """
    with transaction.atomic():
        product = lock(Product, change.product_id)
        change = _mine(change, by)
        if change.by_staff:
            raise Refused("no_proposal", _("A correction by agency staff is proposed to nobody."))
        state = ask_move(CHANGE_MOVES, "propose", change)
        _ask_seen(change, seen)
        _ask_whole(product, change)
        at = now()
        changed(change, actor=by, verb="catalog.propose_change", state=state, proposed_by=by, proposed_at=at)
        if tells_staff:
            tell(
                kind="catalog.change_proposed",
                people=staff_of("keep_catalogue"),
                about=product,
                version=f"{change.pk}-{change.version}",
                values={"number": product.number, "supplier": partial(name_of, product.supplier)},
                url=f"/admin/catalog/listingchange/{change.pk}/change/",
            )
    return change


def correct_listing(*, change: ListingChange, by: Any, reason: str, seen: str | None = None) -> ListingChange:
    """Staff make their own draft live, with a reason that stands in the public history.

    As with ``take_change`` only what differs from its base is written. Raises Refused for a draft of the supplier,
    where both changed the same part, and where the draft is not the one that the page showed (``seen``).
    """
    with transaction.atomic():
        product = lock(Product, change.product_id)
        change = _mine(change, by)
        if not change.by_staff:
            raise Refused("no_correction", _("This draft is its supplier's to send."), status=403)
        state = ask_move(CHANGE_MOVES, "correct", change)
        _ask_seen(change, seen)
        reason = _reason(reason, _("Say why in at most %(most)s characters: the public history shows it."))
        merged = _merged(contents.content_of(product), change)
        contents.ask_files(product, merged, checked=True)
        put_content(product, merged, actor=by, verb="catalog.edit_product", reason=reason)
        at = now()
        return changed(
            change,
            actor=by,
            verb="catalog.correct_listing",
            reason=reason,
            state=state,
            proposed_by=by,
            proposed_at=at,
            decided_by=by,
            decided_at=at,
        )


def renew_change(*, change: ListingChange, by: Any) -> ListingChange:
    """Put a draft on the listing as it stands now. Where both changed a part, the draft's own words stay in it."""
    with transaction.atomic():
        product = lock(Product, change.product_id)
        change = _mine(change, by)
        ask_move(CHANGE_MOVES, "save", change)
        live = contents.content_of(product)
        return changed(
            change,
            actor=by,
            verb="catalog.renew_change",
            base=live,
            content=live | _own_parts(change),
            version=change.version + 1,
            saved_at=now(),
        )


def outlook(change: ListingChange, live: dict[str, Any]) -> dict[str, Any]:
    """The content that the listing would have: the live one with what the change changes."""
    return live | _own_parts(change)


def rewrite_change(*, change: ListingChange, by: Any) -> ListingChange:
    """Take a proposed change back into a draft, to go on writing it."""
    with transaction.atomic():
        change = _mine(change, by)
        state = ask_move(CHANGE_MOVES, "rewrite", change)
        return changed(
            change, actor=by, verb="catalog.rewrite_change", state=state, proposed_by=None, proposed_at=None
        )


def withdraw_change(*, change: ListingChange, by: Any) -> ListingChange:
    """Give the change up. It is kept, and another one can be begun."""
    with transaction.atomic():
        change = _mine(change, by)
        state = ask_move(CHANGE_MOVES, "withdraw", change)
        return changed(change, actor=by, verb="catalog.withdraw_change", state=state)


def take_change(*, change: ListingChange, by: Any, seen: str | None = None) -> ListingChange:
    """Staff take the change over: what it changes goes live at once, as a new version of the listing.

    Only what differs from its base is written, so a correction that was made in between stays. Raises Refused
    where both changed the same part (the supplier then looks at it anew), and where the change is not the one
    that the page showed: ``seen`` is its ``mark`` there.
    """
    with transaction.atomic():
        product = lock(Product, change.product_id)
        change = lock(ListingChange, change.pk)
        ask(permissions.may_edit(by))
        state = ask_move(CHANGE_MOVES, "take", change)
        _ask_seen(change, seen)
        merged = _merged(contents.content_of(product), change)
        contents.ask_files(product, merged, checked=True)
        put_content(product, merged, actor=by, verb="catalog.take_change", by_supplier=True)
        changed(change, actor=by, verb="catalog.take_change", state=state, decided_by=by, decided_at=now())
        _tell_supplier(change, product, "catalog.change_taken")
    return change


def refuse_change(*, change: ListingChange, by: Any, reason: str, seen: str | None = None) -> ListingChange:
    """Staff refuse it, with a reason that the supplier reads. The listing stays as it is.

    ``seen`` as for ``take_change``: what was never read is not refused either.
    """
    with transaction.atomic():
        change = lock(ListingChange, change.pk)
        ask(permissions.may_edit(by))
        state = ask_move(CHANGE_MOVES, "refuse", change)
        _ask_seen(change, seen)
        reason = _reason(reason, _("Say why in at most %(most)s characters: the supplier reads it."))
        changed(
            change,
            actor=by,
            verb="catalog.refuse_change",
            reason=reason,
            state=state,
            decided_by=by,
            decided_at=now(),
            answer=reason,
        )
        _tell_supplier(change, change.product, "catalog.change_refused", reason=reason)
    return change


def _mine(change: ListingChange, by: Any) -> ListingChange:
    change = lock(ListingChange.objects.select_related("product"), change.pk)
    ask(permissions.may_write(by, change.product, by_staff=change.by_staff))
    return change


def _reason(reason: str, text: str) -> str:
    """The reason without spaces around it. Raises Refused at its field."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Refused("reason_needed", text % {"most": REASON_MAX}, field="reason", status=422)
    return reason


def _ask_seen(change: ListingChange, seen: str | None) -> None:
    if seen is not None and seen != change.mark:
        text = _("This was changed since you looked at it. See what it says now, and decide again.")
        raise Refused("changed_since_seen", text)


def _ask_whole(product: Product, change: ListingChange) -> None:
    """Whether the content can stand, asked of the rows and their constraints themselves."""
    merged = _merged(contents.content_of(product), change)
    missing = contents.missing_attributes(product, merged)
    if missing:
        names = ", ".join(name_of(one) for one in missing)
        text = _("The category asks for: %(names)s.") % {"names": names}
        raise Refused("profile_incomplete", text, field="models", status=422)
    trial = transaction.savepoint()
    try:
        contents.write_content(product, merged)
        contents.save_listing(product)
    finally:
        transaction.savepoint_rollback(trial)
        product.refresh_from_db()


def _merged(live: dict[str, Any], change: ListingChange) -> dict[str, Any]:
    """The live content with what the change changes. Raises Refused: nothing differs, or both changed one part."""
    mine = comparing.changed_parts(change.base, change.content)
    if not mine:
        raise Refused("unchanged", _("Nothing differs from the listing as it stands."), status=422)
    clash = mine & comparing.changed_parts(change.base, live)
    if clash:
        raise Refused(
            "changed_meanwhile",
            _(
                "The listing was corrected meanwhile where this changes it too. Put the change on the listing as it"
                " stands, look at what differs, and send it again."
            ),
        )
    return outlook(change, live)


def _own_parts(change: ListingChange) -> dict[str, Any]:
    return {part: change.content[part] for part in comparing.changed_parts(change.base, change.content)}


def _tell_supplier(change: ListingChange, product: Product, kind: str, **values: Any) -> None:
    tell(
        kind=kind,
        people=people_of(product.supplier),
        about=product,
        version=change.pk,
        values={"number": product.number, "name": partial(name_of, product), **values},
        url=f"/catalog/{product.number}/change/"
        if kind == "catalog.change_refused"
        else f"/catalog/{product.number}/",
    )
