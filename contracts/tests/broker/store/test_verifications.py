"""Results in SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
from estates import Estate, statements
from sqlalchemy import select

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import attestations, verifications
from contracts.broker.store.tables import tag_successes
from contracts.model.attestations import Attestation
from contracts.model.errors import NotFound
from contracts.model.metadata import Metadata, SelectorMetadata
from contracts.model.verifications import VerifierReport


@pytest.fixture
def estate(database, clock):
    return Estate(Runtime(settings=Settings(), database=database, now=clock))


@pytest.fixture
def published(estate):
    estate.publish("Till", "1", "a", branch="main")
    return estate.pact("Till", "1")


def test_a_result_has_the_sent_data_and_the_metadata_of_its_url(estate, published, clock):
    metadata = Metadata(wip=True, pending=True, selectors=(SelectorMetadata(branch="main", consumer_version_id=1),))
    report = VerifierReport(verified_by={"implementation": "x"}, test_results=[{"success": True}])
    added = estate.verify("Till", "1", by="10", metadata=metadata, build_url="https://ci/1", report=report)
    assert (added.consumer, added.consumer_version_number, added.provider) == ("Till", "1", "Ledger")
    assert (added.provider_version_number, added.sha) == ("10", published.sha)
    assert (added.success, added.wip, added.pending, added.build_url) == (True, True, True, "https://ci/1")
    assert added.executed_at == added.created_at == clock()
    with estate.broker.database.reading() as connection:
        assert verifications.find(connection, "Ledger", "Till", published.sha, added.number) == added
        assert verifications.reports(connection, [added.id]) == {added.id: report}


def test_a_result_has_the_first_build_that_published_it(estate):
    estate.publish("Till", "1", "a")
    build = Attestation(
        service="GitLab", issuer="https://gitlab.com", repository="org/web", run="1", commit="c", ref="r", url="u"
    )
    plain = estate.verify("Till", "1", by="9")
    for each in (build, replace(build, run="2")):  # the second one is the same result again
        added = estate.verify("Till", "1", by="10", report=VerifierReport(verified_by={}, attestation=each))
    with estate.broker.database.reading() as connection:
        reports = verifications.reports(connection, [plain.id, added.id])
        assert attestations.attested(connection, [plain.id, added.id]).keys() == {added.id}
    assert (reports[plain.id].attestation, reports[added.id].attestation) == (None, build)
    with estate.broker.database.writing() as connection:
        verifications.delete(connection, added)
        assert attestations.attested(connection, [added.id]) == {}


def test_its_pact_is_named_after_the_latest_version_with_the_content(estate):
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "a")
    estate.publish("Till", "3", "b")
    assert estate.verify("Till", "1", by="10").consumer_version_number == "2"


def test_a_result_is_found_only_below_its_own_pact(estate, published):
    estate.publish("Till", "2", "b")
    added = estate.verify("Till", "1", by="10")
    with estate.broker.database.reading() as connection:
        for names in (("Ledger", "Till", estate.pact("Till", "2").sha), ("Till", "Ledger", published.sha)):
            with pytest.raises(NotFound, match=f"no verification result {added.number} of"):
                verifications.find(connection, *names, added.number)


def test_the_last_result_of_a_provider_version_is_the_latest_and_the_last_of_all_that_of_the_content(estate, published):
    estate.verify("Till", "1", by="10", success=False)
    ten = estate.verify("Till", "1", by="10")
    eleven = estate.verify("Till", "1", by="11", success=False)
    with estate.broker.database.reading() as connection:
        assert verifications.latest_for_content(connection, published.pact_version_id) == eleven
        assert verifications.latest_for_contents(connection, [published.pact_version_id]) == {
            published.pact_version_id: eleven
        }
    with estate.broker.database.writing() as connection:
        verifications.delete(connection, eleven)
        assert verifications.latest_for_content(connection, published.pact_version_id) == ten


def test_removing_the_latest_does_not_revive_the_one_before(estate, published):
    estate.verify("Till", "1", by="10")
    last = estate.verify("Till", "1", by="10", success=False)
    with estate.broker.database.writing() as connection:
        verifications.delete(connection, last)
        assert verifications.latest_for_content(connection, published.pact_version_id) is None
    assert estate.verify("Till", "1", by="10").success is True


def test_the_newest_results_are_the_last_of_each_provider_version(estate, published):
    estate.verify("Till", "1", by="10", success=False)
    eleven = estate.verify("Till", "1", by="11")
    ten = estate.verify("Till", "1", by="10")
    with estate.broker.database.reading() as connection:
        assert verifications.newest_for_content(connection, published.pact_version_id, 5) == [ten, eleven]
        assert verifications.newest_for_content(connection, published.pact_version_id, 1) == [ten]


def test_the_results_of_a_consumer_version_are_those_of_each_of_its_pacts(estate, published):
    estate.publish("Till", "1", "b", provider="Stock")
    ledger = estate.verify("Till", "1", by="10")
    with estate.broker.database.reading() as connection:
        latest = verifications.latest_for_consumer_version(connection, published.consumer_version.id)
    assert latest == {"Ledger": ledger, "Stock": None}


@pytest.mark.usefixtures("published")
def test_a_success_is_noted_once_for_each_tag_of_the_provider_version(estate):
    estate.version("Ledger", "10", tags=("dev", "prod"))
    first = estate.verify("Till", "1", by="10")
    estate.verify("Till", "1", by="10")
    estate.verify("Till", "1", by="10", metadata=Metadata(wip=True))
    estate.version("Ledger", "11", tags=("late",))
    estate.verify("Till", "1", by="11", success=False)
    query = select(tag_successes.c.provider_tag, tag_successes.c.wip, tag_successes.c.verification_id)
    with estate.broker.database.reading() as connection:
        noted = {(tag, wip): id_ for tag, wip, id_ in connection.execute(query)}
    assert sorted(noted) == [("dev", False), ("dev", True), ("prod", False), ("prod", True)]
    assert noted["dev", False] == first.id


@pytest.mark.usefixtures("published")
def test_results_sent_at_once_leave_one_latest(estate):
    estate.version("Ledger", "10")
    at_once(estate, [f"http://ci/{number}" for number in range(8)])
    assert flags(estate) == [False] * 7 + [True]


@pytest.mark.usefixtures("published")
def test_the_same_result_sent_at_once_is_one_result(estate):
    estate.version("Ledger", "10")
    at_once(estate, ["http://ci/1"] * 8)
    assert flags(estate) == [True]


def at_once(estate, build_urls):
    """Send a result from each of the builds at the same moment."""
    threads = [
        Thread(target=estate.verify, args=("Till", "1"), kwargs={"by": "10", "build_url": each}) for each in build_urls
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def flags(estate):
    """Whether each result is the latest, the oldest first."""
    table = verifications.verifications
    with estate.broker.database.reading() as connection:
        return connection.scalars(select(table.c.latest).order_by(table.c.id)).all()


SENT = {
    "by": "10",
    "build_url": "http://ci/1",
    "report": VerifierReport(verified_by={"implementation": "x"}, test_results={"tests": [1, 2.5, None, "ü"]}),
    "metadata": Metadata(selectors=(SelectorMetadata(branch="main", latest=True),), pending=False, wip=True),
}


@pytest.mark.usefixtures("published")
def test_a_result_that_is_sent_again_within_a_minute_is_the_first_one(estate, clock):
    first = estate.verify("Till", "1", **SENT)
    clock.forward(seconds=60)
    assert estate.verify("Till", "1", **SENT) == first
    clock.forward(seconds=1)
    assert estate.verify("Till", "1", **SENT).number > first.number


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "change",
    [
        {"success": False},
        {"by": "11"},
        {"build_url": None},
        {"executed_at": datetime(2026, 11, 23, 7, 0, tzinfo=UTC)},
        {"report": VerifierReport(verified_by={"implementation": "y"}, test_results={"tests": [1, 2.5, None, "ü"]})},
        {"report": VerifierReport(verified_by={"implementation": "x"})},
        {"metadata": Metadata()},
    ],
)
def test_a_result_that_differs_in_anything_is_another_one(estate, change):
    first = estate.verify("Till", "1", **SENT)
    assert estate.verify("Till", "1", **(SENT | change)).number > first.number


@pytest.mark.parametrize("between", [{"by": "10", "success": False}, {"by": "11"}])
def test_after_another_result_the_same_one_is_new_and_the_latest(estate, published, between):
    results = [estate.verify("Till", "1", **each) for each in ({"by": "10"}, between, {"by": "10"})]
    assert len({each.number for each in results}) == 3
    with estate.broker.database.reading() as connection:
        assert verifications.latest_for_content(connection, published.pact_version_id) == results[-1]


def test_the_latest_of_many_contents_takes_one_statement(estate):
    for number in range(5):
        estate.publish("Till", str(number), f"content {number}")
        estate.verify("Till", str(number), by="10")
    ids = [estate.pact("Till", str(number)).pact_version_id for number in range(5)]
    with estate.broker.database.reading() as connection, statements(estate.broker.database) as executed:
        assert sorted(verifications.latest_for_contents(connection, ids)) == ids
    assert len(executed) == 1
