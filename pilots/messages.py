"""What people are told about a pilot purchase, by mail and inbox."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

MATCHED = MessageKind(
    "pilots.matched",
    _("Pilot purchase %(number)s: %(product)s goes to %(institution)s"),
    _(
        "%(product)s by %(supplier)s was matched to %(institution)s for a pilot purchase. "
        "%(amount)s are reserved for it. Next: the agency commits the purchase."
    ),
)
COMMITTED = MessageKind(
    "pilots.committed",
    _("Pilot purchase %(number)s is committed: %(amount)s"),
    _(
        "The agency has committed %(amount)s to buy %(product)s for %(institution)s. "
        "Next: the agency and %(supplier)s sign the contract."
    ),
)
CONTRACTED = MessageKind(
    "pilots.contracted",
    _("Pilot purchase %(number)s: contract %(contract)s is signed"),
    _(
        "Contract %(contract)s over %(amount)s is signed. %(supplier)s delivers %(quantity)s to "
        "%(institution)s by %(due)s. The institution inspects within %(days)s days of the delivery."
    ),
)
INSPECTED = MessageKind(
    "pilots.inspected",
    _("Pilot purchase %(number)s: %(accepted)s of %(quantity)s accepted"),
    _(
        "%(institution)s has inspected the delivery of %(product)s: %(accepted)s accepted, "
        "%(refused)s refused. %(reason)s"
    ),
)
CONCLUDED = MessageKind(
    "pilots.concluded",
    _("Pilot purchase %(number)s: the verdict on the trial is “%(verdict)s”"),
    _(
        "The trial of %(product)s at %(institution)s is concluded with the verdict “%(verdict)s”. "
        "The measures and what they showed are public on the page of the pilot purchase."
    ),
)
PAID = MessageKind(
    "pilots.paid",
    _("Pilot purchase %(number)s: %(amount)s paid"),
    _("%(amount)s of contract %(contract)s were paid. Paid so far: %(paid)s."),
)
CANCELLED = MessageKind(
    "pilots.cancelled",
    _("Pilot purchase %(number)s is cancelled"),
    _("The pilot purchase of %(product)s for %(institution)s is cancelled. Reason: %(reason)s"),
)

KINDS = (MATCHED, COMMITTED, CONTRACTED, INSPECTED, CONCLUDED, PAID, CANCELLED)


def register_all() -> None:
    """Called once from ``PilotsConfig.ready``."""
    for kind in KINDS:
        register(kind)
