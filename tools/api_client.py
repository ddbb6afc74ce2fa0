"""Write the generated half of the Python client from the committed description: `python -m tools.api_client`."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "docs" / "schemas" / "api-v1.json"
PACKAGE = ROOT / "clients" / "python" / "src" / "innomarket_client"
HEAD = (
    '"""Generated from docs/schemas/api-v1.json by `make api`: not to be edited."""\n\n'
    "from __future__ import annotations\n\n"
)
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def type_of(schema: dict[str, Any]) -> str:
    """The Python type of a JSON schema, as text."""
    if ref := schema.get("$ref"):
        return str(ref.rpartition("/")[2])
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value, ensure_ascii=False) for value in schema['enum'])}]"
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(map(type_of, schema[several])))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": each}) for each in kind)
    if kind == "array":
        return f"list[{type_of(schema['items'])}]"
    return PLAIN.get(kind or "", "Any")


def models(schema: dict[str, Any]) -> str:
    """TypedDicts of the objects, aliases of the enumerations."""
    objects, aliases = [], []
    for name, each in sorted(schema["components"]["schemas"].items()):
        if each.get("type") != "object":
            aliases.append(f"{name} = {type_of(each)}")
            continue
        required = set(each.get("required", ()))
        fields = [
            f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}"
            for field, part in each.get("properties", {}).items()
            for kind in [type_of(part)]
        ]
        objects.append("\n".join([f"class {name}(TypedDict):", *(fields or ["    pass"])]))
    body = "\n".join(aliases) + "\n\n\n" + "\n\n\n".join(objects) + "\n"
    used = [
        name for name in ("Any", "Literal", "NotRequired", "TypedDict") if re.search(rf"\b{name}\b", body)
    ]
    return f"{HEAD}from typing import {', '.join(used)}\n\n{body}"


def operations(schema: dict[str, Any]) -> str:
    """One method for each address that answers JSON."""
    methods, used = [], set()
    for path, ways in sorted(schema["paths"].items()):
        way = ways["get"]
        content = way["responses"]["200"].get("content", {}).get("application/json")
        if content is None:
            continue
        answer = type_of(content["schema"])
        used.add(answer)
        places = [part for part in way.get("parameters", ()) if part["in"] == "path"]
        asked = [part for part in way.get("parameters", ()) if part["in"] == "query"]
        given = [f"{part['name']}: {type_of(part['schema'])}" for part in places]
        given += ["*"] if asked else []
        given += [f"{part['name']}: {type_of(part['schema'])} | None = None" for part in asked]
        lines = ", ".join(["self", *given])
        query = ", ".join(f'"{part["name"]}": {part["name"]}' for part in asked)
        filled = f'f"{path}"' if places else f'"{path}"'
        methods.append(
            f"    def {way['operationId']}({lines}) -> {answer}:\n"
            f'        """{way["summary"]}."""\n'
            f"        return cast({answer}, self.json({filled} + query({{{query}}})))\n"
        )
    imports = "\n".join(f"    {name}," for name in sorted(used))
    return (
        f"{HEAD}from typing import Any, Literal, cast\nfrom urllib.parse import urlencode\n\n"
        f"from .models import (\n{imports}\n)\n\n\n"
        "def query(values: dict[str, Any]) -> str:\n"
        '    """The parameters that were given; yes and no as the API says them."""\n'
        "    told = {\n"
        "        name: str(value).lower() if isinstance(value, bool) else value\n"
        "        for name, value in values.items()\n"
        "        if value is not None\n"
        "    }\n"
        '    return f"?{urlencode(told, doseq=True)}" if told else ""\n\n\n'
        "class Operations:\n"
        '    """Every address of the API that answers JSON. `json` is the client\'s."""\n\n'
        "    def json(self, address: str) -> Any:\n        raise NotImplementedError\n\n" + "\n".join(methods)
    )


def files() -> dict[Path, str]:
    """What belongs into the package, by file."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    made = {PACKAGE / "models.py": models(schema), PACKAGE / "operations.py": operations(schema)}
    return {path: formatted(text) for path, text in made.items()}


def formatted(text: str) -> str:
    """As `make check` wants it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(PACKAGE / "made.py"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
