"""Names that a header or a path cannot carry: refused wherever they arrive, and harmless where they are stored."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from sqlalchemy import update

from contracts.broker.store import tables


NAMES = ["2\x18", ".", "..", "a\x7f", "a\x85b", "a\u2028b"]
PACT = {"consumer": {"name": "C"}, "provider": {"name": "P"}, "interactions": []}


def publication(**changes):
    content = base64.b64encode(json.dumps(PACT).encode()).decode()
    contract = {"consumerName": "C", "providerName": "P", "content": content}
    contract |= {"contentType": "application/json", "specification": "pact"}
    return {"pacticipantName": "C", "pacticipantVersionNumber": "1", "contracts": [contract]} | changes


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "/contracts/publish", lambda name: publication(pacticipantVersionNumber=name)),
        ("POST", "/contracts/publish", lambda name: publication(branch=name)),
        ("POST", "/contracts/publish", lambda name: publication(tags=[name])),
        ("POST", "/pacticipants", lambda name: {"name": name}),
        ("POST", "/pacticipants", lambda name: {"name": "A", "mainBranch": name}),
        ("POST", "/environments", lambda name: {"name": name, "production": True}),
        ("PUT", "/pacticipants/{}/versions/1", lambda _: {}),
        ("PATCH", "/pacticipants/{}", lambda _: {}),
        ("PUT", "/pacticipants/A/versions/{}", lambda _: {}),
        ("PUT", "/pacticipants/A/versions/1", lambda name: {"tags": [{"name": name}]}),
        ("PUT", "/pacticipants/A/versions/1/tags/{}", lambda _: {}),
        ("PUT", "/pacticipants/A/branches/{}/versions/1", lambda _: {}),
        ("PUT", "/pacticipants/A/labels/{}", lambda _: {}),
        ("PUT", "/pacts/provider/P/consumer/C/version/{}", lambda _: PACT),
        ("PUT", "/pacts/provider/P/consumer/{}/version/1", lambda _: {"interactions": []}),
        ("PUT", "/pacts/provider/{}/consumer/C/version/1", lambda _: {"interactions": []}),
    ],
    ids=range(16),
)
def test_they_are_refused_wherever_they_arrive(http, method, path, document):
    http.post("/pacticipants", json={"name": "A"})
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    for name in NAMES:
        address = path.replace("{}", "".join(f"%{each:02X}" for each in name.encode()))

        answer = http.request(method, address, content=json.dumps(document(name)), headers={"Content-Type": kind})

        assert answer.status_code == 400, (name, answer.text)
        assert any("cannot" in text for texts in answer.json()["errors"].values() for text in texts)


def test_a_result_of_such_a_version_is_refused(http):
    pact = http.put("/pacts/provider/P/consumer/C/version/1", json=PACT).json()
    results = pact["_links"]["pb:publish-verification-results"]["href"]

    answer = http.post(results, json={"success": True, "providerApplicationVersion": "2\x18"})

    assert answer.status_code == 400


def test_one_that_is_stored_breaks_no_response_and_can_be_removed(http, broker):
    http.post("/contracts/publish", json=publication(branch="x", tags=["prod"])).raise_for_status()
    with broker.database.writing() as connection:
        connection.execute(update(tables.versions).values(number="2\x18\n"))

    for path in ("latest", "latest/prod", "branch/x/latest"):
        answer = http.get(f"/pacts/provider/P/consumer/C/{path}")
        assert (answer.status_code, answer.headers["x-pact-consumer-version"]) == (200, "2%18%0A")
        assert http.get(f"/pacts/provider/P/consumer/C/{path}", headers={"Accept": "text/html"}).status_code == 200

    with broker.database.writing() as connection:
        connection.execute(update(tables.versions).values(number="2\x18"))
    assert http.delete(f"/pacticipants/C/versions/{quote(chr(50) + chr(24))}").status_code == 204
