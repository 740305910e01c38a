"""What a relation means."""

from __future__ import annotations

import pytest


@pytest.fixture
def estate(publish, http):
    """A contract, an environment with a deployment and a release, and a webhook."""
    publish("1")
    uuid = http.post("/environments", json={"name": "live", "production": True}).json()["uuid"]
    for kind in ("deployed", "released"):
        assert http.post(f"/pacticipants/web/versions/1/{kind}-versions/environment/{uuid}").status_code == 201
    webhook = {
        "request": {"method": "POST", "url": "http://127.0.0.1:9/hook"},
        "events": [{"name": "contract_published"}],
    }
    assert http.post("/webhooks", json=webhook).status_code == 201


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/pacticipants/web",
        "/pacticipants/web/versions/1",
        "/pacts/provider/api/consumer/web/version/1",
        "/pacts/provider/api/consumer/web/latest",
        "/webhooks",
    ],
)
def test_every_relation_of_a_document_is_explained(http, page, address):
    links = http.get(address).json()["_links"]
    curies = {each["name"]: each["href"] for each in links["curies"]}
    relations = [each.split(":", 1) for each in links if ":" in each]

    assert relations
    for curie, name in relations:
        text = page(curies[curie].removeprefix("http://testserver").replace("{rel}", name))
        assert f"pb:{name}" in text


def test_a_consumer_s_versions_are_explained(page):
    """They are listed only if the URL of a pact has metadata."""
    assert "for which it has to be verified" in page("/doc/consumer-versions?context=pact")


def test_an_unknown_relation_is_a_page_that_says_so(page):
    assert "pb:teapot" in page("/doc/teapot?context=index", 404)
    assert "nowhere" in page("/doc/consumer?context=nowhere", 404)
