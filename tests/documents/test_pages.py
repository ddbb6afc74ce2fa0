"""Pages for the screen: made in a child without rights, sealed, once, and gone with their document."""

import io
import subprocess
import sys
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from PIL import Image

from innomarket.common.clock import now
from innomarket.documents import page_child, pages, quarantine, rendering, services
from innomarket.documents.models import Document, Page, Reading
from innomarket.documents.reader import WINDOW, reader
from tests.accounts.factories import person

from .factories import document
from .papers import paper

pytestmark = pytest.mark.django_db

MARK = "screen-mark-4711"


@pytest.fixture(autouse=True)
def _store(store):
    """Nothing of these tests goes into the machine's own store."""


@pytest.fixture
def runs(monkeypatch):
    """How often a child was started."""
    started, real = [], subprocess.Popen

    def counting(*args, **kwargs):
        started.append((args, kwargs))
        return real(*args, **kwargs)

    monkeypatch.setattr(rendering.subprocess, "Popen", counting)
    return started


def wanted(content: bytes) -> Document:
    found = document(person(), content=content)
    pages.want([found])
    return found


def state_of(found: Document) -> tuple[str, str]:
    reading = Reading.objects.get(document=found)
    return reading.state, reading.problem


def child(code: str) -> str:
    """What some code prints inside the locked child."""
    start = f"import os, runpy, socket; c = runpy.run_path({page_child.__file__!r})\n"
    start += "c['limit'](); c['warm_up'](); c['lock_in']()\n"
    run = subprocess.run(
        [sys.executable, "-I", "-c", start + code], env={}, capture_output=True, text=True, check=False
    )
    return run.stdout + run.stderr


# ── what is made ──


def test_pages_are_images_with_their_text_in_place():
    found = wanted(paper(f"Hello {MARK}", "Second page"))
    assert pages.render_due() == 1
    first, second = Page.objects.filter(reading__document=found)
    assert (first.number, second.number) == (1, 2)
    assert pages.text_of(first) == f"Hello {MARK}"
    with Document.file.field.storage.open(first.path) as stored:
        image = Image.open(io.BytesIO(stored.read()))
    assert image.format == "WEBP"
    assert image.size == (first.width, first.height) == (page_child.WIDTH, 2341)
    x, y, width, height, _text = first.lines[0]
    scale = page_child.WIDTH / 595
    assert abs(x - 72 * scale) < 6
    assert abs(y + height - 100 * scale) < 20
    dark = image.convert("L").crop((x, y, x + width, y + height)).getextrema()[0]
    assert dark < 60, "the text's box lies where the ink is"


def test_more_pages_than_one_run_takes_are_all_made(runs):
    found = wanted(paper(*[f"Page {n}" for n in range(1, 24)]))
    pages.render_due()
    assert [pages.text_of(page) for page in Page.objects.filter(reading__document=found)] == [
        f"Page {n}" for n in range(1, 24)
    ]
    assert len(runs) == 3


def test_scan_has_a_page_without_text():
    found = wanted(paper("", more="0 0 300 300 re f"))
    pages.render_due()
    assert Page.objects.get(reading__document=found).lines == []


def test_very_long_page_stays_within_the_pixels():
    found = wanted(paper("long", size=(100, 14_000)))
    pages.render_due()
    page = Page.objects.get(reading__document=found)
    assert page.width * page.height <= page_child.MAX_PIXELS * 1.01


def test_store_and_table_hold_nothing_plain(store):
    found = wanted(paper(f"Hello {MARK}"))
    pages.render_due()
    stored = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert b"WEBPVP8" not in stored
    assert MARK.encode() not in stored
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT lines::text FROM documents_page")
        assert MARK not in str(cursor.fetchall())
    assert Page.objects.get(reading__document=found).lines[0][4] == f"Hello {MARK}"


def test_only_pdf_is_wanted_and_only_once(runs):
    image, found = document(person(), "png"), document(person(), content=paper("x"))
    assert pages.want([image, found, found]) == 1
    assert pages.want([image, found]) == 0
    pages.render_due()
    pages.render_due()
    assert len(runs) == 1


def test_child_gets_no_environment_and_no_other_file(runs):
    wanted(paper("x"))
    pages.render_due()
    kwargs = runs[0][1]
    assert kwargs["env"] == {}
    assert kwargs.get("close_fds", True)
    assert kwargs["cwd"] == "/"


# ── the locks of the child ──


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "open('/tmp/innomarket-child', 'w')",
        "socket.socket()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.listdir('/')",
        "os.kill(1, 0)",
        "os.stat('/etc')",
    ],
)
def test_locked_child_can_touch_nothing(attempt):
    said = child(
        f"import sys\ntry:\n    {attempt}\nexcept PermissionError: print('denied')\nelse: print('done')"
    )
    assert said.strip().endswith("denied"), said


def test_child_without_locks_would_touch_it():
    run = subprocess.run(
        [sys.executable, "-I", "-c", "print(len(open('/etc/hostname').read()) > 0)"],
        env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == "True"


def test_locked_child_has_its_memory_limited():
    said = child("try:\n    bytearray(1 << 31)\nexcept MemoryError: print('denied')")
    assert said.strip() == "denied"


def test_child_writes_to_no_file(tmp_path):
    with open(tmp_path / "out", "wb") as out:
        subprocess.run(
            [sys.executable, "-I", str(Path(page_child.__file__)), "1", "1"],
            env={}, input=paper("x"), stdout=out, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    assert (tmp_path / "out").stat().st_size == 0


def test_machine_without_the_locks_draws_nothing(monkeypatch, tmp_path):
    unlocked = tmp_path / "page_child.py"
    source = Path(page_child.__file__).read_text(encoding="utf-8")
    unlocked.write_text(source.replace('"x86_64": (', '"other": (').replace('"aarch64": (', '"another": ('))
    monkeypatch.setattr(rendering, "CHILD", unlocked)
    found = wanted(paper("x"))
    pages.render_due()
    assert state_of(found) == ("failed", "unlocked")


# ── hostile files ──


def bomb() -> bytes:
    """An image of 60,000 × 60,000 points in a few kilobytes."""
    packed = zlib.compress(b"\0" * 4_000_000, 9)
    content = b"q 500 0 0 500 0 0 cm /I Do Q"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(packed), packed),
    ]
    made = b"%PDF-1.4\n"
    for number, body in enumerate(objects, start=1):
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return made + b"trailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n"


HOSTILE = {
    "no pages": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    "noise": b"%PDF-1.4\n1 0 obj\n" + bytes(range(256)) * 40 + b"\nendobj\n%%EOF\n",
    "cut off": paper("whole", "pages")[:300] + b"\n%%EOF\n",
    "size of nothing": paper("x", size=(0.0001, 0.0001)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_fails_once_or_is_drawn_and_is_not_tried_again(kind, runs):
    found = wanted(HOSTILE[kind])
    assert pages.render_due() == 1
    state, problem = state_of(found)
    assert (state, problem) in {("failed", "damaged"), ("ready", "")}
    tries = len(runs)
    assert pages.render_due() == 0
    assert len(runs) == tries


@pytest.mark.parametrize("kind", ["no pages", "noise"])
def test_file_without_pages_cannot_be_shown(kind):
    found = wanted(HOSTILE[kind])
    pages.render_due()
    assert state_of(found) == ("failed", "damaged")


def test_image_bomb_ends_within_its_limits():
    found = wanted(bomb())
    assert pages.render_due() == 1
    assert state_of(found)[0] in ("failed", "ready")


def test_too_many_pages_are_refused():
    found = wanted(paper(*["x"] * 301))
    pages.render_due()
    assert state_of(found) == ("failed", "too_many_pages")


def test_file_with_a_password_says_so():
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper("x"))))
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    found = wanted(made.getvalue())
    pages.render_due()
    assert state_of(found) == ("failed", "locked")


@pytest.mark.parametrize(
    ("program", "problem", "seconds"),
    [
        ("import time; time.sleep(60)", "too_long", 0.5),
        ("import os; os.kill(os.getpid(), 9)", "damaged", 30),
        ("print('x' * 9)", "damaged", 30),
        ("import sys; sys.stdout.buffer.write(b'\\xff' * 64)", "damaged", 30),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2\\0\\0\\0\\0[]')", "damaged", 30),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\x0c\\0\\0\\0\\0{\"pages\":1e9}')", "damaged", 30),
        (
            'import sys; sys.stdout.buffer.write(b\'\\0\\0\\0\\x11\\0\\0\\0\\0{"error": "<b>x"}\')',
            "damaged",
            30,
        ),
    ],
)
def test_captured_child_gives_nothing_but_a_failure(program, problem, seconds, monkeypatch, tmp_path):
    (tmp_path / "child.py").write_text(program)
    monkeypatch.setattr(rendering, "CHILD", tmp_path / "child.py")
    with pytest.raises(rendering.Unshowable) as failure:
        list(rendering.render(lambda: [b"%PDF-"], seconds=seconds))
    assert failure.value.code == problem


def test_failed_file_leaves_no_page_behind(monkeypatch, store):
    real = rendering._run

    def breaking(pieces, first, seconds):
        if first > 1:
            raise rendering.Unshowable("too_long")
        yield from real(pieces, first, seconds)

    monkeypatch.setattr(rendering, "_run", breaking)
    found = wanted(paper(*["x"] * 12))
    pages.render_due()
    assert state_of(found) == ("failed", "too_long")
    assert not Page.objects.exists()
    assert not [path for path in (store / "pages").rglob("*") if path.is_file()]


# ── tries, leases, again ──


def test_store_that_is_away_is_tried_again_three_times_and_no_more(monkeypatch, runs):
    found = wanted(paper("x"))

    def away(document):
        raise OSError("away")
        yield

    monkeypatch.setattr(pages, "_pieces", away)
    for _attempt in range(6):
        pages.render_due()
        Reading.objects.update(next_try_at=now() - timedelta(seconds=1))
    assert state_of(found) == ("failed", "gave_up")
    assert len(runs) == pages.MOST_TRIES


def test_killed_worker_only_delays():
    found = wanted(paper("x"))
    taken = pages._take()
    assert taken is not None
    assert pages.render_due() == 0, "leased"
    Reading.objects.update(next_try_at=now() - timedelta(seconds=1))
    assert pages.render_due() == 1
    assert state_of(found) == ("ready", "")


def test_second_worker_that_finishes_later_leaves_nothing_twice(store):
    found = wanted(paper("x"))
    reading = Reading.objects.select_related("document").get(document=found)
    assert pages._make(reading)
    assert pages._make(reading)
    assert Page.objects.filter(reading=reading).count() == 1
    assert len([path for path in (store / "pages").rglob("*") if path.is_file()]) == 1


def test_operator_lets_failed_files_be_tried_again(capsys):
    found = wanted(paper("x"))
    Reading.objects.update(state="failed", problem="gave_up", tries=9)
    call_command("render_pages")
    assert state_of(found) == ("failed", "gave_up")
    call_command("render_pages", "--again")
    assert state_of(found) == ("ready", "")


def test_file_that_waits_for_the_virus_check_is_not_drawn(runs):
    found = wanted(paper("x"))
    Document.objects.filter(pk=found.pk).update(state="pending")
    assert pages.render_due() == 0
    assert runs == []


# ── gone with the document ──


def test_pages_go_when_the_virus_check_refuses(store, django_capture_on_commit_callbacks):
    found = wanted(paper("x"))
    pages.render_due()
    Document.objects.filter(pk=found.pk).update(state="pending")
    with django_capture_on_commit_callbacks(execute=True):
        quarantine.refuse_found(pk=found.pk, found="Test")
    assert not Reading.objects.exists()
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_page_of_nobody_is_swept_and_an_owned_one_stays(store, monkeypatch):
    wanted(paper("x"))
    pages.render_due()
    monkeypatch.setattr(services, "ORPHAN_AGE", timedelta(days=-1))
    assert services.sweep_orphans() == 0
    Document.objects.all().delete()
    assert not Page.objects.exists()
    assert services.sweep_orphans() == 2  # the file and its page


# ── what the database keeps ──


@pytest.mark.parametrize(
    "values",
    [
        {"state": "ready"},
        {"state": "failed"},
        {"page_count": 3},
        {"state": "failed", "page_count": 1, "problem": "x"},
    ],
)
def test_reading_that_is_not_whole_is_refused_by_the_database(values):
    wanted(paper("x"))
    with pytest.raises(IntegrityError, match="reading_is_whole"), transaction.atomic():
        Reading.objects.update(**values)


# ── the reader ──


def read(found: Document, **params: str):
    return reader(
        found,
        name="제안서.pdf",
        params=params,
        download_url="/d",
        urls=lambda n: (f"/i{n}", f"/t{n}"),
        keep={"file": 7},
    )


def test_reader_shows_windows_with_links_to_the_others():
    found = wanted(paper(*["x"] * 45))
    pages.render_due()
    first, second, last = read(found), read(found, page="21"), read(found, page="45", zoom="1")
    assert [page.number for page in first.pages] == list(range(1, WINDOW + 1))
    assert (first.before, first.after) == ("", "?file=7&page=21")
    assert second.before == "?file=7"
    assert [page.number for page in last.pages] == [41, 42, 43, 44, 45]
    assert (last.before, last.after, last.zoomed) == ("?file=7&page=21&zoom=1", "", True)


@pytest.mark.parametrize("asked", ["0", "-3", "x", "99999999", "", "²"])
def test_reader_takes_any_page_that_is_asked(asked):
    found = wanted(paper("x"))
    pages.render_due()
    assert [page.number for page in read(found, page=asked).pages] == [1]


def test_reader_asks_as_many_queries_for_one_page_as_for_twenty(django_assert_num_queries):
    one, many = wanted(paper("x")), wanted(paper(*["x"] * 20))
    while pages.render_due():
        pass
    for found in (one, many):
        with django_assert_num_queries(2):
            read(found)


def test_reader_says_in_words_why_not():
    found = wanted(paper("x"))
    Reading.objects.update(state="failed", problem="locked")
    shown = read(found)
    assert (shown.state, shown.pages) == ("failed", [])
    assert "password" in str(shown.problem) or "암호" in str(shown.problem)
