"""Who gets which answer from every address of the pilots, the console included."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from innomarket.common.clock import today
from tests.accounts.factories import company, institution, person, staff
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db

# With a pilot whose contract is signed. "console" is where budget staff are led; "login" asks to sign in.
EVERYONE = dict.fromkeys(
    [
        "visitor",
        "citizen",
        "editor",
        "viewer",
        "other_institution",
        "supplier",
        "other_company",
        "rounds",
        "budget",
    ],
    200,
)
EDITOR_ONLY = {
    "visitor": "login",
    "citizen": 403,
    "editor": 200,
    "viewer": 403,
    "other_institution": 403,
    "supplier": 403,
    "other_company": 403,
    "rounds": 403,
    "budget": "console",
}
NOT_DUE = {**EDITOR_ONLY, "editor": 409}
PAGES = {
    "pilots:list": EVERYONE,
    "pilots:pilot": EVERYONE,
    "pilots:inspection": EDITOR_ONLY,
    "pilots:measures": NOT_DUE,
    "pilots:verdict": NOT_DUE,
    "pilots:use": NOT_DUE,
}
LINE_STEPS = ["match", "appropriate", "withdraw"]
PILOT_STEPS = ["commit", "contract", "inspection", "measures", "conclude", "pay", "release", "cancel"]


@pytest.fixture
def pilot():
    return factories.contracted()


@pytest.fixture
def people(pilot):
    return {
        "visitor": None,
        "citizen": person(),
        "editor": factories.editor_of(pilot.institution),
        "viewer": factories.viewer_of(pilot.institution),
        "other_institution": factories.editor_of(institution()),
        "supplier": factories.editor_of(pilot.product.supplier),
        "other_company": factories.editor_of(company()),
        "rounds": staff("run_rounds"),
        "budget": factories.budget_officer(),
    }


def answer_of(client, user, address, data=None):
    client.logout()
    if user is not None:
        sign_in(client, user)
    answer = client.get(address) if data is None else client.post(address, data)
    if answer.status_code != 302:
        return answer.status_code
    return "login" if "/login/" in answer.url else "console" if "/admin/" in answer.url else answer.url


def names_of_pages():
    found = set()
    for entry in get_resolver().url_patterns:
        for sub in getattr(entry, "url_patterns", []):
            if isinstance(sub, URLResolver) and sub.app_name == "pilots":
                found |= {f"pilots:{page.name}" for page in sub.url_patterns if isinstance(page, URLPattern)}
    return found


def test_every_address_of_the_pilots_has_its_row():
    assert names_of_pages() == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page_answers_each_actor_as_the_table_says(client, pilot, people, name):
    address = reverse(name, args=[] if name == "pilots:list" else [pilot.number])

    assert {who: answer_of(client, user, address) for who, user in people.items()} == PAGES[name]


def test_post_by_others_changes_nothing(client, pilot, people):
    day = today().isoformat()
    data = {"delivered_on": day, "inspected_on": day, "accepted": "3", "refused": "0"}
    address = reverse("pilots:inspection", args=[pilot.number])

    for who, user in people.items():
        if who != "editor":
            assert answer_of(client, user, address, data) == EDITOR_ONLY[who], who
            assert factories.fresh(pilot).state == "contracted"
    assert answer_of(client, people["editor"], address, data) == pilot.get_absolute_url()


@pytest.fixture
def _second_factor_used(monkeypatch):
    """The second factor has its own tests; here it stands as used."""
    monkeypatch.setattr(
        "innomarket.accounts.middleware.SecondFactorMiddleware.lead", lambda self, request: None
    )


def test_console_without_a_second_factor_is_not_entered(client, pilot, people):
    address = reverse("admin:pilots_pilot_change", args=[pilot.pk])

    for who in ("budget", "rounds"):
        client.force_login(people[who])
        assert client.get(address).status_code == 302


@pytest.mark.usefixtures("_second_factor_used")
def test_console_is_for_budget_staff_only(client, pilot, people):
    addresses = [
        reverse("admin:pilots_budgetline_changelist"),
        reverse("admin:pilots_budgetline_change", args=[pilot.line_id]),
        reverse("admin:pilots_budgetline_open"),
        *(reverse(f"admin:pilots_budgetline_{step}", args=[pilot.line_id]) for step in LINE_STEPS),
        reverse("admin:pilots_pilot_changelist"),
        reverse("admin:pilots_pilot_change", args=[pilot.pk]),
        *(reverse(f"admin:pilots_pilot_{step}", args=[pilot.pk]) for step in PILOT_STEPS),
        reverse("admin:pilots_pilotrule_changelist"),
    ]

    for address in addresses:
        for who, user in people.items():
            expected = {200} if who == "budget" else {403} if who == "rounds" else {"login", "console"}
            assert answer_of(client, user, address) in expected, (who, address)


@pytest.mark.usefixtures("_second_factor_used")
def test_console_adds_changes_and_deletes_nothing_by_itself(client, pilot, people):
    client.force_login(people["budget"])

    for model, pk in (("budgetline", pilot.line_id), ("pilot", pilot.pk)):
        assert client.post(reverse(f"admin:pilots_{model}_add"), {}).status_code == 403
        assert (
            client.post(reverse(f"admin:pilots_{model}_delete", args=[pk]), {"post": "yes"}).status_code
            == 403
        )
        assert client.post(reverse(f"admin:pilots_{model}_change", args=[pk]), {}).status_code == 403
