"""Send the closing task so that it runs at the closing instant itself.

Only for closings that are near: a message that waits longer than the broker's visibility timeout is
handed out again and again. The sweep (every 30 seconds) sends it for the others when they come near, and
closes whatever was missed.
"""

from datetime import timedelta

from innomarket.common import clock, waking

from .models import Call

TASK = "submissions.close_call"
NEAR = timedelta(minutes=2)


def at_closing(call: Call) -> None:
    """After the commit, have the call closed at its instant; nothing where the clock is moved."""
    if clock.is_moved() or call.closes_at - clock.now() > NEAR:
        return
    waking.wake(TASK, args=[call.pk], eta=call.closes_at)
