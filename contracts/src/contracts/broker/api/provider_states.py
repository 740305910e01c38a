"""`/pacts/provider/…/provider-states`: the states that a provider's tests must support.

Source: Pact Broker protocol, provider states.
"""

from __future__ import annotations

import json

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, present
from contracts.broker.api.resources import Resources
from contracts.broker.store import pact_filters, pact_lists, pacticipants, pacts
from contracts.broker.store.pact_rows import Which
from contracts.model.provider_states import ProviderState, collect


routes = Resources("pacts")


@routes.get(urls.PROVIDER_STATES)
def list_provider_states(call: Call, provider: str) -> Response:
    return _show(call, provider, pact_filters.at_head())


@routes.get(urls.PROVIDER_STATES_BRANCH)
def list_provider_states_of_branch(call: Call, provider: str, branch: str) -> Response:
    return _show(call, provider, pact_filters.at_head(branch))


@routes.get(urls.PROVIDER_STATES_ENVIRONMENT)
def list_provider_states_in_environment(call: Call, provider: str, environment: str) -> Response:
    return _show(call, provider, pact_filters.in_environment(environment))


def _show(call: Call, provider: str, which: Which) -> Response:
    with call.reading() as connection:
        providing = pacticipants.find(connection, provider, "provider")
        listed = pact_lists.read(connection, pact_lists.of_provider(providing.id, which))
        consumers = pacticipants.by_ids(connection, {each.consumer.id for each in listed})
        texts = pacts.contents(connection, {each.pact_version_id for each in listed})
    # the reference broker's order: the consumer whose details or main branch changed first comes first
    listed.sort(key=lambda each: (consumers[each.consumer.id].updated_at, each.consumer_version.id))
    states = collect((each.consumer.name, json.loads(texts[each.pact_version_id])) for each in listed)
    return call.hal({"providerStates": [render(each) for each in states]})


def render(state: ProviderState) -> Document:
    """Return the document of a state."""
    return present({"name": state.name, "params": state.params, "consumers": list(state.consumers)})
