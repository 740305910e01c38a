import io
from pathlib import Path

import pytest
from rich.console import Console

from contracts.fake_ci import github_events
from contracts.fake_ci.display import Display
from contracts.fake_ci.outcome import Outcome, did_its_work
from contracts.fake_ci.runner import Played, PlayedStep


PUSH = github_events.push("1" * 40, "main")
PULL_REQUEST = github_events.pull_request("1" * 40, "feature", repository="acme/shop")
GOOD = {"changes": "success", "pact": "success", "deploy": "success", "gate": "success"}


def step(**fields):
    return PlayedStep(**{"workflow": "consumer.yml", "job": "pact", "line": "invoke consumer.test"} | fields)


def played(event=PUSH, steps=(), **results):
    return Played(workflow="consumer.yml", event=event, steps=list(steps), results=GOOD | results, seconds=3)


@pytest.mark.parametrize(
    ("pipeline", "did"),
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
def test_did_its_work(pipeline, did):
    """A pipeline did its work if its contract held, and, after a push, it is deployed: skipping is no pass."""
    assert did_its_work(pipeline) is did


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
        (Outcome(pipelines=[played()], besides=[step(result="success")]), True),
        (Outcome(pipelines=[played()], besides=[step(result="failure")]), False),
        (Outcome(pipelines=[played()], problems=["a webhook started nothing"]), False),
    ],
    ids=str,
)
def test_passed(outcome, passed):
    """It passed if something was played, and each part of it passed."""
    assert outcome.passed is passed


def shown(outcome, branch="main"):
    written = io.StringIO()
    outcome.show(Display(console=Console(file=written, width=200)), branch=branch, default_branch="main")
    return written.getvalue()


def test_show():
    """In the end stand all steps, and the verdict of each workflow."""
    text = shown(Outcome(pipelines=[played(steps=[step(result="success", seconds=1)])], verifications=[VERIFIED]))

    assert "│ consumer.yml │ pact │ invoke consumer.test │ ✓ success │     1.0 │" in text
    assert "✓ consumer.yml (3 s): passed, deployed\n" in text
    assert "✓ verify.yml (0 s): passed, result published\n" in text


@pytest.mark.parametrize(
    ("branch", "said"), [("feature", "feature is not main: nothing was deployed"), (None, "this is no branch: nothing")]
)
def test_show_without_deployment(branch, said):
    """Where nothing is deployed it is said why."""
    assert f"✓ consumer.yml (3 s): passed; {said}" in shown(
        Outcome(pipelines=[played(PULL_REQUEST, deploy="skipped")]), branch
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (
            Outcome(
                pipelines=[
                    played(steps=[step(result="failure", reason="exit status 1")], pact="failure", deploy="skipped")
                ]
            ),
            "✗ consumer.yml (3 s): FAILED at invoke consumer.test: exit status 1; nothing was deployed",
        ),
        (
            Outcome(
                pipelines=[
                    played(
                        steps=[step(result="failure", reason="exit status 1", said="1 failed", log=Path("x.log"))],
                        pact="failure",
                        deploy="skipped",
                    )
                ]
            ),
            "FAILED at invoke consumer.test: 1 failed; nothing was deployed\n    all it said: x.log\n",
        ),
        (
            Outcome(pipelines=[played(deploy="skipped")]),
            "✗ consumer.yml (3 s): FAILED at a job that had to run was skipped; nothing was deployed",
        ),
        (
            Outcome(
                pipelines=[
                    played(
                        steps=[
                            step(line="invoke consumer.record-deployment", result="failure", reason="exit status 4")
                        ],
                        deploy="failure",
                    )
                ]
            ),
            "invoke consumer.record-deployment: exit status 4; whether it is deployed the broker does not know",
        ),
        (Outcome(verifications=[UNVERIFIED]), "✗ verify.yml (0 s): FAILED"),
        (
            Outcome(besides=[step(line="invoke webhook", result="failure", reason="exit status 2")]),
            "✗ invoke webhook: exit status 2",
        ),
        (Outcome(problems=["a webhook started nothing"]), "✗ a webhook started nothing"),
    ],
    ids=str,
)
def test_show_failures(outcome, said):
    """What failed is named, with the first step that did and its reason."""
    assert said in shown(outcome)
