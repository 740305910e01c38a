import json
from dataclasses import replace

import pytest
from fake_verifications import PROVIDER, interaction, pact

from contracts.ci.github_webhooks import Payload
from contracts.ci.publish import publish
from contracts.client import Broker, UsageError, Webhook, WebhookRequest
from contracts.fake_ci import broker_state
from contracts.fake_ci.github import GitHubStandIn
from contracts.testing import running_broker


NAMES = {"consumer": "web", "provider": PROVIDER, "environment": "production"}


@pytest.fixture
def running():
    with running_broker(webhook_retry_schedule=(60,)) as running:
        yield running


@pytest.fixture
def broker(running):
    with Broker(running.base_url) as broker:
        yield broker


@pytest.fixture
def published(broker, tmp_path):
    """Publish a pact of web; its URL."""

    def published(version="c1"):
        (tmp_path / "pact.json").write_text(json.dumps(pact(interaction("one"))))
        return publish(broker, pact_files=[tmp_path / "pact.json"], version=version, branch="main").pact_urls[0]

    return published


def test_environment(broker):
    """The environment to deploy to is made where it is missing, once; where it must be there, it is missed."""
    with pytest.raises(UsageError, match=r"no environment production to deploy to \(it knows: none\).*--production"):
        broker_state.require_environment(broker, "production")
    assert broker_state.ensure_environment(broker, "production")
    assert not broker_state.ensure_environment(broker, "production")
    broker_state.require_environment(broker, "production")
    assert broker.environment("production").production


def test_missing(broker, published):
    """Each provider version that is deployed, or released and supported, lacks a result for what is published anew."""
    broker.create_environment("production", production=True)
    broker.add_branch(pacticipant=PROVIDER, version="deployed", branch="main")
    broker.put_version(PROVIDER, "released")
    broker.put_version(PROVIDER, "neither")
    broker.record_deployment(pacticipant=PROVIDER, version="deployed", environment="production")
    broker.record_release(pacticipant=PROVIDER, version="released", environment="production")
    url = published()

    missing = list(broker_state.missing(broker, version="c1", **NAMES))

    names = {"provider": PROVIDER, "consumer": "web", "consumer_version": "c1"}
    deployed = Payload(pact_url=missing[0].pact_url, sha="deployed", branch="main", **names)
    assert missing == [deployed, replace(deployed, sha="released", branch="")]
    assert broker.pact(deployed.pact_url) == broker.pact(url)


def test_undelivered(broker, published):
    """What publishing set off is waited for; what is still under way in the end is named, and what failed too."""
    taken = []
    with GitHubStandIn(repository="acme/shop", token="secret", on_dispatch=lambda *each: taken.append(each)) as github:
        hook = WebhookRequest(
            url=f"{github.url}/repos/acme/shop/dispatches",
            headers={"authorization": "Bearer secret", "content-type": "application/json"},
            body={"event_type": "changed"},
        )
        broker.put_webhook("x" * 16, Webhook(events=("contract_published",), request=hook))
        published("c1")
        assert broker_state.undelivered(broker, consumer="web", version="c1", timeout_seconds=20) == []
        assert taken == [("changed", {})]

        broker.put_webhook("x" * 16, Webhook(events=("contract_published",), request=replace(hook, url=github.url)))
        published("c2")
        (problem,) = broker_state.undelivered(broker, consumer="web", version="c2", timeout_seconds=0.5)
        assert problem.endswith("on contract_published was not delivered: still under way after 0.5 s.")
        assert github.url.removeprefix("http://").split(":")[0] in problem
