"""A plain form whose connection is cut in the middle of a file: nothing of it is kept, and the next try works."""

import socket
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.accounts import factories as accounts
from tests.support import orm

from . import factories

# A picture as telephones make it: the preview inside has an end mark too, so that half of it passes for a whole one.
PICTURE = b"\xff\xd8\xff\xe1" + b"preview\xff\xd9" + b"x" * 3_000_000 + b"\xff\xd9"
TOKEN = "a" * 32
EDGE = "edge"


def form(content):
    """The body as a browser sends it: the token first, then the file."""
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{EDGE}--\r\n".encode()


class Applicant:
    """Somebody with a draft in the portal's database, and the way from their computer to its web server."""

    def __init__(self, portal):
        self.address = urlsplit(portal.url)
        user, institution = factories.applicant(accounts.institution())
        self.draft = factories.submission(
            call=factories.open_call("challenge_task"), by=user, organisation=institution, files=False
        )
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.session = client.cookies["innomarket_session"].value

    def send(self, body, *, of):
        """Send ``body`` of a form of ``of`` bytes; the status, or "" where the connection was cut before."""
        with socket.create_connection((self.address.hostname, self.address.port), timeout=30) as line:
            heads = [
                f"POST /submissions/{self.draft.number}/files/attachment/ HTTP/1.1",
                f"Host: {self.address.netloc}",
                f"Cookie: innomarket_session={self.session}; innomarket_csrf={TOKEN}",
                f"Content-Type: multipart/form-data; boundary={EDGE}",
                f"Content-Length: {of}",
                "Connection: close",
            ]
            line.sendall("\r\n".join([*heads, "", ""]).encode() + body)
            return "" if len(body) < of else line.makefile("rb").readline().split()[1].decode()


@pytest.fixture
def portal(deployment):
    """A web server alone, so that the cut reaches it; it knows the sessions of this process."""
    deployment.env |= {"SECRET_KEY": settings.SECRET_KEY, "SEALING_KEYS": str(settings.SEALING_KEYS_HERE)}
    return deployment.web()


@pytest.mark.portal
def test_upload_by_form_that_is_cut_leaves_nothing_and_the_next_try_works(portal, django_db_blocker):
    with orm.pointed_at(portal.database, django_db_blocker):
        applicant = Applicant(portal)
    whole = form(PICTURE)

    for part in (len(whole) // 2, len(whole) - 20):
        assert applicant.send(whole[:part], of=len(whole)) == ""
    log = portal.layout.log / "web.log"
    portal.wait(lambda: log.read_text().count("request_finished") >= 3, "the server is done with both")

    kept = "SELECT size FROM documents_document"
    assert portal.rows(kept) == [] and portal.rows("SELECT 1 FROM submissions_attachment") == []
    assert [path for path in portal.layout.var.glob("media/**/*") if path.is_file()] == []
    assert applicant.send(whole, of=len(whole)) == "302"
    assert portal.rows(kept) == [(len(PICTURE),)]
