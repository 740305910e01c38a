"""GitHub workflow files as data: jobs in the order of their needs, steps in the order of the file.

A job or a step that cannot be played here says why (`unplayable`). Keys that change only where or how a job runs
(`permissions`, `concurrency`, `timeout-minutes` …) are ignored.

Source: GitHub's documentation of the workflow syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contracts.ci.build_permissions import may_request_token
from contracts.ci.errors import PipelineError
from contracts.fake_ci.expressions import unknown_in


class WorkflowError(PipelineError):
    """A workflow cannot be read or played here; the message says where and why."""


CONTEXTS = frozenset({"env", "github", "inputs", "job", "matrix", "needs", "runner", "secrets", "steps", "vars"})
SHELLS = {
    "": ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    "sh": ("sh", "-e"),
    "python": ("python",),
}
"""The command for each value of `shell`, as GitHub runs it on Linux."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: an action (`uses`, with its `inputs`) or a line (`run`).

    Values contain `${{ … }}` as in the file.
    """

    label: str
    identifier: str | None = None
    uses: str | None = None
    run: str | None = None
    shell: str = ""
    directory: str = ""
    condition: str | None = None
    continues: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    unplayable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job; `needs` are the identifiers of other jobs, `matrix` is the first combination of its matrix.

    A job with an `identity` may request the token of its build.
    """

    identifier: str
    needs: tuple[str, ...] = ()
    condition: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, Any] = field(default_factory=dict)
    combinations: int = 1
    continues: bool = False
    identity: bool = False
    steps: tuple[Step, ...]
    unplayable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One workflow file; every job comes after the jobs that it needs.

    `events` are the names of the events that start it, `dispatch_types` the types of `repository_dispatch`.
    """

    file: str
    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    dispatch_types: tuple[str, ...] = ()
    jobs: tuple[Job, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line, in order."""
        return tuple(step.run for job in self.jobs for step in job.steps if step.run is not None)


def read(path: Path) -> Workflow:
    """Read the workflow in the file *path*.

    Raises:
        WorkflowError: if it cannot be read.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        triggers = document.get("on", document.get(True))  # YAML 1.1 reads the word `on` as true
        defaults = _section(document, "defaults", "run")
        jobs = tuple(_job(identifier, job, defaults, document) for identifier, job in document["jobs"].items())
        return Workflow(
            file=path.name,
            name=str(document.get("name", path.stem)),
            environment=strings(document.get("env")),
            events=(triggers,) if isinstance(triggers, str) else tuple(triggers or ()),
            dispatch_types=_list(_section(triggers, "repository_dispatch").get("types", ())),
            jobs=_in_order(jobs),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError) as problem:
        raise WorkflowError(f"{path} cannot be read as a GitHub workflow: {problem!r}") from problem
    except WorkflowError as problem:
        raise WorkflowError(f"{path}: {problem}") from problem


def read_all(directory: Path) -> tuple[Workflow, ...]:
    """Read every workflow in *directory*, in the order of their names.

    Raises:
        WorkflowError: if one cannot be read.
    """
    return tuple(read(path) for path in sorted([*directory.glob("*.yml"), *directory.glob("*.yaml")]))


_JOB_KEYS = frozenset(
    {"name", "needs", "if", "env", "outputs", "steps", "runs-on", "permissions", "timeout-minutes", "environment"}
    | {"concurrency", "strategy", "defaults", "continue-on-error"}
)
_STEP_KEYS = frozenset(
    {"name", "id", "uses", "run", "if", "env", "with", "timeout-minutes", "shell", "working-directory"}
    | {"continue-on-error"}
)
_OTHER_SYSTEMS = ("windows", "macos")


def _job(identifier: str, document: Mapping[str, Any], defaults: Mapping[str, Any], workflow: Mapping[str, Any]) -> Job:
    defaults = {**defaults, **_section(document, "defaults", "run")}
    combinations = _combinations(_section(document, "strategy").get("matrix"))
    steps = document["steps"] if "uses" not in document else ()
    return Job(
        identifier=identifier,
        needs=_list(document.get("needs", ())),
        condition=_condition(document),
        environment=strings(document.get("env")),
        outputs=strings(document.get("outputs")),
        matrix=combinations[0] if combinations else {},
        combinations=len(combinations or [{}]),
        continues=document.get("continue-on-error") is True,
        identity=may_request_token(document, workflow),
        steps=tuple(step_from(step, defaults) for step in steps),
        unplayable=_why_unplayable_job(document, combinations),
    )


def _why_unplayable_job(document: Mapping[str, Any], combinations: list[dict[str, Any]] | None) -> str:
    if "uses" in document:
        return f"it calls the workflow {document['uses']}"
    if unknown := sorted(document.keys() - _JOB_KEYS):
        return f"it uses {', '.join(map(repr, unknown))}"
    system = str(document.get("runs-on", "")).lower()
    if any(each in system for each in _OTHER_SYSTEMS):
        return f"it runs on {document['runs-on']}"
    if combinations is None:
        return "its matrix is not a list of values"
    return _unknown([*strings(document.get("env")).values(), *strings(document.get("outputs")).values()], document)


def _combinations(matrix: Any) -> list[dict[str, Any]] | None:
    """Return the combinations of a matrix, without `include` and `exclude`; None if its values are not known here."""
    if matrix is None:
        return [{}]
    if not isinstance(matrix, dict):
        return None
    axes = {name: values for name, values in matrix.items() if name not in ("include", "exclude")}
    if not all(isinstance(values, list) and values for values in axes.values()):
        return None
    combinations: list[dict[str, Any]] = [{}]
    for name, values in axes.items():
        combinations = [{**each, name: value} for each in combinations for value in values]
    included = matrix.get("include")
    return list(included) if not axes and isinstance(included, list) and included else combinations


def step_from(document: Mapping[str, Any], defaults: Mapping[str, Any]) -> Step:
    """Return the step in *document*, with the *defaults* of its lines."""
    run = document.get("run")
    return Step(
        label=str(document.get("name") or run or document.get("uses")),
        identifier=document.get("id"),
        uses=document.get("uses"),
        run=None if run is None else str(run).strip(),
        shell=str(document.get("shell", defaults.get("shell", ""))),
        directory=str(document.get("working-directory", defaults.get("working-directory", ""))) if run else "",
        condition=_condition(document),
        continues=document.get("continue-on-error") is True,
        environment=strings(document.get("env")),
        inputs=strings(document.get("with")),
        unplayable=_why_unplayable_step(document, defaults),
    )


def _why_unplayable_step(document: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    if unknown := sorted(document.keys() - _STEP_KEYS):
        return f"it uses {', '.join(map(repr, unknown))}"
    shell = str(document.get("shell", defaults.get("shell", "")))
    if "run" in document and shell not in SHELLS:
        return f"its shell is {shell}"
    return _unknown([str(document.get("run", "")), *strings(document.get("env")).values()], document)


def _unknown(templates: Iterable[str], document: Mapping[str, Any]) -> str:
    """Return why an expression of a job or a step cannot be evaluated; empty if all can."""
    problems = [problem for template in templates for problem in unknown_in(template, CONTEXTS)]
    if condition := _condition(document):
        problems += unknown_in(condition, CONTEXTS, condition=True)
    return "; ".join(problems)


def _condition(document: Mapping[str, Any]) -> str | None:
    condition = document.get("if")
    return None if condition is None else _string(condition)


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


def _section(document: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        document = (document.get(key) or {}) if isinstance(document, dict) else {}
    return document if isinstance(document, dict) else {}


def _list(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def strings(document: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the scalars of *document* as GitHub reads them."""
    return {name: _string(value) for name, value in (document or {}).items()}


def _string(value: Any) -> str:
    """Return a scalar as GitHub reads it: the word true for YAML's true."""
    return str(value).lower() if isinstance(value, bool) else str(value)
