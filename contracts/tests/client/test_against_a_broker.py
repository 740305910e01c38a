"""The client against a running broker, over a real socket: what one call writes another one reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from fake_broker import Answer

from contracts.client import Broker, Conflict, Contract, Invalid, NotFound, Webhook, WebhookRequest
from contracts.client.selectors import (
    AllTagged,
    Branch,
    Deployed,
    DeployedOrReleased,
    Latest,
    MainBranch,
    MatchingBranch,
    Released,
)


ODD = "feat/x y+50%?#&=ä"


@pytest.fixture
def broker(pact_broker):
    with Broker(pact_broker.base_url) as broker:
        yield broker


def content(consumer, provider, *descriptions):
    interactions = [
        {"description": each, "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
        for each in descriptions
    ]
    document = {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "2.0.0"}},
    }
    return json.dumps(document).encode()


@pytest.fixture
def publish(broker):
    def publish(version="1", *, consumer="web", provider="api", branch="main", descriptions=("one",), **more):
        contract = Contract(consumer=consumer, provider=provider, content=content(consumer, provider, *descriptions))
        return broker.publish_contracts(
            pacticipant=consumer, version=version, contracts=[contract], branch=branch, **more
        )

    return publish


def test_the_brokers_warnings_follow_its_notices(broker, publish):
    assert "warning" not in {each.type for each in publish().notices}
    broker.add_branch(pacticipant="api", version="10", branch="main")
    last = publish("2", descriptions=("two",)).notices[-1]
    assert last.type == "warning"
    assert "api 10 (latest from main branch)" in last.text


def test_a_build_that_starts_is_in_the_job(broker, publish):
    publish("1")
    broker.add_branch(pacticipant="api", version="10", branch="main")
    pact = broker.pact(publish("2", descriptions=("two",)).pact_urls[0])
    assert broker.report_start([pact], provider_version="10", build_url="https://ci/7")
    (job,) = broker.verification_jobs(pacticipant="web", version="2")
    assert (job.state, job.build_url, job.problem) == ("started", "https://ci/7", None)
    assert broker.verification_job(job.uuid) == job


def test_a_published_contract_is_there(broker, publish):
    publication = publish(ODD, consumer="web shop", provider="a/b", branch=ODD, tags=[ODD], build_url="https://ci/1")
    assert publication.notices
    pact = broker.pact(publication.pact_urls[0])
    assert (pact.consumer, pact.consumer_version, pact.provider) == ("web shop", ODD, "a/b")
    assert [each["description"] for each in pact.document["interactions"]] == ["one"]
    assert pact.results_url is not None
    assert broker.results_of(pact)[0].success is None
    version = broker.version("web shop", ODD)
    assert (version.branches, version.tags, version.build_url) == ((ODD,), (ODD,), "https://ci/1")
    assert broker.branches("web shop") == (ODD,)


def test_another_content_for_the_same_version_is_a_conflict_with_notices(publish):
    publish()
    publish()
    with pytest.raises(Conflict) as raised:
        publish(descriptions=("one", "two"))
    assert raised.value.notices


def test_every_selector_is_understood(broker, publish):
    broker.create_environment("live", production=True)
    publish(tags=["t"])
    broker.record_deployment(pacticipant="web", version="1", environment="live")
    broker.record_release(pacticipant="web", version="1", environment="live")
    for selectors in (
        [MainBranch()],
        [Branch(name="main")],
        [MatchingBranch()],
        [Latest()],
        [Latest(tag="t")],
        [AllTagged(tag="t", consumer="web")],
        [Deployed()],
        [Deployed(environment="live")],
        [Released()],
        [DeployedOrReleased(environment="live")],
        [],
    ):
        [pact] = broker.pacts_for_verification("api", selectors=selectors, branch="main")
        assert (pact.pending, pact.wip) == (True, False)
        assert pact.notices
        assert broker.pact(pact.url).consumer_version == "1"


def test_work_in_progress_is_marked(broker, publish):
    publish(branch="feature")
    selectors = [MainBranch()]
    assert broker.pacts_for_verification("api", selectors=selectors, branch="main", include_pending=False) == ()
    [pact] = broker.pacts_for_verification(
        "api", selectors=selectors, branch="main", include_wip_since=date(2020, 1, 1)
    )
    assert (pact.pending, pact.wip) == (True, True)


def test_a_provider_that_nobody_uses_is_not_found(broker):
    with pytest.raises(NotFound):
        broker.pacts_for_verification("nobody")


def test_a_pacticipant_is_created_then_changed(broker):
    created = broker.create_or_update_pacticipant("a b/c", main_branch="main", repository_url="https://x")
    assert (created.name, created.main_branch) == ("a b/c", "main")
    broker.create_or_update_pacticipant("a b/c", main_branch="trunk", display_name="ABC")
    application = broker.pacticipant("a b/c")
    assert (application.main_branch, application.repository_url, application.display_name) == (
        "trunk",
        "https://x",
        "ABC",
    )
    assert [each.name for each in broker.pacticipants()] == ["a b/c"]
    with pytest.raises(NotFound):
        broker.pacticipant("other")


def test_versions_branches_and_tags(broker):
    broker.put_version("a", "1")
    broker.add_branch(pacticipant="a", version="1", branch="main")
    broker.add_branch(pacticipant="a", version="1", branch="feature")
    broker.tag(pacticipant="a", version="1", tag="t")
    assert broker.put_version("a", "1", build_url="https://ci/1").build_url == "https://ci/1"
    version = broker.version("a", "1")
    assert (set(version.branches), version.tags) == ({"main", "feature"}, ("t",))
    broker.delete_branch(pacticipant="a", branch="feature")
    assert broker.branches("a") == ("main",)
    for missing in (
        lambda: broker.delete_branch(pacticipant="a", branch="feature"),
        lambda: broker.version("a", "2"),
        lambda: broker.branches("b"),
    ):
        with pytest.raises(NotFound):
            missing()


def test_environments_are_created_changed_and_listed(broker):
    assert broker.environments() == ()
    live = broker.create_environment("live", production=True, display_name="Live!")
    broker.create_environment("test", production=False)
    assert broker.environment("live") == live
    assert [(each.name, each.production) for each in broker.environments()] == [("live", True), ("test", False)]
    with pytest.raises(Invalid):
        broker.create_environment("live", production=True)
    with pytest.raises(NotFound, match=r"it knows: live, test"):
        broker.environment("typo")


def test_deployments_replace_each_other_by_instance(broker):
    broker.create_environment("live", production=True)
    for version in ("1", "2"):
        broker.put_version("a", version)
        broker.record_deployment(pacticipant="a", version=version, environment="live")
    broker.record_deployment(pacticipant="a", version="1", environment="live", application_instance="blue")
    in_place = broker.currently_deployed("live", pacticipant="a")
    assert {(each.version, each.application_instance) for each in in_place} == {("2", None), ("1", "blue")}
    assert [each.version for each in broker.record_undeployment(pacticipant="a", environment="live")] == ["2"]
    assert [each.version for each in broker.currently_deployed("live", pacticipant="a")] == ["1"]
    with pytest.raises(NotFound, match="is not recorded as deployed to live as instance 'green'"):
        broker.record_undeployment(pacticipant="a", environment="live", application_instance="green")


def test_releases_stand_beside_each_other(broker):
    broker.create_environment("live", production=True)
    for version in ("1", "2"):
        broker.put_version("a", version)
        assert broker.record_release(pacticipant="a", version=version, environment="live").currently_supported
    broker.record_support_ended(pacticipant="a", version="1", environment="live")
    assert [each.version for each in broker.currently_supported("live", pacticipant="a")] == ["2"]
    with pytest.raises(NotFound, match="is not recorded as released to live"):
        broker.record_support_ended(pacticipant="a", version="1", environment="live")


def test_an_unknown_version_cannot_be_deployed(broker):
    broker.create_environment("live", production=True)
    with pytest.raises(NotFound, match="knows no application 'a'"):
        broker.record_deployment(pacticipant="a", version="1", environment="live")


def test_can_i_deploy(broker, publish):
    broker.create_environment("live", production=True)
    publish()
    verdict = broker.can_i_deploy(pacticipant="web", version="1", environment="live")
    assert verdict.deployable is None
    assert [(each.provider, each.provider_version, each.success) for each in verdict.rows] == [("api", None, None)]
    assert verdict.notices
    assert broker.can_i_deploy(pacticipant="web", version="2", environment="live").deployable is False
    assert broker.matrix([{"pacticipant": "web", "version": "1"}], latestby="cvpv").rows == verdict.rows
    with pytest.raises(Invalid):
        broker.can_i_deploy(pacticipant="web", version="1", environment="typo")


def test_webhooks_are_created_changed_and_executed(broker, publish, fake):
    publish()
    fake.on("POST", "/hook?v=2", Answer(204))
    webhook = Webhook(
        description="tell ci",
        events=("contract_published", "provider_verification_published"),
        consumer="web",
        provider="api",
        request=WebhookRequest(
            url=f"{fake.base_url}/hook?v=${{pactbroker.consumerVersionNumber}}",
            headers={"content-type": "application/json"},
            body={"event": "${pactbroker.eventName}"},
        ),
    )
    uuid = "chosen-by-the-user-1"
    stored = broker.put_webhook(uuid, webhook)
    assert stored.document() == webhook.document()
    assert broker.webhook(uuid) == replace(stored, signing_secret=None)
    other = broker.create_webhook(webhook)
    assert {each.uuid for each in broker.webhooks()} == {uuid, other.uuid}
    [url] = publish(version="2").pact_urls
    triggered = broker.triggered_webhooks(url)
    assert [(each.event, each.name) for each in triggered] == [("contract_published", "POST 127.0.0.1")] * 2
    assert {each.status for each in triggered} <= {"not_run", "retrying", "success"}
    execution = broker.execute_webhook(uuid)
    assert (execution.success, fake.requests[-1].json) == (True, {"event": "test"})
    broker.delete_webhook(uuid)
    with pytest.raises(NotFound):
        broker.webhook(uuid)
    with pytest.raises(Invalid):
        broker.create_webhook(Webhook(events=("typo",), request=webhook.request))


def test_the_decisions_about_a_webhook_are_read_with_their_delivery(broker, publish, fake):
    publish()
    request = WebhookRequest(url=f"{fake.base_url}/decided", headers={"authorization": "Bearer t0ken"})
    mine = broker.create_webhook(
        Webhook(events=("contract_published",), consumer="web", request=request, branches=("main",))
    )
    broker.create_webhook(Webhook(events=("contract_published",), consumer="web", request=request, enabled=False))
    publish(version="2", branch="main")
    publish(version="3", branch="feat")
    refused, fired = broker.webhook_decisions(mine.uuid)
    assert [each.reason for each in refused.decisions] == ["another_branch"]
    [decision] = fired.decisions
    assert (fired.consumer, fired.consumer_version, fired.provider, fired.recorded) == ("web", "2", "api", True)
    assert (decision.event, decision.triggered, decision.reason) == ("contract_published", True, None)
    assert decision.request is not None
    assert decision.request["headers"] == {"authorization": "**********"}
    [of_version] = broker.webhook_decisions_of_version(pacticipant="web", version="2")
    assert [each.reason for each in of_version.decisions] == [None, "disabled"]
    assert broker.webhook_decisions(mine.uuid, pacticipant="web", version="2")[0].decisions[0].webhook_uuid == mine.uuid
    assert decision.delivery_uuid is not None
    assert broker.replay_delivery(decision.delivery_uuid).endswith("/logs")
    assert broker.dry_run_webhook(mine.uuid, consumer="web", provider="api", version="3").reason == "another_branch"


def test_secrets_are_created_replaced_listed_and_deleted(broker):
    created = broker.create_secret(name="a", value="first value", description="c")
    replaced = broker.create_secret(name="a", value="second value")
    assert broker.secrets() == (replaced,)
    assert (replaced.uuid, replaced.description, replaced.last_used_at) == (created.uuid, "c", None)
    broker.delete_secret("a")
    assert broker.secrets() == ()
    with pytest.raises(NotFound, match="no secret named 'a'"):
        broker.delete_secret("a")


def test_badges_are_served(broker, publish):
    import requests  # noqa: PLC0415 - a browser's part

    broker.create_environment("live", production=True)
    publish()
    for url in (
        broker.pact_badge_url(consumer="web", provider="api"),
        broker.can_i_merge_badge_url(pacticipant="web"),
        broker.can_i_deploy_badge_url(pacticipant="web", branch="main", environment="live"),
    ):
        answer = requests.get(url, timeout=60)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "image/svg+xml")
