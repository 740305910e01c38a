"""Publish, verify, ask, record: the steps together, with a running broker and the official verifier."""

from __future__ import annotations

import json

import pytest
from fake_verifications import PROVIDER, interaction, pact
from fastapi import FastAPI

from contracts.ci.gate import can_i_deploy
from contracts.ci.publish import publish
from contracts.client import Broker, Conflict
from contracts.verification.verify import BrokerSource, PactUrl, VerificationFailed, verify


@pytest.fixture
def broker(pact_broker):
    with Broker(pact_broker.base_url) as broker:
        broker.create_environment("production", production=True)
        yield broker


@pytest.fixture
def app():
    app = FastAPI()
    app.get("/products/{product_id}")(lambda product_id: {"id": product_id})
    return app


class Pipelines:
    def __init__(self, broker, app, folder):
        self.broker = broker
        self.app = app
        self.folder = folder

    def publish(self, version, *interactions, branch="main"):
        path = self.folder / "web.json"
        path.write_text(json.dumps(pact(*interactions)))
        return publish(self.broker, pact_files=[path], version=version, branch=branch, pacticipant="web")

    def verify(self, version, *, branch="main", source=None):
        source = source or BrokerSource(broker=self.broker)
        return verify(
            provider=PROVIDER,
            app=self.app,
            source=source,
            version=version,
            branch=branch,
            publish=True,
            allow_no_pacts=True,
        )

    def ask(self, pacticipant, version):
        return can_i_deploy(
            self.broker, pacticipant=pacticipant, version=version, environment="production", wait_seconds=0
        )

    def record(self, pacticipant, version):
        self.broker.record_deployment(pacticipant=pacticipant, version=version, environment="production")


@pytest.fixture
def pipelines(broker, app, tmp_path):
    return Pipelines(broker, app, tmp_path)


def test_from_nothing_to_deployed(pipelines):
    """The provider comes first, without consumers; then a consumer; both may be deployed at last."""
    first = pipelines.verify("p1")
    assert "has no consumers yet" in first.notes[0]
    assert pipelines.ask(PROVIDER, "p1").deployable is True
    pipelines.record(PROVIDER, "p1")

    pipelines.publish("c1", interaction("one"))
    assert pipelines.ask("web", "c1").deployable is None

    assert pipelines.verify("p1").published
    verdict = pipelines.ask("web", "c1")
    assert (verdict.deployable, [row.success for row in verdict.rows]) == (True, [True])
    pipelines.record("web", "c1")
    assert pipelines.ask(PROVIDER, "p1").deployable is True


def test_a_consumer_is_not_deployed_where_its_provider_is_not(pipelines):
    pipelines.publish("c1", interaction("one"))
    pipelines.verify("p1")
    verdict = pipelines.ask("web", "c1")
    assert verdict.deployable is None
    assert [each.kind for each in verdict.causes] == ["nothing-deployed"]


def test_a_provider_that_breaks_a_contract_is_not_deployed(pipelines):
    pipelines.publish("c1", interaction("one"))
    pipelines.verify("p1")
    pipelines.record(PROVIDER, "p1")
    pipelines.record("web", "c1")
    pipelines.app.router.routes.clear()
    with pytest.raises(VerificationFailed, match="web: one: expected 200 but was 404"):
        pipelines.verify("p2")
    verdict = pipelines.ask(PROVIDER, "p2")
    assert (verdict.deployable, [row.success for row in verdict.rows]) == (False, [False])


def test_a_pending_pact_that_fails_does_not_stop_the_provider(pipelines):
    pipelines.publish("c1", interaction("one", status=201), branch="main")
    report = pipelines.verify("p1")
    assert [(each.success, each.pending) for each in report.interactions] == [(False, True)]
    pipelines.record(PROVIDER, "p1")
    assert pipelines.ask("web", "c1").deployable is False


def test_the_pact_that_a_webhook_names_is_verified_for_the_version_it_names(pipelines):
    pipelines.verify("p1")
    pipelines.record(PROVIDER, "p1")
    [url] = pipelines.publish("c1", interaction("one")).pact_urls
    report = pipelines.verify("p1", source=PactUrl(broker=pipelines.broker, url=url))
    assert report.published
    assert pipelines.ask("web", "c1").deployable is True


def test_the_same_version_may_be_verified_again(pipelines):
    pipelines.publish("c1", interaction("one"))
    assert pipelines.verify("p1").published
    assert pipelines.verify("p1").published


def test_a_version_is_published_with_one_content_only(pipelines):
    pipelines.publish("c1", interaction("one"))
    pipelines.publish("c1", interaction("one"))
    with pytest.raises(Conflict):
        pipelines.publish("c1", interaction("two"))


def test_an_unknown_version_may_not_be_deployed(pipelines):
    pipelines.publish("c1", interaction("one"))
    verdict = pipelines.ask("web", "c2")
    assert verdict.deployable is False
    assert verdict.reasons


def test_results_that_a_read_only_user_cannot_publish_are_a_failure(app, tmp_path):
    """Recorded by nobody, and never taken for a success."""
    from contracts.testing import running_broker  # noqa: PLC0415 - with settings of its own

    users = {
        "basic_auth_enabled": True,
        "basic_auth_username": "full",
        "basic_auth_password": "full",
        "basic_auth_read_only_username": "reader",
        "basic_auth_read_only_password": "reader",
    }
    with (
        running_broker(**users) as running,
        Broker(running.base_url, username="full", password="full") as full,
        Broker(running.base_url, username="reader", password="reader") as reader,
    ):
        Pipelines(full, app, tmp_path).publish("c1", interaction("one"))
        with pytest.raises(VerificationFailed, match="No result was published"):
            Pipelines(reader, app, tmp_path).verify("p1")
