import io

import pytest
from rich.console import Console

from contracts.fake_ci import github_events
from contracts.fake_ci.display import Display
from contracts.fake_ci.outcome import Outcome, is_complete
from contracts.fake_ci.played import Played, PlayedStep


PUSH = github_events.push("1" * 40, "main")
PULL_REQUEST = github_events.pull_request("1" * 40, "feature", repository="acme/shop")
GOOD = {"changes": "success", "pact": "success", "deploy": "success", "gate": "success"}


def step(**fields):
    return PlayedStep(**{"workflow": "consumer.yml", "job": "pact", "line": "invoke consumer.test"} | fields)


def played(event=PUSH, steps=(), **results):
    return Played(workflow="consumer.yml", event=event, steps=list(steps), results=GOOD | results, seconds=3)


@pytest.mark.parametrize(
    ("pipeline", "complete"),
    [
        (played(), True),
        (played(deploy="skipped"), False),
        (played(pact="skipped", deploy="skipped"), False),
        (played(pact="failure", deploy="skipped"), False),
        (played(gate="failure"), False),
        (played(PULL_REQUEST, deploy="skipped"), True),
        (played(PULL_REQUEST, pact="skipped", deploy="skipped"), False),
    ],
    ids=str,
)
def test_a_pipeline_is_complete_if_it_verified_and_after_a_push_deployed(pipeline, complete):
    assert is_complete(pipeline) is complete


VERIFIED = Played(workflow="verify.yml", event=PUSH, results={"verify": "success"})
UNVERIFIED = Played(workflow="verify.yml", event=PUSH, results={"verify": "failure"})


@pytest.mark.parametrize(
    ("outcome", "passed"),
    [
        (Outcome(), False),
        (Outcome(pipelines=[played()]), True),
        (Outcome(verifications=[VERIFIED]), True),
        (Outcome(pipelines=[played()], verifications=[VERIFIED, UNVERIFIED]), False),
        (Outcome(pipelines=[played(), played(deploy="skipped")]), False),
        (Outcome(pipelines=[played()], other_steps=[step(result="success")]), True),
        (Outcome(pipelines=[played()], other_steps=[step(result="failure")]), False),
        (Outcome(pipelines=[played()], problems=["a webhook started nothing"]), False),
    ],
    ids=str,
)
def test_a_run_passes_if_it_played_something_and_every_part_passed(outcome, passed):
    assert outcome.passed is passed


def shown(outcome, branch="main", *, verbose=False):
    written = io.StringIO()
    display = Display(console=Console(file=written, width=200), verbose=verbose)
    outcome.show(display, branch=branch, default_branch="main")
    return written.getvalue()


def test_the_end_shows_a_verdict_for_each_workflow_and_a_table_only_if_verbose():
    outcome = Outcome(pipelines=[played(steps=[step(result="success", seconds=1)])], verifications=[VERIFIED])
    verdicts = "✓ consumer.yml (3 s): passed, deployed\n✓ verify.yml (0 s): passed, result published\n"

    assert shown(outcome) == f"\n{verdicts}"
    assert "│ consumer.yml │ pact │ invoke consumer.test │ ✓ success │     1.0 │" in shown(outcome, verbose=True)
    assert shown(outcome, verbose=True).endswith(verdicts)


@pytest.mark.parametrize(("branch", "reason"), [("feature", "feature is not main"), (None, "there is no branch")])
def test_a_verdict_says_why_a_pipeline_deployed_nothing(branch, reason):
    outcome = Outcome(pipelines=[played(PULL_REQUEST, deploy="skipped")])
    assert f"✓ consumer.yml (3 s): passed, not deployed: {reason}\n" in shown(outcome, branch)


def failing(line="invoke consumer.test", **results):
    return Outcome(pipelines=[played(steps=[step(line=line, result="failure", summary="long reason")], **results)])


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (
            failing(pact="failure", deploy="skipped"),
            "✗ consumer.yml (3 s): failed at invoke consumer.test; not deployed",
        ),
        (
            Outcome(pipelines=[played(deploy="skipped")]),
            "✗ consumer.yml (3 s): failed: a job that had to run was skipped; not deployed",
        ),
        (
            failing(line="invoke consumer.record-deployment", deploy="failure"),
            "failed at invoke consumer.record-deployment; the broker may not know whether it is deployed",
        ),
        (Outcome(verifications=[UNVERIFIED]), "✗ verify.yml (0 s): failed"),
        (Outcome(problems=["a webhook started nothing"]), "✗ a webhook started nothing"),
    ],
    ids=["a step", "a skipped job", "a deployment", "a verification", "a problem"],
)
def test_a_verdict_names_the_step_that_failed_and_does_not_repeat_its_reason(outcome, line):
    text = shown(outcome)
    assert line in text
    assert "long reason" not in text
