"""The metrics for Prometheus, read back by the parser of its own client library."""

from __future__ import annotations

import pytest
from estates import Estate
from prometheus_client.parser import text_string_to_metric_families

from contracts.broker.api import prometheus


# as Prometheus 3 sends it
ACCEPT = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.fixture
def scrape(http):
    def scrape():
        response = http.get("/metrics", headers={"Accept": ACCEPT})
        assert (response.status_code, response.headers["content-type"]) == (
            200,
            "text/plain;version=0.0.4;charset=utf-8",
        )
        return {each.name: each for each in text_string_to_metric_families(response.text)}

    return scrape


def samples(family):
    return [(each.labels, each.value) for each in family.samples]


def test_prometheus_gets_every_count_as_a_described_gauge(scrape, broker):
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "b", provider="Stock")
    estate.verify("Till", "1", by="10", success=False)

    metrics = scrape()

    assert samples(metrics["pact_broker_pacticipants"]) == [({}, 3)]
    assert samples(metrics["pact_broker_pact_publications"]) == [({}, 2)]
    assert samples(metrics["pact_broker_failed_verification_results"]) == [({}, 1)]
    assert samples(metrics["pact_broker_consumer_version_pacts"]) == [({"revisions": "1"}, 2)]
    assert samples(metrics["pact_broker_last_pact_publication_timestamp_seconds"]) == [({}, broker.now().timestamp())]
    assert all((each.type, bool(each.documentation)) == ("gauge", True) for each in metrics.values())
    assert all(name.startswith("pact_broker_") for name in metrics)


def test_an_empty_broker_has_zeros_and_no_times(scrape):
    metrics = scrape()

    assert samples(metrics["pact_broker_verification_results"]) == [({}, 0)]
    assert not [name for name in metrics if "timestamp" in name]


@pytest.mark.parametrize(("accept", "status"), [("*/*", 200), ("application/json, */*", 200), ("text/plain", 406)])
def test_other_clients_get_json_as_before(http, accept, status):
    response = http.get("/metrics", headers={"Accept": accept})

    assert response.status_code == status
    assert status == 406 or response.headers["content-type"] == "application/hal+json;charset=utf-8"


def test_each_metric_is_described_once(http):
    text = http.get("/metrics", headers={"Accept": prometheus.MEDIA_TYPE}).text

    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) > 20
