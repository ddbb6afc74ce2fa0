"""Python runs this before the validator: what it would fetch of the standard comes from the file, all else is refused.

It asks for the schema of versioned releases by its address even where the standard is given as a file.
"""

import os
import zipfile
from typing import Any

import requests

ADDRESS = "https://standard.open-contracting.org/schema/1__1__5/"


def get(url: str, *_given: Any, **_options: Any) -> requests.Response:
    if not url.startswith(ADDRESS):
        raise requests.ConnectionError(f"{url} is not asked for in tests")
    answer = requests.Response()
    answer.status_code = 200
    with zipfile.ZipFile(os.environ["STANDARD"]) as standard:
        answer._content = standard.read(f"standard-1.1/schema/{url.removeprefix(ADDRESS)}")
    return answer


requests.get = get
