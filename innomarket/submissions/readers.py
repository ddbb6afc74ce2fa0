"""Who else may read a submission: later apps add their sentence here in ``AppConfig.ready()``.

Applicants, staff after the opening and the lot's owner after the opening stand in
``Submission.objects.readable_by``; evaluation adds assigned evaluators, designation the committee,
challenges what has become public. Each reader is a function ``user -> Q`` over submissions, and
answers for anonymous visitors too.
"""

from collections.abc import Callable

from django.db.models import Q

Reader = Callable[..., Q]
_readers: list[Reader] = []


def register(reader: Reader) -> Reader:
    if reader not in _readers:
        _readers.append(reader)
    return reader


def others(user) -> Q:
    """All registered sentences, joined by "or"."""
    joined = Q(pk__in=[])
    for reader in _readers:
        joined |= reader(user)
    return joined
