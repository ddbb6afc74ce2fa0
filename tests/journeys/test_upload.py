"""Files upload as soon as they are chosen: several at once, interrupted, given up, gone on after a reload."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from .people import opened
from .test_company import SOLUTIONS, begin, open_call, variant

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]


def big(words: bytes, size: int = 5 << 20) -> bytes:
    """A PDF of three pieces."""
    return variant(words + b" " + b"y" * size)


def choose(page: Any, *files: tuple[str, bytes]) -> None:
    page.set_input_files(
        "main input[type=file]",
        [{"name": name, "mimeType": "application/pdf", "buffer": content} for name, content in files],
    )


def rows(page: Any) -> Any:
    return page.locator("[data-upload-list] li.file")


def saved(page: Any, name: str, content: bytes) -> None:
    """The row became the stored file with its hash, and the server has it so."""
    row = rows(page).filter(has_text=name)
    row.locator("button[name=remove]").wait_for()
    assert row.locator("[title]").get_attribute("title") == hashlib.sha256(content).hexdigest()
    with page.expect_download() as download:
        row.locator("a.file-name").click()
    assert (
        hashlib.sha256(download.value.path().read_bytes()).hexdigest() == hashlib.sha256(content).hexdigest()
    )


def quiet(page: Any) -> None:
    """What the browser says of a connection that was cut here on purpose is no problem of the page."""
    page.problems[:] = [
        said for said in page.problems if not re.search("ERR_|Failed to load|Failed to fetch", said)
    ]


UPLOAD = re.compile("/uploads/[0-9a-f-]{36}/")


@pytest.fixture
def evidence(people):
    """The page of a new draft's place for evidence (five files): evidence("company3")."""

    def make(login: str) -> Any:
        page = people(login, fresh=True)
        page.on("dialog", lambda dialog: dialog.accept())
        draft = begin(page, open_call(page, SOLUTIONS))
        opened(page, f"{draft}/files/evidence/")
        return page

    return make


def test_several_files_at_once_each_with_its_progress(evidence):
    page = evidence("company3")
    one, two = big(b"one"), big(b"two")
    assert "file-limits" in page.locator("main input[type=file]").get_attribute("aria-describedby").split()
    choose(page, ("시험 성적서.pdf", one), ("특허.pdf", two), ("bad.exe", b"MZ"), ("empty.pdf", b""))
    assert rows(page).count() == 4
    assert rows(page).filter(has_text="bad.exe").locator(".error").inner_text()
    saved(page, "시험 성적서.pdf", one)
    saved(page, "특허.pdf", two)
    page.reload()
    assert rows(page).count() == 2, "what was refused was never sent"


def test_interrupted_upload_goes_on_by_itself(evidence):
    page, content, offsets = evidence("company6"), big(b"three"), []

    def cut(route: Any) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
        if len(offsets) == 2 and route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    page.route(UPLOAD, cut)
    choose(page, ("cut.pdf", content))
    saved(page, "cut.pdf", content)
    assert offsets.count("0") == 1 and len(offsets) == 4, "one piece was sent again, and no other"
    quiet(page)


def test_upload_goes_on_after_a_reload_where_it_stopped(evidence, tmp_path):
    page, content, offsets = evidence("company7"), big(b"four"), []
    path = tmp_path / "again.pdf"  # on the disk: to the browser it is the same file the second time
    path.write_bytes(content)

    def stop(route: Any) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort()
        else:
            route.continue_()

    def watch(route: Any) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
        route.continue_()

    page.route(UPLOAD, stop)
    page.set_input_files("main input[type=file]", path)
    rows(page).filter(has_text="연결이 끊겼습니다").wait_for()
    page.reload()  # while nothing more gets through: the page that is left would try again by itself
    assert rows(page).count() == 0, "nothing half-stored is shown"
    page.unroute(UPLOAD)
    page.route(UPLOAD, watch)
    page.set_input_files("main input[type=file]", path)
    saved(page, "again.pdf", content)
    assert offsets[0] == str(2 << 20) and "0" not in offsets
    quiet(page)
