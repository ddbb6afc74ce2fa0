"""How a stage counts where the call names nothing else: evaluation adds its dated rule in ``AppConfig.ready()``."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused

from .specs import StageRule

Known = Callable[[], StageRule]
_known: list[Known] = []


def register(known: Known) -> Known:
    """``known`` answers the rule in force today."""
    if known not in _known:
        _known.append(known)
    return known


def in_force() -> StageRule:
    """Raises Refused where no app has said how stages count."""
    if not _known:
        raise Refused("no_rule", _("No rule is in force for this date. Agency staff must enter one first."))
    return _known[-1]()
