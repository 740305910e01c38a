"""How the pacts stand that matter now."""

from __future__ import annotations

import pytest
from estates import Estate


BASE = "http://testserver"
TEXT = {"Accept": "text/plain"}


@pytest.fixture(autouse=True)
def estate(broker, clock):
    """Till 1 (main, prod) with Ledger, verified by 10; then Till 2 with Stock."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10", success=False)
    clock.forward(minutes=1)
    estate.publish("Till", "2", "b", provider="Stock")
    return estate


def test_the_dashboard_shows_each_pact_with_its_last_result(http):
    items = http.get("/dashboard").json()["items"]
    assert [each["provider"]["name"] for each in items] == ["Stock", "Ledger"]
    assert items[1] == {
        "consumer": {
            "name": "Till",
            "version": {
                "number": "1",
                "branch": "main",
                "headBranchNames": ["main"],
                "_links": {"self": {"href": f"{BASE}/pacticipants/Till/versions/1"}},
            },
            "_links": {"self": {"href": f"{BASE}/pacticipants/Till"}},
        },
        "provider": {
            "name": "Ledger",
            "version": {"number": "10", "branch": None, "headBranchNames": []},
            "_links": {"self": {"href": f"{BASE}/pacticipants/Ledger"}},
        },
        "pact": {
            "createdAt": "2026-11-23T08:00:00+00:00",
            "_links": {"self": {"href": f"{BASE}/pacts/provider/Ledger/consumer/Till/version/1"}},
        },
        "pactTags": [
            {
                "name": "prod",
                "latest": True,
                "_links": {"self": {"href": f"{BASE}/pacticipants/Till/versions/1/tags/prod", "title": "Tag"}},
            }
        ],
        "latestVerificationResult": {
            "success": False,
            "verifiedAt": "2026-11-23T08:00:00+00:00",
            "_links": {
                "self": {"href": f"{BASE}/pacts/provider/Ledger/consumer/Till/version/1/verification-results/latest"}
            },
        },
        "latestVerificationResultTags": [],
        "verificationStatus": "failed",
        "webhookStatus": "none",
        "latestWebhookExecution": None,
        "_links": {
            "pb:webhook-status": {
                "href": f"{BASE}/pacts/provider/Ledger/consumer/Till/webhooks/status",
                "title": "Status of the pair's webhooks",
            }
        },
    }


def test_nulls_are_part_of_the_dashboard(http):
    item = http.get("/dashboard/provider/Stock/consumer/Till").json()["items"][0]
    assert (item["provider"]["version"], item["latestVerificationResult"]) == (None, None)
    assert item["verificationStatus"] == "never"


def test_a_pair_without_pacts_has_an_empty_dashboard(http):
    assert http.get("/dashboard/provider/Till/consumer/Stock").json() == {"items": []}


def test_the_dashboard_of_an_unknown_pair_is_a_404(http):
    assert http.get("/dashboard/provider/Ledger/consumer/Nobody").status_code == 404


def test_the_dashboard_comes_in_pages_of_pacts(http, estate):
    for number in range(3, 34):
        estate.publish("Till", str(number), str(number), tags=(f"t{number}",))

    def shown(path):
        return [each["consumer"]["version"]["number"] for each in http.get(path).json()["items"]]

    of_all = [str(number) for number in range(33, 0, -1)]
    assert shown("/dashboard") == of_all[:30]
    assert shown("/dashboard?pageNumber=2&pageSize=20") == of_all[20:]
    assert shown("/dashboard?page=1") == of_all
    pair = "/dashboard/provider/Ledger/consumer/Till"
    assert shown(pair) == of_all[:30]
    assert shown(f"{pair}?page=2&size=30") == ["3", "1"]


def test_the_dashboard_is_a_table_too(http):
    answer = http.get("/dashboard", headers=TEXT)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "CONSUMER_NAME | C_VERSION | C_TAGS | PROVIDER_NAME | P_VERSION | P_TAGS | SUCCESS",
        "Till          | 2         |        | Stock         |           |        |",
        "Till          | 1         | prod   | Ledger        | 10        |        | false",
    ]
