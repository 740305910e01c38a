"""The states that a provider has to know."""

from __future__ import annotations

import pytest
from estates import Estate


BASE = "http://testserver"
PAIR = "/pacts/provider/Ledger/consumer/Till"


@pytest.fixture(autouse=True)
def estate(broker):
    """Till 1 (main, dev), 2 (feat, dev), 3 (main); Kiosk 7 (main)."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.publish("Till", "2", "b", branch="feat", tags=("dev",))
    estate.publish("Till", "3", "c", branch="main")
    estate.publish("Kiosk", "7", "a", branch="main")
    return estate


def test_a_provider_gets_the_states_of_its_consumers(http, estate):
    estate.environment("test")
    estate.deploy("Till", "2", "test")
    states = {
        number: {"interactions": [{"description": number, "providerState": f"state {number}"}]} for number in ("4", "5")
    }
    assert http.put(f"{PAIR}/version/4", json=states["4"]).status_code == 201
    estate.version("Till", "4", branch="main")
    assert http.put(f"{PAIR}/version/5", json=states["5"]).status_code == 201
    estate.version("Till", "5", branch="other")
    estate.deploy("Till", "5", "test", target="two")

    def provider_states(path):
        return http.get(f"/pacts/provider/Ledger/provider-states{path}").json()

    assert provider_states("") == {"providerStates": [{"name": "state 4", "consumers": ["Till"]}]}
    assert provider_states("/branch/other") == {"providerStates": [{"name": "state 5", "consumers": ["Till"]}]}
    assert provider_states("/environment/test") == {"providerStates": [{"name": "state 5", "consumers": ["Till"]}]}
    assert provider_states("/branch/none") == {"providerStates": []}
    assert http.get("/pacts/provider/Nobody/provider-states").status_code == 404


def test_consumers_are_in_the_order_of_their_changes(http, broker, clock):
    """A consumer changes when its settings do, and when its first branch becomes the main one."""

    def consumers():
        states = http.get("/pacts/provider/Ledger/provider-states").json()["providerStates"]
        return [each["consumers"] for each in states]

    document = {"interactions": [{"description": "a", "providerState": "a state"}]}
    for name in ("Scale", "Shelf"):
        clock.forward(minutes=1)
        assert http.put(f"/pacts/provider/Ledger/consumer/{name}/version/1", json=document).status_code == 201
        Estate(broker).version(name, "1", branch="main")
    assert consumers() == [["Scale", "Shelf"]]

    clock.forward(minutes=1)
    assert http.patch("/pacticipants/Scale", json={"displayName": "Scales"}).status_code == 200
    assert consumers() == [["Shelf", "Scale"]]
