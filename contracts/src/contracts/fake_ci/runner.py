"""Plays a GitHub workflow on this machine: jobs, conditions and lines, with the variables that GitHub would set.

The workflow file is the only source of the lines, their order and their variables. Lines must be `invoke …`. Of the
actions, a checkout chooses the tree for the lines that follow, and the repository's own set-up is skipped, because it
has already happened here.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from contracts.ci import git, results
from contracts.fake_ci.expressions import Contexts, ExpressionError, holds, interpolate
from contracts.fake_ci.processes import Commands
from contracts.fake_ci.workflows import Job, Step, Workflow, WorkflowError
from contracts.model.plain_text import plain


Result = Literal["success", "failure", "skipped"]
Checkout = Callable[[str], AbstractContextManager[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The event that starts a workflow: its name, GitHub's document about it, and the version and full ref to build.

    `version` is a commit hash on GitHub. `ref` is empty if there is no branch.
    """

    name: str
    version: str
    ref: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStep:
    """One line that ran or was skipped, with the file that holds its output.

    `summary` is the step's output `result`, or `reason` if it failed; otherwise its last line. `explained`: the step
    wrote that output. `reason` is the exit status of a failed step, or why it could not run. `follows_failure`
    says that an earlier step or job of the workflow has failed.
    """

    workflow: str
    job: str
    line: str
    result: Result = "skipped"
    seconds: float = 0.0
    log: Path | None = None
    reason: str = ""
    summary: str = ""
    explained: bool = False
    follows_failure: bool = False


@dataclass(slots=True, kw_only=True)
class Played:
    """A played workflow, with the result of each of its jobs."""

    workflow: str
    event: Event
    steps: list[PlayedStep] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether at least one job ran, and none failed."""
        return "success" in self.results.values() and "failure" not in self.results.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Plays workflows for one repository.

    `variables` and `secrets` are the repository's settings on GitHub. `environment` holds more variables for every
    line, which the workflow can override. `sources` are the folders of the tree with importable code. `checkout`
    provides the tree of a version. `on_start` and `on_end` are called for every line.
    """

    repository: str
    default_branch: str
    server_url: str
    logs: Path
    sources: Sequence[str] = ()
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)
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
        document = self.file("event.json")
        repository = {"full_name": runner.repository, "default_branch": runner.default_branch}
        document.write_text(json.dumps({**event.document, "repository": repository}), encoding="utf-8")
        self.github = {
            "event_name": event.name,
            "event": json.loads(document.read_text(encoding="utf-8")),
            "repository": runner.repository,
            "ref": event.ref,
            "ref_type": "tag" if event.ref.startswith("refs/tags/") else "branch",
            "ref_name": event.ref.split("/", 2)[-1],
            "sha": event.version,
            "run_id": run_id,
            "workflow": workflow.name,
            "server_url": runner.server_url,
        }
        # Without GITHUB_RUN_ID and GITHUB_SERVER_URL, because this run has no page that a version could link to.
        self.environment = {
            **own_environment(),
            **runner.environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": runner.server_url,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(document),
            "GITHUB_REF": event.ref,
            "GITHUB_REPOSITORY": runner.repository,
            "GITHUB_SHA": event.version,
            "GITHUB_STEP_SUMMARY": str(self.file("summary.md")),
            "GITHUB_WORKFLOW": workflow.name,
        }

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
        contexts = self.contexts(succeeded=succeeded, needs=needs)
        if not holds(job.condition, contexts):
            for step in job.steps:
                if step.run is not None:
                    self.end(PlayedStep(workflow=self.workflow.file, job=job.identifier, line=step.run))
            return "skipped"
        with ExitStack() as stack:
            running = _RunningJob(self, job, needs, stack)
            for step in job.steps:
                running.step(step)
        contexts = running.contexts()
        self.outputs[job.identifier] = {name: interpolate(value, contexts) for name, value in job.outputs.items()}
        return "success" if running.succeeded else "failure"

    def contexts(self, *, succeeded: bool, **more: Any) -> Contexts:
        values = {"github": self.github, "vars": self.runner.variables, "secrets": self.runner.secrets, **more}
        return Contexts(values=values, succeeded=succeeded)

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
        self.tree: Path | None = None

    def contexts(self) -> Contexts:
        return self.run.contexts(succeeded=self.succeeded, needs=self.needs, steps=self.steps)

    def step(self, step: Step) -> None:
        contexts = self.contexts()
        if not holds(step.condition, contexts):
            if step.run is not None:
                self.run.end(self._played(step.run))
            return
        if step.run is not None:
            self._line(step, contexts)
        elif str(step.uses).startswith("actions/checkout@"):
            self._check_out(interpolate(step.inputs.get("ref", ""), contexts) or self.run.event.version)
        elif not str(step.uses).startswith(("$/", "./")):  # everything that the repository's set-up installs is here
            raise WorkflowError(
                f"{self.run.workflow.file}, job {self.job.identifier}: {step.uses} can only be played on GitHub."
            )

    def _check_out(self, version: str) -> None:
        try:
            self.tree = self.stack.enter_context(self.run.runner.checkout(version))
        except git.TreeError as problem:
            self.succeeded = False
            self.run.end(self._played(f"checkout {version}", result="failure", reason=str(problem)))

    def _line(self, step: Step, contexts: Contexts) -> None:
        line = str(step.run)
        words = shlex.split(line)
        if not words or words[0] != "invoke" or "\n" in line or self.tree is None:
            raise WorkflowError(
                f"{self.run.workflow.file}, job {self.job.identifier}: only lines `invoke …`, after a checkout, can be "
                f"played: {line}"
            )
        environment = self._environment(step, contexts)
        log = self.run.file(f"{len(self.run.played.steps) + 1}-{''.join(words[1:2])}.log")
        output = Path(environment["GITHUB_OUTPUT"])
        output.write_bytes(b"")
        self.run.runner.on_start(self.run.workflow, self.job, line)
        ended = run_line(line, tree=self.tree, environ=environment, log=log, commands=self.run.runner.commands)
        follows_failure = not self.succeeded or "failure" in self.run.played.results.values()
        self.succeeded = self.succeeded and ended.result == "success"
        outputs = _outputs(output)
        if step.identifier is not None:
            self.steps[step.identifier] = {"outputs": outputs, "outcome": ended.result, "conclusion": ended.result}
        written = outputs.get(results.RESULT if ended.result == "success" else results.REASON, "")
        summary = written or ended.summary
        ended = replace(ended, summary=summary, explained=bool(written), follows_failure=follows_failure)
        self.run.end(replace(ended, workflow=self.run.workflow.file, job=self.job.identifier))

    def _environment(self, step: Step, contexts: Contexts) -> dict[str, str]:
        tree = Path(self.tree or ".")
        declared = {**self.run.workflow.environment, **self.job.environment, **step.environment}
        return (
            self.run.environment
            | {"PYTHONPATH": source_path(tree, self.run.runner.sources), "GITHUB_OUTPUT": str(self.run.file("output"))}
            | {name: interpolate(value, contexts) for name, value in declared.items()}
        )

    def _played(self, line: str, **fields: Any) -> PlayedStep:
        return PlayedStep(workflow=self.run.workflow.file, job=self.job.identifier, line=line, **fields)


def _outputs(file: Path) -> dict[str, str]:
    """Return the outputs that a step wrote to GITHUB_OUTPUT, one name=value in each line."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines if line)}


def run_line(line: str, *, tree: Path, environ: Mapping[str, str], log: Path, commands: Commands) -> PlayedStep:
    """Run *line*, `invoke …`, in *tree*, as one of *commands*; its output goes to *log*.

    Raises:
        Ended: if *commands* have ended.
    """
    started = time.monotonic()
    command = [sys.executable, "-m", *shlex.split(line)]
    status = commands.run(command, directory=tree, environ=environ, log=log)
    return PlayedStep(
        workflow="",
        job="",
        line=line,
        result="failure" if status else "success",
        seconds=time.monotonic() - started,
        log=log,
        reason=f"exit status {status}" if status else "",
        summary=_last_line(log),
    )


def _last_line(log: Path) -> str:
    """Return the last line that is text: not indented, not part of a table, not a command for GitHub's runner."""
    for line in reversed(log.read_text(encoding="utf-8", errors="replace").splitlines()):
        words = plain(line).strip("= ")  # pytest ends with a rule
        if words[:1].isalnum() and not line[:1].isspace():
            return words
    return ""


def source_path(tree: Path, sources: Sequence[str]) -> str:
    """Return PYTHONPATH for *tree*, so that its own code is imported, not that of the installed tree."""
    return os.pathsep.join(str(tree / each) for each in sources)


def own_environment() -> dict[str, str]:
    """Return the environment without variables that name a build, a broker or a repository: the workflow sets those."""
    prefixes = ("GITHUB_", "PACT_", "GIT_COMMIT", "GIT_BRANCH", "RUNNER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
