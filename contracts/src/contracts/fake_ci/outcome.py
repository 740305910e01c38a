"""How playing the pipelines went: what really passed, and how people are told in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.ci.results import short
from contracts.fake_ci.display import Display
from contracts.fake_ci.runner import Played, PlayedStep


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
            did = did_its_work(each)
            _tell(display, each, passed=did, verdict=_passed(each, branch, default_branch) if did else _failed(each))
        for each in self.verifications:
            verdict = "passed, result published" if each.passed else _failed(each)
            _tell(display, each, passed=each.passed, verdict=verdict)
        for step in self.besides:
            if step.result != "success":
                display.say(f"✗ {step.line}: {step.said or step.reason}", "red")
        for problem in self.problems:
            display.say(f"✗ {problem}", "red")


def did_its_work(pipeline: Played) -> bool:
    """Whether a pipeline did what it is for: its contract held, and what was pushed is deployed; skipped is no pass."""
    needed = ("pact", "deploy") if pipeline.event.name == "push" else ("pact",)
    return pipeline.passed and all(pipeline.results.get(job) == "success" for job in needed)


def _tell(display: Display, played: Played, *, passed: bool, verdict: str) -> None:
    sign, style = ("✓", "green") if passed else ("✗", "red")
    display.say(f"{sign} {played.workflow} ({played.seconds:.0f} s): {verdict}", style)
    for log in [step.log for step in played.steps if step.result == "failure" and step.log is not None][:1]:
        display.say(f"    all it said: {log}")


def _passed(pipeline: Played, branch: str | None, default_branch: str) -> str:
    if pipeline.results.get("deploy") == "success":
        return "passed, deployed"
    where = f"{branch} is not {default_branch}" if branch else "this is no branch"
    return f"passed; {where}: nothing was deployed"


def _failed(played: Played) -> str:
    failed = [step for step in played.steps if step.result == "failure"]
    where = "a job that had to run was skipped"
    if failed:
        where = f"{failed[0].line}: {short(failed[0].said or failed[0].reason)}"
    deployed = "" if "deploy" not in played.results else "; nothing was deployed"
    if played.results.get("deploy") == "failure":
        deployed = "; whether it is deployed the broker does not know"
    return f"FAILED at {where}{deployed}"
