"""Make the nightly files, and delete those whose time is over."""

import hashlib
import tempfile
from datetime import date, timedelta

from django.core.files import File
from django.db import IntegrityError, transaction

from innomarket.accounts.models import ApiRule
from innomarket.common.clock import today

from ..bulk import FORMATS, Ending, gzipped
from ..models import Snapshot


def make_due() -> int:
    """What is missing of today's files, one after the other; how many were made. May run twice, also at once."""
    day, made = today(), 0
    standing = set(Snapshot.objects.filter(day=day).values_list("format", "language"))
    for format_ in Snapshot.Format.values:
        for language in Snapshot.Language.values:
            if (format_, language) not in standing:
                made += make_snapshot(day=day, format_=format_, language=language)
    delete_old(day)
    return made


def make_snapshot(*, day: date, format_: str, language: str) -> bool:
    """One file, written beside and put in place whole; False where another worker was quicker."""
    ending = Ending()
    parts = FORMATS[format_][1](language, ending)
    with tempfile.TemporaryFile() as file:
        digest, size = hashlib.sha256(), 0
        for part in parts if format_ == Snapshot.Format.XLSX else gzipped(parts):
            file.write(part)
            digest.update(part)
            size += len(part)
        file.seek(0)
        snapshot = Snapshot(
            day=day,
            format=format_,
            language=language,
            size=size,
            rows=ending.rows,
            sha256=digest.hexdigest(),
            since=ending.since,
        )
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
