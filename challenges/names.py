"""What tasks and ideas are called in the engine, and where their pages are."""

from innomarket.submissions.models import Revision, Submission

CODE = "challenge_task"
IDEA = "idea"


def url(submission: Submission) -> str:
    """The task's page, without a language prefix, as messages and milestones store it."""
    return f"/challenges/{submission.number}/"


def idea_url(submission: Submission) -> str:
    """The idea's page, likewise."""
    return f"/ideas/{submission.number}/"


def frozen(submission: Submission) -> Revision:
    """What was submitted. Only for a submission that has been: its revision is there by constraint."""
    assert submission.current is not None
    return submission.current
