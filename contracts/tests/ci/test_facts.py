"""The facts that explain a verdict, read from a running broker."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

import pytest
import requests

from contracts.ci.facts import facts_of
from contracts.client import Broker, Contract, Webhook, WebhookRequest
from contracts.client.questions import Question, VersionChoice
from contracts.model.cause_classes import CauseClass
from contracts.model.causes import explain


@pytest.fixture
def broker(pact_broker):
    with Broker(pact_broker.base_url, patience_seconds=0) as broker:
        broker.create_environment("live", production=True)
        yield broker


def publish(broker, version="1", *, interactions=1, consumer="till"):
    document = {
        "consumer": {"name": consumer},
        "provider": {"name": "ledger"},
        "interactions": [
            {"description": f"d{each}", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
            for each in range(interactions)
        ],
        "metadata": {"pactSpecification": {"version": "2.0.0"}},
    }
    contract = Contract(consumer=consumer, provider="ledger", content=json.dumps(document).encode())
    publication = broker.publish_contracts(pacticipant=consumer, version=version, contracts=[contract], branch="main")
    return broker.pact(publication.pact_urls[0])


def verify(broker, pact, version, *, success=True, branch="main"):
    broker.add_branch(pacticipant="ledger", version=version, branch=branch)
    results = [{"interactionDescription": "d0", "success": success, "mismatches": [{"description": "expected 200"}]}]
    result = {"success": success, "providerApplicationVersion": version, "testResults": results, "buildUrl": "http://b"}
    broker.publish_result(pact, result)


def deploy(broker, version, *, branch="main"):
    broker.add_branch(pacticipant="ledger", version=version, branch=branch)
    broker.record_deployment(pacticipant="ledger", version=version, environment="live")


def causes(broker, pacticipant="till", version="1", environment="live"):
    """The causes of a verdict, which the page of the question gives as well, from the broker's own facts."""
    versions = (VersionChoice(pacticipant=pacticipant, version=version),)
    causes = explain(facts_of(broker, Question(versions=versions, environment=environment)))
    query = urlencode({"pacticipant": pacticipant, "version": version, "environment": environment})
    page = requests.get(f"{broker.base_url}/can-i-deploy?{query}", headers={"Accept": "text/html"}, timeout=60).text
    shown = html.unescape(page)
    assert re.findall(r'<li class="cause ([^"]+)"', page) == [each.kind for each in causes]
    for each in causes:
        assert each.text in shown
        assert each.command in shown
    return causes


def kinds(*arguments, **more):
    return [each.kind for each in causes(*arguments, **more)]


def test_a_name_that_does_not_exist_is_compared_with_the_existing_ones(broker):
    publish(broker)
    (environment,) = causes(broker, environment="lvie")
    assert (environment.kind, environment.evidence) == (CauseClass.UNKNOWN_ENVIRONMENT, {"environments": ["live"]})
    (application,) = causes(broker, "tlil", version="9")
    assert application.kind is CauseClass.UNKNOWN_APPLICATION
    assert application.command.startswith("contracts can-i-deploy --pacticipant till ")


def test_a_version_is_searched_among_the_versions_and_the_applications(broker):
    publish(broker, "abc1234def")
    publish(broker, "9", consumer="kiosk")
    assert kinds(broker, version="abc1234") == [CauseClass.OTHER_VERSION]
    assert kinds(broker, version="8") == [CauseClass.NEVER_PUBLISHED]
    (cause,) = causes(broker, version="9")
    assert (cause.kind, cause.evidence["applications"]) == (CauseClass.OTHER_NAME, ["kiosk"])


def test_a_provider_that_is_not_deployed_has_no_version_to_verify_with(broker):
    publish(broker)
    assert kinds(broker) == [CauseClass.NOTHING_DEPLOYED]


def test_a_missing_result_is_explained_by_other_results_and_webhooks(broker):
    pact = publish(broker)
    deploy(broker, "7")
    assert kinds(broker) == [CauseClass.NOT_REQUESTED]
    verify(broker, pact, "8", branch="feat")
    assert kinds(broker) == [CauseClass.VERIFIED_ON_OTHER_BRANCH]
    verify(broker, pact, "9")
    (cause,) = causes(broker)
    assert (cause.kind, set(cause.evidence["results"])) == (
        CauseClass.VERIFIED_BY_OTHER_VERSION,
        {"8: success", "9: success"},
    )
    verify(broker, pact, "7")
    assert kinds(broker) == []


def test_a_webhook_that_failed_or_is_under_way_is_in_the_facts(broker):
    request = WebhookRequest(method="POST", url="http://127.0.0.1:9/")
    broker.create_webhook(
        Webhook(description="verify", events=("contract_published",), request=request, consumer=None, provider=None)
    )
    publish(broker)
    deploy(broker, "7")
    (cause,) = causes(broker)
    assert cause.kind in {CauseClass.IN_PROGRESS, CauseClass.REQUEST_FAILED}
    assert cause.evidence["event"] == "contract_published"


def test_the_job_of_a_requested_verification_is_in_the_facts(broker):
    request = WebhookRequest(method="POST", url="http://127.0.0.1:9/")
    events = ("contract_requiring_verification_published",)
    broker.create_webhook(Webhook(description="verify", events=events, request=request, consumer=None, provider=None))
    deploy(broker, "7")
    publish(broker)
    (cause,) = causes(broker)
    assert cause.evidence["job"].startswith(f"{broker.base_url}/verification-jobs/")


def test_a_failure_has_the_interactions_of_its_result(broker):
    pact = publish(broker)
    deploy(broker, "7")
    verify(broker, pact, "6")
    verify(broker, pact, "7", success=False)
    (cause,) = causes(broker)
    assert cause.kind is CauseClass.FAILED
    assert (cause.evidence["interactions"], cause.evidence["build"]) == (["d0: expected 200"], "http://b")


def test_a_failure_of_a_pact_that_was_never_kept_is_pending(broker):
    pact = publish(broker)
    deploy(broker, "7")
    verify(broker, pact, "7", success=False)
    assert kinds(broker) == [CauseClass.FAILED_WHILE_PENDING]


def test_a_provider_is_asked_for_its_own_result(broker):
    publish(broker)
    broker.record_deployment(pacticipant="till", version="1", environment="live")
    broker.add_branch(pacticipant="ledger", version="7", branch="main")
    (cause,) = causes(broker, "ledger", "7")
    assert cause.kind is CauseClass.OWN_RESULT_MISSING
    assert cause.command.startswith("contracts verify --provider ledger --version 7 --app MODULE:NAME --pact-url http")


def test_a_pact_without_interactions_is_empty(broker):
    publish(broker, interactions=0)
    deploy(broker, "7")
    assert kinds(broker) == [CauseClass.EMPTY_PACT]


def test_a_version_without_a_pact_has_nothing_to_check(broker):
    broker.put_version("kiosk", "1")
    assert kinds(broker, "kiosk") == [CauseClass.NOTHING_PUBLISHED]
