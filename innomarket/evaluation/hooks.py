"""Facts that evaluation announces; later apps subscribe in ``AppConfig.ready()``."""

from innomarket.common.hooks import Hook

results_published = Hook("results_published")
"""The results of a round became known to the applicants: ``results_published(round)``."""

result_revised = Hook("result_revised")
"""An evaluation anew was published, and its result supersedes the one before: ``result_revised(result)``."""
