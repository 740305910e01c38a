"""`/settings/tokens`, as the contracts of PactFlow's Terraform provider and MCP server have it."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


@pytest.fixture
def token(http):
    return http.post("/tokens", json={"note": "Read/write token (CI)", "permissions": [{"role": "publish"}]}).json()


def test_the_list_has_descriptions_and_no_value_that_works(http, token):
    response = http.get("/settings/tokens")
    assert response.headers["content-type"] == "application/hal+json;charset=utf-8"
    (item,) = response.json()["_embedded"]["items"]
    assert item == {"uuid": token["uuid"], "description": "Read/write token (CI)", "value": f"{token['start']}…"}
    assert "_links" in response.json()


@pytest.mark.parametrize("options", [{}, {"json": {}}])
def test_a_token_is_replaced(http, token, broker, options):
    response = http.post(f"/settings/tokens/{token['uuid']}/regenerate", **options)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/hal+json;charset=utf-8"
    replaced = response.json()
    assert (replaced["uuid"], replaced["description"]) == (token["uuid"], token["note"])
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    guarded = TestClient(create_app(broker), headers={"Authorization": f"Bearer {replaced['value']}"})
    assert guarded.get("/pacticipants").status_code == 200
    assert guarded.get("/settings/tokens").status_code == 403
    assert guarded.post(f"/settings/tokens/{token['uuid']}/regenerate").status_code == 403


def test_an_unknown_token_is_not_found(http):
    assert http.post("/settings/tokens/none/regenerate").status_code == 404
