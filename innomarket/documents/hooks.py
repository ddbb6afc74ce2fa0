"""Facts that later apps listen to; they subscribe in ``AppConfig.ready()``."""

from innomarket.common.hooks import Hook

document_refused = Hook("document_refused")
"""The virus check refused a document after it was received: ``document_refused(document)``. Its bytes go."""
