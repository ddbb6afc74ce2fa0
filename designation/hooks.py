"""Facts that designation announces; later apps subscribe in ``AppConfig.ready()``."""

from innomarket.common.hooks import Hook

designated = Hook("designated")
"""A product was designated: ``designated(designation)``, in the transaction of the decision."""

designation_ended = Hook("designation_ended")
"""The committee ended a designation: ``designation_ended(designation)``; its last day is that of the decision."""
