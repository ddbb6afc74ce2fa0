"""The one SQL statement against examples worked by hand and against the reference in plain Python."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innomarket.common import clock
from innomarket.evaluation import reads
from innomarket.evaluation.models import (
    Assignment,
    Entry,
    Panelist,
    Recusal,
    Result,
    Round,
    Score,
    Sheet,
    SheetVersion,
)
from innomarket.evaluation.ranking import compute_results, provisional_results
from innomarket.submissions.models import Criterion, Submission
from tests.accounts.factories import company, person

from . import reference
from .factories import opened_lot, submitted

pytestmark = pytest.mark.django_db

SUBMITTED, DRAFT, SET_ASIDE, RECUSED = "submitted", "draft", "set_aside", "recused"
RETURNED, AGAIN = "returned", "again"
COUNTS = (SUBMITTED, AGAIN)


@pytest.fixture
def people():
    return [person() for _ in range(8)]


def build(groups, entries, people, *, reuse=None, withdrawn=(), left=(), **rule):
    """Rows of a round: ``entries`` is a list of lists of (kind, points by criterion in order), by place.

    ``withdrawn``: which of them were taken back before the closing, so that no entry is made of them; ``left``:
    the members of the panel who left it since, by their place in the list.
    """
    lot = opened_lot(
        groups=[
            (f"G{n}", minimum, tie, criteria) for n, (minimum, tie, criteria) in enumerate(groups, start=1)
        ],
        **rule,
    )
    stage = lot.call.stages.get()
    criteria = list(Criterion.objects.filter(group__call=lot.call).order_by("group__order", "order"))
    round_ = Round.objects.create(
        number=f"R{lot.pk}", lot=lot, stage=stage, state="scoring", chief=people[0],
        started_at=lot.call.opened_at, pass_mark=stage.pass_mark, least_sheets=stage.least_sheets,
        trim_from=stage.trim_from,
    )  # fmt: skip
    places = max(len(sheets) for sheets in entries)
    panel = [
        Panelist.objects.create(round=round_, user=people[n], place=n + 1, reason="No pool.")
        for n in range(places)
    ]
    Panelist.objects.filter(pk__in=[panel[n].pk for n in left if n < places]).update(left_at=clock.now())
    firm = reuse or company()
    given = {submitted(lot, organisation=firm).pk: sheets for sheets in entries}
    back = [pk for n, pk in enumerate(given) if n in withdrawn]
    Submission.objects.filter(pk__in=back).update(state="withdrawn", withdrawn_at=lot.call.closes_at)
    judged = Submission.objects.filter(pk__in=reads.to_be_judged(lot, stage)).order_by("number")
    for order, submission in enumerate(judged, start=1):
        sheets = given[submission.pk]
        entry = Entry.objects.create(
            round=round_, submission=submission, revision=submission.current, order=order
        )
        for panelist, (kind, points) in zip(panel, sheets, strict=False):
            recusal = None
            if kind == RECUSED:
                recusal = Recusal.objects.create(
                    panelist=panelist, entry=entry, ground="declared", reason="x"
                )
            assignment = Assignment.objects.create(entry=entry, panelist=panelist, recusal=recusal)
            sheet = Sheet.objects.create(assignment=assignment, comment="x")
            Score.objects.bulk_create(
                Score(sheet=sheet, criterion=criterion, points=value, max_points=criterion.max_points)
                for criterion, value in zip(criteria, points, strict=True)
            )
            at = lot.call.opened_at
            if kind == AGAIN:  # submitted otherwise first, returned, submitted as said
                sheet.scores.update(points=0)
                kept(sheet, 1, [0 for _ in points], at)
                Sheet.objects.filter(pk=sheet.pk).update(state=RETURNED)
                for criterion, value in zip(criteria, points, strict=True):
                    sheet.scores.filter(criterion=criterion).update(points=value)
            if kind != DRAFT:
                kept(sheet, 2 if kind == AGAIN else 1, points, at)
                if kind in (RETURNED, SET_ASIDE):
                    Sheet.objects.filter(pk=sheet.pk).update(state=kind)
    return round_


def kept(sheet, ordinal, points, at):
    SheetVersion.objects.create(
        sheet=sheet,
        ordinal=ordinal,
        points=points,
        comments=[""] * len(points),
        comment="x",
        sha256="0" * 64,
        submitted_at=at,
    )
    Sheet.objects.filter(pk=sheet.pk).update(state=SUBMITTED, version=ordinal, submitted_at=at)


def results(round_):
    assert compute_results(round_) == round_.entries.count()
    return list(Result.objects.filter(entry__round=round_).order_by("entry__order"))


ONE = [(0, 1, [(100, 100)])]


def scores(*points):
    return [(SUBMITTED, [value]) for value in points]


@pytest.mark.parametrize(
    ("points", "total"),
    [
        ((70, 80, 90), "80.00"),
        ((70, 70, 71), "70.33"),
        ((70, 71, 71), "70.67"),
        ((10, 80, 80, 90), "65.00"),  # four: the plain mean
        ((10, 80, 81, 82, 100), "81.00"),  # five: highest and lowest go
        ((80, 80, 80, 80, 80), "80.00"),
        ((10, 100, 80, 80, 80, 100), "85.00"),  # of two hundreds one goes
    ],
)
def test_total_of_sheets_is_their_mean_trimmed_from_five(people, points, total):
    assert results(build(ONE, [scores(*points)], people))[0].total == Decimal(total)


def test_half_a_cent_is_rounded_up(people):
    """3 sheets of 1/8 of 100 points: 12.5, 12.5, 12.5 … the mean of eighths ends in 5 at the third decimal."""
    groups = [(0, 1, [(100, 80)])]
    round_ = build(groups, [[(SUBMITTED, [1]), (SUBMITTED, [0]), (SUBMITTED, [0]), (SUBMITTED, [0])]], people)
    assert Decimal(100) / 80 / 4 == Decimal("0.3125")
    assert results(round_)[0].total == Decimal("0.31")
    round_ = build(groups, [[(SUBMITTED, [1]), (SUBMITTED, [1]), (SUBMITTED, [0]), (SUBMITTED, [0])]], people)
    assert results(round_)[0].total == Decimal("0.63")  # 0.625


def test_points_that_have_no_decimal_ending_are_still_exact(people):
    """Thirds and sevenths: three sheets of 1/3 + 2/3 make exactly a whole."""
    groups = [(0, 1, [(50, 3), (50, 7)])]
    full = [(SUBMITTED, [3, 7])] * 3
    third = [(SUBMITTED, [1, 0]), (SUBMITTED, [1, 0]), (SUBMITTED, [1, 0])]
    found = results(build(groups, [full, third], people, pass_mark=Decimal(100)))
    assert [one.total for one in found] == [Decimal(100), Decimal("16.67")]
    assert found[0].passed


def test_among_equals_the_lower_place_is_dropped(people):
    """Places 1 and 2 have the same total by other groups: which of them goes shows in the groups' means."""
    groups = [(0, 1, [(50, 50)]), (0, 2, [(50, 50)])]
    sheets = [(50, 40), (40, 50), (30, 30), (20, 30), (30, 20)]
    found = results(build(groups, [[(SUBMITTED, list(sheet)) for sheet in sheets]], people))[0]
    # Highest: places 1 and 2 (90), place 1 goes. Lowest: places 4 and 5 (50), place 4 goes. Left: 2, 3, 5.
    assert sorted(found.group_means.values()) == ["33.33", "33.33"]
    first = found.entry.submission.lot.call.groups.get(order=1)
    assert found.group_means[str(first.pk)] == "33.33"  # (40 + 30 + 30) / 3
    assert found.total == Decimal("66.67")


def test_two_sheets_are_dropped_where_all_totals_are_equal(people):
    groups = [(0, 1, [(50, 50)]), (0, 2, [(50, 50)])]
    sheets = [(40, 20), (20, 40), (30, 30), (32, 28), (34, 26)]
    found = results(build(groups, [[(SUBMITTED, list(sheet)) for sheet in sheets]], people))[0]
    first = found.entry.submission.lot.call.groups.get(order=1)
    assert (found.total, found.group_means[str(first.pk)]) == (Decimal(60), "32.00")  # places 3, 4 and 5


@pytest.mark.parametrize("kind", [DRAFT, SET_ASIDE, RECUSED])
def test_sheets_that_do_not_count(people, kind):
    found = results(build(ONE, [[*scores(80, 80, 80), (kind, [0])]], people))[0]
    assert (found.sheets, found.total) == (3, Decimal(80))


def test_fewer_sheets_than_needed_give_no_result(people):
    found = results(build(ONE, [scores(100, 100), scores(70, 70, 70)], people))
    assert (found[0].sheets, found[0].total, found[0].rank, found[0].outcome) == (2, None, None, "no_result")
    assert (found[0].group_means, found[0].criterion_means) == ({}, {})
    assert (found[1].total, found[1].rank, found[1].outcome) == (Decimal(70), 1, "open")


def test_entry_without_any_sheet_has_a_row_that_says_so(people):
    found = results(build(ONE, [[], scores(70, 70, 70)], people))
    assert (found[0].sheets, found[0].outcome) == (0, "no_result")


def test_pass_mark_is_asked_of_the_rounded_total(people):
    # 69.995 rounds up to 70.00; 69.99 does not.
    groups = [(0, 1, [(100, 10000)])]
    entries = [[(SUBMITTED, [7000]), (SUBMITTED, [7000]), (SUBMITTED, [6999]), (SUBMITTED, [6999])],
               [(SUBMITTED, [6999])] * 4]  # fmt: skip
    found = results(build(groups, entries, people))
    assert [(one.total, one.passed, one.outcome) for one in found] == [
        (Decimal("70.00"), True, "open"),
        (Decimal("69.99"), False, "below_pass"),
    ]


def test_groups_minimum_is_asked_of_the_mean_and_fails_the_entry(people):
    """60 % of 40 is 24: two sheets below it do not matter while the mean reaches it."""
    groups = [(60, 1, [(40, 40)]), (0, 2, [(60, 60)])]
    just = [(SUBMITTED, [20, 60]), (SUBMITTED, [20, 60]), (SUBMITTED, [32, 60])]
    below = [(SUBMITTED, [20, 60]), (SUBMITTED, [20, 60]), (SUBMITTED, [31, 60])]
    found = results(build(groups, [just, below], people))
    assert [(one.passed, one.rank, one.outcome) for one in found] == [
        (True, 1, "open"),
        (False, None, "below_pass"),
    ]
    assert found[1].total > 70


def test_places_are_shared_and_the_next_is_skipped(people):
    found = results(build(ONE, [scores(*[v] * 3) for v in (90, 80, 90, 60, 80, 75)], people))
    assert [one.rank for one in found] == [1, 3, 1, None, 3, 5]


def test_ties_are_broken_by_the_groups_in_the_order_that_the_call_names(people):
    """Equal totals; the second group is named first (tie order 1)."""
    groups = [(0, 2, [(50, 50)]), (0, 1, [(50, 50)])]
    entries = [[(SUBMITTED, [50, 30])] * 3, [(SUBMITTED, [30, 50])] * 3, [(SUBMITTED, [40, 40])] * 3]
    assert [one.rank for one in results(build(groups, entries, people))] == [3, 1, 2]


def test_results_are_computed_in_one_statement(people):
    round_ = build(ONE, [scores(80, 80, 80)] * 3, people)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        compute_results(round_)
    assert len(queries) == 1


def test_provisional_results_are_the_same_and_are_written_nowhere(people):
    round_ = build(ONE, [scores(80, 80, 80), scores(90, 90, 90)], people)
    shown = provisional_results(round_)
    assert not Result.objects.exists()
    stored = {one.entry_id: one for one in results(round_)}
    assert [row["rank"] for row in shown] == [1, 2]
    for row in shown:
        one = stored[row["entry_id"]]
        assert (row["total"], row["rank"], row["inputs_sha256"]) == (one.total, one.rank, one.inputs_sha256)


def test_hash_of_the_inputs_changes_with_any_of_them(people):
    firm = company()
    base = results(build(ONE, [scores(80, 80, 80)], people, reuse=firm))[0]
    other = results(build(ONE, [scores(80, 80, 81)], people, reuse=firm))[0]
    assert base.inputs_sha256 != other.inputs_sha256
    assert len(base.inputs_sha256) == 64


# ── any round ──

MAXIMA = st.sampled_from([1, 3, 7, 10, 12])
WEIGHTS = {
    1: [(100,)],
    2: [(60, 40), (50, 50), (1, 99)],
    3: [(40, 40, 20), (34, 33, 33)],
    4: [(30, 30, 20, 20)],
}


@st.composite
def rounds(draw):
    shape = draw(st.lists(st.integers(1, 2), min_size=1, max_size=2))
    weights = iter(draw(st.sampled_from(WEIGHTS[sum(shape)])))
    groups = [
        (
            draw(st.sampled_from([0, 40, 50, 60, 100])),
            draw(st.integers(1, 2)),
            [(next(weights), draw(MAXIMA)) for _ in range(size)],
        )
        for size in shape
    ]
    maxima = [most for _, _, criteria in groups for _, most in criteria]
    # Few different points, so that ties of sheets and of entries are frequent.
    sheet = st.tuples(
        *[st.sampled_from(sorted({0, most // 2, most - 1 if most > 1 else 0, most})) for most in maxima]
    )
    kind = st.sampled_from([SUBMITTED] * 6 + [AGAIN, DRAFT, SET_ASIDE, RECUSED, RETURNED])
    entry = st.lists(st.tuples(kind, sheet.map(list)), min_size=0, max_size=7)
    entries = draw(st.lists(entry, min_size=1, max_size=5).filter(lambda found: any(found)))
    withdrawn = st.sets(st.integers(0, len(entries) - 1), max_size=min(2, len(entries) - 1))
    return {
        "groups": groups,
        "entries": entries,
        "withdrawn": draw(withdrawn),
        "left": draw(st.sets(st.integers(0, 6), max_size=2)),
        "pass_mark": draw(st.sampled_from([Decimal(0), Decimal(50), Decimal("66.67"), Decimal(70)])),
        "least_sheets": draw(st.integers(1, 3)),
        "trim_from": draw(st.sampled_from([None, 3, 4, 5, 6])),
        "group_minimum": draw(st.sampled_from(["mean", "each"])),
    }


def by_group(groups, points):
    rest = iter(points)
    return [[next(rest) for _ in criteria] for _, _, criteria in groups]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rounds())
def test_any_round_is_computed_as_the_reference_says(people, drawn):
    groups = [reference.Group(n, m, t, c) for n, (m, t, c) in enumerate(drawn["groups"], start=1)]
    judged = [sheets for n, sheets in enumerate(drawn["entries"]) if n not in drawn["withdrawn"]]
    try:
        with transaction.atomic():
            round_ = build(people=people, **drawn)
            found = results(round_)
            call_groups = list(round_.lot.call.groups.order_by("order").prefetch_related("criteria"))
            hashes = list(round_.entries.order_by("order").values_list("revision__sha256", flat=True))
            expected = reference.judge(
                groups,
                [
                    (sha, [
                        reference.GivenSheet(place, by_group(drawn["groups"], points), kind in COUNTS,
                                               2 if kind == AGAIN else 1)
                        for place, (kind, points) in enumerate(sheets, start=1)
                    ])
                    for sha, sheets in zip(hashes, judged, strict=True)
                ],
                **{name: drawn[name] for name in ("pass_mark", "least_sheets", "trim_from", "group_minimum")},
            )  # fmt: skip
            for one, said in zip(found, expected, strict=True):
                assert (one.sheets, one.total, one.passed, one.rank) == (
                    said.sheets,
                    said.total,
                    said.passed,
                    said.rank,
                )
                assert one.inputs_sha256 == said.inputs_sha256
                if said.total is None:
                    assert (one.group_means, one.outcome) == ({}, "no_result")
                    continue
                assert [Decimal(one.group_means[str(group.pk)]) for group in call_groups] == said.group_means
                assert [
                    [Decimal(one.criterion_means[str(criterion.pk)]) for criterion in group.criteria.all()]
                    for group in call_groups
                ] == said.criterion_means
            raise Undo
    except Undo:
        pass


class Undo(Exception):
    """Rolls an example back."""


@settings(max_examples=300)
@given(st.lists(st.fractions(min_value=0, max_value=100, max_denominator=1000), min_size=2, max_size=6))
def test_reference_rounds_half_up_and_keeps_the_order(values):
    shown = [reference.rounded(value) for value in sorted(values)]
    assert all(lower <= higher for lower, higher in pairwise(shown))
    for value, two in zip(sorted(values), shown, strict=True):
        assert abs(value * 1000 - int(two * 1000)) <= 5
        assert value * 1000 - int(two * 1000) != 5  # a half never goes down
