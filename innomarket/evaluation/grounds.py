"""Why somebody was passed over, in words: the codes of conflicts.py and drawing.py."""

from django.utils.translation import gettext_lazy as _

from . import drawing
from .models import Recusal

OTHERS = {
    drawing.KIND_FULL: _("all seats of this kind are taken"),
    drawing.ORGANISATION_FULL: _("its organisation has its most"),
    drawing.CAP: _("the year's cap is reached"),
    drawing.AWAY: _("is away"),
    drawing.FORMER_PANEL: _("had a seat in the former panel"),
    drawing.BLINDNESS: _("would judge a blind stage and know who applied"),
    drawing.NOT_ACTIVE: _("is no longer in the pool, or sits already"),
}


def ground_words(code: str) -> str:
    """The ground of a step in the language of the page; "" for none."""
    if not code:
        return ""
    return str(OTHERS.get(code) or dict(Recusal.Ground.choices).get(code) or code)
