"""The text whose SHA-256 a version of a sheet carries: anybody who has its papers can write it.

UTF-8, each line ends with LF: ``innomarket-sheet-1``, ``revision <sha256 of the revision>``, ``place <place in
the panel>``, ``version <ordinal>``, ``points <points in the order of the criteria>`` (of a stage that says fit
or unfit: 1 and 0 in the order of its checks), ``comments <SHA-256>``. The last is over the JSON list of the
comments in the same order and the comment for the applicant, without spaces, not escaped to ASCII: so the
points can be checked by who may not read the comments.
"""

import json
from collections.abc import Sequence
from hashlib import sha256


def comments_sha256(comments: Sequence[str], comment: str) -> str:
    text = json.dumps([*comments, comment], ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def version_sha256(
    *,
    revision: str,
    place: int,
    ordinal: int,
    points: Sequence[int],
    comments: Sequence[str],
    comment: str,
) -> str:
    """``revision``: the SHA-256 of the revision that was judged."""
    lines = [
        "innomarket-sheet-1",
        f"revision {revision}",
        f"place {place}",
        f"version {ordinal}",
        "points " + " ".join(str(given) for given in points),
        f"comments {comments_sha256(comments, comment)}",
    ]
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
