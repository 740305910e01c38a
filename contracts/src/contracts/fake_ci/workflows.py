"""GitHub workflow files as data: jobs in the order of their needs, steps in the order of the file.

An unknown key is an error if it could change what runs. Keys that change only where or how it runs (`runs-on`,
`permissions`, `concurrency`, …) are ignored.

Source: GitHub's documentation of the workflow syntax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contracts.ci.errors import PipelineError


class WorkflowError(PipelineError):
    """A workflow cannot be read or played here; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: an action (`uses`, with its `inputs`) or a line (`run`).

    Values contain `${{ … }}` as in the file.
    """

    label: str
    identifier: str | None = None
    uses: str | None = None
    run: str | None = None
    condition: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job; `needs` are the identifiers of other jobs."""

    identifier: str
    needs: tuple[str, ...] = ()
    condition: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One workflow file; every job comes after the jobs that it needs.

    `dispatch_types`: the event types of `repository_dispatch` that start it.
    """

    file: str
    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    dispatch_types: tuple[str, ...] = ()
    jobs: tuple[Job, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line, in order."""
        return tuple(step.run for job in self.jobs for step in job.steps if step.run is not None)


def read(path: Path) -> Workflow:
    """Read the workflow in the file *path*.

    Raises:
        WorkflowError: if it cannot be read, or uses something that cannot be played here.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        triggers = document.get("on", document.get(True))  # YAML 1.1 reads the word `on` as true
        jobs = tuple(_job(identifier, job) for identifier, job in document["jobs"].items())
        return Workflow(
            file=path.name,
            name=str(document.get("name", path.stem)),
            environment=_strings(document.get("env")),
            dispatch_types=tuple(_section(triggers, "repository_dispatch").get("types", ())),
            jobs=_in_order(jobs),
        )
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as problem:
        raise WorkflowError(f"{path} cannot be read as a GitHub workflow: {problem!r}") from problem
    except WorkflowError as problem:
        raise WorkflowError(f"{path}: {problem}") from problem


def read_all(directory: Path) -> tuple[Workflow, ...]:
    """Read every workflow in *directory*, in the order of their names.

    Raises:
        WorkflowError: if one cannot be read.
    """
    return tuple(read(path) for path in sorted(directory.glob("*.yml")))


_JOB_KEYS = frozenset(
    {"name", "needs", "if", "env", "outputs", "steps", "runs-on", "permissions", "timeout-minutes", "environment"}
    | {"concurrency", "strategy"}
)
_STEP_KEYS = frozenset({"name", "id", "uses", "run", "if", "env", "with", "timeout-minutes"})


def _job(identifier: str, document: Mapping[str, Any]) -> Job:
    _refuse_unknown(f"job {identifier}", document, _JOB_KEYS)
    needs = document.get("needs", ())
    return Job(
        identifier=identifier,
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        condition=_condition(document),
        environment=_strings(document.get("env")),
        outputs=_strings(document.get("outputs")),
        steps=tuple(_step(identifier, step) for step in document["steps"]),
    )


def _step(job: str, document: Mapping[str, Any]) -> Step:
    _refuse_unknown(f"a step of job {job}", document, _STEP_KEYS)
    run = document.get("run")
    return Step(
        label=str(document.get("name") or run or document.get("uses")),
        identifier=document.get("id"),
        uses=document.get("uses"),
        run=None if run is None else run.strip(),
        condition=_condition(document),
        environment=_strings(document.get("env")),
        inputs=_strings(document.get("with")),
    )


def _condition(document: Mapping[str, Any]) -> str | None:
    condition = document.get("if")
    return None if condition is None else _string(condition)


def _refuse_unknown(where: str, document: Mapping[str, Any], keys: frozenset[str]) -> None:
    if unknown := sorted(document.keys() - keys):
        raise WorkflowError(f"{where} uses {', '.join(map(repr, unknown))}, which can only be played on GitHub.")


def _in_order(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    ordered: dict[str, Job] = {}
    waiting = list(jobs)
    while waiting:
        ready = next((job for job in waiting if all(need in ordered for need in job.needs)), None)
        if ready is None:
            raise WorkflowError(
                f"these jobs need each other, or a job that does not exist: {', '.join(j.identifier for j in waiting)}."
            )
        waiting.remove(ready)
        ordered[ready.identifier] = ready
    return tuple(ordered.values())


def _section(document: Any, key: str) -> Mapping[str, Any]:
    return (document.get(key) or {}) if isinstance(document, dict) else {}


def _strings(document: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: _string(value) for name, value in (document or {}).items()}


def _string(value: Any) -> str:
    """Return a scalar as GitHub reads it: the word true for YAML's true."""
    return str(value).lower() if isinstance(value, bool) else str(value)
