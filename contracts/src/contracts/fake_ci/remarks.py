"""What a run cannot play, or plays only in part; users read it before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.fake_ci import local_actions
from contracts.fake_ci.actions import kind_of, name_of
from contracts.fake_ci.workflows import Job, Step, Workflow, WorkflowError


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """`unplayable`: jobs and steps that are skipped, with the reason. `partial`: matrices. `not_needed`: actions."""

    unplayable: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()


def remarks(workflows: Iterable[Workflow], tree: Path | None = None) -> Remarks:
    """Return the remarks on all *workflows*; the actions of the repository are played if it is in *tree*."""
    jobs = [(workflow, job) for workflow in workflows for job in workflow.jobs]
    steps = [
        (workflow, job, inner)
        for workflow, job in jobs
        if not job.unplayable
        for step in job.steps
        for inner in _with_local_actions(step, tree)
    ]
    used = [step.uses for _, _, step in steps if step.uses and not step.unplayable]
    actions = [name_of(uses) for uses in used if kind_of(uses) == "not needed"]
    return Remarks(
        unplayable=(*_jobs(jobs), *_steps(steps)),
        partial=tuple(
            f"{_place(workflow, job)}: only the first of {job.combinations} combinations ({_values(job)})"
            for workflow, job in jobs
            if job.combinations > 1 and not job.unplayable
        ),
        not_needed=tuple(dict.fromkeys(actions)),
    )


def _with_local_actions(step: Step, tree: Path | None) -> Iterator[Step]:
    """Yield the steps of an action of the repository in *tree*; another step as it is."""
    if tree is None or not step.uses or not local_actions.is_local(step.uses):
        yield step
        return
    try:
        for inner in local_actions.read(tree, step.uses).steps:
            yield from _with_local_actions(inner, tree)
    except WorkflowError as problem:
        yield replace(step, unplayable=str(problem))


def _jobs(jobs: Iterable[tuple[Workflow, Job]]) -> Iterator[str]:
    for workflow, job in jobs:
        if job.unplayable:
            yield f"{_place(workflow, job)}: {job.unplayable}"


def _steps(steps: Iterable[tuple[Workflow, Job, Step]]) -> Iterator[str]:
    for workflow, job, step in steps:
        if step.unplayable:
            yield f"{_place(workflow, job)}, {step.label.splitlines()[0]}: {step.unplayable}"
        elif step.uses and kind_of(step.uses) == "unplayable":
            yield f"{_place(workflow, job)}: the action {name_of(step.uses)}"


def _values(job: Job) -> str:
    return ", ".join(f"{name} {value}" for name, value in job.matrix.items())


def _place(workflow: Workflow, job: Job) -> str:
    return f"{workflow.file}, job {job.identifier}"
