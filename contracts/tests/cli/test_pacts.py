import json

import pytest


@pytest.fixture(scope="module", autouse=True)
def _pacts(publish, client):
    client.create_or_update_pacticipant("shop", main_branch="main")
    publish("shop", "stock", "1")
    publish("shop", "stock", "2", path="/b")
    publish("till", "stock", "7", branch="feature/x")


def test_the_latest_pact_of_each_pair_is_listed(ask, contracts):
    records = ask("list-latest-pact-versions")
    assert [(each["consumer"], each["consumerVersion"], each["provider"]) for each in records] == [
        ("shop", "2", "stock"),
        ("till", "7", "stock"),
    ]
    assert records[0]["url"].endswith("/pacts/provider/stock/consumer/shop/version/2")
    assert "Consumer version" in contracts("list-latest-pact-versions").stdout


@pytest.mark.parametrize(
    ("arguments", "versions"),
    [
        (("--consumer", "shop"), ["1", "2"]),
        (("--consumer", "shop", "--latest"), ["2"]),
        (("--branch", "feature/x"), ["7"]),
        (("--branch", "feature/x", "--consumer", "shop"), []),
    ],
)
def test_pacts_of_a_provider_are_listed(ask, arguments, versions):
    records = ask("get-pacts", "--provider", "stock", *arguments)
    assert sorted(each["consumerVersion"] for each in records) == versions


def test_pacts_are_downloaded(ask, tmp_path):
    [record] = ask("get-pacts", "--provider", "stock", "--branch", "feature/x", "--download", "--download-dir", "files")
    assert record["file"] == "files/till-stock-7.json"
    document = json.loads((tmp_path / record["file"]).read_text())
    assert document["interactions"][0]["description"] == "a request for /a"


def test_provider_states_are_listed_with_their_consumers(ask, contracts):
    assert ask("provider-states", "list", "--provider", "stock") == [
        {"name": "a book exists", "params": {}, "consumers": ["shop", "till"]}
    ] or ask("provider-states", "list", "--provider", "stock") == [
        {"name": "a book exists", "params": {}, "consumers": ["shop"]}
    ]
    branch = json.loads(contracts("provider-states", "list", "-r", "stock", "--branch", "feature/x", "--json").stdout)
    assert [each["consumers"] for each in branch] == [["till"]]


def test_provider_states_of_an_environment_are_listed(ask, contracts, client):
    client.create_environment("live", production=True)
    client.record_deployment(pacticipant="till", version="7", environment="live")
    assert len(ask("provider-states", "list", "-r", "stock", "--environment", "live")) == 1
    assert (
        "Did you mean 'live'?"
        in contracts("provider-states", "list", "-r", "stock", "--environment", "lvie", status=2).output
    )
    both = ("provider-states", "list", "-r", "stock", "--environment", "live", "--branch", "main")
    assert "exclude each other" in contracts(*both, status=2).output


@pytest.mark.parametrize(
    "arguments",
    [
        ("get-pacts", "--provider", "stok"),
        ("get-pacts", "--provider", "stock", "--consumer", "shopp"),
        ("provider-states", "list", "--provider", "stok"),
    ],
)
def test_an_unknown_application_is_named_with_the_closest_one(contracts, arguments):
    assert "Did you mean" in contracts(*arguments, status=2).output


def test_a_list_of_pacts_is_one_request_when_its_links_name_the_versions(client, monkeypatch):
    requests = []
    transport = client._to._transport
    send = transport.send
    monkeypatch.setattr(
        transport, "send", lambda *arguments, **more: requests.append(arguments) or send(*arguments, **more)
    )
    client.provider_pacts("stock", branch="feature/x")
    assert len([each for each in requests if "/pacts/" in each[1]]) == 1
