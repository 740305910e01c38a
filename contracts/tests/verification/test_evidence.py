"""Whether results have arrived, as the broker says."""

from __future__ import annotations

import requests

from contracts.client import Broker
from contracts.verification import evidence
from contracts.verification.evidence import Publishing, ResultToPublish


PAIR = "/pacts/provider/Ledger/consumer/Till"


def contract(description):
    return {"interactions": [{"description": description, "request": {"path": f"/{description}"}}]}


def test_the_result_of_a_pact_that_was_merged_during_the_run_has_arrived(pact_broker):
    address = f"{pact_broker.base_url}{PAIR}/version/1"
    assert requests.put(address, json=contract("a"), timeout=60).status_code == 201
    with Broker(pact_broker.base_url) as broker:
        pact = broker.pact(address)
        assert requests.patch(address, json=contract("b"), timeout=60).status_code == 200
        verified = ResultToPublish(pact=pact, what="the pact", passed=True, test_results=())
        to = Publishing(broker=broker, provider="Ledger", version="10", branch=None, build_url=None)
        assert evidence.publish(to, [verified], before=frozenset()) == ()
        there = evidence._every_revision(to, pact)
        assert [(row.provider_version, row.success) for row in there if row.provider_version] == [("10", True)]
        assert evidence._rows(to, pact) == []
