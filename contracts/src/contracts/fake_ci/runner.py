"""Plays a GitHub workflow on this machine: jobs, conditions and steps, with the variables that GitHub would set.

The workflow file is the only source of the steps, their order and their variables. Lines run in the shell that GitHub
would use. Of the actions, those in `contracts.fake_ci.actions` are played or not needed; others are skipped.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from contracts.ci import git, results
from contracts.fake_ci import actions, environments, local_actions
from contracts.fake_ci.actions import ActionFailed, Artifacts
from contracts.fake_ci.environments import StepFiles
from contracts.fake_ci.expressions import Contexts, ExpressionError, holds, interpolate
from contracts.fake_ci.played import Event, Played, PlayedStep, Result
from contracts.fake_ci.processes import Commands, stop_groups
from contracts.fake_ci.workflows import SHELLS, Job, Step, Workflow, WorkflowError
from contracts.model.plain_text import plain


Checkout = Callable[[str], AbstractContextManager[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Plays workflows for one repository.

    `variables` and `secrets` are the repository's settings on GitHub. `environment` holds more variables for every
    line, which the workflow can override; `credentials` are more variables for jobs that may request the token of their
    build, because only GitHub signs one. `sources` are the folders of the tree with importable code, `path` folders
    with commands. Composite actions of the repository are played if `plays_local_actions`; otherwise they set up what
    is here already. `checkout` provides the tree of a version. `on_start` and `on_end` are called for every step.
    """

    repository: str
    default_branch: str
    server_url: str
    logs: Path
    sources: Sequence[str] = ()
    path: Sequence[str] = ()
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    credentials: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    plays_local_actions: bool = False
    checkout: Checkout
    on_start: Callable[[Workflow, Job, str], object]
    on_end: Callable[[PlayedStep], object]
    commands: Commands = field(default_factory=Commands)

    def play(self, workflow: Workflow, event: Event, *, run_id: str) -> Played:
        """Play *workflow* as *event* would start it.

        Raises:
            WorkflowError: if it uses something that cannot be played here.
            Ended: if `commands` have ended.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        return _Run(self, workflow, event, run_id).play()


class _Run:
    """One run of one workflow."""

    def __init__(self, runner: Runner, workflow: Workflow, event: Event, run_id: str) -> None:
        self.runner, self.workflow, self.event, self.run_id = runner, workflow, event, run_id
        self.played = Played(workflow=workflow.file, event=event)
        self.outputs: dict[str, dict[str, str]] = {}
        self.artifacts = Artifacts(self.file("artifacts"))
        file = self.file("event.json")
        repository = {"full_name": runner.repository, "default_branch": runner.default_branch}
        document = {**event.document, "repository": repository}
        file.write_text(json.dumps(document), encoding="utf-8")
        # Without GITHUB_RUN_ID and GITHUB_SERVER_URL, because this run has no page that a version could link to.
        github = {
            **environments.variables_of(event.name, event.ref, event.document),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": runner.server_url,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": runner.repository,
            "GITHUB_SHA": event.version,
            "GITHUB_WORKFLOW": workflow.name,
        }
        self.github = environments.github_context(
            {**github, "GITHUB_RUN_ID": run_id, "GITHUB_SERVER_URL": runner.server_url}, document
        )
        self.environment = {**environments.own_environment(), **runner.environment, "CI": "true", **github}

    def play(self) -> Played:
        started = time.monotonic()
        for job in self.workflow.jobs:
            try:
                self.played.results[job.identifier] = self._job(job)
            except ExpressionError as problem:
                raise WorkflowError(f"{self.workflow.file}, job {job.identifier}: {problem}") from problem
        self.played.seconds = time.monotonic() - started
        return self.played

    def _job(self, job: Job) -> Result:
        needs = {
            each: {"result": self.played.results[each], "outputs": self.outputs.get(each, {})} for each in job.needs
        }
        succeeded = all(each["result"] == "success" for each in needs.values())
        contexts = self.contexts(succeeded=succeeded, needs=needs, matrix=job.matrix)
        if job.unplayable or not holds(job.condition, contexts):
            for step in job.steps:
                if step.run is not None:
                    self.end(self.step(job, step, reason=job.unplayable))
            return "skipped"
        with ExitStack() as stack:
            running = _RunningJob(self, job, needs, stack)
            for step in job.steps:
                running.step(step)
        contexts = running.contexts()
        self.outputs[job.identifier] = {name: interpolate(value, contexts) for name, value in job.outputs.items()}
        return "success" if running.succeeded or job.continues else "failure"

    def contexts(self, *, succeeded: bool, **more: Any) -> Contexts:
        runner = {"os": "Linux", "arch": "X64", "temp": str(self.file("temp")), "environment": "self-hosted"}
        status = {"status": "success" if succeeded else "failure"}
        values = {"github": self.github, "vars": self.runner.variables, "secrets": self.runner.secrets, "inputs": {}}
        return Contexts(values={**values, "runner": runner, "job": status, **more}, succeeded=succeeded)

    def step(self, job: Job, step: Step, **fields: Any) -> PlayedStep:
        label = step.label if step.label.strip() != step.run else ""
        line = str(step.run if step.run is not None else step.uses)
        return PlayedStep(workflow=self.workflow.file, job=job.identifier, line=line, label=label, **fields)

    def end(self, step: PlayedStep) -> None:
        self.played.steps.append(step)
        self.runner.on_end(step)

    def file(self, name: str) -> Path:
        return self.runner.logs / f"{self.run_id}-{Path(self.workflow.file).stem}-{name}"


class _RunningJob:
    """One job while it runs."""

    def __init__(self, run: _Run, job: Job, needs: Mapping[str, Any], stack: ExitStack) -> None:
        self.run, self.job, self.needs, self.stack = run, job, needs, stack
        self.succeeded = True
        self.steps: dict[str, dict[str, Any]] = {}
        self.inputs: Mapping[str, str] = {}
        self.environment: dict[str, str] = {}
        self.path: list[str] = []
        self.tree: Path | None = None
        self.background: list[int] = []
        stack.callback(stop_groups, self.background)

    def contexts(self, environment: Mapping[str, str] | None = None) -> Contexts:
        return self.run.contexts(
            succeeded=self.succeeded,
            needs=self.needs,
            steps=self.steps,
            matrix=self.job.matrix,
            inputs=self.inputs,
            env={} if environment is None else environment,
        )

    def step(self, step: Step) -> None:
        declared = self._declared(step)
        contexts = self.contexts(declared)
        unplayable = step.unplayable or (step.uses is not None and actions.kind_of(step.uses) == "unplayable")
        if not unplayable and not holds(step.condition, contexts):
            if step.run is not None:
                self.run.end(self.run.step(self.job, step))
        elif unplayable:
            self.run.end(self.run.step(self.job, step, reason=step.unplayable or "only on GitHub"))
        elif step.run is not None:
            self._line(step, declared, contexts)
        elif local_actions.is_local(str(step.uses)):
            if self.run.runner.plays_local_actions:
                self._local_action(step, contexts)
        else:
            self._action(step, contexts)

    def _declared(self, step: Step) -> dict[str, str]:
        """Return the variables of workflow, job and step, and those that earlier steps have set."""
        declared = dict(self.run.runner.credentials) if self.job.identity else {}
        for variables in (self.run.workflow.environment, self.job.environment, self.environment, step.environment):
            contexts = self.contexts(declared)
            written = variables is self.environment
            declared |= {name: value if written else interpolate(value, contexts) for name, value in variables.items()}
        return declared

    def _local_action(self, step: Step, contexts: Contexts) -> None:
        """Play the steps of an action of the repository, with their own inputs and outputs."""
        try:
            action = local_actions.read(self.workspace, str(step.uses))
        except WorkflowError as problem:
            self.run.end(self.run.step(self.job, step, reason=str(problem)))
            return
        outer = self.steps, self.inputs, self.succeeded
        inputs = {name: interpolate(value, contexts) for name, value in step.inputs.items()}
        self.steps, self.inputs = {}, {**action.inputs, **inputs}
        for each in action.steps:
            self.step(each)
        inner = self.contexts()
        outputs = {name: interpolate(value, inner) for name, value in action.outputs.items()}
        result = "success" if self.succeeded else "failure"
        self.steps, self.inputs, succeeded = outer
        self.succeeded = self.succeeded or (step.continues and succeeded)
        if step.identifier is not None:
            self.steps[step.identifier] = {"outputs": outputs, "outcome": result, "conclusion": result}

    def _action(self, step: Step, contexts: Contexts) -> None:
        inputs = {name: interpolate(value, contexts) for name, value in step.inputs.items()}
        try:
            match actions.name_of(str(step.uses)):
                case actions.CHECKOUT:
                    version = inputs.get("ref") or self.run.event.version
                    self.tree = self.stack.enter_context(self.run.runner.checkout(version))
                case actions.UPLOAD:
                    self.run.artifacts.upload(inputs, self.workspace)
                case actions.DOWNLOAD:
                    self.run.artifacts.download(inputs, self.workspace)
        except (git.TreeError, ActionFailed) as problem:
            self.succeeded = step.continues and self.succeeded
            self.run.end(self.run.step(self.job, step, result="failure", reason=str(problem)))

    @property
    def workspace(self) -> Path:
        """The tree; before a checkout, an empty folder."""
        if self.tree is None:
            self.tree = self.run.file(f"{self.job.identifier}-workspace")
            self.tree.mkdir(parents=True, exist_ok=True)
        return self.tree

    def _line(self, step: Step, declared: Mapping[str, str], contexts: Contexts) -> None:
        number = len(self.run.played.steps) + 1
        name = _slug(step)
        files = StepFiles(self.run.file(f"{number}-files"))
        environment = {
            **self.run.environment,
            **environments.source_path(self.workspace, self.run.runner.sources),
            "PATH": environments.search_path([*self.path, *self.run.runner.path]),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self._temporary()),
            **declared,
            **files.variables(),
        }
        script = self.run.file(f"{number}-{name}.sh")
        script.write_text(interpolate(str(step.run), contexts) + "\n", encoding="utf-8")
        self.run.runner.on_start(self.run.workflow, self.job, step.label)
        follows_failure = not self.succeeded or "failure" in self.run.played.results.values()
        played = self.run.step(self.job, step, log=self.run.file(f"{number}-{name}.log"))
        if not (self.workspace / step.directory).is_dir():
            self.succeeded = False
            self.run.end(replace(played, result="failure", reason=f"{step.directory} is not a folder", log=None))
            return
        seconds, status = self._run(script, step, environment, played)
        outputs = files.outputs
        self.environment |= files.environment
        self.path = [*files.path, *self.path]
        result: Result = "failure" if status else "success"
        self.succeeded = self.succeeded and (result == "success" or step.continues)
        if step.identifier is not None:
            conclusion = "success" if step.continues else result
            self.steps[step.identifier] = {"outputs": outputs, "outcome": result, "conclusion": conclusion}
        words = outputs.get(results.RESULT if result == "success" else results.REASON, "")
        self.run.end(
            replace(
                played,
                result=result,
                seconds=seconds,
                reason=f"exit status {status}" if status else "",
                summary=words or last_line(played.log),
                explained=bool(words),
                follows_failure=follows_failure,
            )
        )

    def _run(self, script: Path, step: Step, environment: Mapping[str, str], played: PlayedStep) -> tuple[float, int]:
        started = time.monotonic()
        status = self.run.runner.commands.run(
            [*SHELLS[step.shell], str(script)],
            directory=self.workspace / step.directory,
            environ=environment,
            log=played.log or script.with_suffix(".log"),
            background=self.background,
        )
        return time.monotonic() - started, status

    def _temporary(self) -> Path:
        folder = self.run.file("temp")
        folder.mkdir(exist_ok=True)
        return folder


def _slug(step: Step) -> str:
    first = str(step.run).splitlines()[0] if step.run else "empty"
    return re.sub(r"[^\w.-]+", "-", first.removeprefix("invoke ")).strip("-")[:40]


def last_line(log: Path | None) -> str:
    """Return the last line that is text: not indented, not part of a table, not a command for GitHub's runner."""
    if log is None:
        return ""
    for line in reversed(log.read_text(encoding="utf-8", errors="replace").splitlines()):
        words = plain(line).strip("= ")  # pytest ends with a rule
        if words[:1].isalnum() and not line[:1].isspace():
            return words
    return ""
