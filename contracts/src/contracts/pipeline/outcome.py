"""How playing the pipelines went: what really passed, and how people are told in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from contracts.pipeline.display import Display
    from contracts.pipeline.runner import Played, PlayedStep


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The pipelines in order, what was done besides, what webhooks started, and what went wrong beyond all of these."""

    pipelines: list[Played] = field(default_factory=list)
    besides: list[PlayedStep] = field(default_factory=list)
    verifications: list[Played] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[PlayedStep]:
        """Every step, in the order of the pipelines."""
        return [step for each in (*self.pipelines, *self.verifications) for step in each.steps] + self.besides

    @property
    def passed(self) -> bool:
        """Whether something was played, and all of it really passed."""
        return (
            bool(self.pipelines or self.verifications)
            and all(map(did_its_work, self.pipelines))
            and all(step.result == "success" for step in self.besides)
            and all(each.passed for each in self.verifications)
            and not self.problems
        )

    def show(self, display: Display, *, branch: str | None, default_branch: str) -> None:
        """Show the table of all steps, and the verdict on each workflow."""
        display.say("")
        display.table(self.steps)
        for each in self.pipelines:
            verdict = _passed(each, branch, default_branch) if did_its_work(each) else _failed(each)
            display.say(f"{_sign(did_its_work(each))} {each.workflow} ({each.seconds:.0f} s): {verdict}")
        for each in self.verifications:
            verdict = "passed, result published" if each.passed else _failed(each)
            display.say(f"{_sign(each.passed)} {each.workflow} ({each.seconds:.0f} s): {verdict}")
        for step in self.besides:
            if step.result != "success":
                display.say(f"✗ {step.line}: {step.reason}")
        for problem in self.problems:
            display.say(f"✗ {problem}")


def did_its_work(pipeline: Played) -> bool:
    """Whether a pipeline did what it is for: its contract held, and what was pushed is deployed; skipped is no pass."""
    needed = ("pact", "deploy") if pipeline.event.name == "push" else ("pact",)
    return pipeline.passed and all(pipeline.results.get(job) == "success" for job in needed)


def _sign(passed: bool) -> str:  # noqa: FBT001, the one thing a sign tells
    return "✓" if passed else "✗"


def _passed(pipeline: Played, branch: str | None, default_branch: str) -> str:
    if pipeline.results.get("deploy") == "success":
        return "passed, deployed"
    where = f"{branch} is not {default_branch}" if branch else "this is no branch"
    return f"passed; {where}: nothing was deployed"


def _failed(played: Played) -> str:
    failed = [step for step in played.steps if step.result == "failure"]
    where = f"{failed[0].line}: {failed[0].reason}" if failed else "a job that had to run was skipped"
    deployed = "" if "deploy" not in played.results else "; nothing was deployed"
    if played.results.get("deploy") == "failure":
        deployed = "; whether it is deployed the broker does not know"
    return f"FAILED at {where}{deployed}"
