"""The events of publications and results in the outbox."""

from __future__ import annotations

import pytest
from estates import Estate, statements
from hooks import add_webhook, new_webhook
from sqlalchemy import select

from contracts.broker.actions import notify
from contracts.broker.store import labels, pacticipants, webhooks
from contracts.broker.store.tables import triggered_webhooks
from contracts.model import metadata
from contracts.model.metadata import Metadata, SelectorMetadata
from contracts.model.webhooks import EVENTS, RESULT_EVENTS, Side


PUBLISHED, CHANGED, REQUIRED, RESULT, SUCCEEDED, FAILED = EVENTS


@pytest.fixture
def estate(broker):
    return Estate(broker)


@pytest.fixture
def raised(broker):
    """The new events in the outbox since the last call: names and parameters."""
    seen = 0

    def raised():
        nonlocal seen
        columns = triggered_webhooks.c
        query = select(columns.id, columns.event_name, columns.parameters).where(columns.id > seen).order_by(columns.id)
        with broker.database.reading() as connection:
            rows = connection.execute(query).all()
        seen = max((row.id for row in rows), default=seen)
        return [(row.event_name, row.parameters) for row in rows]

    return raised


@pytest.fixture
def names(raised):
    return lambda: [name for name, _ in raised()]


def test_a_first_publication_is_published_and_changed(broker, estate, names):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    assert names() == [PUBLISHED, CHANGED]


def test_a_publication_again_is_published_alone(broker, estate, names, clock):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    names()
    clock.forward(seconds=61)
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "a")
    assert names() == [PUBLISHED, PUBLISHED]


def test_a_repeated_publication_within_a_minute_is_the_same_event(broker, estate, names, clock):
    add_webhook(broker)
    estate.version("Ledger", "10", branch="main")
    estate.publish("Till", "1", "a", branch="main")
    assert names() == [PUBLISHED, REQUIRED, CHANGED]
    clock.forward(seconds=59)
    estate.publish("Till", "1", "a", branch="main")
    assert names() == []


def test_an_answer_that_is_repeated_names_the_same_deliveries(broker, estate, clock):
    add_webhook(broker, events=(PUBLISHED,))
    first = estate.publish("Till", "1", "a")
    clock.forward(seconds=1)
    again = estate.publish("Till", "1", "a")
    assert [each.notified.triggered for each in again.contracts] == [
        each.notified.triggered for each in first.contracts
    ]
    assert len(first.contracts[0].notified.triggered) == 1


def test_a_result_in_between_makes_no_other_publication_of_it(broker, estate, names, clock):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10")
    names()
    clock.forward(seconds=1)
    estate.publish("Till", "1", "a")
    assert names() == []


@pytest.mark.parametrize("changed", [{"tags": ("live",)}, {"branch": "main"}])
def test_another_tag_or_branch_is_another_event(broker, estate, names, changed):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    names()
    estate.publish("Till", "1", "a", **changed)
    assert names() == [PUBLISHED]


def test_a_new_webhook_is_triggered_by_a_repeated_publication(broker, estate, names):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    names()
    added = add_webhook(broker, events=(PUBLISHED,))
    again = estate.publish("Till", "1", "a")
    assert names() == [PUBLISHED]
    assert added.uuid in {each.webhook_uuid for each in again.contracts[0].notified.triggered}


def test_a_changed_webhook_is_triggered_by_a_repeated_publication(broker, estate, names, clock):
    webhook = add_webhook(broker)
    estate.publish("Till", "1", "a")
    names()
    clock.forward(seconds=1)
    with broker.database.writing() as connection:
        webhooks.replace(connection, webhook, new_webhook(), clock())
    clock.forward(seconds=1)
    estate.publish("Till", "1", "a")
    assert names() == [PUBLISHED]


def test_a_result_that_is_sent_again_is_the_same_event(broker, estate, names, clock):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10")
    names()
    clock.forward(seconds=59)
    estate.verify("Till", "1", by="10")
    assert names() == []
    clock.forward(seconds=2)
    estate.verify("Till", "1", by="10")
    assert names() == [RESULT, SUCCEEDED]


def test_a_result_sent_again_for_another_consumer_version_is_another_event(broker, estate, raised):
    add_webhook(broker)
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "a")
    estate.verify("Till", "1", by="10", metadata=Metadata(consumer_version_number="1"))
    raised()
    estate.verify("Till", "1", by="10", metadata=Metadata(consumer_version_number="2"))
    assert [(name, each["consumerVersionNumber"]) for name, each in raised()] == [(RESULT, "2"), (SUCCEEDED, "2")]


def test_events_for_each_version_without_a_result_precede_the_content_change(broker, estate, raised):
    add_webhook(broker)
    estate.environment("production")
    estate.version("Ledger", "9", tags=("live",))
    estate.deploy("Ledger", "9", "production")
    estate.version("Ledger", "10", branch="main")
    estate.publish("Till", "1", "a", branch="feat/x", tags=("dev",))
    events = raised()
    assert [(name, each["providerVersionNumber"], each["providerVersionDescriptions"]) for name, each in events] == [
        (PUBLISHED, "", ""),
        (REQUIRED, "9", "deployed in production"),
        (REQUIRED, "10", "latest from main branch"),
        (CHANGED, "", ""),
    ]
    assert [(each["providerVersionBranch"], each["providerVersionTags"]) for _, each in events[1:3]] == [
        ("live", ""),  # a young version's first tag is its branch
        ("main", ""),
    ]
    assert {(each["consumerVersionBranch"], each["consumerVersionTags"]) for _, each in events} == {("feat/x", "dev")}


def test_a_webhook_is_triggered_only_by_its_events_and_applications(broker, estate, names):
    estate.version("Till", "0")
    add_webhook(broker, events=(REQUIRED, SUCCEEDED))
    add_webhook(broker, consumer=Side(name="Till"), events=(CHANGED,), enabled=False)
    estate.publish("Till", "1", "a")
    add_webhook(broker, provider=Side(name="Till"))
    estate.verify("Till", "1", by="10", success=False)
    assert names() == []


def test_the_labels_of_both_are_parameters(broker, estate, raised, clock):
    with broker.database.writing() as connection:
        for name, label in (("Till", "web"), ("Till", "shop"), ("Ledger", "core")):
            labels.add(connection, pacticipants.ensure(connection, name, clock()).id, label, clock())
    add_webhook(broker, events=(PUBLISHED,), consumer=Side(label="shop"))
    estate.publish("Till", "1", "a")
    ((_, parameters),) = raised()
    assert (parameters["consumerLabels"], parameters["providerLabels"]) == ("shop, web", "core")


def test_a_content_that_was_verified_before_is_published_with_its_result(broker, estate, raised):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10", success=False)
    raised()
    estate.publish("Till", "2", "a")
    ((_, parameters),) = raised()
    sha = estate.pact("Till", "2").sha
    assert parameters["githubVerificationStatus"] == "failure"
    assert parameters["providerVersionNumber"] == "10"
    assert parameters["verificationResultUrl"] == (
        f"http://broker/pacts/provider/Ledger/consumer/Till/pact-version/{sha}/verification-results/1"
    )


def test_the_url_of_a_pact_marks_its_results_as_work_in_progress(broker, estate, raised):
    add_webhook(broker, events=(PUBLISHED,))
    estate.publish("Till", "1", "a", tags=("dev",))
    ((_, parameters),) = raised()
    base, _, segment = parameters["pactUrl"].rpartition("/")
    sha = estate.pact("Till", "1").sha
    assert base == f"http://broker/pacts/provider/Ledger/consumer/Till/pact-version/{sha}/metadata"
    assert metadata.decode(segment) == Metadata(consumer_version_number="1", consumer_version_tags=("dev",), wip=True)


@pytest.mark.parametrize(("success", "outcome"), [(True, SUCCEEDED), (False, FAILED)])
def test_a_result_is_published_and_succeeded_or_failed(broker, estate, raised, success, outcome):
    add_webhook(broker, events=tuple(RESULT_EVENTS))
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.verify("Till", "1", by="10", success=success, build_url="http://ci/7")
    events = raised()
    assert [name for name, _ in events] == [RESULT, outcome]
    parameters = events[0][1]
    assert (parameters["consumerVersionNumber"], parameters["consumerVersionTags"]) == ("1", "dev")
    assert (parameters["providerVersionNumber"], parameters["buildUrl"]) == ("10", "http://ci/7")
    assert parameters["verificationResultUrl"].endswith("/verification-results/1")


def test_a_result_raises_events_for_each_selected_version_with_the_selected_tags(broker, estate, raised):
    add_webhook(broker, events=(RESULT,))
    for number in ("1", "2", "3"):
        estate.publish("Till", number, "a", tags=("own",))
    ids = {number: estate.pact("Till", number).consumer_version.id for number in ("1", "2")}
    selectors = (
        SelectorMetadata(tag="dev", latest=True, consumer_version_id=ids["1"]),
        SelectorMetadata(tag="prod", latest=True, consumer_version_id=ids["1"]),
        SelectorMetadata(branch="main", latest=True, consumer_version_id=ids["2"]),
    )
    estate.verify("Till", "1", by="10", metadata=Metadata(selectors=selectors))
    assert [(each["consumerVersionNumber"], each["consumerVersionTags"]) for _, each in raised()] == [
        ("1", "dev, prod"),
        ("2", ""),
    ]


def test_a_result_requested_by_a_webhook_belongs_to_the_version_in_its_url(broker, estate, raised):
    add_webhook(broker, events=(RESULT,))
    for number in ("1", "2"):
        estate.publish("Till", number, "a")
    metadata = Metadata(consumer_version_number="1", consumer_version_tags=("dev",), wip=True)
    estate.verify("Till", "1", by="10", metadata=metadata)
    assert [(each["consumerVersionNumber"], each["consumerVersionTags"]) for _, each in raised()] == [("1", "dev")]


def test_a_result_for_removed_versions_belongs_to_the_latest(broker, estate, raised):
    add_webhook(broker, events=(RESULT,))
    for number in ("1", "2"):
        estate.publish("Till", number, "a")
    gone = Metadata(selectors=(SelectorMetadata(branch="main", latest=True, consumer_version_id=999),))
    estate.verify("Till", "2", by="10", metadata=gone)
    assert [each["consumerVersionNumber"] for _, each in raised()] == ["2"]


@pytest.mark.parametrize("count", [1, 5])
def test_without_webhooks_a_publication_costs_three_statements_for_any_number_of_pacts(broker, estate, count):
    providers = [f"Provider {number}" for number in range(count)]
    for provider in providers:
        estate.publish("Till", "1", "a", provider=provider)
        estate.version(provider, "10", branch="main")
    published = [(estate.pact("Till", "1", provider), True) for provider in providers]
    with broker.database.writing() as connection, statements(broker.database) as executed:
        notified = notify.pacts_published(broker, connection, published, build_url=None, base_url="http://broker")
    assert len(executed) == 3  # the versions that need a result, the webhooks, and the jobs
    assert [(each.triggered, each.webhooks_exist) for each in notified] == [((), False)] * count
    assert [[(one.number, one.descriptions) for one in each.required] for each in notified] == [
        [("10", ("latest from main branch",))]
    ] * count


def test_with_webhooks_the_statements_do_not_grow_with_pacts(broker, estate):
    add_webhook(broker)
    counts = []
    for number, count in (("1", 1), ("2", 5)):
        providers = [f"Provider {index}" for index in range(count)]
        for provider in providers:
            estate.publish("Till", number, number, provider=provider)
            estate.version(provider, "10", branch="main")
        published = [(estate.pact("Till", number, provider), True) for provider in providers]
        with broker.database.writing() as connection, statements(broker.database) as executed:
            notified = notify.pacts_published(broker, connection, published, build_url=None, base_url="http://broker")
        counts.append(len(executed))
        assert [[one.event_name for one in each.triggered] for each in notified] == (
            [[PUBLISHED, REQUIRED, CHANGED]] * count
        )
    assert counts[0] == counts[1] <= 12


def test_a_publication_returns_the_triggered_webhooks(broker, estate):
    webhook = add_webhook(broker, events=(PUBLISHED,), provider=Side(name=None, label=None), description="Build")
    estate.publish("Till", "1", "a")
    pact = estate.pact("Till", "1")
    with broker.database.writing() as connection:
        (notified,) = notify.pacts_published(
            broker, connection, [(pact, False)], build_url=None, base_url="http://broker"
        )
    (triggered,) = notified.triggered
    assert (triggered.webhook_uuid, triggered.description, triggered.event_name) == (webhook.uuid, "Build", PUBLISHED)
    assert (notified.webhooks_exist, notified.required) == (True, ())
