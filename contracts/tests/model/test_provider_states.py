"""Provider states."""

from __future__ import annotations

from contracts.model.provider_states import ProviderState, collect


def test_states_are_collected_of_interactions_and_messages_by_name():
    web = {"interactions": [{"providerState": "b"}, {"providerStates": [{"name": "a"}]}, {"providerState": None}, 3]}
    mail = {"messages": [{"providerStates": [{"name": "a", "params": {}}]}], "interactions": {"a": 1}}
    assert collect([("Web", web), ("Mail", mail), ("None", [])]) == [
        ProviderState(name="a", params=None, consumers=("Web", "Mail")),
        ProviderState(name="b", params=None, consumers=("Web",)),
    ]


def test_a_state_with_other_parameters_is_another():
    contract = {
        "interactions": [{"providerStates": [{"name": "a", "params": {"id": each}}, "x"]} for each in (1, 2, 1)]
    }
    assert collect([("Web", contract)]) == [
        ProviderState(name="a", params={"id": 1}, consumers=("Web",)),
        ProviderState(name="a", params={"id": 2}, consumers=("Web",)),
    ]
