"""The check of the compose file says where it could not be run, and never takes that for a success."""

import pytest

from tools import check, check_compose


def test_without_npm_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert check_compose.main() == check_compose.NOT_RUN
    assert capsys.readouterr().out == "not run: no npm here\n"


@pytest.mark.parametrize(
    ("code", "ci", "passed", "said"),
    [
        (0, "", True, "ok"),
        (77, "", True, "not run: no npm here"),
        (77, "true", False, "not run: no npm here"),
        (1, "", False, "FAILED"),
    ],
)
def test_check_shows_what_was_not_run_and_fails_for_it_in_ci(capsys, monkeypatch, code, ci, passed, said):
    monkeypatch.setenv("CI", ci)
    script = f'echo "not run: no npm here"; exit {code}'

    assert check.run(check.Check("something", ["sh", "-c", script])) is passed
    assert capsys.readouterr().out.splitlines()[0].endswith(said)
