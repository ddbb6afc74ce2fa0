"""Twenty-four slow uplinks do not stop the others, because nginx takes their requests before the web server does."""

import time
import urllib.request

import pytest

from tests.embedded.proxied import SlowUplinks, put_before

UPLINKS = 24


@pytest.mark.portal
def test_quick_requests_are_answered_while_uploads_trickle(deployment):
    put_before(deployment)

    with SlowUplinks(deployment.url, UPLINKS) as uplinks:
        answers = [deployment.get(path)[0] for path in ["/healthz", "/accounts/login/", "/calls/"] * 7]
        last = uplinks.finish()

    assert answers == [200] * 21
    # The form is unreadable, so it is refused: but it came through whole and was answered.
    assert last.startswith(b"HTTP/1.1 403")


@pytest.mark.portal
def test_the_same_uplinks_stop_a_server_that_stands_alone(deployment):
    """The control: were this server not stopped, the test above would prove nothing."""
    alone = deployment.web().url

    with SlowUplinks(alone, UPLINKS), pytest.raises(OSError, match="timed out"):
        for _attempt in range(10):  # until the uplinks hold every thread
            urllib.request.urlopen(f"{alone}/healthz", timeout=3).close()
            time.sleep(0.3)

    deployment.wait(lambda: deployment.get("/healthz")[0] == 200, "it answers again")
