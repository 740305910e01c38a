"""A lost verification: swallowed by GitHub, noticed by the broker, requested again."""

from __future__ import annotations

import threading

import pytest
from estates import Estate

from contracts.broker.webhooks import worker
from contracts.ci import gate
from contracts.ci.applications import Application
from contracts.client import Broker
from contracts.fake_ci import losses
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.loop import WEBHOOK_EVENT
from contracts.fake_ci.losses import Losses
from contracts.testing import running_broker


PAYLOAD = {"pact_url": "http://broker/pact", "sha": "9", "consumer": "web", "provider": "api"}


@pytest.fixture
def story():
    return []


@pytest.fixture
def swallower(story):
    moments = iter([100.0, 112.0, 115.0])
    return Losses(say=lambda line, _style: story.append(line), clock=lambda: next(moments))


def test_only_the_first_dispatch_is_lost_and_its_repetition_is_noticed(swallower, story):
    another = PAYLOAD | {"sha": "8"}
    assert [swallower.lose(each) for each in (PAYLOAD, another, PAYLOAD, PAYLOAD)] == [True, False, False, False]
    assert swallower.problem(0) is None
    swallower.summarise()
    text = " ".join(" ".join(story).split())
    assert "Lost, as you asked: the verification of the contract between web and api." in text
    assert "after 12 s without a result, it requests the verification again" in text
    assert text.count("The broker noticed") == 1
    assert all(len(line) <= 80 for line in story)


def test_a_run_that_lost_nothing_or_whose_loss_is_not_noticed_has_a_problem(swallower):
    assert swallower.problem(0) == losses.NOTHING_LOST
    swallower.lose(PAYLOAD)
    assert swallower.problem(0) == losses.NOT_REPEATED


def test_the_broker_notices_a_lost_build_and_the_gate_says_yes_in_the_end(story, monkeypatch, tmp_path):
    """Nobody wakes the broker: it looks for the job when its lease, of 0.3 seconds, has passed."""
    monkeypatch.setattr(worker, "RECOVER_SECONDS", 0.05)
    losing = Losses(say=lambda line, _style: story.append(line))
    builds = []

    def dispatch(_type, payload):
        if not losing.lose(payload):
            builds.append(threading.Thread(target=verify, args=(payload,)))
            builds[-1].start()

    def verify(payload):
        estate.verify("web", "1", by=payload["sha"], provider="api")

    github = GitHubStandIn(repository="acme/shop", token="secret", on_dispatch=dispatch)
    with running_broker(verification_job_lease=0.005) as running, github, Broker(running.base_url) as client:
        estate = Estate(running.broker)
        estate.environment("production")
        estate.version("api", "9")
        estate.deploy("api", "9", "production")
        environ = {
            "PACT_BROKER_BASE_URL": running.base_url,
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": github.repository,
            "GITHUB_TOKEN": github.token,
        }
        Application(name="api", root=tmp_path, environ=environ).put_verification_webhook(WEBHOOK_EVENT)
        estate.publish("web", "1", "a", provider="api")
        running.broker.wake_delivery()
        verdict = gate.can_i_deploy(client, pacticipant="web", version="1", environment="production")
        for each in builds:
            each.join()
    assert verdict.deployable is True
    assert losing.problem(0) is None
    assert len(builds) == 1
