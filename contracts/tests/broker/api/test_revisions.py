"""Changes of what a client has read: ETag and If-Match."""

from __future__ import annotations

import pytest


WEBHOOK = {
    "events": [{"name": "contract_published"}],
    "request": {"method": "POST", "url": "http://127.0.0.1:9/", "headers": {"Authorization": "Bearer first-1"}},
}
OTHER = {**WEBHOOK, "description": "Other"}
RESOURCES = [
    ("/webhooks", WEBHOOK, OTHER),
    ("/environments", {"name": "test", "production": False}, {"name": "test", "production": True}),
    ("/pacticipants", {"name": "web"}, {"mainBranch": "main"}),
]


@pytest.mark.parametrize(("path", "document", "changed"), RESOURCES)
def test_a_change_of_an_older_revision_is_refused(http, path, document, changed):
    address = http.post(path, json=document).headers["location"]
    read = http.get(address).headers["etag"]

    first = http.put(address, json=changed, headers={"If-Match": read})
    late = http.put(address, json=document, headers={"If-Match": read})

    assert first.status_code == 200
    assert late.status_code == 412
    assert late.json() == {
        "error": "Someone else has changed this since it was read; nothing was changed. Read it again"
    }
    assert http.get(address).headers["etag"] == first.headers["etag"] != read
    assert http.put(address, json=document, headers={"If-Match": f'"other", {first.headers["etag"]}'}).is_success
    assert http.put(address, json=document).is_success
    assert http.put(address, json=document, headers={"If-Match": "*"}).is_success


def test_merging_details_of_an_older_revision_is_refused(http):
    address = http.post("/pacticipants", json={"name": "web"}).headers["location"]
    read = http.get(address).headers["etag"]
    assert http.patch(address, json={"mainBranch": "main"}, headers={"If-Match": read}).is_success
    assert http.patch(address, json={"mainBranch": "trunk"}, headers={"If-Match": read}).status_code == 412
    assert http.patch("/pacticipants/gone", json={}, headers={"If-Match": read}).status_code == 412
    assert http.get("/pacticipants/gone").status_code == 404


def test_what_is_deleted_is_not_created_again(http):
    address = http.post("/webhooks", json=WEBHOOK).headers["location"]
    read = http.get(address).headers["etag"]
    http.delete(address)
    assert http.put(address, json=WEBHOOK, headers={"If-Match": read}).status_code == 412
    assert http.get(address).status_code == 404


def test_a_new_signing_secret_is_no_change_and_a_new_credential_is_one(http, clock):
    address = http.post("/webhooks", json=WEBHOOK).headers["location"]
    read = http.get(address).headers["etag"]
    http.post(f"{address}/signing-secret")
    assert http.get(address).headers["etag"] == read
    clock.forward(seconds=1)
    http.put(address, json=WEBHOOK | {"request": WEBHOOK["request"] | {"headers": {"Authorization": "Bearer 2"}}})
    assert http.get(address).headers["etag"] != read
