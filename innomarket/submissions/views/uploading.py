"""What the page of files tells its script: addresses, limits, and every sentence that it may have to say."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.documents.uploads import PIECE_BYTES

from ..kinds import Slot
from ..models import Submission, SubmissionRule
from .progress import files_url


def upload_settings(submission: Submission, slot: Slot, rule: SubmissionRule, room: int) -> str:
    """JSON for the form's attribute ``data-uploads``. Places in the texts: %(name)s, %(n)s."""
    back = files_url(submission, slot.code)
    return json.dumps(
        {
            "endpoint": reverse("submissions:uploads", args=[submission.number, slot.code]),
            "signIn": f"{reverse('account_login')}?next={back}",
            "piece": PIECE_BYTES,
            "most": rule.max_file_bytes,
            "extensions": slot.extensions,
            "room": max(room, 0),
            "texts": _texts(slot, rule),
        },
        ensure_ascii=False,
    )


def _texts(slot: Slot, rule: SubmissionRule) -> dict[str, Any]:
    return {
        "drop": _(
            "Choose files or drop them here. They are uploaded at once, and a broken connection goes on."
        ),
        "started": _("%(name)s: upload begun"),
        "waiting": _("waiting for its turn"),
        "sending": _("%(n)s%% uploaded"),
        "resuming": _("goes on at %(n)s%%"),
        "interrupted": _("The connection is interrupted. It goes on by itself."),
        "stopped": _("The connection broke. What was uploaded is kept for a day: press “Go on”."),
        "paused": _("paused at %(n)s%%"),
        "checking": _("received, being checked"),
        "done": _("%(name)s: saved"),
        "failed": _("%(name)s: %(reason)s"),
        "progress": _("Upload of %(name)s"),
        "pause": _("Pause"),
        "resume": _("Go on"),
        "cancel": _("Cancel"),
        "remove": _("Remove"),
        "dismiss": _("Close"),
        "empty": _("The file is empty (0 bytes). Choose another one."),
        "tooBig": _("The file is larger than %(limit)s. Choose a smaller one.")
        % {"limit": formats.filesize(rule.max_file_bytes)},
        "wrongType": _("Files of this kind are not taken here. Choose one of: %(kinds)s.")
        % {"kinds": ", ".join(slot.extensions)},
        "full": _("No more files fit here. Remove one to add another."),
        "signedOut": _("You are signed out. Sign in again, then choose the same file: it goes on."),
        "signIn": _("Sign in"),
        "notTaken": _(
            "The server did not take a piece of this file (its limit is too small). Tell the agency."
        ),
        "serverAway": _("The server does not answer at the moment. Press “Go on” in a minute."),
        "unknown": _("This did not work. Press “Go on”, or choose the file again."),
        "leaving": _("Files are still being uploaded."),
    }
