"""Publications above the limit of an application."""

from __future__ import annotations

import base64
import json

import pytest

from contracts.broker import urls
from contracts.broker.api.resources import Resource
from contracts.broker.api.storage import PUBLICATIONS
from contracts.broker.storage_use import StorageUse


PACT = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": []}
PATH = "/pacts/provider/stock/consumer/shop/version"


@pytest.fixture
def limited(broker, http):
    """A client of a broker with a contract, and 600 bytes for each application."""
    assert http.put(f"{PATH}/1", json=PACT).status_code == 201
    broker.storage = StorageUse(broker.database, 600)
    return http


def test_a_contract_above_the_limit_is_a_413_and_not_stored(limited):
    large = PACT | {"metadata": {"text": "a" * 600}}

    refused = limited.put(f"{PATH}/2", json=large)

    assert refused.status_code == 413
    assert refused.json()["error"].startswith("shop stores 0.0 MB of contracts and results, and may store 0.0 MB")
    assert "`contracts clean` does" in refused.json()["error"]
    assert limited.get(f"{PATH}/2").status_code == 404
    assert limited.put(f"{PATH}/2", json=PACT).status_code == 201


def test_contracts_that_are_published_together_count_for_their_consumer(limited):
    content = base64.b64encode(json.dumps(PACT | {"metadata": {"text": "a" * 600}}).encode()).decode()
    contract = {
        "consumerName": "shop",
        "providerName": "stock",
        "content": content,
        "contentType": "application/json",
        "specification": "pact",
    }
    body = {"pacticipantName": "shop", "pacticipantVersionNumber": "2", "contracts": [contract]}

    assert limited.post(urls.PUBLISH_CONTRACTS, json=body).status_code == 413


def test_a_result_above_the_limit_counts_for_its_provider(limited):
    url = limited.get(f"{PATH}/1").json()["_links"]["pb:publish-verification-results"]["href"]
    result = {"success": True, "providerApplicationVersion": "1"}

    assert limited.post(url, json=result | {"testResults": {"text": "a" * 600}}).status_code == 413
    assert limited.post(url, json=result).status_code == 201


def test_every_publication_is_a_route(http):
    routes = {
        (method, each.operation.path)
        for each in http.app.routes
        if isinstance(each, Resource)
        for method in each.operation.methods
    }
    assert routes >= PUBLICATIONS.keys()
