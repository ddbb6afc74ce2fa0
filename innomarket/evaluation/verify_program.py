"""The program that repeats draw and result, as one file that Python runs: what stands in ``tools/verify``."""

import io
import zipfile
from functools import lru_cache
from pathlib import Path

from tools import verify

NAME = "verify.pyz"
_START = b"#!/usr/bin/env python3\n"
_MAIN = "import sys\n\nfrom tools.verify.__main__ import main\n\nsys.exit(main())\n"
_DATE = (2020, 1, 1, 0, 0, 0)
"""The same in every file: so the same program has the same hash on every server."""


@lru_cache(maxsize=1)
def content() -> bytes:
    """A zip that ``python verify.pyz FOLDER`` runs: standard library only, nothing of the portal."""
    folder = Path(verify.__file__).parent
    paths = sorted([*folder.glob("*.py"), *folder.glob("*.json")])
    sources = {f"tools/verify/{path.name}": path.read_text(encoding="utf-8") for path in paths}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"__main__.py": _MAIN, "tools/__init__.py": "", **sources}.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return _START + packed.getvalue()
