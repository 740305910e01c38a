"""`/openapi.json`."""

from __future__ import annotations

from contracts.broker import urls


def test_every_path_is_documented_with_its_parameters(http):
    document = http.get("/openapi.json").json()

    shown = document["paths"][urls.BRANCH_VERSION]
    assert set(shown) == {"get", "put", "delete"}
    assert [each["name"] for each in shown["get"]["parameters"]] == ["pacticipant", "branch", "version"]


def test_a_body_is_documented_in_one_piece(http):
    document = http.get("/openapi.json").json()

    schema = document["paths"][urls.ENVIRONMENTS]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["contacts"]["items"]["properties"]["name"]["type"] == "string"
    assert "$ref" not in str(document)


def test_operations_have_names_of_their_own(http):
    paths = http.get("/openapi.json").json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]

    assert len(names) == len(set(names))
