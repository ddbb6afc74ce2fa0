"""The environment is built from the lock, and the lock holds what it must."""

import re
import sys

import pytest

from innomarket.embedded.layout import ROOT
from tools import venv

LOCKS = [venv.RUN_LOCK, venv.DEV_LOCK]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_holds_names_versions_hashes_and_no_addresses(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text and "--find-links" not in text
    for requirement in re.findall(r"^[a-z0-9].*(?:\\\n +--hash=.*)+", text, re.MULTILINE):
        assert "==" in requirement.splitlines()[0]
    packages = re.findall(r"^[A-Za-z0-9][^\n]*", text, re.MULTILINE)
    assert all("==" in package and package.endswith("\\") for package in packages)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_names_the_installer_with_hashes(lock):
    requirement = venv.requirement_of("uv", lock)
    assert requirement.startswith("uv==")
    assert "--hash=sha256:" in requirement
    assert requirement.count("==") == 1


def test_package_outside_the_lock_is_an_error():
    with pytest.raises(LookupError):
        venv.requirement_of("no-such-package", venv.RUN_LOCK)


def test_what_runs_in_tests_is_what_runs_in_service():
    def versions(lock):
        return dict(re.findall(r"^([a-z0-9.\-]+(?:\[[^\]]+\])?)==(\S+)", lock.read_text(), re.MULTILINE))

    run, dev = map(versions, LOCKS)
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


@pytest.mark.parametrize("package", ["django", "djangorestframework", "celery", "redis", "psycopg2-binary"])
def test_run_lock_names_the_ground(package):
    assert re.search(rf"^{package}(\[.*\])?==", venv.RUN_LOCK.read_text(), re.MULTILINE)


def test_stamp_of_another_lock_does_not_count(tmp_path):
    stamp = tmp_path / "stamp"
    stamp.write_text("3.11 other\n")
    assert not venv.is_current(dev=False, stamp=stamp)


def test_environment_with_tests_packages_keeps_them(tmp_path):
    stamp = tmp_path / "stamp"
    assert not venv.was_for_development(stamp)
    stamp.write_text(venv.fingerprint(venv.RUN_LOCK))
    assert not venv.was_for_development(stamp)
    stamp.write_text(venv.fingerprint(venv.DEV_LOCK))
    assert venv.was_for_development(stamp)


def test_missing_venv_module_is_said_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match=r"apt-get install python3\.\d+-venv"):
        venv.check_python()


def test_old_python_is_said(monkeypatch):
    monkeypatch.setattr(venv.sys, "version_info", (3, 10, 0))
    with pytest.raises(SystemExit, match="too old"):
        venv.check_python()


def test_venv_script_uses_the_standard_library_alone():
    modules = set(
        re.findall(r"^\s*(?:import|from) (\w+)", (ROOT / "tools/venv.py").read_text(), re.MULTILINE)
    )
    assert modules <= sys.stdlib_module_names
