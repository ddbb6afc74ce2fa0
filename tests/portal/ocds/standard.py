"""What the Open Contracting validators ask: the schemas, and that nothing stands in the data which they do not know."""

from __future__ import annotations

import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from innomarket.portal.ocds.package import PAGINATION
from innomarket.portal.ocds.records import SCHEMA

HERE = Path(__file__).parent / "schemas"
STANDARD = HERE / "ocds-standard-1.1.5.zip"
BASE = "https://standard.open-contracting.org/schema/1__1__5/"


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """By their addresses, without the network."""
    names = ("release-package", "record-package", "versioned-release-validation")
    with zipfile.ZipFile(STANDARD) as standard:
        found = [json.loads(standard.read(f"standard-1.1/schema/{name}-schema.json")) for name in names]
    return {schema["id"]: schema for schema in (_read(SCHEMA), *found)}


@cache
def _registry() -> Registry:
    return Registry().with_resources(
        (address, Resource(contents=schema, specification=DRAFT4)) for address, schema in schemas().items()
    )


def problems(package: dict[str, Any]) -> list[str]:
    """Errors against the schema of its kind, and fields that neither it nor a declared extension has."""
    kind = "record-package" if "records" in package else "release-package"
    schema = schemas()[f"{BASE}{kind}-schema.json"]
    declared = package.get("extensions", [])
    assert set(declared) <= {PAGINATION}, declared
    if PAGINATION in declared:
        more = _read(HERE / "pagination.json")["properties"]
        schema = {**schema, "properties": {**schema["properties"], **more}}
    validator = Draft4Validator(schema, registry=_registry(), format_checker=FormatChecker())
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(package)]
    return errors + list(_additional(schema, schema, package, "$"))


def _additional(schema: dict[str, Any], root: dict[str, Any], data: Any, path: str) -> list[str]:
    schema, root = _resolved(schema, root)
    if isinstance(data, list):
        items = schema.get("items", {})
        found = []
        for index, row in enumerate(data):
            found += _additional(items, root, row, f"{path}[{index}]")
        return found
    if not isinstance(data, dict):
        return []
    properties = schema.get("properties")
    if properties is None:
        return [] if schema.get("type") in (["object", "null"], None) else [f"{path}: no properties known"]
    found = []
    for name, value in data.items():
        below = properties.get(name)
        if below is None:  # the validators count what a pattern allows (title_en) as additional too
            found.append(f"{path}.{name}: not in the schema")
            continue
        if "deprecated" in below:
            found.append(f"{path}.{name}: deprecated")
        found += _additional(below, root, value, f"{path}.{name}")
    return found


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if "oneOf" in schema:  # a record's releases: links, or the releases themselves
        schema = schema["oneOf"][-1]
    while "$ref" in schema:
        address, _hash, pointer = schema["$ref"].partition("#")
        if address:
            root = schema = schemas()[address]
        else:
            schema = root
        for part in filter(None, pointer.split("/")):
            schema = schema[part]
    return schema, root


# The open codelists that the data use, with the codes of ours that stand beside the standard's.
OPEN = {
    "partyRole": {"buyer", "procuringEntity", "supplier", "tenderer", "payer", "payee", "user"},
    "milestoneType": {"preProcurement", "delivery", "assessment", "reporting"},
    "documentType": {"needsAssessment", "tenderNotice", "evaluationReports", "awardNotice", "contractNotice"},
    "relatedProcess": {"planning", "unsuccessfulProcess"},
    "awardCriteria": {"ratedCriteria"},
    "submissionMethod": {"electronicSubmission"},
}


def codes(package: dict[str, Any]) -> dict[str, set[str]]:
    """The codes that a package uses, by open codelist. Of closed ones the schema knows every code."""
    found: dict[str, set[str]] = {}
    root = schemas()[f"{BASE}release-schema.json"]
    for release in package["releases"]:
        _collect(root, root, release, found)
    return {
        name: values for name, values in found.items() if name not in ("currency", "itemClassificationScheme")
    }


def _collect(schema: dict[str, Any], root: dict[str, Any], data: Any, found: dict[str, set[str]]) -> None:
    schema, root = _resolved(schema, root)
    if schema.get("openCodelist"):
        name = schema["codelist"].removesuffix(".csv")
        found.setdefault(name, set()).update(data if isinstance(data, list) else [data])
    elif isinstance(data, list):
        for row in data:
            _collect(schema.get("items", {}), root, row, found)
    elif isinstance(data, dict):
        for name, value in data.items():
            _collect(schema.get("properties", {}).get(name, {}), root, value, found)
