"""The applications of any repository: those that it declares, or those whose workflows publish or verify pacts."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.ci import projects
from contracts.ci.projects import DEFAULT_ENVIRONMENT, WORKFLOWS, Declaration, Project, Role
from contracts.client import UsageError
from contracts.fake_ci import workflows
from contracts.fake_ci.workflows import Workflow


_EVENTS = frozenset({"push", "pull_request"})
_PUBLISHES = re.compile(r"\b(contracts|pact-broker|pact broker|pactflow) publish\b")
_VERIFIES = re.compile(r"\b(contracts verify|pact_verifier_cli|pact-provider-verifier|pact verifier)\b")
_NAME = re.compile(
    r"(?:--pacticipant|--provider|--provider-name|(?:can-i-deploy|record-deployment|record-release) -a)"
    r"[ =]+[\"']?([\w.-]+)"
)


def applications_of(root: Path) -> Project:
    """Return the applications of the repository at *root*.

    Raises:
        ProjectError: if the declaration in pyproject.toml is wrong.
        UsageError: if there is no application.
        WorkflowError: if a workflow cannot be read.
    """
    declared = projects.find(root)
    if declared is not None and declared.root == root:
        return declared
    discovered = [_application(root, each) for each in workflows.read_all(root / WORKFLOWS)]
    applications = tuple(each for each in discovered if each is not None)
    if not applications:
        raise UsageError(
            f"{root} declares no application in pyproject.toml, and no workflow in {WORKFLOWS} publishes or verifies "
            "pacts. Set both up with `contracts init`."
        )
    return Project(root=root, environment=DEFAULT_ENVIRONMENT, applications=applications)


def _application(root: Path, workflow: Workflow) -> Declaration | None:
    text = "\n".join(workflow.lines)
    role = _role(text)
    if role is None or _EVENTS.isdisjoint(workflow.events):
        return None
    name = _NAME.search(text)
    return Declaration(
        name=name[1] if name else Path(workflow.file).stem,
        role=role,
        folder=root,
        pacts=root / "pacts",
        workflow=workflow.file,
    )


def _role(text: str) -> Role | None:
    consumes, provides = _PUBLISHES.search(text), _VERIFIES.search(text)
    if consumes and provides:
        return "both"
    return "consumer" if consumes else "provider" if provides else None
