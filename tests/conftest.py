"""The fixtures of every test: databases by cloning, real processes, a browser."""

import time
from collections import Counter
from math import inf

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from hypothesis import settings as hypothesis

from innomarket.common.away import Away
from innomarket.embedded import ports
from tests.support import databases, engines, orm, sample
from tests.support.deployment import PATIENCE, Deployment
from tools import chromium

# As Hypothesis would have it (in CI the same examples each time), but no test fails because the machine is slow.
hypothesis.register_profile("innomarket", hypothesis(), deadline=None)
hypothesis.load_profile("innomarket")

DAY, SEOUL, LAST_MOMENTS = 86_400, 9 * 3_600, 15
"""Seconds: of a day, that Seoul is ahead of UTC, and before midnight in which no test begins."""
PATIENT = "socket_connect_timeout", "socket_timeout"
"""Options of the cache."""


def pytest_collection_modifyitems(items):
    _longest_modules_first(items)
    for item in items:
        # A flush would drop the rules and the movable clock for every later test of the worker.
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: use the fixture fresh_database instead of transaction=True"
            )


def _longest_modules_first(items):
    """Those with slow tests, then those with many: a worker takes a module at a time, and none should end long after
    the other. One with the sample begins: it loads it while another worker has no need of it.
    """
    tests = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    sample = {item.path for item in items if "sample_portal" in item.fixturenames}
    loads = max(sample, key=lambda path: (tests[path], path), default=None)
    items.sort(
        key=lambda item: (
            item.path != loads,
            item.path not in slow,
            item.path in sample,
            -tests[item.path],
            item.path,
        )
    )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """This worker's own copy of the template, instead of Django's migrating and flushing."""
    name = databases.clone(databases.name_of_worker())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords(django_test_environment):
    """Hashing that is slow by design would be most of the tests' time."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _patient_cache(django_test_environment):
    """A machine that stands still for a second is no cache that is away."""
    from django.conf import settings

    settings.CACHES["default"]["OPTIONS"] = dict.fromkeys(PATIENT, PATIENCE)


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Rate limits and sessions of one test are not the next one's."""
    uses = {"db", "fresh_database", "client", "admin_client"} & set(request.fixturenames)
    if uses or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(autouse=True)
def _limits_are_asked_once(monkeypatch):
    """The API asks for its rule every half minute: in the middle of a test that counts queries it is one too many."""
    monkeypatch.setattr("catalog.api.limits._kept", None)
    monkeypatch.setattr("catalog.api.limits.RULE_KEPT", inf)


@pytest.fixture
def no_limits(monkeypatch):
    """A million requests a minute."""
    from innomarket.accounts.models import ApiRule

    names = "anonymous_per_minute", "token_per_minute", "anonymous_files_per_hour", "token_files_per_hour"
    rule = ApiRule(**dict.fromkeys(names, 1_000_000))
    monkeypatch.setattr("catalog.api.limits.current_rule", lambda: rule)


@pytest.fixture(autouse=True)
def _within_one_day():
    """What begins shortly before midnight in Seoul waits for the new day: most tests speak of today and tomorrow."""
    left = DAY - (time.time() + SEOUL) % DAY
    if left < LAST_MOMENTS:
        time.sleep(left)


@pytest.fixture
def redis_away(settings, monkeypatch):
    """Nothing answers where the cache is named."""
    monkeypatch.setattr("innomarket.common.cache._away", Away())
    nowhere = f"redis://127.0.0.1:{next(ports.free_ports(28_900))}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": nowhere}}


@pytest.fixture(autouse=True)
def _default_language():
    """A page asked for in English leaves English behind in its thread: addresses of the next test begin in Korean."""
    translation.deactivate()


@pytest.fixture
def fresh_database(django_db_blocker, django_test_environment):
    """A database of its own for this test, with real commits and real connections in any thread. Yields its name.

    For races (tests.support.races.at_once), on_commit, locks. The ORM works without the django_db mark.
    """
    name = databases.clone()
    with orm.pointed_at(name, django_db_blocker):
        yield name
    databases.drop(name)


@pytest.fixture
def deployment(tmp_path):
    """A database of its own for processes that the test starts: .web() .worker() .beat() .manage() .rows()"""
    made = Deployment(tmp_path / "var")
    yield made
    made.close()


@pytest.fixture
def portal(deployment):
    """A running web server on a database of its own. `portal.worker()` adds a real Celery worker."""
    return deployment.web()


@pytest.fixture(scope="module")
def module_portal(tmp_path_factory):
    """Like `portal`, with a worker, shared by the tests of a module that play one story."""
    made = Deployment(tmp_path_factory.mktemp("portal") / "var")
    yield made.web().worker()
    made.close()


@pytest.fixture(scope="session")
def sample_portal(tmp_path_factory):
    """Web server and worker on a database with the whole sample, one for all of this worker's tests.

    What a test changes stays for the next one: each looks for its own objects, and counts none of the others'.
    """
    made = sample.portal(tmp_path_factory.mktemp("sample") / "var")
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium for the tests of a module.

    Not for longer: while Playwright's loop lives, Django refuses the ORM in this thread.
    """
    program, reason = chromium.chromium()
    if not program:
        (pytest.fail if chromium.must_be_there() else pytest.skip)(f"browser test not run: {reason}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield started
        started.close()


@pytest.fixture
def new_page(browser):
    """Make pages in contexts of their own: new_page(base_url=…, width=390, javascript=False, locale="ko-KR").

    At the end the test fails when one of them reported an error, a failed request of ours or a broken content
    policy; `page.problems` is the list, which a test that provokes one may empty.
    """
    contexts, pages = [], []

    def make(*, base_url, width=1280, height=900, javascript=True, locale="ko-KR", **options):
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale=locale,
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: said.type == "error" and page.problems.append(said.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        contexts.append(context)
        pages.append(page)
        return page

    yield make
    problems = [problem for page in pages for problem in page.problems]
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(portal, new_page):
    """A page of the portal of this test."""
    return new_page(base_url=portal.url)


__all__ = ["engines"]
