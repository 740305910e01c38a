"""The template parameters to test a webhook with."""

from __future__ import annotations

import pytest
from estates import Estate
from hooks import new_webhook

from contracts.broker.actions import exemplify
from contracts.broker.store import labels, pacticipants
from contracts.model.webhooks import EVENTS, Side


PUBLISHED, _, REQUIRED, _, _, FAILED = EVENTS


@pytest.fixture
def estate(broker):
    return Estate(broker)


@pytest.mark.parametrize(
    ("events", "status", "tags"), [((PUBLISHED,), "pending", ""), ((PUBLISHED, FAILED), "success", "master")]
)
def test_without_a_pact_the_parameters_are_placeholders(broker, events, status, tags):
    with broker.database.reading() as connection:
        parameters = exemplify.parameters(connection, new_webhook(events=events), "http://broker")
    assert (parameters["consumerName"], parameters["providerName"]) == ("placeholder-consumer", "placeholder-provider")
    assert (parameters["eventName"], parameters["consumerVersionTags"]) == ("test", "dev")
    assert (parameters["githubVerificationStatus"], parameters["providerVersionTags"]) == (status, tags)


def test_the_parameters_are_of_the_newest_pact_of_the_webhooks_applications(broker, estate):
    estate.publish("Till", "1", "a")
    estate.publish("Kiosk", "2", "b", provider="Stock")
    estate.verify("Till", "1", by="10")
    with broker.database.reading() as connection:
        examples = [
            exemplify.parameters(connection, new_webhook(consumer=consumer, provider=provider), "http://broker")
            for consumer, provider in (
                (None, None),
                (Side(name="Till"), None),
                (None, Side(name="Ledger")),
                (Side(name="Till"), Side(name="Stock")),
            )
        ]
    assert [each["consumerName"] for each in examples] == ["Kiosk", "Till", "Till", "placeholder-consumer"]
    assert [each["githubVerificationStatus"] for each in examples] == ["pending", "success", "success", "success"]


def set_main_branch(broker, name):
    with broker.database.writing() as connection:
        pacticipants.set_main_branch(connection, pacticipants.find(connection, name).id, "main", broker.now())


@pytest.fixture
def example(broker):
    """The parameters that a test of a webhook at these events is parameters with."""

    def example(*events, **sides):
        with broker.database.reading() as connection:
            return exemplify.parameters(connection, new_webhook(events=events, **sides), "http://broker")

    return example


def test_a_request_for_verification_names_a_version_in_use(broker, example, estate):
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="on-a-feature")
    assert example(REQUIRED)["providerVersionNumber"] == ""  # it would not be sent
    estate.version("Ledger", "on-a-feature", branch="feat/x")
    estate.version("Ledger", "in-production")
    estate.environment("production")
    estate.deploy("Ledger", "in-production", "production")
    parameters = example(REQUIRED, provider=Side(name="Ledger"))
    assert (parameters["providerVersionNumber"], parameters["providerVersionDescriptions"]) == (
        "in-production",
        "deployed in production",
    )
    estate.version("Ledger", "on-main", branch="main")
    set_main_branch(broker, "Ledger")
    assert example(REQUIRED)["providerVersionNumber"] == "on-main"
    estate.verify("Till", "1", by="on-main")
    assert example(REQUIRED)["providerVersionNumber"] == "in-production"  # the event would name the other alone
    estate.verify("Till", "1", by="in-production")
    assert example(REQUIRED)["providerVersionNumber"] == "on-main"


def test_a_webhook_for_results_has_the_parameters_of_the_last_such_result(example, estate):
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="good")
    estate.verify("Till", "1", by="bad", success=False)
    estate.publish("Till", "2", "b")

    def facts(*events):
        parameters = example(*events)
        return (
            parameters["consumerVersionNumber"],
            parameters["providerVersionNumber"],
            parameters["githubVerificationStatus"],
        )

    assert facts(FAILED) == facts("provider_verification_published") == ("1", "bad", "failure")
    assert facts("provider_verification_succeeded") == ("1", "good", "success")
    assert facts("provider_verification_succeeded", FAILED) == ("1", "bad", "failure")
    assert facts(FAILED, PUBLISHED) == ("2", "", "pending")


def test_the_parameters_are_of_applications_with_the_webhooks_label(broker, example, estate):
    estate.publish("Till", "1", "a")
    estate.publish("Kiosk", "2", "b")
    with broker.database.writing() as connection:
        labels.add(connection, pacticipants.find(connection, "Till").id, "shop", broker.now())
    assert example(PUBLISHED, consumer=Side(label="shop"))["consumerName"] == "Till"
    assert example(PUBLISHED, consumer=Side(label="none"))["consumerName"] == "placeholder-consumer"
    estate.verify("Kiosk", "2", by="10")
    estate.verify("Till", "1", by="11")
    assert example(FAILED, "provider_verification_succeeded", consumer=Side(label="shop"))["consumerName"] == "Till"
