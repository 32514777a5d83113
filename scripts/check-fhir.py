"""Judges files of FHIR R4 (bundles, or one resource a line): called by scripts/check-fhir."""

import json
import re
import sys
from importlib import import_module

from pydantic import ValidationError

ID = re.compile(r"^[A-Za-z0-9\-.]{1,64}$")
# Codes that FHIR requires of the elements that are written here; the library takes any.
REQUIRED = {
    ("Observation", "status"): {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"},
    ("DiagnosticReport", "status"): {"registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled", "entered-in-error", "unknown"},
    ("Encounter", "status"): {"planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"},
    ("Procedure", "status"): {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"},
    ("Immunization", "status"): {"completed", "entered-in-error", "not-done"},
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("RelatedPerson", "gender"): {"male", "female", "other", "unknown"},
}
BOUND = {
    "http://terminology.hl7.org/CodeSystem/condition-clinical": {"active", "recurrence", "relapse", "inactive", "remission", "resolved"},
    "http://terminology.hl7.org/CodeSystem/condition-ver-status": {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"},
    "http://terminology.hl7.org/CodeSystem/data-absent-reason": {"unknown", "temp-unknown", "not-performed", "error"},
}


def model(kind):
    return getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def walk(value, path):
    yield value, path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from walk(inner, f"{path}[{i}]")


def faults_of(resource):
    kind = resource["resourceType"]
    where = f"{kind}/{resource.get('id')}"
    try:
        model(kind).model_validate(resource)
    except (ValidationError, ModuleNotFoundError) as fault:
        yield f"{where}: {fault}"
    if not ID.match(resource.get("id", "")):
        yield f"{where}: its id is none"
    for (of, element), words in REQUIRED.items():
        if of == kind and element in resource and resource[element] not in words:
            yield f"{where}.{element}: {resource[element]!r} is not one of {sorted(words)}"
    if kind == "Condition" and "abatementDateTime" in resource:
        if resource["clinicalStatus"]["coding"][0]["code"] not in {"inactive", "resolved", "remission"}:
            yield f"{where}: it has abated and is active (con-4)"
    if kind == "Observation" and "dataAbsentReason" in resource and any(key.startswith("value") for key in resource):
        yield f"{where}: it has a value and a reason for having none (obs-6)"
    for value, path in walk(resource, where):
        if value in ("", [], {}) or value is None or (isinstance(value, str) and value.strip() == ""):
            yield f"{path}: it is empty"
        if isinstance(value, dict) and value.get("system") in BOUND and value.get("code") not in BOUND[value["system"]]:
            yield f"{path}: {value.get('code')!r} is none of {value['system']}"


def read(name):
    """The resources of a file with the names by which they may be referred to."""
    with open(name, encoding="utf-8") as file:
        if name.endswith(".ndjson"):
            resources = [json.loads(line) for line in file]
            return resources, [f"{r['resourceType']}/{r['id']}" for r in resources], []
        bundle = json.load(file)
    if bundle.get("resourceType") != "Bundle":
        return [bundle], [], []
    entries = bundle.get("entry", [])
    faults = []
    try:
        model("Bundle").model_validate(bundle)
    except ValidationError as fault:
        faults.append(f"Bundle: {fault}")
    for entry in entries:
        request = entry.get("request", {})
        if bundle["type"] == "transaction" and request.get("url") != f"{entry['resource']['resourceType']}/{entry['resource']['id']}":
            faults.append(f"{entry['fullUrl']}: its request names another resource")
    return [entry["resource"] for entry in entries], [entry["fullUrl"] for entry in entries], faults


def main(names):
    bad = False
    for name in names:
        resources, known, faults = read(name)
        if len(set(known)) != len(known):
            faults.append("two resources have the same id")
        for resource in resources:
            faults.extend(faults_of(resource))
            for value, path in walk(resource, resource["resourceType"]):
                reference = value.get("reference") if isinstance(value, dict) else None
                if isinstance(reference, str) and not reference.startswith("#") and reference not in known:
                    faults.append(f"{path}: {reference} is not in the file")
        for fault in faults:
            print(f"{name}: {fault}", file=sys.stderr)
        bad = bad or bool(faults)
        print(f"check-fhir: {name.rsplit('/', 1)[-1]}: {len(resources)} resources, {len(faults)} faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
