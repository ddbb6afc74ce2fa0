"""The releases' tags in words, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TAGS: dict[str, Promise | str] = {
    "planning": _("planning published"),
    "planningUpdate": _("planning changed"),
    "tender": _("call announced"),
    "tenderAmendment": _("call amended"),
    "tenderUpdate": _("call updated"),
    "tenderCancellation": _("call cancelled"),
    "award": _("product selected"),
    "awardUpdate": _("selection or designation updated"),
    "awardCancellation": _("selection or designation ended"),
    "contract": _("pilot purchase matched"),
    "contractUpdate": _("pilot purchase updated"),
    "implementation": _("delivery, payment or result reported"),
    "implementationUpdate": _("further delivery, payment or result"),
    "contractTermination": _("pilot purchase completed"),
}


def tag_words(tag: str) -> Promise | str:
    """In the language of the page."""
    return TAGS[tag]
