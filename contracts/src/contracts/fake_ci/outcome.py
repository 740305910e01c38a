"""The outcome of a run of fake-ci: whether everything passed, and the verdict on each workflow."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.fake_ci.display import Display
from contracts.fake_ci.played import Played, PlayedStep


_LONGEST_NAME = 50


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The played pipelines in order, other steps, the verifications that webhooks started, and other problems."""

    pipelines: list[Played] = field(default_factory=list)
    other_steps: list[PlayedStep] = field(default_factory=list)
    verifications: list[Played] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[PlayedStep]:
        """Every step, in the order of the pipelines."""
        return [step for each in (*self.pipelines, *self.verifications) for step in each.steps] + self.other_steps

    @property
    def passed(self) -> bool:
        """Whether at least one workflow was played, and all of them passed."""
        return (
            bool(self.pipelines or self.verifications)
            and all(map(is_complete, self.pipelines))
            and all(step.result == "success" for step in self.other_steps)
            and all(each.passed for each in self.verifications)
            and not self.problems
        )

    def show(self, display: Display, *, branch: str | None, default_branch: str) -> None:
        """Print the verdict on each workflow; a verbose display also gets the table of all steps."""
        display.say("")
        if display.verbose:
            display.table(self.steps)
        for each in self.pipelines:
            complete = is_complete(each)
            verdict = _passed(each, branch, default_branch) if complete else _failed(each)
            _show(display, each, passed=complete, verdict=verdict)
        for each in self.verifications:
            verdict = "passed, result published" if each.passed else _failed(each)
            _show(display, each, passed=each.passed, verdict=verdict)
        for problem in self.problems:
            display.say(f"✗ {problem}", "red")


def is_complete(pipeline: Played) -> bool:
    """Return whether a pipeline passed, and its jobs `pact` and, after a push, `deploy` were not skipped.

    A workflow may lack these jobs.
    """
    needed = ("pact", "deploy") if pipeline.event.name == "push" else ("pact",)
    return pipeline.passed and all(pipeline.results.get(job, "success") == "success" for job in needed)


def _show(display: Display, played: Played, *, passed: bool, verdict: str) -> None:
    sign, style = ("✓", "green") if passed else ("✗", "red")
    display.say(f"{sign} {played.workflow} ({played.seconds:.0f} s): {verdict}", style)


def _passed(pipeline: Played, branch: str | None, default_branch: str) -> str:
    if pipeline.results.get("deploy") == "success":
        return "passed, deployed"
    if "deploy" not in pipeline.results:
        return "passed"
    reason = f"{branch} is not {default_branch}" if branch else "there is no branch"
    return f"passed, not deployed: {reason}"


def _failed(played: Played) -> str:
    failed = [step for step in played.steps if step.result == "failure"]
    place = f"failed at {_name(failed[0])}" if failed else "failed: a job that had to run was skipped"
    if "deploy" not in played.results:
        return place
    if played.results["deploy"] == "failure":
        return f"{place}; the broker may not know whether it is deployed"
    return f"{place}; not deployed"


def _name(step: PlayedStep) -> str:
    name = step.label or step.line.splitlines()[0]
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
