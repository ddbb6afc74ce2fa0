"""Which answer each actor gets from each address of the project. A new address fails here until it has its row."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from catalog.api import limits
from innomarket.accounts.middleware import is_open
from innomarket.accounts.models import ApiRule
from innomarket.accounts.tokens import token_of
from innomarket.audit.models import Entry
from innomarket.rules.services import value_fields

from .addresses import names
from .world import ACTORS, DESKS, PUBLIC, STAFF, World

SIGNED_IN = (*PUBLIC, *STAFF)

Row = dict[str, Any]


def row(others: Any, signed_in: Any = None, **exceptions: Any) -> Row:
    """One answer for each actor, several joined by "__". Staff without their second factor are led to it everywhere."""
    found = {**dict.fromkeys(ACTORS, others), "no_factor": "factor"}
    if signed_in is not None:
        found |= dict.fromkeys(SIGNED_IN, signed_in)
    for actors, status in exceptions.items():
        found |= dict.fromkeys(actors.split("__"), status)
    assert set(found) == set(ACTORS), set(found) - set(ACTORS)
    return found


EVERYONE = row(200)
SIGN_IN = row("login", 200)
# These people have no password that could be asked again; staff have their factor.
AGAIN = row("login", "reauthenticate") | dict.fromkeys(PUBLIC, 200)
OWN = row("login", 404, company_a=200)
CORRECTED = {"catalogue": 200, "superuser": 200}
STEPS_OF_A_LISTING = OWN | dict.fromkeys(("company_a", *CORRECTED), "moved")
WRITERS = row("login", 404, company_a__company_b__institution_a__institution_b=200)
MANAGE = row("login", 404, company_a=200, verification__superuser=403)
READABLE = row(404, company_a__institution_a__evaluator__rounds__superuser=200)
MEETING = row("login", 404, member__committee__superuser=200)
WORKBENCH = row("login", 404, evaluator=200, conflicted=403)
RECORD = row("login", 403, institution_a=409, budget__superuser="moved")

# name: (which object or arguments, answers)
PAGES: dict[str, tuple[Any, Row]] = {
    "portal:home": ((), EVERYONE),
    "admin:evaluation_round_export": (
        lambda t: [t["round"].pk, "sheets", "csv"],
        row("login") | dict.fromkeys(DESKS, 403) | dict.fromkeys(("rounds", "superuser"), 200),
    ),
    "portal:display": ((), EVERYONE),
    "portal:find": ((), EVERYONE),
    "portal:help": ((), EVERYONE),
    "portal:accessibility": ((), EVERYONE),
    "portal:ocds": ((), EVERYONE),
    "ocds:releases": ((), EVERYONE),
    "ocds:record": (lambda t: [f"ocds-000000-{t['task'].submission.number}"], EVERYONE),
    "ocds:history": (("json",), EVERYONE),
    "ocds:snapshots": ((), EVERYONE),
    "ocds:snapshot": (("ocds-2020-07-20-ko.json.gz",), row(404)),
    "portal:open_data": ((), EVERYONE),
    "portal:feed": (("calls",), EVERYONE),
    "privacy:notices": ((), EVERYONE),
    "privacy:mine": ((), SIGN_IN),
    "privacy:consent": ((), SIGN_IN),
    "privacy:take_back": ((), SIGN_IN),
    # What takes everything along, or ends the account, asks for the password again.
    "privacy:export": ((), AGAIN),
    "privacy:download": ((1,), AGAIN | dict.fromkeys(PUBLIC, 404)),
    "privacy:erase": ((), AGAIN),
    "portal:workspace": ((), SIGN_IN),
    "accounts:organisation_list": ((), EVERYONE),
    "accounts:apply": ((), SIGN_IN),
    "accounts:apply_as": (("company",), SIGN_IN),
    "accounts:apply_again": (
        lambda t: [t["refused"].pk],
        row(404, company_a=200, verification__superuser=403),
    ),
    "accounts:organisation": (
        lambda t: [t["pending"].pk],
        row(404, verification__superuser=200),
    ),
    "accounts:invite": (lambda t: [t["company_a"].pk], row("login", 403, company_a=200)),
    "accounts:withdraw_invitation": (
        lambda t: [t["company_a"].pk, t["invitation"].pk],
        row("login", 403, company_a=200),
    ),
    "accounts:invitation": (lambda t: [token_of(t["invitation"].nonce)], EVERYONE),
    "accounts:change_member": (lambda t: [t["company_a"].pk, t["membership"].pk], MANAGE),
    "accounts:remove_member": (lambda t: [t["company_a"].pk, t["membership"].pk], MANAGE),
    "accounts:tokens": (
        lambda t: [t["company_a"].pk],
        row("login", 403, company_a__verification__superuser=200),
    ),
    "accounts:revoke_token": (
        lambda t: [t["company_a"].pk, t["api_token"].pk],
        row("login", 403, company_a__verification__superuser=200),
    ),
    "accounts:me": ((), SIGN_IN),
    "notifications:inbox": ((), SIGN_IN),
    "notifications:preferences": ((), SIGN_IN),
    "notifications:message": (lambda t: [t["message"].pk], OWN),
    # The mailbox exists with the embedded services alone (innomarket/notifications/urls.py).
    "notifications:mailbox": ((), EVERYONE),
    "notifications:mail": ((999,), row(404)),
    "submissions:call_list": ((), EVERYONE),
    "submissions:calendar": ((), EVERYONE),
    "submissions:call": ("open_call", EVERYONE),
    "submissions:begin": ("open_call", SIGN_IN),
    "submissions:edit": (lambda t: [t["draft"].number, "product"], OWN),
    "submissions:files": (lambda t: [t["draft"].number, "proposal"], OWN),
    "submissions:file": (lambda t: [t["draft"].number, t["attachment"].pk], OWN),
    "submissions:uploads": (lambda t: [t["draft"].number, "proposal"], row(401, 404, company_a=405)),
    "submissions:upload": (
        lambda t: [t["draft"].number, t["upload"].upload.uuid],
        row(401, 404, company_a=200),
    ),
    "submissions:check": ("draft", OWN),
    "submissions:receipt": ("sealed", OWN),
    "submissions:withdraw": ("sealed", OWN),
    "submissions:compare": ("sealed", OWN),
    "submissions:supplement": ("supplement", OWN),
    "submissions:supplement_send": ("supplement", OWN),
    "submissions:supplement_paper": (lambda t: [t["supplement"].number, 1], OWN),
    "submissions:supplement_file": (
        lambda t: [t["supplement"].number, 1],
        OWN | {"rounds": 200, "superuser": 200},
    ),
    "submissions:submitted_file": (
        lambda t: [t["opened"].number, 0, t["opened"].current.files.first().pk],
        READABLE,
    ),
    "submissions:read": (
        lambda t: [t["opened"].number, 0, t["opened"].current.files.first().pk],
        READABLE,
    ),
    "submissions:page_image": (
        lambda t: [t["opened"].number, 0, t["opened"].current.files.first().pk, 1],
        READABLE,
    ),
    "submissions:page_text": (
        lambda t: [t["opened"].number, 0, t["opened"].current.files.first().pk, 1],
        READABLE,
    ),
    "submissions:verify": ((), EVERYONE),
    "submissions:draft_pdf": ("draft", OWN),
    "submissions:submitted_pdf": (lambda t: [t["sealed"].number, 0], OWN),
    "submissions:receipt_pdf": (lambda t: [t["sealed"].number, 0], OWN),
    "submissions:frozen": (lambda t: [t["opened"].number, 0], READABLE),
    "evaluation:queue": ((), SIGN_IN),
    "evaluation:round": (
        "round",
        row("login", 404, evaluator__conflicted=200, rounds__superuser="moved"),
    ),
    "evaluation:sheet": (lambda t: [t["round"].number, t["entry"].order], WORKBENCH),
    "evaluation:conflict": (lambda t: [t["round"].number, t["entry"].order], WORKBENCH),
    # The round of this world is open; tests/evaluation/test_blind.py walks a blind one.
    "evaluation:copy_image": (lambda t: [t["round"].number, t["entry"].order, 1], row("login", 404)),
    "evaluation:copy_text": (lambda t: [t["round"].number, t["entry"].order, 1], row("login", 404)),
    "evaluation:visit_file": (
        lambda t: [t["round"].number, t["entry"].order, 1],
        row("login", 404),
    ),
    "evaluation:objection": ("judged", OWN),
    "evaluation:withdraw_objection": ("judged", OWN),
    # Answered or with a file in tests/evaluation/test_objection_file.py; here there is none for anybody.
    "evaluation:objection_file": ((1,), row("login", 404)),
    "evaluation:answer_paper": ("objection", row("login", 404)),
    "evaluation:result_paper": (
        lambda t: [t["judged"].number, t["published"].number],
        row("login", 404, company_a=200),
    ),
    "evaluation:published_list": ((), EVERYONE),
    "evaluation:published": ("published", EVERYONE),
    "evaluation:result_file": ("published", EVERYONE),
    "evaluation:result_part": (lambda t: [t["published"].number, "sheets"], EVERYONE),
    "evaluation:result_table": ("published", EVERYONE),
    "evaluation:verify_program": ((), EVERYONE),
    "evaluation:seat": (
        lambda t: [t["round"].number],
        row("login", 404, evaluator__conflicted=200),
    ),
    "evaluation:decline": (
        lambda t: [t["round"].number],
        row("login", 404, evaluator__conflicted="moved"),  # the entries have opened for them
    ),
    "evaluation:profile": ((), SIGN_IN),
    "evaluation:profile_edit": ((), SIGN_IN),
    "evaluation:tie": ((), row("login", 404, evaluator=200)),
    "evaluation:tie_end": (lambda t: [t["tie"].pk], row("login", 404, evaluator=200)),
    "evaluation:tie_withdraw": (lambda t: [t["tie"].pk], row("login", 404, evaluator=200)),
    "evaluation:away": ((), row("login", 404, evaluator=200)),
    "evaluation:away_remove": (lambda t: [t["absence"].pk], row("login", 404, evaluator=200)),
    "evaluation:leave_pool": ((), row("login", 404, evaluator=200)),
    "evaluation:draws": ((), EVERYONE),
    "evaluation:draw": ("draw", EVERYONE),
    "evaluation:draw_pool": ("draw", EVERYONE),
    "evaluation:draw_file": ("draw", EVERYONE),
    "evaluation:opinion": (
        "opened",
        row("login", 404, institution_a=200, company_a__evaluator__rounds__superuser=403),
    ),
    "challenges:list": ((), EVERYONE),
    "challenges:detail": ("task", EVERYONE),
    "challenges:ideas": ((), EVERYONE),
    "challenges:idea": ("idea", EVERYONE),
    "designation:proposal_list": ((), SIGN_IN),
    "designation:proposal": ("sealed", OWN),
    "designation:list": ((), EVERYONE),
    "designation:detail": ("designation", EVERYONE),
    "designation:meeting_list": ((), SIGN_IN),
    "designation:meeting": ("meeting", MEETING),
    "designation:motion": (lambda t: [t["meeting"].number, t["motion"].order], MEETING),
    "designation:recuse": (
        lambda t: [t["meeting"].number, t["motion"].order],
        row("login", 404, member=200),
    ),
    "designation:vote": (
        lambda t: [t["meeting"].number, t["motion"].order],
        row("login", 404, member=200, committee__superuser=403),
    ),
    "catalog:list": ((), EVERYONE),
    "catalog:product": ("product", EVERYONE),
    "catalog:saved_searches": ((), SIGN_IN),
    "catalog:save_search": ((), SIGN_IN),
    "catalog:change_search": (lambda t: [t["saved_search"].pk], OWN),
    "catalog:compare": ((), EVERYONE),
    "catalog:suggest": ((), EVERYONE),
    "catalog:history": ("product", EVERYONE),
    "catalog:mine": ((), SIGN_IN),
    "catalog:bulk": ((), WRITERS),
    "catalog:bulk_staff": ((), row("login", 404, catalogue__superuser=200)),
    "catalog:bulk_check": ((1,), row("login", 404)),
    "catalog:bulk_file": (("products", "csv"), WRITERS),
    "catalog:bulk_file_staff": (("products", "csv"), row("login", 404, catalogue__superuser=200)),
    "catalog:preview": ("product", row(404, company_a__catalogue__superuser=200)),
    "catalog:change": ("product", OWN | CORRECTED),
    "catalog:change_begin": ("product", OWN | CORRECTED),
    # Staff have no correction open here (they are tried in tests/catalog/test_correcting.py).
    "catalog:change_send": ("product", OWN | dict.fromkeys(CORRECTED, 409)),
    "catalog:change_withdraw": ("product", OWN | CORRECTED),
    "catalog:change_rewrite": ("product", OWN),
    "catalog:change_renew": ("product", OWN | CORRECTED),
    # What is proposed is no draft: its steps lead back to where it stands (they are tried in tests/catalog).
    "catalog:change_models": ("product", STEPS_OF_A_LISTING),
    "catalog:change_model": (lambda t: [t["product"].number, 0], STEPS_OF_A_LISTING),
    "catalog:change_pictures": ("product", STEPS_OF_A_LISTING),
    "catalog:change_documents": ("product", STEPS_OF_A_LISTING),
    # Of a live listing they are for all; of a draft for its writers (tried in tests/catalog/test_files.py).
    "catalog:draft_picture": (lambda t: [t["product"].number, 1], row(404)),
    "catalog:file": (lambda t: [t["product"].number, 1], row(404)),
    "picture": (("0" * 64,), row(404)),
    "catalog:change_step": (lambda t: [t["product"].number, "names"], STEPS_OF_A_LISTING),
    "api:product-list": ((), EVERYONE),
    "api:product-detail": ("product", EVERYONE),
    "api:product-changes": ((), EVERYONE),
    "statistics": ((), EVERYONE),
    "api:categories": ((), EVERYONE),
    "api:designation-list": ((), EVERYONE),
    "api:designation-detail": (lambda t: [t["product"].designation.number], EVERYONE),
    "api:call-list": ((), EVERYONE),
    "api:call-detail": ("open_call", EVERYONE),
    "api:challenge-task-list": ((), EVERYONE),
    "api:challenge-task-detail": (("T20CT00000000",), row(404)),
    "api:organisation-list": ((), EVERYONE),
    "api:organisation-detail": (lambda t: [t["company_a"].pk], EVERYONE),
    "api:bulk": (("ndjson",), EVERYONE),
    "api:snapshots": ((), EVERYONE),
    "api:snapshot": (("products-2020-07-20-ko.csv.gz",), row(404)),
    "catalog:files": ((), EVERYONE),
    "api:schema": ((), EVERYONE),
    "api:docs": ((), EVERYONE),
    "pilots:list": ((), EVERYONE),
    "pilots:pilot": ("pilot", EVERYONE),
    "pilots:inspection": ("pilot", RECORD | {"institution_a": 200}),
    "pilots:measures": ("pilot", RECORD),
    "pilots:verdict": ("pilot", RECORD),
    "pilots:use": ("pilot", RECORD),
    "machines:records": ((), EVERYONE),
    "machines:designations_file": (("csv",), EVERYONE),
    "machines:products_file": (("csv",), EVERYONE),
    "machines:robots": ((), EVERYONE),
    "machines:sitemap_index": ((), EVERYONE),
    "machines:sitemap": (("products",), EVERYONE),
    "healthz": ((), EVERYONE),
    "readyz": ((), row(503)),  # no worker beats here
    "set_language": ((), row("moved")),
}

RULE_STEPS = ("enter", "take_back")
# model: (the desk that opens it, the object, its steps)
CONSOLE: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "accounts_organisation": ("verification", "pending", ("verify", "refuse")),
    "accounts_organisationkind": ("verification", None, ()),
    "accounts_institutionclass": ("verification", None, ()),
    "accounts_user": ("superuser", lambda t: t["membership"].user, ("groups", "close", "reopen")),
    "audit_entry": ("audit", None, ()),
    "notifications_message": ("audit", "message", ("retry", "retry-failed", "kinds")),
    "notifications_preference": ("audit", None, ()),
    "privacy_notice": ("audit", None, RULE_STEPS),
    "privacy_retentionrule": ("audit", None, RULE_STEPS),
    "privacy_privacyrule": ("audit", None, RULE_STEPS),
    "privacy_erasure": ("audit", "erasure", ("ask",)),
    "privacy_retentionrun": ("audit", "retention_run", ("dry-run",)),
    "submissions_call": (
        "rounds",
        "draft_call",
        (
            *("create", "edit", "announce", "extend", "amend", "cancel"),
            *("prepare-opening", "open", "withdraw-preparation", "roster"),
        ),
    ),
    "submissions_submission": ("rounds", "opened", ("ask-papers", "return-copy", "ask-to-read")),
    "submissions_supplementrequest": ("rounds", "supplement", ("extend", "judge", "judge-copy", "conclude")),
    "submissions_breakglass": ("rounds", None, ("grant", "refuse", "read")),
    "submissions_outagecase": ("rounds", None, ("decide",)),
    "submissions_breakglassrule": ("rounds", None, RULE_STEPS),
    "submissions_submissionrule": ("rounds", None, RULE_STEPS),
    "submissions_closingrule": ("rounds", None, RULE_STEPS),
    "submissions_outagerule": ("rounds", None, RULE_STEPS),
    "submissions_outage": ("rounds", "outage", ("record", "apply", "discard")),
    "accounts_apirule": ("catalogue", None, RULE_STEPS),
    "submissions_watchrule": ("rounds", None, RULE_STEPS),
    "submissions_outageproposal": ("rounds", "outage_proposal", ("record", "dismiss")),
    "submissions_deadlinemove": ("rounds", "deadline_move", ()),
    "submissions_reminderrule": ("rounds", None, RULE_STEPS),
    "evaluation_round": (
        "rounds",
        "round",
        (
            *(
                "create",
                "start-call",
                "prepare-call",
                "commit-draw",
                "seat",
                "unseat",
                "start",
                "finish",
                "select",
            ),
            *("moderate", "record-visit", "remind", "return-several"),
            *("prepare", "reopen", "set-aside", "cancel", "supplement"),
        ),
    ),
    "evaluation_publication": ("rounds", "publication", ("publish", "withdraw")),
    "evaluation_objection": ("rounds", "objection", ("answer", "anew")),
    "evaluation_draw": ("rounds", "draw", ("carry-out", "enter-value", "give-up")),
    "evaluation_evaluator": (
        "rounds",
        "pool_member",
        ("invite", "verify", "refuse", "suspend", "lift", "tie"),
    ),
    "evaluation_expertise": ("rounds", "expertise", ("add-field", "change-field")),
    "evaluation_drawrule": ("rounds", None, RULE_STEPS),
    "evaluation_pledgetext": ("rounds", None, RULE_STEPS),
    "evaluation_panelreminderrule": ("rounds", None, RULE_STEPS),
    "evaluation_evaluationrule": ("rounds", None, RULE_STEPS),
    "evaluation_objectionrule": ("rounds", None, RULE_STEPS),
    "challenges_challenge": ("rounds", "task", ("open-solution-call",)),
    "designation_committee": ("committee", "committee", ("create", "seat")),
    "designation_seat": ("committee", "seat", ("vacate",)),
    "designation_meeting": ("committee", "meeting", ("plan", "open", "attendance", "table", "close")),
    "designation_motion": ("committee", "motion", ("open-vote", "close-vote", "recuse", "defer")),
    "designation_designation": ("committee", "designation", ()),
    "designation_wantedmotion": ("committee", "wanted", ("table",)),
    "designation_designationrule": ("committee", None, RULE_STEPS),
    "designation_votingrule": ("committee", None, RULE_STEPS),
    "catalog_product": ("catalogue", "product", ("edit",)),
    "catalog_category": ("catalogue", None, ("add-category", "change-category")),
    "catalog_profileattribute": ("catalogue", "attribute", ("add-value", "change-value", "remove-value")),
    "catalog_itemclass": ("catalogue", "item_class", ()),
    "catalog_listingchange": ("catalogue", "listing_change", ("take", "refuse")),
    "catalog_listingrule": ("catalogue", None, RULE_STEPS),
    "pilots_budgetline": ("budget", "line", ("open", "match", "appropriate", "withdraw")),
    "pilots_pilotrule": ("budget", None, RULE_STEPS),
    "pilots_pilot": (
        "budget",
        "pilot",
        ("commit", "contract", "inspection", "measures", "conclude", "use", "pay", "release", "cancel"),
    ),
}
OBJECT_LESS = {
    "notifications_message_kinds",
    "notifications_message_retry-failed",
    "privacy_erasure_ask",
    "privacy_retentionrun_dry-run",
    "submissions_call_create",
    "submissions_outage_record",
    "evaluation_round_create",
    "evaluation_round_start-call",
    "evaluation_round_prepare-call",
    "evaluation_evaluator_invite",
    "evaluation_expertise_add-field",
    "challenges_challenge_open-solution-call",
    "designation_committee_create",
    "designation_meeting_plan",
    "pilots_budgetline_open",
    "catalog_category_add-category",
    "catalog_profileattribute_add-value",
    *(f"{model}_enter" for model, row_ in CONSOLE.items() if row_[2] is RULE_STEPS),
}
READ_ONLY = ("changelist", "change", "history")
FORBIDDEN = ("add", "delete")
ADMIN_SITE = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
              "view_on_site", "app_list"}  # fmt: skip
VISITORS = ("anonymous", "company_a", "evaluator")

# allauth's pages: what a visitor gets, and a person signed in (without a password that could be asked again).
# How they work is tested in tests/accounts.
ALLAUTH = {
    "account_login": (200, "moved"),
    "account_signup": (200, "moved"),
    "account_inactive": (200, 200),
    "account_email_verification_sent": (200, 200),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "account_logout": ("moved", 200),
    "account_reauthenticate": ("login", 403),
    "account_email": ("login", 200),
    "account_change_password": ("login", "moved"),
    "account_set_password": ("login", 200),
    "account_confirm_login_code": ("login", "moved"),
    "account_confirm_email": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "mfa_index": ("login", 200),
    "mfa_authenticate": ("login", "moved"),
    "mfa_reauthenticate": ("login", 403),
    "mfa_activate_totp": ("login", 200),
    "mfa_deactivate_totp": ("login", 404),
    "mfa_view_recovery_codes": ("login", 404),
    "mfa_generate_recovery_codes": ("login", 200),
    "mfa_download_recovery_codes": ("login", 404),
}
ALLAUTH_ARGUMENTS = {
    "account_confirm_email": ["wrong-key"],
    "account_reset_password_from_key": ["1", "set-password"],
}


def kind(answer: Any) -> Any:
    """The status, or where a redirect leads."""
    if answer.status_code != 302:
        return answer.status_code
    path = urlsplit(answer.url).path
    if path.endswith("/login/"):
        return "login"
    if path.endswith("/reauthenticate/"):
        return "reauthenticate"
    return "factor" if "/2fa/" in path else "moved"


@pytest.fixture(autouse=True)
def _undone(world, monkeypatch):
    """What a request of one test changes is gone for the next one; pages are asked for in Korean.

    The limits of the API do not stand in the way: all these actors come from one address.
    """
    rule = ApiRule.objects.at()
    for name in value_fields(ApiRule):
        setattr(rule, name, getattr(rule, name) * 1000)
    monkeypatch.setattr(limits, "current_rule", lambda: rule)
    with translation.override("ko"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def address(world: World, name: str) -> str:
    which = PAGES[name][0]
    if callable(which):
        return reverse(name, args=which(world.things))
    if isinstance(which, str):
        return reverse(name, args=[world.things[which].number])
    return reverse(name, args=which)


def test_every_address_has_its_row():
    console = {
        f"admin:{model}_{name}"
        for model, (_desk, _object, steps) in CONSOLE.items()
        for name in (*READ_ONLY, *FORBIDDEN, *steps)
    }
    expected = set(PAGES) | console | {f"admin:{name}" for name in ADMIN_SITE} | set(ALLAUTH)
    assert names() - expected == set(), "these have no row"
    assert expected - names() == set(), "these are no longer there"


@pytest.mark.parametrize("name", PAGES)
def test_page_answers_each_actor_as_the_table_says(world, name):
    url, expected = address(world, name), PAGES[name][1]
    if is_open(url):  # what says nothing asks nobody for a factor
        expected = {**expected, "no_factor": expected["citizen"]}
    assert {actor: kind(world.clients[actor].get(url)) for actor in ACTORS} == expected


@pytest.mark.parametrize("name", PAGES)
def test_post_of_who_may_not_see_the_page_is_refused_and_changes_nothing(world, name):
    url, expected = address(world, name), PAGES[name][1]
    before = Entry.objects.count()
    for actor in ACTORS:
        if expected[actor] in (403, 404, "login"):
            assert kind(world.clients[actor].post(url)) in (expected[actor], 405), actor
    assert Entry.objects.count() == before


def test_sealed_draft_and_opened_proposals_each_have_their_readers(world):
    page = {
        name: reverse("designation:proposal", args=[world.things[name].number])
        for name in ("draft", "sealed", "opened")
    }
    others = set(ACTORS) - {"anonymous"}
    for name, readers in (
        ("draft", {"company_a"}),
        ("sealed", {"company_a"}),
        ("opened", {"company_a", "institution_a", "evaluator", "rounds", "superuser"}),
    ):
        found = {actor for actor in others if world.clients[actor].get(page[name]).status_code == 200}
        assert found == readers, name
    frozen = reverse("submissions:frozen", args=[world.things["sealed"].number, 0])
    assert {a for a in others if world.clients[a].get(frozen).status_code == 200} == {"company_a"}


def object_of(world: World, model: str) -> Any:
    which = CONSOLE[model][1]
    if callable(which):
        return which(world.things)
    if which is None:
        return apps.get_model(*model.split("_", 1)).objects.first()
    return world.things[which]


def console_address(world: World, model: str, name: str) -> str:
    if name in ("changelist", "add") or f"{model}_{name}" in OBJECT_LESS:
        return reverse(f"admin:{model}_{name}")
    return reverse(f"admin:{model}_{name}", args=[object_of(world, model).pk])


def asked(world: World, method: str, url: str, actors: Any) -> dict[str, Any]:
    return {actor: kind(getattr(world.clients[actor], method)(url)) for actor in actors}


@pytest.mark.parametrize("model", CONSOLE)
def test_console_opens_for_its_desk_alone(world, model):
    desk = CONSOLE[model][0]
    refused = dict.fromkeys(VISITORS, "login") | dict.fromkeys(DESKS, 403) | {"no_factor": "factor"}
    for name in (*READ_ONLY, *CONSOLE[model][2]):
        expected = refused | {desk: 200, "superuser": 200}
        found = asked(world, "get", console_address(world, model, name), expected)
        if name == "history":  # Django leads back to the start page with a message
            found = {a: 403 if status == "moved" else status for a, status in found.items()}
        assert found == expected, name


@pytest.mark.parametrize("model", CONSOLE)
def test_console_steps_are_refused_to_others_who_post(world, model):
    desk, _which, steps = CONSOLE[model]
    before = Entry.objects.count()
    for name in steps:
        refused = {
            **dict.fromkeys(VISITORS, "login"),
            **{other: 403 for other in DESKS if other != desk},
            "no_factor": "factor",
        }
        assert asked(world, "post", console_address(world, model, name), refused) == refused, name
    assert Entry.objects.count() == before


@pytest.mark.parametrize("model", CONSOLE)
def test_nothing_is_added_changed_or_deleted_by_hand(world, model):
    before = Entry.objects.count()
    expected = {CONSOLE[model][0]: 403, "superuser": 403, "evaluator": "login", "no_factor": "factor"}
    for name in (*FORBIDDEN, "change"):
        url = console_address(world, model, name)
        assert asked(world, "post", url, expected) == expected, name
        if name in FORBIDDEN:
            assert asked(world, "get", url, expected) == expected, name
    assert Entry.objects.count() == before


def test_pages_of_the_admin_itself(world):
    everybody = (*VISITORS, *STAFF, "no_factor")
    for url in ("/admin/", "/admin/password_change/", "/admin/jsi18n/", "/en/admin/"):
        expected = dict.fromkeys(VISITORS, "login") | dict.fromkeys(STAFF, 200) | {"no_factor": "factor"}
        assert asked(world, "get", url, everybody) == expected, url
    for url in ("/admin/autocomplete/", "/admin/auth/", "/admin/r/1/1/", "/admin/nothing/here/"):
        found = asked(world, "get", url, everybody)
        assert {status for actor, status in found.items() if actor in VISITORS} == {"login"}, url
        assert {status for actor, status in found.items() if actor in STAFF} <= {403, 404}, url
    apps_of = {
        actor: {
            label
            for label in (model.split("_")[0] for model in CONSOLE)
            if world.clients[actor].get(f"/admin/{label}/").status_code == 200
        }
        for actor in DESKS
    }
    assert apps_of == {
        desk: {model.split("_")[0] for model, row in CONSOLE.items() if row[0] == desk} for desk in DESKS
    }


@pytest.mark.parametrize("name", ALLAUTH)
def test_allauths_pages(world, name):
    url = reverse(name, args=ALLAUTH_ARGUMENTS.get(name, []))
    found = (kind(world.clients["anonymous"].get(url)), kind(world.clients["citizen"].get(url)))
    assert found == ALLAUTH[name]


def test_unknown_addresses_are_not_found_for_anybody(world):
    for url in ("/api/", "/api/v1/", "/api/v1/nothing/", "/nothing/", "/en/nothing/", "/submissions/1/"):
        found = {kind(client.get(url)) for actor, client in world.clients.items() if actor != "no_factor"}
        assert found == {404}, url
