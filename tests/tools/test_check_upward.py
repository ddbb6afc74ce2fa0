"""The search for references that point up finds them, and finds none in this code."""

import pytest

from tools import check_upward
from tools.check_upward import RANKS, in_python, in_template

FORBIDDEN = {"challenge": "challenges.Challenge", "pilots": "pilots.Pilot"}
RANK = RANKS["innomarket/submissions"]


def found(text):
    return [str(finding) for finding in in_python(text, "x.py", RANK, FORBIDDEN)]


@pytest.mark.parametrize(
    "text",
    [
        "submission.challenge.title",
        "Submission.objects.filter(challenge__title='x')",
        "Submission.objects.select_related('lot', 'challenge__lead')",
        "Submission.objects.order_by('-challenge')",
        "F('challenge__title')",
        "apps.get_model('pilots', 'Pilot')",
        "apps.get_model('pilots.Pilot')",
        "models.ForeignKey('challenges.Challenge', on_delete=models.CASCADE)",
    ],
)
def test_reference_that_points_up_is_found(text):
    assert len(found(text)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "submission.lot",
        "models.ForeignKey('accounts.Organisation', on_delete=models.PROTECT)",
        "apps.get_model('audit', 'Entry')",
        "text = 'the challenge'",
        "submission.challenge  # not upward: a dict of the form",
    ],
)
def test_reference_that_points_down_is_not_found(text):
    assert found(text) == []


def test_people_are_named_from_below_by_two_strings_only():
    low = RANKS["innomarket/documents"]
    fine = "ForeignKey('accounts.User'); ForeignKey('accounts.Organisation')"
    assert list(in_python(fine, "x.py", low, {})) == []
    assert len(list(in_python("ForeignKey('accounts.Membership')", "x.py", low, {}))) == 1


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ('{% include "pilots/part.html" %}', 1),
        ('{% include "components/part.html" %}', 0),
        ("{{ submission.challenge.title }}", 1),
        ("{% if submission.challenge %}", 1),
        ("{% url 'pilots.list' %}", 0),
        ("<p>submission.challenge</p>", 0),
    ],
)
def test_templates_are_searched(line, count):
    assert len(list(in_template(line, "x.html", RANK, FORBIDDEN))) == count


def test_reverse_names_of_this_code_are_known():
    names = check_upward.forbidden_names()
    assert names[RANKS["innomarket/submissions"]]["challenge"] == "challenges.Challenge"
    assert "challenge" not in names[RANKS["pilots"]]


def test_no_reference_of_this_code_points_up():
    assert check_upward.search() == []
