"""Play a whole small round over HTTP against the running portal, as each role in turn: ``make demo``."""
