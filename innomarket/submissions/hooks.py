"""Facts that the engine announces; later apps subscribe in ``AppConfig.ready()``."""

from innomarket.common.hooks import Hook

submitted = Hook("submitted")
"""A revision was frozen: ``submitted(submission, revision)``; again for each resubmission."""

call_closed = Hook("call_closed")
"""A call closed at its instant: ``call_closed(call)``."""

outage_not_reopened = Hook("outage_not_reopened")
"""An outage could not reopen a call: ``outage_not_reopened(call, outage, cases)``."""

submissions_opened = Hook("submissions_opened")
"""The submissions of a call were opened on record: ``submissions_opened(call)``."""

copy_returned = Hook("copy_returned")
"""Staff are about to return the anonymous copy of a submission: ``copy_returned(submission)``; may refuse."""

submission_excluded = Hook("submission_excluded")
"""A supplement was concluded by excluding its submission: ``submission_excluded(submission)``."""
