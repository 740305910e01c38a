"""The workflows on GitHub: whether the jobs that use the broker have credentials for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from contracts.ci.build_permissions import may_request_token
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.surroundings import Surroundings


_AREA: Final = "workflows"
_COMMAND = re.compile(r"\bcontracts (publish|verify|can-i-|record-|create-|delete-|add-|describe-|list-)")
_CREDENTIALS = re.compile(r"PACT_BROKER_TOKEN|PACT_BROKER_USERNAME|--broker-(token|username)")


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Report each job that uses the broker without a stored token and without the permission to request its own."""
    folder = surroundings.directory / ".github" / "workflows"
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        yield from _workflow(path, path.relative_to(surroundings.directory))


def _workflow(path: Path, name: Path) -> Iterator[Finding]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        yield problem(_AREA, f"{name} cannot be read: {error}.", "Correct it: GitHub does not run it either.")
        return
    workflow = _mapping(document)
    jobs = {str(key): _mapping(job) for key, job in _mapping(workflow.get("jobs")).items()}
    asking = {key for key, job in jobs.items() if may_request_token(job, workflow)}
    without = [
        key
        for key, job in jobs.items()
        if _uses_broker(job) and key not in asking and not _has_credentials(workflow, job)
    ]
    for key in without:
        say = problem if asking else warning  # a broker without accounts needs no credentials
        yield say(
            _AREA,
            f"The job {key} of {name} has no credentials for the broker: it may not request the token of its build, "
            "and has no PACT_BROKER_TOKEN.",
            f"Add id-token: write to the permissions of {key}, or give it PACT_BROKER_TOKEN.",
        )
    if asking and not without:
        yield ok(_AREA, f"The jobs of {name} may request the token of their build.")


def _uses_broker(job: Mapping[str, Any]) -> bool:
    steps = [_mapping(step) for step in job.get("steps") or ()]
    return any(
        _COMMAND.search(str(step.get("run", "")))
        or "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS" in _mapping(step.get("env"))
        for step in steps
    )


def _has_credentials(workflow: Mapping[str, Any], job: Mapping[str, Any]) -> bool:
    return _CREDENTIALS.search(json.dumps([workflow.get("env"), job], default=str)) is not None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
