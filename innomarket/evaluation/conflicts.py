"""Conflicts of interest that the records show, found for many people at once in one statement.

Used when a pool is frozen, when a panel is drawn, when somebody is seated by hand, when a round starts, and when
somebody joins an organisation, states a tie or declares a conflict in another round. What nobody recorded, the
evaluator declares (services/conflict.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from innomarket.accounts.models import Organisation
from innomarket.common.clock import KST, today
from innomarket.submissions.models import Submission

from .models import DrawRule, Recusal
from .names import key_of

Ground = Recusal.Ground

# The first that is found is the one that is told.
ORDER = [
    Ground.APPLICANT,
    Ground.SAME_ORGANISATION,
    Ground.AUTHOR,
    Ground.PAST_ORGANISATION,
    Ground.TIE,
    Ground.RECUSED_BEFORE,
    Ground.FELLOW,
    Ground.LOT_OWNER,
    Ground.PAST_LOT_OWNER,
]
OF_THE_OWNER = {
    Ground.SAME_ORGANISATION: Ground.LOT_OWNER,
    Ground.PAST_ORGANISATION: Ground.PAST_LOT_OWNER,
    Ground.TIE: Ground.PAST_LOT_OWNER,
}


@dataclass(frozen=True)
class Sides:
    """Those with whom there can be a conflict: who applied, who wrote, whose task it is."""

    owner: int | None = None
    submissions: tuple[int, ...] = ()
    organisations: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    persons: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """``submission`` is None where it concerns the whole lot (the institution whose task it is)."""

    user: int
    ground: str
    submission: int | None
    organisation: int | None
    name: str = ""

    @property
    def sentence(self) -> str:
        return _SENTENCES[Ground(self.ground)]() % {"organisation": self.name}


_SENTENCES = {
    Ground.APPLICANT: lambda: _("Is the applicant."),
    Ground.SAME_ORGANISATION: lambda: _("Belongs to the applicant, %(organisation)s."),
    Ground.AUTHOR: lambda: _("Took part in writing the submission."),
    Ground.PAST_ORGANISATION: lambda: _(
        "Belonged to the applicant, %(organisation)s, within the last years."
    ),
    Ground.TIE: lambda: _("Is or was tied to the applicant, %(organisation)s, as stated in the pool."),
    Ground.RECUSED_BEFORE: lambda: _("Declared a conflict with %(organisation)s in another round."),
    Ground.FELLOW: lambda: _(
        "Belongs to an organisation together with people of the applicant, %(organisation)s."
    ),
    Ground.LOT_OWNER: lambda: _("Belongs to the institution whose task it is, %(organisation)s."),
    Ground.PAST_LOT_OWNER: lambda: _(
        "Belonged or is tied to the institution whose task it is, %(organisation)s, within the last years."
    ),
}


def sides_of(submissions: Iterable[Submission], *, owner: int | None) -> Sides:
    """The applicants of these submissions, and the institution whose task it is."""
    organisations: dict[int, tuple[int, ...]] = {}
    persons: dict[int, tuple[int, ...]] = {}
    keys: list[int] = []
    for one in submissions:
        keys.append(one.pk)
        if one.applicant_organisation_id:
            before = organisations.get(one.applicant_organisation_id, ())
            organisations[one.applicant_organisation_id] = (*before, one.pk)
        elif one.applicant_person_id:
            persons[one.applicant_person_id] = (*persons.get(one.applicant_person_id, ()), one.pk)
    return Sides(owner, tuple(keys), organisations, persons)


def find(
    users: Iterable[int], sides: Sides, *, day: date | None = None, years: int | None = None
) -> list[Conflict]:
    """What the records show between these people and these sides on a day, looking back so many years.

    At most one for each person and submission, the weightiest (``ORDER``). Three statements, whatever the numbers.
    """
    asked = sorted(set(users))
    day = day or today()
    if years is None:
        years = DrawRule.objects.at(day).look_back_years
    concerned = [*sides.organisations, *([sides.owner] if sides.owner else [])]
    if not asked or not (concerned or sides.persons):
        return []
    names = dict(Organisation.objects.filter(pk__in=concerned).values_list("pk", "name_ko"))
    since = _years_before(day, years)
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "users": asked,
                "organisations": concerned,
                "persons": list(sides.persons),
                "submissions": list(sides.submissions),
                "key_organisations": list(names),
                "keys": [key_of(name) for name in names.values()],
                "since": datetime.combine(since, time(), tzinfo=KST),
                "since_on": since,
                "day": day,
            },
        )
        rows = cursor.fetchall()
    found: dict[tuple[int, int | None], Conflict] = {}
    for conflict in _conflicts(rows, sides, names):
        key = (conflict.user, conflict.submission)
        if key not in found or ORDER.index(Ground(conflict.ground)) < ORDER.index(Ground(found[key].ground)):
            found[key] = conflict
    return list(found.values())


def weightiest(conflicts: Iterable[Conflict]) -> dict[int, str]:
    """By person the one ground that keeps them off a whole panel."""
    grounds: dict[int, str] = {}
    for conflict in conflicts:
        standing = grounds.get(conflict.user)
        if standing is None or ORDER.index(Ground(conflict.ground)) < ORDER.index(Ground(standing)):
            grounds[conflict.user] = conflict.ground
    return grounds


def _conflicts(rows: Iterable[tuple[Any, ...]], sides: Sides, names: Mapping[int, str]) -> Iterable[Conflict]:
    for user, ground, organisation, person, submission in rows:
        if submission is not None:
            yield Conflict(user, ground, submission, None)
            continue
        if person is not None:
            for one in sides.persons[person]:
                yield Conflict(user, ground, one, None, _("a person"))
            continue
        name = names.get(organisation, "")
        for one in sides.organisations.get(organisation, ()):
            yield Conflict(user, ground, one, organisation, name)
        if organisation == sides.owner and Ground(ground) in OF_THE_OWNER:
            yield Conflict(user, OF_THE_OWNER[Ground(ground)], None, organisation, name)


def _years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


_SQL = """
WITH asked AS (SELECT unnest(%(users)s::bigint[]) AS user_id),
concerned AS (SELECT unnest(%(organisations)s::bigint[]) AS organisation_id),
known AS (
    SELECT * FROM unnest(%(key_organisations)s::bigint[], %(keys)s::text[]) AS known(organisation_id, name_key)
)
SELECT user_id, 'applicant', NULL::bigint, user_id AS person_id, NULL::bigint AS submission_id
  FROM asked WHERE user_id = ANY(%(persons)s::bigint[])
UNION ALL
SELECT own.user_id,
       CASE WHEN own.left_at IS NULL THEN 'same_organisation' ELSE 'past_organisation' END,
       own.organisation_id, NULL, NULL
  FROM accounts_membership own JOIN concerned USING (organisation_id) JOIN asked USING (user_id)
 WHERE own.left_at IS NULL OR own.left_at > %(since)s
UNION ALL
SELECT evaluator.user_id,
       CASE WHEN tie.kind <> 'employed' THEN 'tie'
            WHEN tie.to_on IS NULL OR tie.to_on >= %(day)s THEN 'same_organisation'
            ELSE 'past_organisation' END,
       concerned.organisation_id, NULL, NULL
  FROM evaluation_tie tie
  JOIN evaluation_evaluator evaluator ON evaluator.id = tie.evaluator_id
  JOIN asked ON asked.user_id = evaluator.user_id
  LEFT JOIN known ON tie.organisation_id IS NULL AND known.name_key = tie.name_key
  JOIN concerned ON concerned.organisation_id = coalesce(tie.organisation_id, known.organisation_id)
 WHERE tie.withdrawn_at IS NULL AND (tie.to_on IS NULL OR tie.to_on >= %(since_on)s)
UNION ALL
SELECT mine.user_id, 'fellow', theirs.organisation_id, NULL, NULL
  FROM accounts_membership theirs
  JOIN concerned ON concerned.organisation_id = theirs.organisation_id
  JOIN accounts_membership other ON other.user_id = theirs.user_id AND other.left_at IS NULL
       AND other.organisation_id <> theirs.organisation_id
  JOIN accounts_membership mine ON mine.organisation_id = other.organisation_id AND mine.left_at IS NULL
       AND mine.user_id <> theirs.user_id
  JOIN asked ON asked.user_id = mine.user_id
 WHERE theirs.left_at IS NULL
UNION ALL
SELECT mine.user_id, 'fellow', NULL, theirs.user_id, NULL
  FROM accounts_membership theirs
  JOIN accounts_membership mine ON mine.organisation_id = theirs.organisation_id AND mine.left_at IS NULL
       AND mine.user_id <> theirs.user_id
  JOIN asked ON asked.user_id = mine.user_id
 WHERE theirs.left_at IS NULL AND theirs.user_id = ANY(%(persons)s::bigint[])
UNION ALL
SELECT seat.user_id, 'recused_before', submission.applicant_organisation_id, NULL, NULL
  FROM evaluation_recusal recusal
  JOIN evaluation_panelist seat ON seat.id = recusal.panelist_id
  JOIN asked ON asked.user_id = seat.user_id
  JOIN evaluation_entry entry ON entry.id = recusal.entry_id
  JOIN submissions_submission submission ON submission.id = entry.submission_id
  JOIN concerned ON concerned.organisation_id = submission.applicant_organisation_id
 WHERE recusal.ground = 'declared' AND recusal.at > %(since)s
UNION ALL
SELECT asked.user_id, 'author', NULL, NULL, submission.id
  FROM submissions_submission submission
  JOIN asked ON asked.user_id IN (submission.created_by_id, submission.saved_by_id)
 WHERE submission.id = ANY(%(submissions)s::bigint[])
"""
