"""`/contracts/publish`."""

from __future__ import annotations

import base64
import json


CONTENT = {
    "consumer": {"name": "Till"},
    "provider": {"name": "Ledger"},
    "interactions": [
        {"description": "a", "request": {"method": "GET", "path": "/a"}, "response": {"status": 200}},
    ],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}


def body(number="1", content=None, **changes):
    text = json.dumps(content or CONTENT)
    contract = {
        "consumerName": "Till",
        "providerName": "Ledger",
        "specification": "pact",
        "contentType": "application/json",
        "content": base64.b64encode(text.encode()).decode(),
    }
    return {"pacticipantName": "Till", "pacticipantVersionNumber": number, "contracts": [contract]} | changes


def test_a_first_publication_makes_the_pact(http):
    answer = http.post("/contracts/publish", json=body(branch="main", tags=["dev"]))
    assert answer.status_code == 200, answer.text
    assert http.get("/pacts/provider/Ledger/consumer/Till/version/1").json()["interactions"][0]["_id"]
