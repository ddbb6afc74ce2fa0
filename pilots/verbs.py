"""What is done with budgets and pilot purchases. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "pilots.open_line": _("Budget line opened"),
        "pilots.appropriate": _("Money appropriated"),
        "pilots.withdraw": _("Money withdrawn from the line"),
        "pilots.match": _("Product and institution matched"),
        "pilots.commit": _("Purchase committed"),
        "pilots.contract": _("Contract recorded"),
        "pilots.inspect": _("Inspection recorded"),
        "pilots.measure": _("Measurement recorded"),
        "pilots.conclude": _("Trial concluded"),
        "pilots.use": _("Use after the trial stated"),
        "pilots.pay": _("Payment recorded"),
        "pilots.release": _("Money released"),
        "pilots.cancel": _("Pilot purchase cancelled"),
    }
)
