"""Facts that designation announces; later apps subscribe in ``AppConfig.ready()``."""

from innomarket.common.hooks import Hook

designated = Hook("designated")
"""A product was designated: ``designated(designation)``, in the transaction of the decision."""
