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


NAMES = {"consumer": "web", "providers": {PROVIDER}, "environment": "production"}


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


def test_a_missing_environment_is_created_once_or_refused(broker):
    with pytest.raises(UsageError, match=r"no environment production to deploy to\. It has: none\. .*--production"):
        broker_state.require_environment(broker, "production")
    assert broker_state.ensure_environment(broker, "production")
    assert not broker_state.ensure_environment(broker, "production")
    broker_state.require_environment(broker, "production")
    assert broker.environment("production").production


def test_each_deployed_or_released_provider_version_lacks_a_result_for_a_new_pact(broker, published):
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
    assert list(broker_state.missing(broker, version="c1", **NAMES | {"providers": {"another"}})) == []


def test_before_anything_is_published_nothing_is_missing_undelivered_or_verified(broker):
    broker.create_environment("production", production=True)
    assert list(broker_state.missing(broker, version="c1", **NAMES)) == []
    assert broker_state.undelivered(broker, consumer="web", version="c1") == []
    assert broker_state.verifications(broker, consumer="web", version="c1") == []


def test_the_latest_provider_version_that_verified_a_pact_is_found(broker, published):
    pact = broker.pact(published())
    for version, success in (("p1", True), ("p2", True), ("p3", False)):
        result = {"success": success, "providerApplicationVersion": version, "testResults": []}
        broker.publish_result(pact, result)

    (verification,) = broker_state.verifications(broker, consumer="web", version="c1")

    assert (verification.consumer, verification.provider) == ("web", PROVIDER)
    assert verification.provider_version == "p2"


def test_webhooks_are_awaited_and_those_that_are_not_delivered_are_named(broker, published):
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
