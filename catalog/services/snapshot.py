"""Make the nightly files, and delete those whose time is over.

The catalogue's own are ``KINDS`` from the beginning; what the portal makes of everything registers itself.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.core.files import File
from django.db import IntegrityError, transaction

from innomarket.accounts.models import ApiRule
from innomarket.common.clock import now, today

from ..bulk import FORMATS, Ending, gzipped
from ..models import Snapshot
from ..models.snapshot import FOLDER

LITTER_AFTER = timedelta(hours=2)
"""Longer than a task may take: a file that a run is putting in place has no row yet."""


@dataclass(frozen=True)
class Kind:
    """A file of each night. ``make`` gives its bytes before compression and counts its rows in the ending.

    With ``needs_rows`` there is none of a night without a row: an empty one would not be valid.
    """

    what: str
    format: str
    language: str
    make: Callable[[Ending], Iterator[bytes]]
    needs_rows: bool = False

    @property
    def is_packed(self) -> bool:
        """XLSX is compressed by itself."""
        return self.format == Snapshot.Format.XLSX


KINDS: list[Kind] = [
    Kind(Snapshot.What.PRODUCTS, format_, language, partial(FORMATS[format_][1], language))
    for format_ in FORMATS
    for language in Snapshot.Language.values
]


def register(kind: Kind) -> None:
    """Called by apps above, when they are ready."""
    if kind not in KINDS:
        KINDS.append(kind)


def make_due() -> int:
    """What is missing of today's files, one after the other; how many were made. May run twice, also at once.

    What is no longer kept goes first, so that a disk that has filled up is of use again.
    """
    day, made = today(), 0
    delete_old(day)
    sweep()
    standing = set(Snapshot.objects.filter(day=day).values_list("what", "format", "language"))
    for kind in KINDS:
        if (kind.what, kind.format, kind.language) not in standing:
            made += make_snapshot(day=day, kind=kind)
    return made


def make_snapshot(*, day: date, kind: Kind) -> bool:
    """One file, written beside and put in place whole; False where another worker was quicker, or nothing to say."""
    ending = Ending()
    parts = kind.make(ending)
    with tempfile.TemporaryFile() as file:
        digest, size = hashlib.sha256(), 0
        for part in parts if kind.is_packed else gzipped(parts):
            file.write(part)
            digest.update(part)
            size += len(part)
        if kind.needs_rows and not ending.rows:
            return False
        file.seek(0)
        snapshot = Snapshot(
            what=kind.what,
            day=day,
            format=kind.format,
            language=kind.language,
            size=size,
            rows=ending.rows,
            sha256=digest.hexdigest(),
            since=ending.since,
        )
        # The store gives a second name where a run that was cut short has left the first: the row knows which.
        snapshot.file.save(snapshot.name, File(file), save=False)
    try:
        with transaction.atomic():
            snapshot.save(force_insert=True)
    except IntegrityError:
        snapshot.file.delete(save=False)
        return False
    return True


def delete_old(day: date) -> int:
    """Rows first, then files: a file without a row is litter, a row without a file a broken promise."""
    first = day - timedelta(days=ApiRule.objects.at(day).snapshot_days)
    old = list(Snapshot.objects.filter(day__lte=first))
    for snapshot in old:
        snapshot.delete()
        snapshot.file.delete(save=False)
    return len(old)


def sweep() -> int:
    """Delete the files that no row names, left by runs that were cut short; how many."""
    store = Snapshot._meta.get_field("file").storage
    if not store.exists(FOLDER):
        return 0
    first = now() - LITTER_AFTER
    standing = set(Snapshot.objects.values_list("file", flat=True))
    litter = [
        place
        for name in store.listdir(FOLDER)[1]
        if (place := f"{FOLDER}/{name}") not in standing and store.get_modified_time(place) < first
    ]
    for place in litter:
        store.delete(place)
    return len(litter)
