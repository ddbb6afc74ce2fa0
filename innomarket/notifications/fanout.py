"""One INSERT … SELECT writes a message for each of any number of people; no person is read into Python.

The texts are made once in each language and joined to the people by theirs, the ways that people chose are joined
by the group, and the unique key drops what is told already. It costs what the bare statement costs
(benchmarks/messages.py), and the same memory for ten people as for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .models import Message, Preference, Way

APART = timedelta(milliseconds=100)
"""Between the turns of two people of one telling: who is told alone later goes before the rest of a large one."""
KEY_MAX = 200  # of the column; a longer key keeps its beginning and the hash of the whole

# In the order of the people: two that tell the same at once wait for each other, and never in a circle.
# The key is made of kind, object, person and version. Who has an unknown language reads the portal's own.
STATEMENT = """
WITH told AS (
    INSERT INTO {message} (kind, recipient_id, address_to, language, subject, body, url, object_label, key,
                           state, goes_first, turn, created_at, next_attempt_at, attempts, error)
    SELECT %(kind)s, named.person, '', text.language, text.subject, text.body, %(url)s, %(label)s,
           CASE WHEN length(named.key) <= {longest} THEN named.key
                ELSE left(named.key, 130) || ':' || encode(sha256(convert_to(named.key, 'UTF8')), 'hex') END,
           CASE WHEN %(suppressed)s THEN '{suppressed}' WHEN chosen.way = '{digest}' THEN '{waits_for_digest}'
                WHEN chosen.way = '{inbox}' THEN '{in_inbox}' ELSE '{waiting}' END,
           %(goes_first)s, %(at)s + (row_number() OVER (ORDER BY named.person) - 1) * %(apart)s,
           %(at)s, CASE WHEN chosen.way = '{digest}' THEN %(daily)s ELSE %(at)s END, 0, ''
    FROM (
        SELECT id AS person, %(before)s || id || %(after)s AS key,
               CASE WHEN language = ANY(%(languages)s) THEN language ELSE %(default)s END AS language
        FROM {people} WHERE is_active AND id {among}
    ) named
    JOIN unnest(%(languages)s, %(subjects)s, %(bodies)s) AS text(language, subject, body) USING (language)
    LEFT JOIN {preference} chosen
           ON chosen.person_id = named.person AND chosen."group" = %(group)s AND %(may_choose)s
    ORDER BY named.person
    ON CONFLICT (key) DO NOTHING
    RETURNING state
)
SELECT count(*), coalesce(bool_or(state = '{waiting}'), false) FROM told
"""


@dataclass(frozen=True, kw_only=True)
class Fanout:
    """What is told: ``texts`` are language -> (subject, body); ``group`` is None where nobody may choose a way."""

    kind: str
    label: str
    version: str
    url: str
    texts: dict[str, tuple[str, str]]
    group: str | None
    goes_first: bool
    suppressed: bool
    at: datetime
    daily: datetime


def write(fanout: Fanout, people: QuerySet[Any] | Iterable[Any]) -> tuple[int, bool]:
    """How many messages are new, and whether any of them waits to be mailed."""
    try:
        among, keys = _among(people)
    except EmptyResultSet:  # Django knows without asking that nobody is meant
        return 0, False
    with connection.cursor() as cursor:
        # Two steps, because the ORM's own statement has its parameters by place.
        chosen = cursor.mogrify(among, keys).decode()
        cursor.execute(_statement(chosen.replace("%", "%%")), _parameters(fanout))
        new, waiting = cursor.fetchone()
    return new, waiting


def _among(people: QuerySet[Any] | Iterable[Any]) -> tuple[str, Any]:
    if isinstance(people, QuerySet):
        statement, parameters = people.values("pk").query.sql_with_params()
        return f"IN ({statement})", parameters
    return "= ANY(%s::bigint[])", [[person.pk for person in people]]


def _statement(among: str) -> str:
    state = Message.State
    return STATEMENT.format(
        message=Message._meta.db_table,
        preference=Preference._meta.db_table,
        people=get_user_model()._meta.db_table,
        among=among,
        longest=KEY_MAX,
        digest=Way.DIGEST.value,
        inbox=Way.INBOX.value,
        suppressed=state.SUPPRESSED.value,
        waits_for_digest=state.DIGEST.value,
        in_inbox=state.INBOX.value,
        waiting=state.WAITING.value,
    )


def _parameters(fanout: Fanout) -> dict[str, Any]:
    languages = list(fanout.texts)
    return {
        "kind": fanout.kind,
        "label": fanout.label,
        "url": fanout.url,
        "before": f"{fanout.kind}:{fanout.label}:",
        "after": f":{fanout.version}",
        "languages": languages,
        "subjects": [fanout.texts[language][0] for language in languages],
        "bodies": [fanout.texts[language][1] for language in languages],
        "default": settings.LANGUAGE_CODE,
        "group": fanout.group or "",
        "may_choose": fanout.group is not None,
        "goes_first": fanout.goes_first,
        "suppressed": fanout.suppressed,
        "at": fanout.at,
        "apart": APART,
        "daily": fanout.daily,
    }
