"""What a run cannot play, or plays only in part; users read it before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.fake_ci.actions import kind_of, name_of
from contracts.fake_ci.workflows import Job, Step, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """`unplayable`: jobs and steps that are skipped, with the reason. `partial`: matrices. `not_needed`: actions."""

    unplayable: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()


def remarks(workflows: Iterable[Workflow]) -> Remarks:
    """Return the remarks on all *workflows*."""
    jobs = [(workflow, job) for workflow in workflows for job in workflow.jobs]
    steps = [(workflow, job, step) for workflow, job in jobs if not job.unplayable for step in job.steps]
    actions = [name_of(step.uses) for _, _, step in steps if step.uses and kind_of(step.uses) == "not needed"]
    return Remarks(
        unplayable=(*_jobs(jobs), *_steps(steps)),
        partial=tuple(
            f"{_place(workflow, job)}: only the first of {job.combinations} combinations ({_values(job)})"
            for workflow, job in jobs
            if job.combinations > 1 and not job.unplayable
        ),
        not_needed=tuple(dict.fromkeys(actions)),
    )


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
