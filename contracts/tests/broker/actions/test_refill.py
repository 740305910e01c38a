"""What a webhook is filled with when it is sent, a while after its event."""

from __future__ import annotations

import pytest
from estates import Estate
from hooks import add_webhook

from contracts.broker.actions import refill
from contracts.broker.store import deliveries, labels, pacticipants, versions
from contracts.model import metadata
from contracts.model.webhooks import EVENTS


PUBLISHED, CHANGED, REQUIRED, RESULT, SUCCEEDED, FAILED = EVENTS


@pytest.fixture
def estate(broker):
    add_webhook(broker)
    return Estate(broker)


@pytest.fixture
def sent(broker):
    """What is sent now, by the names of events, one for each."""

    def sent():
        with broker.database.writing() as connection:
            claimed = deliveries.newest(connection, 100)[::-1]
        with broker.database.reading() as connection:
            return {each.event_name: refill.parameters(connection, each) for each in claimed}

    return sent


def add_label(broker, name, label):
    with broker.database.writing() as connection:
        labels.add(connection, pacticipants.find(connection, name).id, label, broker.now())


def test_details_added_right_after_a_publication_are_parameters(broker, estate, sent):
    estate.publish("Till", "1", "a")
    estate.version("Till", "1", branch="feat/x", tags=("dev",))
    add_label(broker, "Till", "shop")
    add_label(broker, "Ledger", "core")

    filled = sent()[PUBLISHED]

    assert filled["consumerVersionBranch"] == "feat/x"
    assert filled["consumerVersionTags"] == "dev"
    assert (filled["consumerLabels"], filled["providerLabels"]) == ("shop", "core")
    assert filled["githubVerificationStatus"] == "pending"
    assert metadata.decode(filled["pactUrl"].rpartition("/")[2]).consumer_version_tags == ("dev",)


def test_a_result_that_came_since_is_in_it(estate, sent):
    estate.publish("Till", "1", "a", branch="main")
    before = sent()[PUBLISHED]
    result = estate.verify("Till", "1", by="10")
    estate.version("Ledger", "10", branch="main", tags=("prod",))

    filled = sent()[PUBLISHED]

    assert filled["githubVerificationStatus"] == "success"
    assert filled["providerVersionNumber"] == "10"
    assert (filled["providerVersionBranch"], filled["providerVersionTags"]) == ("main", "prod")
    assert filled["verificationResultUrl"].endswith(f"/verification-results/{result.number}")
    assert filled["pactUrl"].partition("/metadata/")[0] == before["pactUrl"].partition("/metadata/")[0]


def test_a_result_keeps_its_outcome_and_learns_the_branch_of_its_version(estate, sent):
    estate.publish("Till", "1", "a", tags=("dev",))
    estate.verify("Till", "1", by="10", success=False)
    estate.version("Ledger", "10", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="11")

    filled = sent()[FAILED]

    assert filled["githubVerificationStatus"] == "failure"
    assert filled["providerVersionNumber"] == "10"
    assert (filled["providerVersionBranch"], filled["providerVersionTags"]) == ("main", "prod")
    assert filled["consumerVersionTags"] == "dev"


def test_a_required_version_stays_the_one_that_was_required(broker, estate, sent):
    estate.version("Ledger", "9", branch="main", tags=("prod",))
    estate.publish("Till", "1", "a")
    estate.version("Ledger", "10", branch="main")
    estate.verify("Till", "1", by="10")

    filled = sent()[REQUIRED]

    assert (filled["providerVersionNumber"], filled["providerVersionBranch"]) == ("9", "main")
    assert filled["providerVersionTags"] == ""
    assert filled["githubVerificationStatus"] == "success"
    with broker.database.reading() as connection:
        required = versions.find(connection, estate.pact("Till", "1").provider.id, "9")
    assert metadata.decode(filled["pactUrl"].rpartition("/")[2]).provider_version_id == required.id


def test_parameters_of_removed_data_stay(broker, estate, sent):
    estate.publish("Till", "1", "a", branch="main")
    as_it_was = sent()
    (claimed,) = (each for each in _claimed(broker) if each.event_name == PUBLISHED)
    with broker.database.writing() as connection:
        versions.remove(connection, [versions.find_of(connection, "Till", "1").id])
        assert refill.parameters(connection, claimed) == as_it_was[PUBLISHED]


def _claimed(broker):
    with broker.database.writing() as connection:
        return deliveries.newest(connection, 100)[::-1]
