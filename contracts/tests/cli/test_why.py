"""`contracts why`: what it prints, and its exit status."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from contracts.cli import why
from contracts.cli.why import command
from contracts.client import Broker, Contract, Webhook, WebhookRequest
from contracts.model.attestations import Attestation
from contracts.model.cause_facts import Facts, Subject, Target
from contracts.model.matrix_documents import Response, ResponseRow, Side


UUID = "48ce7b2c-8d6a-4a39-9f1b-0d8a3c2f5e11"
QUESTION = ("--pacticipant", "kiosk", "--version", "1", "--to-environment", "live")


PACT = {
    "consumer": {"name": "till"},
    "provider": {"name": "ledger"},
    "interactions": [{"description": "d", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}


@pytest.fixture
def pact_url(pact_broker):
    """A pact of Till 1, a disabled webhook for it, and Ledger 7 of main in live, which has not verified it."""
    with Broker(pact_broker.base_url) as broker:
        request = WebhookRequest(method="POST", url="http://127.0.0.1:9/")
        events = ("contract_published",)
        broker.create_or_update_pacticipant("ledger", main_branch="main")
        broker.put_webhook(UUID, Webhook(events=events, request=request, description="Build", enabled=False))
        content = json.dumps(PACT).encode()
        contract = Contract(consumer="till", provider="ledger", content=content)
        broker.publish_contracts(pacticipant="till", version="1", contracts=[contract], branch="main")
        publication = broker.publish_contracts(pacticipant="till", version="2", contracts=[contract], branch="main")
        broker.add_branch(pacticipant="ledger", version="7", branch="main")
        broker.record_deployment(pacticipant="ledger", version="7", environment="live")
        return publication.pact_urls[0]


@pytest.fixture
def run(pact_broker):
    with Broker(pact_broker.base_url) as broker:
        broker.create_environment("live", production=True)
        broker.put_version("kiosk", "1")

    def run(*arguments):
        return CliRunner().invoke(command, [*arguments, "--broker-base-url", pact_broker.base_url])

    return run


def test_the_text_has_the_verdict_and_each_cause_with_its_command(run):
    result = run(*QUESTION)
    assert result.exit_code == 0
    assert "May version 1 of kiosk be deployed to live? Yes" in result.output
    assert "nothing-published" in result.output
    assert "→ contracts publish pacts --pacticipant kiosk --version 1" in result.output


def test_the_json_has_the_question_the_verdict_and_the_causes(run):
    document = json.loads(run(*QUESTION, "--output", "json").output)
    assert {name: document[name] for name in ("pacticipant", "version", "environment", "deployable")} == {
        "pacticipant": "kiosk",
        "version": "1",
        "environment": "live",
        "deployable": True,
    }
    (cause,) = document["causes"]
    assert set(cause) == {"class", "text", "evidence", "command"}
    assert cause["class"] == "nothing-published"


def test_after_a_yes_the_builds_that_attested_the_results_are_named(run, monkeypatch):
    build = Attestation(service="GitHub Actions", issuer="https://ci", repository="org/web", run="12")
    row = ResponseRow(
        consumer=Side(name="kiosk", number="1"), provider=Side(name="web", number="10"), success=True, attestation=build
    )
    facts = Facts(
        subjects=(Subject(pacticipant="kiosk", version="1"),),
        target=Target(environment="live"),
        response=Response(deployable=True, reason="", rows=(row,)),
        now=datetime(2030, 1, 1, tzinfo=UTC),
    )
    monkeypatch.setattr(why, "facts_of", lambda *_: facts)

    assert "web 10, for kiosk: published by the build org/web (GitHub Actions, run 12)" in run(*QUESTION).output
    (attestation,) = json.loads(run(*QUESTION, "--output", "json").output)["attestations"]
    assert (attestation["providerVersion"], attestation["build"]["run"]) == ("10", "12")


def test_an_unknown_name_is_explained_too(run):
    result = run("--pacticipant", "kisok", "--version", "9", "--to-environment", "live")
    assert (result.exit_code, "Did you mean kiosk?" in result.output) == (0, True)
    assert "be deployed to live? Unknown" in result.output


def test_a_broker_that_cannot_be_reached_ends_with_its_status(monkeypatch):
    monkeypatch.setenv("CONTRACTS_PATIENCE_SECONDS", "0")
    result = CliRunner().invoke(command, [*QUESTION, "--broker-base-url", "http://127.0.0.1:9"])
    assert result.exit_code == 4


def test_a_pact_is_explained_by_its_results_and_its_state(run, pact_url, pact_broker):
    document = json.loads(run("--pact", pact_url, "--output", "json").output)
    fields = ("pact", "consumer", "consumerVersion", "provider", "pending", "wip")
    assert [document[name] for name in fields] == [pact_url, "till", "2", "ledger", True, False]
    assert [each["class"] for each in document["causes"]] == ["verification-not-requested", "pending"]
    assert "This pact is pending" in document["causes"][1]["evidence"]["notices"][-1]

    with Broker(pact_broker.base_url) as broker:
        broker.publish_result(broker.pact(pact_url), {"success": True, "providerApplicationVersion": "7"})
    output = run("--pact", pact_url).output
    assert output.startswith("The pact of version 2 of till with ledger\n\nverified\n")
    assert "Version 7 of ledger verified the pact of version 2 of till" in output
    assert "pending" not in output


def test_without_a_provider_version_in_use_the_newest_result_of_a_pact_counts(run, pact_url, pact_broker):
    with Broker(pact_broker.base_url) as broker:
        broker.record_undeployment(pacticipant="ledger", environment="live")
        broker.publish_result(broker.pact(pact_url), {"success": False, "providerApplicationVersion": "6"})
    document = json.loads(run("--pact", pact_url, "--output", "json").output)
    assert [each["class"] for each in document["causes"]] == ["failed-while-pending", "pending"]


def test_a_webhook_is_explained_by_its_definition_and_its_events(run, pact_url):
    assert pact_url
    document = json.loads(run("--webhook", UUID, "--output", "json").output)
    assert [document[name] for name in ("webhook", "description", "enabled")] == [UUID, "Build", False]
    disabled, *events = document["causes"]
    assert disabled["class"] == "webhook-disabled"
    assert {(each["class"], each["evidence"]["reason"]) for each in events} == {("webhook-not-triggered", "disabled")}
    assert "→ contracts create-or-update-webhook --uuid" in run("--webhook", UUID).output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "Give one of --pacticipant, --pact and --webhook."),
        (("--webhook", UUID, "--pact", "x"), 2, "Give one of --pacticipant, --pact and --webhook."),
        (("--webhook", "nobody-knows-this-one"), 2, "List them: contracts list-webhooks"),
    ],
)
def test_a_wrong_question_says_what_to_give(run, arguments, status, message):
    result = run(*arguments)
    assert (result.exit_code, message in result.output) == (status, True)
