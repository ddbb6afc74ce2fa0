"""Set one paper and end: a program of its own, started by ``paper.py``, so that time and memory have limits.

Reads one JSON object (template, data, timestamp, format) from standard input, writes the file to standard
output. It knows nothing of Django, the database or the settings.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent / "typst"
MEMORY_BYTES = 3 * 1024**3
CPU_SECONDS = 20


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = json.load(sys.stdin.buffer)

    import typst  # after the limits

    pages: list[bytes] | bytes = b""
    # Our type alone and PDF/UA-1. Where a character has no glyph in it, with the machine's fonts; at last without
    # the standard, which forbids a character that cannot be shown: tagged still, and its text can be copied.
    for own_fonts, standards in ((True, ["ua-1"]), (False, ["ua-1"]), (True, [])):
        try:
            pages = _set(typst, job, own_fonts, standards)
            break
        except typst.TypstError:
            if not standards:
                raise
    sys.stdout.buffer.write(pages[0] if isinstance(pages, list) else pages)


def _set(typst: Any, job: dict[str, Any], own_fonts: bool, standards: list[str]) -> list[bytes] | bytes:
    nowhere = str(ROOT / "no-packages")  # there is none: a template of ours uses no package
    compiler = typst.Compiler(
        str(ROOT / job["template"]),
        root=str(ROOT),
        font_paths=[str(ROOT / "fonts")],
        ignore_system_fonts=own_fonts,
        sys_inputs={"data": json.dumps(job["data"], ensure_ascii=False)},
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    if job["format"] == "png":
        return compiler.compile(format="png", ppi=80.0)
    return compiler.compile(format="pdf", timestamp=job["timestamp"], pdf_standards=standards)


if __name__ == "__main__":
    main()
